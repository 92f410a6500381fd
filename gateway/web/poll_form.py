"""A poll as it is typed into the page: read from the form, and shown again in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from gateway.community_votes import PUBLISH, TIE_RULES, OptionEntry, PollEntry
from gateway.counting import METHODS
from gateway.store.polls import Poll
from gateway.web.forms import Form, FormMistake

LONGEST_QUESTION = 200
LONGEST_OPTIONS = 800
MOST_VOTERS = 100_000


@dataclass(frozen=True, slots=True)
class TypedPoll:
    """What stands in the fields of the form; `options` are lines, by language like the question."""

    question: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    method: str = "plurality"
    secret: bool = False
    tie_rule: str = "lot"
    quorum: int = 0
    seats: int = 1
    announce: bool = True
    publish: str = "at_close"
    opens: str = ""
    closes: str = ""


def read_poll(form: Form, key: str, languages: Sequence[str], zone: ZoneInfo) -> PollEntry:
    """Read a poll. Raises FormMistake."""
    method = form.choice("method", tuple(METHODS))
    question = _said(form, "question", languages, LONGEST_QUESTION)
    if not question:
        raise FormMistake("question", "votes.question_missing")
    opens = _moment(form, "opens", zone)
    closes = _moment(form, "closes", zone)
    if opens >= closes:
        raise FormMistake("closes", "votes.times_wrong")
    options = () if method == "consent" else _options(form, languages)
    if method != "consent" and len(options) < 2:  # one option is no choice
        raise FormMistake("options", "votes.options_few")
    return PollEntry(
        key=key,
        question=question,
        options=options,
        opens_at=opens,
        closes_at=closes,
        method=method,
        secret=form.ticked("secret"),
        tie_rule=form.choice("tie_rule", TIE_RULES),
        quorum=form.whole("quorum", most=MOST_VOTERS),
        seats=form.whole("seats", least=1, most=9),
        announce=form.ticked("announce"),
        publish=form.choice("publish", PUBLISH),
    )


def typed_in(form: Form, languages: Sequence[str]) -> TypedPoll:
    """Give what was typed, as it was, to be shown again beside what is wrong with it."""

    def line(name: str, most: int = 20) -> str:
        try:
            return form.text(name, most=most, empty=True, lines=True)
        except FormMistake:
            return ""

    return TypedPoll(
        question={tag: line(f"question.{tag}", LONGEST_QUESTION) for tag in languages},
        options={tag: line(f"options.{tag}", LONGEST_OPTIONS) for tag in languages},
        method=line("method"),
        secret=form.ticked("secret"),
        tie_rule=line("tie_rule"),
        quorum=int(line("quorum")) if line("quorum").isdecimal() else 0,
        seats=int(line("seats")) if line("seats").isdecimal() else 1,
        announce=form.ticked("announce"),
        publish=line("publish"),
        opens=line("opens"),
        closes=line("closes"),
    )


def typed_of(poll: Poll, languages: Sequence[str], zone: ZoneInfo) -> TypedPoll:
    """Give a poll that is there already, to be changed."""
    consent = poll.method == "consent"
    return TypedPoll(
        question={tag: poll.question.get(tag, "") for tag in languages},
        options={
            tag: "" if consent else "\n".join(option.labels.get(tag, "") for option in poll.options)
            for tag in languages
        },
        method=poll.method,
        secret=poll.secret,
        tie_rule=poll.tie_rule,
        quorum=poll.quorum,
        seats=poll.seats,
        announce=poll.announce,
        publish=poll.publish,
        opens=f"{poll.opens_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        closes=f"{poll.closes_at.astimezone(zone):%Y-%m-%dT%H:%M}",
    )


def _said(form: Form, name: str, languages: Sequence[str], most: int) -> dict[str, str]:
    found = {tag: form.text(f"{name}.{tag}", most=most, empty=True) for tag in languages}
    return {tag: words for tag, words in found.items() if words}


def _options(form: Form, languages: Sequence[str]) -> tuple[OptionEntry, ...]:
    """Read options, a line each; in another language the same line is the same option."""
    columns = {
        tag: [
            " ".join(line.split())
            for line in form.text(f"options.{tag}", most=LONGEST_OPTIONS, empty=True, lines=True).splitlines()
        ]
        for tag in languages
    }
    found = []
    for number, row in enumerate(zip_longest(*columns.values(), fillvalue=""), 1):
        labels = {tag: words for tag, words in zip(columns, row, strict=True) if words}
        if labels:
            found.append(OptionEntry(f"option_{number}", labels))
    return tuple(found)


def _moment(form: Form, name: str, zone: ZoneInfo) -> datetime:
    try:
        local = datetime.fromisoformat(form.text(name, most=20))
    except ValueError:
        raise FormMistake(name, "votes.moment_wrong") from None
    return local.replace(tzinfo=zone).astimezone(UTC)
