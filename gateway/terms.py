"""How long each kind of record is kept."""

from __future__ import annotations

from dataclasses import dataclass, fields

from gateway.toml_file import TomlTable

SHORTEST_DAYS, LONGEST_DAYS = 1, 3650


@dataclass(frozen=True, slots=True)
class Terms:
    """Days that each kind is kept after it came or ended; what an open matter needs stays longer."""

    texts: int = 90
    conversations: int = 30
    events: int = 400
    calls: int = 90


def read_terms(table: TomlTable) -> Terms:
    """Read the terms an operator has set. Raises ConfigError."""
    usual = Terms()
    return Terms(
        **{
            one.name: table.whole(one.name, getattr(usual, one.name), least=SHORTEST_DAYS, most=LONGEST_DAYS)
            for one in fields(Terms)
        }
    )
