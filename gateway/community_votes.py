"""A community's members and polls as its coordinators write them down, and their way into the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flows.library import BUILT_IN, COMMON
from flows.load_texts import read_common
from flows.words import Vocabulary, spoken
from gateway.counting import METHODS
from gateway.counting.tallied import CONSENT_OPTIONS
from gateway.errors import GatewayError
from gateway.store import members, polls
from gateway.store.database import Tx
from gateway.store.people import meet
from gateway.store.pin import seal_pin

# A choice is answered with one digit, on a keypad and on paper.
MOST_OPTIONS = 9
TIE_RULES = ("lot", "listed", "draw", "none")
PUBLISH = ("at_close", "by_hand")
SEVERAL_SEATS = ("ranked", "approval", "score")

CONSENT_LABELS = {
    "agree": {"en": "Agree", "es": "De acuerdo", "ko": "동의"},
    "aside": {"en": "No opinion, go ahead", "es": "Me da igual", "ko": "의견 없음, 진행해도 좋음"},
    "object": {"en": "Object", "es": "Me opongo", "ko": "반대"},
}
"""What can be said to a proposal, in every language Plainline speaks."""


class VotesMistake(GatewayError):
    """Members or polls contradict themselves: nothing of them was loaded. Mend the file and load again."""


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A person with a vote. `number` is E.164; `pin` is 4 to 8 digits (empty: alone on a handset)."""

    name: str
    number: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """One option of a poll: its key and its label by language (BCP 47)."""

    key: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PollEntry:
    """A poll: `question` by language, moments aware.

    `method` is of `METHODS`; `consent` has options of its own. `seats` is how many options win.
    `tie_rule` is `lot` (drawn when the poll opens), `listed` (the option listed first wins), `draw` (a
    coordinator draws a lot before witnesses after the close) or `none` (a tie stands; not with
    `ranked`). `quorum` is how many members must vote, 0 for none. `announce`: members get a text when it
    opens. `publish` is `at_close` or `by_hand`, once a coordinator has read the report.
    """

    key: str
    question: Mapping[str, str]
    options: Sequence[OptionEntry]
    opens_at: datetime
    closes_at: datetime
    method: str = "plurality"
    secret: bool = False
    tie_rule: str = "lot"
    quorum: int = 0
    seats: int = 1
    announce: bool = True
    publish: str = "at_close"


@dataclass(frozen=True, slots=True)
class VotesData:
    """All members and polls of a community."""

    members: Sequence[MemberEntry] = ()
    polls: Sequence[PollEntry] = ()


def install_votes(tx: Tx, data: VotesData, now: datetime) -> None:
    """Add new members and polls; those known already stay as they are. Raises VotesMistake."""
    mistakes = [*_member_mistakes(data.members)]
    for poll in data.polls:
        mistakes += poll_mistakes(poll)
    if mistakes:
        raise VotesMistake("; ".join(mistakes) + ". Nothing was loaded; mend the file and load it again.")
    for member in data.members:
        resident = meet(tx, member.number, now)
        if members.member_named(tx, resident.id, member.name) is None:
            members.add_member(tx, resident.id, member.name, seal_pin(member.pin) if member.pin else "")
    for poll in data.polls:
        polls.add_poll(tx, poll.key, "scheduled", rules_of(poll))


def rules_of(entry: PollEntry) -> polls.PollRules:
    """Give what is frozen of a poll when it opens."""
    options = [polls.PollOption(option.key, dict(option.label)) for option in entry.options]
    if entry.method == "consent":
        options = [polls.PollOption(key, CONSENT_LABELS[key]) for key in CONSENT_OPTIONS]
    return polls.PollRules(
        question=dict(entry.question),
        options=tuple(options),
        method=entry.method,
        secret=entry.secret,
        tie_rule="none" if entry.method == "consent" else entry.tie_rule,
        quorum=entry.quorum,
        seats=entry.seats,
        announce=entry.announce,
        publish=entry.publish,
        opens_at=entry.opens_at,
        closes_at=entry.closes_at,
    )


