"""The settings of results: where what residents answered is handed on to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from gateway.toml_file import TomlTable


@dataclass(frozen=True, slots=True)
class ResultsConfig:
    """Where results are pushed: the base URL of a Flow Results server ('': nowhere), and its token."""

    push_to: str = ""
    token: str = field(default="", repr=False)


def read_results(table: TomlTable, folder: Path) -> ResultsConfig:
    """Read the section [results]; the file with the token counts from `folder`."""
    example = '"https://results.example.org/api/v1"'
    url = table.optional_text("push_to", example=example)
    name = table.optional_text("push_token_file", example='"results.token"')
    if url is None:
        return ResultsConfig()
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise table.wrong(
            "push_to", f"must be the address of a Flow Results server. Write for example: {example}"
        )
    if name is None:
        raise table.wrong("push_token_file", "is missing: it names the file with that server's token.")
    path = (folder / Path(name).expanduser()).resolve()
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        token = ""
    if not token.isprintable() or not token:
        raise table.wrong(
            "push_token_file", f"names {path}, where no token can be read. Put it there, alone."
        )
    return ResultsConfig(url.rstrip("/"), token)
