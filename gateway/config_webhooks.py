"""The settings of webhooks: which receivers on the local network are meant to be there."""

from __future__ import annotations

from gateway.toml_file import TomlTable
from gateway.webhooks.addresses import Allowed, read_allowed


def read_webhooks(table: TomlTable) -> Allowed:
    """Read the section [webhooks]."""
    example = '["192.168.1.20:8080"]'
    entries = table.texts("local", example=example)
    try:
        return read_allowed(entries)
    except ValueError:
        raise table.wrong(
            "local",
            "must name receivers as host:port, or networks such as 192.168.1.0/24. "
            f"Write for example: local = {example}",
        ) from None
