"""How long each kind of record is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from gateway.toml_file import TomlTable

SHORTEST_DAYS, LONGEST_DAYS = 1, 3650


@dataclass(frozen=True, slots=True)
class Terms:
    """Days that each kind is kept after it came or ended; what an open matter needs stays longer.

    Recordings are kept by what was said in them: an answer to a question (what somebody needs, say), a
    message for a person, or voicemail while nobody could talk.
    """

    texts: int = 90
    conversations: int = 30
    events: int = 400
    calls: int = 90
    board: int = 365
    announcements: int = 180
    shifts: int = 180
    foodbank: int = 400
    recorded_answers: int = 30
    recorded_messages: int = 30
    voicemails: int = 30

    def of_recordings(self) -> Mapping[str, timedelta]:
        """Give how long each kind of recording is kept, by the kind as the database names it."""
        return {
            "answer": timedelta(days=self.recorded_answers),
            "message": timedelta(days=self.recorded_messages),
            "voicemail": timedelta(days=self.voicemails),
        }


def read_terms(table: TomlTable) -> Terms:
    """Read the terms an operator has set. Raises ConfigError."""
    usual = Terms()
    return Terms(
        **{
            one.name: table.whole(one.name, getattr(usual, one.name), least=SHORTEST_DAYS, most=LONGEST_DAYS)
            for one in fields(Terms)
        }
    )
