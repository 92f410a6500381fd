"""How polls came out, for whoever asks: only what has been published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.counting import Count, count_from_json
from gateway.counting.tallied import OBJECT
from gateway.services.acting import Acting, Action
from gateway.services.polls import pair, poll_of, said
from gateway.store import polls, votes
from gateway.store.polls import Poll

MOST_RESULTS = 6


def results(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find the published polls, newest first; those still open give nothing but their closing time."""
    published = polls.polls_in(acting.tx, "published")[::-1][:MOST_RESULTS]
    if len(published) == 1:
        return Outcome("one", {"poll": Value("choice", pair(published[0], acting.language))})
    if published:
        pairs: list[Json] = [pair(poll, acting.language) for poll in published]
        return Outcome("several", {"polls": Value("options", pairs)})
    running = polls.polls_in(acting.tx, "open")
    if running:
        return Outcome("open", {"closes": Value("datetime", running[0].closes_at.isoformat())})
    return Outcome("soon" if _unpublished(acting) else "none")


def result(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say how a published poll came out."""
    poll = poll_of(acting.tx, values)
    if poll is None or poll.state != "published":
        return Outcome("none")
    turnout = votes.turnout(acting.tx, poll.id)
    counted = count_from_json(poll.result)
    labels = {option.key: said(option.labels, acting.language) for option in poll.options}
    told = {
        "question": text(said(poll.question, acting.language)),
        "voted": Value("number", turnout.voted),
        "roll": Value("number", turnout.roll),
    }
    if not poll.result["quorate"]:
        return Outcome("inquorate", {**told, "quorum": Value("number", poll.quorum)})
    told["counts"] = Value("list", list(_counts(counted, labels)))
    name = _consented(counted) if poll.method == "consent" else _decided(counted)
    if counted.winners and poll.method != "consent":
        told["winner"] = text(", ".join(labels[key] for key in counted.winners))
    return Outcome(name, told)


def figure(number: Fraction) -> str:
    """Write a number of votes: whole, or with two decimals cut off, never rounded up to what nobody had."""
    if number.denominator == 1:
        return str(number.numerator)
    hundredths = number.numerator * 100 // number.denominator
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _decided(counted: Count) -> str:
    if counted.tied:
        return "tied"
    if not counted.winners:
        return "nobody"
    several = "_several" if len(counted.winners) > 1 else ""
    return ("won_on_tie" if counted.tie_broken else "won") + several


def _consented(counted: Count) -> str:
    if counted.winners:
        return "passed"
    return "objected" if counted.rounds[-1].votes[OBJECT] else "nobody"


def _counts(counted: Count, labels: Mapping[str, str]) -> Sequence[str]:
    last = counted.rounds[-1].votes
    return [f"{labels[key]}: {figure(last[key])}" for key in sorted(last, key=lambda key: -last[key])]


def _unpublished(acting: Acting) -> list[Poll]:
    return [poll for state in ("closed", "tied", "counted") for poll in polls.polls_in(acting.tx, state)]


_COUNTED = ("question", "voted", "roll")
ACTIONS: Mapping[str, Action] = {
    action.spec.name: action
    for action in (
        Action(
            ActionSpec(
                "vote.results",
                {"one": ("poll",), "several": ("polls",), "open": ("closes",), "soon": (), "none": ()},
            ),
            results,
        ),
        Action(
            ActionSpec(
                "vote.result",
                {
                    "won": (*_COUNTED, "counts", "winner"),
                    "won_several": (*_COUNTED, "counts", "winner"),
                    "won_on_tie": (*_COUNTED, "counts", "winner"),
                    "won_on_tie_several": (*_COUNTED, "counts", "winner"),
                    "tied": (*_COUNTED, "counts"),
                    "nobody": (*_COUNTED, "counts"),
                    "passed": (*_COUNTED, "counts"),
                    "objected": (*_COUNTED, "counts"),
                    "inquorate": (*_COUNTED, "quorum"),
                    "none": (),
                },
            ),
            result,
        ),
    )
}
