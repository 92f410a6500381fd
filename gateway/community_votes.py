"""A community's members and polls as its coordinators write them down, and their way into the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.errors import GatewayError
from gateway.store import members, votes
from gateway.store.database import Tx
from gateway.store.people import meet
from gateway.store.pin import seal_pin

# A choice is answered with one digit, on a keypad and on paper.
MOST_OPTIONS = 9
METHODS = ("plurality", "ranked")
TIE_RULES = ("lot", "listed", "none")


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

    `method` is `plurality` or `ranked`; `tie_rule` is `lot` (drawn when the poll opens), `listed`
    (the option listed first wins) or `none` (a tie stands; plurality alone); `quorum` is how many
    members must vote, 0 for none.
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


@dataclass(frozen=True, slots=True)
class VotesData:
    """All members and polls of a community."""

    members: Sequence[MemberEntry] = ()
    polls: Sequence[PollEntry] = ()


def install_votes(tx: Tx, data: VotesData, now: datetime) -> None:
    """Add new members and polls; those known already stay as they are. Raises VotesMistake."""
    mistakes = [*_member_mistakes(data.members)]
    for poll in data.polls:
        mistakes += _poll_mistakes(poll)
    if mistakes:
        raise VotesMistake("; ".join(mistakes) + ". Nothing was loaded; mend the file and load it again.")
    for member in data.members:
        resident = meet(tx, member.number, now)
        if not members.is_member(tx, resident.id, member.name):
            members.add_member(tx, resident.id, member.name, seal_pin(member.pin) if member.pin else "")
    for poll in data.polls:
        votes.add_poll(
            tx,
            key=poll.key,
            question=poll.question,
            options=[votes.PollOption(option.key, dict(option.label)) for option in poll.options],
            method=poll.method,
            secret=poll.secret,
            tie_rule=poll.tie_rule,
            quorum=poll.quorum,
            opens_at=poll.opens_at,
            closes_at=poll.closes_at,
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


def _poll_mistakes(poll: PollEntry) -> Iterable[str]:
    where = f"poll {poll.key}"
    if not 2 <= len(poll.options) <= MOST_OPTIONS:
        yield f"{where} needs 2 to {MOST_OPTIONS} options"
    if repeated := [
        key for key, times in Counter(option.key for option in poll.options).items() if times > 1
    ]:
        yield f"{where} has option {', '.join(repeated)} more than once"
    if not poll.question or not all(option.label for option in poll.options):
        yield f"{where}: the question and every option need words in at least one language"
    if poll.method not in METHODS:
        yield f"{where}: the method is one of {', '.join(METHODS)}"
    if poll.tie_rule not in TIE_RULES:
        yield f"{where}: the tie rule is one of {', '.join(TIE_RULES)}"
    if poll.method == "ranked" and poll.tie_rule == "none":
        yield f"{where}: a ranked count has to break ties on its way; choose the tie rule lot or listed"
    if poll.opens_at.tzinfo is None or poll.closes_at.tzinfo is None or poll.opens_at >= poll.closes_at:
        yield f"{where} must open before it closes, both with a time zone"
    if poll.quorum < 0:
        yield f"{where}: the quorum is a number of members, 0 for none"
