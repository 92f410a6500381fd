"""Polls written down by another system, and written anew as long as they are not open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from gateway.api.kinds import Described, OneOf, Whole, Words
from gateway.api.operations import Call, Operation
from gateway.api.polls import Poll, PollPath, known_poll, named_poll, view_of
from gateway.api.problems import Refused
from gateway.community_votes import PUBLISH, TIE_RULES, OptionEntry, PollEntry, VotesMistake
from gateway.counting import METHODS
from gateway.services import poll_desk
from gateway.services.announcement_preview import languages_of
from gateway.store.database import Tx

MOST_VOTERS = 100_000
FURTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class PollWords:
    """A question, or an option, in a language of the community."""

    language: Annotated[str, Words(35, 2, "^[A-Za-z0-9-]*$", example="en"), Described("BCP 47.")]
    text: Annotated[str, Words(200, 1, example="Where shall the bench go?")]


@dataclass(frozen=True, slots=True)
class NewOption:
    """One option of a poll, in its words by language."""

    labels: list[PollWords]


@dataclass(frozen=True, slots=True)
class NewPoll:
    """A poll as it is to be; nobody sees it before it is scheduled. `consent` has options of its own.

    `tie_rule`: by `lot`, the option `listed` first, `draw`n by hand after the close, or `none`.
    `announce`: members get a text when it opens. `publish`: `at_close`, or `by_hand` once it was looked at.
    """

    question: list[PollWords]
    options: list[NewOption]
    opens_at: datetime
    closes_at: datetime
    method: Annotated[str, OneOf(METHODS)] = "plurality"
    secret: bool = False
    tie_rule: Annotated[str, OneOf(TIE_RULES)] = "lot"
    quorum: Annotated[int, Whole(0, MOST_VOTERS), Described("So many have to vote.")] = 0
    seats: Annotated[int, Whole(1, 9), Described("So many options win.")] = 1
    announce: bool = True
    publish: Annotated[str, OneOf(PUBLISH)] = "at_close"


def draft_poll(tx: Tx, call: Call) -> Poll:
    """Write down a poll that nobody sees yet; raises Refused."""
    entry = _entry(call, poll_desk.free_key(tx))
    try:
        made = poll_desk.draft(call.timing(tx), entry, by=call.by)
    except VotesMistake as mistake:
        raise Refused(422, "bad_poll", str(mistake)) from None
    call.journal(tx, "api.poll_written", f"poll:{made.id}")
    return view_of(known_poll(tx, made.key))


def change_poll(tx: Tx, call: Call) -> Poll:
    """Write a poll anew that is not open yet; it is a draft again. Raises IllegalMove, Refused."""
    found = named_poll(tx, call)
    try:
        poll_desk.change(call.timing(tx), found, _entry(call, found.key), by=call.by)
    except VotesMistake as mistake:
        raise Refused(422, "bad_poll", str(mistake)) from None
    call.journal(tx, "api.poll_written", f"poll:{found.id}")
    return view_of(known_poll(tx, found.key))


def _entry(call: Call, key: str) -> PollEntry:
    """Give what a coordinator's form would; raises Refused, and repeats nothing that was sent."""
    new: NewPoll = call.body
    if not call.now < new.closes_at <= call.now + FURTHEST or new.opens_at >= new.closes_at:
        raise Refused(422, "bad_times", "A poll opens before it closes, and closes within two years.")
    known = languages_of(call.room.turns)
    question = _by_language(new.question, known)
    options = [
        OptionEntry(f"option_{n}", _by_language(one.labels, known)) for n, one in enumerate(new.options, 1)
    ]
    for tag in known:
        said = [option.label[tag].casefold().strip() for option in options if tag in option.label]
        if len(set(said)) < len(said):
            raise Refused(422, "bad_poll", "Two options are called the same.")
    if known[0] not in question or any(known[0] not in option.label for option in options):
        raise Refused(422, "bad_poll", f"The community's own language ({known[0]}) is missing.")
    return PollEntry(
        key=key,
        question=question,
        options=options,
        opens_at=max(new.opens_at, call.now),
        closes_at=new.closes_at,
        method=new.method,
        secret=new.secret,
        tie_rule=new.tie_rule,
        quorum=new.quorum,
        seats=new.seats,
        announce=new.announce,
        publish=new.publish,
    )


def _by_language(words: Sequence[PollWords], known: Sequence[str]) -> dict[str, str]:
    found = {one.language: " ".join(one.text.split()) for one in words}
    if len(found) < len(words) or not set(found) <= set(known) or not all(found.values()):
        raise Refused(422, "bad_poll", f"Give words once for each language, of these: {', '.join(known)}.")
    return found


OPERATIONS = (
    Operation(
        "draftPoll",
        "POST",
        "/polls",
        "Write down a poll",
        "poll",
        Poll,
        scope="polls:write",
        work=draft_poll,
        body=NewPoll,
        status=201,
        about="Nobody sees it before it is scheduled or opened: `movePoll`.",
    ),
    Operation(
        "changePoll",
        "PUT",
        "/polls/{key}",
        "Write a poll anew that is not open yet",
        "poll",
        Poll,
        scope="polls:write",
        work=change_poll,
        params=PollPath,
        body=NewPoll,
        errors=(409,),
        about="It is a draft again.",
    ),
)
