"""Texts that told others of somebody: the people on duty, a volunteer, a driver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flows.answers.words import phone
from gateway.store.database import Tx

SHORTEST = 5
"""Characters of a name, a number or words that are nobody else's by chance."""

BEGINNING = 30
"""Characters of what somebody asked for that stay together even where a notice tells it shortened."""

TEXTS_A_LOOK = 500

_TOLD = (
    "SELECT number, name FROM resident WHERE id = :id",
    "SELECT what, address, reach_number FROM help_request WHERE resident_id = :id",
    "SELECT name FROM member WHERE resident_id = :id",
    "SELECT name FROM enrolment WHERE resident_id = :id",
)


def words_of(tx: Tx, resident_id: int) -> frozenset[str]:
    """Give what a text about somebody holds: number, names, where they live, what they asked for."""
    told = [word for sql in _TOLD for row in tx.all(sql, id=resident_id) for word in row]
    told += [phone(word) for word in told if word.startswith("+")]
    begun = [" ".join(word.split())[:BEGINNING] for word in told if len(word) > BEGINNING]
    return frozenset(word for word in (*told, *begun) if len(word) >= SHORTEST)


class Words:
    """Words to be found in many texts: a text takes as long, however many words there are."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._words:
            self._lengths[word[:SHORTEST]].add(len(word))

    def within(self, body: str) -> set[str]:
        """Give those that stand in a text, anywhere and as they are written."""
        return {
            body[at : at + length]
            for at in range(len(body) - SHORTEST + 1)
            for length in self._lengths.get(body[at : at + SHORTEST], ())
            if body[at : at + length] in self._words
        }


class Look(NamedTuple):
    """What some texts hold: ids of those that can be emptied, words in those still on their way.

    `last` is the newest text looked at, None where there was none.
    """

    gone: Sequence[int]
    waiting: frozenset[str]
    last: int | None


def look(tx: Tx, words: Words, after: int) -> Look:
    """Look for words in the few texts to others that come next after one of them, in the order of ids."""
    rows = tx.all(
        "SELECT id, body, ended_at FROM outbound WHERE id > :after ORDER BY id LIMIT :most",
        after=after,
        most=TEXTS_A_LOOK,
    )
    found = [(row, held) for row in rows if (held := words.within(row["body"]))]
    return Look(
        [row["id"] for row, _ in found if row["ended_at"] is not None],
        frozenset(word for row, held in found if row["ended_at"] is None for word in held),
        rows[-1]["id"] if rows else None,
    )


def empty(tx: Tx, texts: Iterable[int]) -> None:
    """Erase the words of texts that have ended."""
    for text_id in texts:
        tx.run("UPDATE outbound SET body = '' WHERE id = :id", id=text_id)
    tx.forget_log()
