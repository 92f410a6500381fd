"""The polls a community has written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.community_places import KEY
from gateway.community_votes import PUBLISH, TIE_RULES, OptionEntry, PollEntry
from gateway.counting import METHODS
from gateway.toml_file import TomlFile, TomlTable

WORDS = '{ en = "A new bench", es = "Un banco nuevo" }'


@dataclass(frozen=True, slots=True)
class PollDraft:
    """A poll whose moments may depend on when it is loaded.

    `opens_at` None is `opens_after` the moment of loading; `closes_at` None is `open_for` after the
    opening.
    """

    key: str
    question: Mapping[str, str]
    options: tuple[OptionEntry, ...]
    method: str
    secret: bool
    tie_rule: str
    quorum: int
    seats: int
    announce: bool
    publish: str
    opens_at: datetime | None
    closes_at: datetime | None
    open_for: timedelta
    opens_after: timedelta = timedelta()

    def entry(self, now: datetime) -> PollEntry:
        """Give the poll with its moments, as loaded at `now`."""
        opens_at = self.opens_at or now.astimezone(UTC) + self.opens_after
        if self.opens_at is None and self.closes_at is not None and self.closes_at <= now:
            opens_at = self.closes_at - self.open_for  # loaded again after its end, which changes nothing
        return PollEntry(
            key=self.key,
            question=self.question,
            options=self.options,
            opens_at=opens_at,
            closes_at=self.closes_at or opens_at + self.open_for,
            method=self.method,
            secret=self.secret,
            tie_rule=self.tie_rule,
            quorum=self.quorum,
            seats=self.seats,
            announce=self.announce,
            publish=self.publish,
        )


def read_polls(folder: Path, zone: ZoneInfo) -> list[PollDraft]:
    """Read `polls.toml`, where there is one. Raises ConfigError."""
    path = folder / "polls.toml"
    if not path.exists():
        return []
    file = TomlFile(path)
    tables = file.tables("poll")
    file.top().close()
    drafts: list[PollDraft] = []
    for table in tables:
        draft = _poll(table, zone)
        if any(draft.key == other.key for other in drafts):
            raise table.wrong("key", f"{draft.key} names two polls. Give each a key of its own.")
        drafts.append(draft)
    return drafts


def _poll(table: TomlTable, zone: ZoneInfo) -> PollDraft:
    key = _key(table)
    question = table.words("question", example=WORDS)
    method = table.one_of("method", METHODS, default=METHODS[0])
    draft = PollDraft(
        key=key,
        question=question,
        options=()
        if method == "consent"
        else tuple(
            _option(option)
            for option in table.tables("options", example=f'{{ key = "bench", label = {WORDS} }}')
        ),
        method=method,
        secret=table.flag("secret", default=False),
        tie_rule=table.one_of("tie_rule", TIE_RULES, default=TIE_RULES[0]),
        quorum=table.whole("quorum", 0, least=0, most=100_000),
        seats=table.whole("seats", 1, least=1, most=9),
        announce=table.flag("announce", default=True),
        publish=table.one_of("publish", PUBLISH, default=PUBLISH[0]),
        opens_at=_moment(table, "opens", zone),
        closes_at=_moment(table, "closes", zone),
        open_for=timedelta(days=table.whole("open_for_days", 14, least=1, most=365)),
        opens_after=timedelta(days=table.whole("opens_after_days", 0, least=0, most=365)),
    )
    table.close()
    if draft.opens_at and draft.closes_at and draft.opens_at >= draft.closes_at:
        raise table.wrong("closes", "must be later than opens.")
    return draft


def _option(table: TomlTable) -> OptionEntry:
    option = OptionEntry(_key(table), table.words("label", example=WORDS))
    table.close()
    return option


def _key(table: TomlTable) -> str:
    key = table.text("key", example='"bench"')
    if not KEY.fullmatch(key):
        raise table.wrong("key", "must be small letters, digits and _, a letter first: new_bench.")
    return key


def _moment(table: TomlTable, key: str, zone: ZoneInfo) -> datetime | None:
    example = '"2026-05-04 09:00"'
    words = table.optional_text(key, example=example)
    if words is None:
        return None
    try:
        return datetime.fromisoformat(words).replace(tzinfo=zone)
    except ValueError:
        raise table.wrong(
            key, f"must be a local date and time. Write for example: {key} = {example}"
        ) from None
