"""What a vote came to, so that anybody can count it again: as data, and as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flows.answers.words import moment
from gateway.counting import Count, Round, count_votes
from gateway.counting.blt import Blt, hash_of, write_blt
from gateway.counting.model import exact
from gateway.services.poll_words import WORDS
from gateway.services.polls import said
from gateway.store import votes
from gateway.store.database import Tx
from gateway.store.polls import Poll
from gateway.store.votes import Objection, Turnout

_WIDTH = 34


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that may be told of a poll that is over.

    `count` is made anew from the ballots, not read from what was kept at the close. `rejected` says how
    often a vote was asked for and not taken, by reason. `blt` holds all ballots, sorted, without
    voters; `hash` is its SHA-256.
    """

    poll: Poll
    turnout: Turnout
    rejected: Mapping[str, int]
    count: Count
    quorate: bool
    objections: Sequence[Objection]
    blt: str
    hash: str


def report(tx: Tx, poll: Poll) -> Report:
    """Report on a poll; raises PollStillOpen before the close."""
    ballots = votes.votes_of(tx, poll)
    turnout = votes.turnout(tx, poll.id)
    blt = write_blt(
        Blt(
            tuple(_label(poll, key, "") for key in poll.keys),
            dict(ballots),
            poll.seats,
            said(poll.question, ""),
            scored=poll.method == "score",
        )
    )
    return Report(
        poll=poll,
        turnout=turnout,
        rejected=votes.rejections(tx, poll.id),
        count=count_votes(poll.method, poll.keys, ballots, poll.seats, poll.tie_order),
        quorate=turnout.voted >= poll.quorum,
        objections=tuple(votes.objections(tx, poll.id)),
        blt=blt,
        hash=hash_of(blt),
    )


def render_report(found: Report, language: str, zone: tzinfo) -> str:
    """Write a report as plain text, to be printed; `zone` is where the community lives."""
    return "\n".join(_Writer(found, language, zone).lines()) + "\n"


class _Writer:
    """Writes one report in one language."""

    def __init__(self, found: Report, language: str, zone: tzinfo) -> None:
        self._found = found
        self._poll = found.poll
        self._language = language
        self._words = WORDS.get(language.partition("-")[0], WORDS["en"])
        self._zone = zone

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield ""
        yield from self._turnout()
        yield ""
        yield from self._rules()
        yield ""
        yield from self._rejected()
        for number, part in enumerate(self._found.count.rounds, 1):
            yield ""
            yield from self._round(number, part)
        yield ""
        yield self._result()
        yield from self._objections()
        yield ""
        yield self._say("ballots")
        yield self._say("hash", hash=self._found.hash)
        yield self._say("check")
        yield ""
        yield self._found.blt.rstrip("\n")

    def _head(self) -> Iterator[str]:
        poll = self._poll
        several = "_seats" if poll.method == "ranked" and poll.seats > 1 else ""
        yield self._say("title")
        yield said(poll.question, self._language)
        yield self._say("key", key=poll.key)
        yield self._say("method", method=self._words[poll.method + several], seats=poll.seats)
        yield self._say("secret" if poll.secret else "named")
        yield self._say("open", opened=self._moment(poll.opened_at), closed=self._moment(poll.closed_at))
        if poll.copied_at is not None:
            yield self._say("restored", copied=self._moment(poll.copied_at))

    def _turnout(self) -> Iterator[str]:
        turnout, quorum = self._found.turnout, self._poll.quorum
        percent = 100 * turnout.voted // turnout.roll if turnout.roll else 0
        yield self._say("roll", roll=turnout.roll, voted=turnout.voted, percent=percent)
        yield self._say("entered", post=turnout.post, proxy=turnout.proxy)
        reached = "quorum_reached" if self._found.quorate else "quorum_missed"
        yield self._say(reached if quorum else "quorum_none", quorum=quorum)

    def _rules(self) -> Iterator[str]:
        if self._poll.method == "consent":
            return
        yield self._say(f"tie_{self._poll.tie_rule}")
        if self._poll.lot_seed:
            yield self._say("seed", seed=self._poll.lot_seed, order=", ".join(self._poll.tie_order))
            yield self._say("check_lot")

    def _rejected(self) -> Iterator[str]:
        yield self._say("rejected")
        for reason, times in self._found.rejected.items():
            yield f"  {self._words[reason]}: {times}"
        if not self._found.rejected:
            yield f"  {self._words['nothing_rejected']}"

    def _round(self, number: int, part: Round) -> Iterator[str]:
        yield self._say("round", number=number)
        if number == 1 and self._found.count.quota:
            yield self._say("quota", quota=exact(self._found.count.quota))
        for key in sorted(part.votes, key=lambda key: -part.votes[key]):
            yield f"  {self._label(key):{_WIDTH}} {exact(part.votes[key])}"
        if part.exhausted:
            yield f"  {self._words['exhausted']:{_WIDTH}} {exact(part.exhausted)}"
        if part.tie:
            decided = "tie" if part.elected or part.out or part.surplus_of else "tie_open"
            yield self._say(decided, names=self._names(part.tie))
        if part.elected and self._poll.method != "consent":
            yield self._say("elected", names=self._names(part.elected))
        if part.surplus_of:
            yield self._say("surplus", name=self._label(part.surplus_of), worth=exact(part.worth))
        if part.out:
            yield self._say("out", name=self._label(part.out))

    def _result(self) -> str:
        counted = self._found.count
        if not self._found.quorate:
            return self._say("inquorate")
        if self._poll.method == "consent":
            return self._say("passed" if counted.winners else "blocked")
        if counted.tied:
            return self._say("tied", names=self._names(counted.tied))
        if not counted.winners:
            return self._say("nobody")
        return self._say("won", names=self._names(counted.winners))

    def _objections(self) -> Iterator[str]:
        if self._found.objections:
            yield self._say("objections")
        for objection in self._found.objections:
            yield f"  {objection.words} ({self._words[f'objection_{objection.state}']})"

    def _say(self, key: str, /, **values: object) -> str:
        return self._words[key].format(**values)

    def _names(self, keys: Sequence[str]) -> str:
        return ", ".join(self._label(key) for key in keys)

    def _label(self, key: str) -> str:
        return _label(self._poll, key, self._language)

    def _moment(self, at: datetime | None) -> str:
        return moment(at.astimezone(self._zone), self._language) if at else "-"


def _label(poll: Poll, key: str, language: str) -> str:
    return next(said(option.labels, language) for option in poll.options if option.key == key)
