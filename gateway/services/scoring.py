"""Scores, asked for one option after the other, and taken all at once from whoever texts them so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.answers.fold import fold
from flows.answers.numerals import in_digits
from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services.acting import Acting, Action
from gateway.services.ballots import TOP_SCORE
from gateway.services.polls import poll_of, said
from gateway.store import votes
from gateway.store.polls import Poll

_NUMBERS = re.compile(r"[0-9]+")


def scores_in(values: Mapping[str, Value]) -> dict[str, int]:
    """Give the scores that a conversation holds, by option key."""
    data = values["scores"].data if "scores" in values else []
    pairs = data if isinstance(data, (list, tuple)) else []
    return {str(pair[0]): int(str(pair[1])) for pair in pairs if isinstance(pair, (list, tuple))}


def score_next(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give the next option that has no score yet; where all have, the scores as they are read back."""
    poll, given = poll_of(acting.tx, values), scores_in(values)
    if poll is None:
        return Outcome("open", {"choice": text("")})
    labels = {option.key: said(option.labels, acting.language) for option in poll.options}
    missing = [key for key in poll.keys if key not in given]
    if missing:
        listed = ", ".join(labels.values())
        return Outcome("next", {"option": text(labels[missing[0]]), "listed": text(listed)})
    read_back = ", ".join(f"{labels[key]} {given[key]}" for key in poll.keys)
    return Outcome("secret" if poll.secret else "open", {"choice": text(read_back)})


def score_keep(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Keep the score that was just given."""
    poll, given = poll_of(acting.tx, values), scores_in(values)
    missing = [key for key in poll.keys if key not in given] if poll else []
    if missing:
        given[missing[0]] = int(str(values["score"].data))
    return Outcome("kept", {"scores": _kept(given)})


def score_all(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Read all scores from one text (5 0 3, or 503); anything else is no score and is counted as that."""
    poll = poll_of(acting.tx, values)
    found = _in_order(poll, str(values["words"].data), acting.language) if poll else {}
    if poll is None or not found:
        if poll is not None:
            votes.note_rejection(acting.tx, poll.id, "invalid")
        return Outcome("unclear", {"words": text("")})
    return Outcome("all", {"scores": _kept(found), "words": text("")})


def _in_order(poll: Poll, words: str, language: str) -> dict[str, int]:
    digits = _NUMBERS.findall(in_digits(fold(words), language))
    # 503 in one; and words for numbers come back as "5 03".
    joined = "".join(digits)
    if len(joined) == len(poll.keys) and (len(digits) == 1 or any(run[0] == "0" for run in digits)):
        digits = list(joined)
    scores = [int(number) for number in digits if len(number) == 1]
    fits = len(scores) == len(digits) == len(poll.keys) and max(scores) <= TOP_SCORE
    return dict(zip(poll.keys, scores, strict=True)) if fits else {}


def _kept(scores: Mapping[str, int]) -> Value:
    pairs: list[Json] = [[key, score] for key, score in scores.items()]
    return Value("scores", pairs)


ACTIONS: Mapping[str, Action] = {
    action.spec.name: action
    for action in (
        Action(
            ActionSpec(
                "vote.score_next", {"next": ("option", "listed"), "open": ("choice",), "secret": ("choice",)}
            ),
            score_next,
        ),
        Action(ActionSpec("vote.score_keep", {"kept": ("scores",)}), score_keep),
        Action(ActionSpec("vote.score_all", {"all": ("scores",), "unclear": ()}), score_all),
    )
}