def _member_mistakes(entries: Iterable[MemberEntry]) -> Iterable[str]:
    handsets: dict[str, list[MemberEntry]] = defaultdict(list)
    for entry in entries:
        handsets[entry.number].append(entry)
        if entry.pin and not (entry.pin.isascii() and entry.pin.isdigit() and 4 <= len(entry.pin) <= 8):
            yield f"member {entry.name}: a PIN is 4 to 8 digits"
    for sharing in handsets.values():
        names = ", ".join(entry.name for entry in sharing)
        if len(sharing) > 1 and not all(entry.pin for entry in sharing):
            yield f"members {names} share a handset, so each needs a PIN"
        if len({entry.pin for entry in sharing}) < len(sharing):
            yield f"members {names} share a handset, so their PINs must differ"
        if len({entry.name for entry in sharing}) < len(sharing):
            yield f"members {names} share a handset, so their names must differ"


def poll_mistakes(poll: PollEntry) -> Iterable[str]:
    """Say what is wrong with a poll, each thing for itself; nothing: it can be kept."""
    where = f"poll {poll.key}"
    yield from _option_mistakes(poll)
    yield from _rule_mistakes(poll)
    if not poll.question or not all(words.strip() for words in poll.question.values()):
        yield f"{where}: the question needs words in at least one language"
    if poll.opens_at.tzinfo is None or poll.closes_at.tzinfo is None or poll.opens_at >= poll.closes_at:
        yield f"{where} must open before it closes, both with a time zone"


def _option_mistakes(poll: PollEntry) -> Iterable[str]:
    where = f"poll {poll.key}"
    if poll.method == "consent":
        if poll.options:
            yield f"{where}: a proposal for consent has options of its own; leave them out"
        return
    if not 2 <= len(poll.options) <= MOST_OPTIONS:
        yield f"{where} needs 2 to {MOST_OPTIONS} options"
    keys = Counter(option.key for option in poll.options)
    if repeated := [key for key, times in keys.items() if times > 1]:
        yield f"{where} has option {', '.join(repeated)} more than once"
    for language in {language for option in poll.options for language in option.label}:
        labels = Counter(option.label.get(language, "").casefold().strip() for option in poll.options)
        if alike := [label for label, times in labels.items() if label and times > 1]:
            yield f"{where}: two options are both called {', '.join(alike)}"
    if not all(option.label and all(option.label.values()) for option in poll.options):
        yield f"{where}: every option needs words in at least one language"
    for label in (label for option in poll.options for label in option.label.values()):
        yield from _misheard(where, label)


def _misheard(where: str, label: str) -> Iterable[str]:
    """Refuse what would be no vote where it is texted: words of danger and STOP come before every answer.

    The people on duty would also be told the words, which are a vote.
    """
    said = spoken(label)
    word = _vocabulary().word(said)
    if _vocabulary().emergency(said, ""):
        yield f"{where}: whoever texts {label} would alarm people on duty and not vote; use other words"
    elif word is not None and word.name == "stop":
        yield f"{where}: whoever texts {label} has us stop texting and does not vote; use other words"


@cache
def _vocabulary() -> Vocabulary:
    """Give what is understood everywhere, in every language."""
    return Vocabulary(read_common(BUILT_IN / COMMON, []), ())


def _rule_mistakes(poll: PollEntry) -> Iterable[str]:
    where = f"poll {poll.key}"
    if poll.method not in METHODS:
        yield f"{where}: the method is one of {', '.join(METHODS)}"
    if poll.tie_rule not in TIE_RULES:
        yield f"{where}: the tie rule is one of {', '.join(TIE_RULES)}"
    if poll.publish not in PUBLISH:
        yield f"{where}: the result is published {' or '.join(PUBLISH)}"
    if poll.method == "ranked" and poll.tie_rule == "none":
        yield f"{where}: a ranked count has to break ties on its way; choose the tie rule lot, listed or draw"
    if poll.method == "consent" and poll.secret:
        yield f"{where}: an objection starts a talk with a person, so a proposal cannot be secret"
    if poll.seats < 1 or (poll.seats > 1 and poll.method not in SEVERAL_SEATS):
        yield f"{where}: several seats go with the methods {', '.join(SEVERAL_SEATS)}"
    elif poll.seats > 1 and poll.seats >= len(poll.options):
        yield f"{where} must have more options than seats"
    if poll.quorum < 0:
        yield f"{where}: the quorum is a number of members, 0 for none"
