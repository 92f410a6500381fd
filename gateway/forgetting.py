"""The end of FORGET ME: those who asked for it are erased at night, a few in each transaction.

What others were told of them is looked for first, in one reading of all texts for all of them, and
who somebody is goes last: after a crash the next night still knows what to look for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.services.privacy import finish_forgetting, is_needed
from gateway.store.database import Store, Tx
from gateway.store.mentions import Words, empty, look, words_of
from gateway.store.privacy import asked_to_forget
from gateway.turns import Turns

# So many in a transaction: a resident's turn waits no longer than they take, some hundredths of a second.
PEOPLE = 10
# Between two transactions residents' turns go first.
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked for, by resident, up to text `last`; `waiting` words stand in texts yet to go."""

    words: Mapping[int, frozenset[str]]
    waiting: frozenset[str]
    last: int


class Forgetting:
    """Erases those who asked for it."""

    def __init__(self, store: Store, turns: Turns) -> None:
        self._store = store
        self._turns = turns

    async def finish(self, now: datetime) -> int:
        """Erase those of whom nothing is needed any more, in every trace; give how many."""
        words = await self._words()
        if not words:
            return 0
        looked = await self._empty_mentions(words)
        residents, done = list(words), 0
        for first in range(0, len(residents), PEOPLE):
            few = residents[first : first + PEOPLE]
            done += await self._store.write(self._finish_few, few, looked, now)
            await asyncio.sleep(PAUSE_SECONDS)
        return done

    async def _words(self) -> dict[int, frozenset[str]]:
        """Give what has to be looked for, by resident."""
        residents = await self._store.read(asked_to_forget)
        found: dict[int, frozenset[str]] = {}
        for first in range(0, len(residents), PEOPLE):
            found |= await self._store.read(_words_of_few, residents[first : first + PEOPLE])
        return found

    async def _empty_mentions(self, words: Mapping[int, frozenset[str]]) -> Looked:
        sought = Words(word for each in words.values() for word in each)
        last, waiting = 0, frozenset[str]()
        while (found := await self._store.read(look, sought, last)).last is not None:
            last, waiting = found.last, waiting | found.waiting
            if found.gone:
                await self._store.write(empty, found.gone)
            await asyncio.sleep(PAUSE_SECONDS)
        return Looked(words, waiting, last)

    def _finish_few(self, tx: Tx, residents: list[int], looked: Looked, now: datetime) -> int:
        """Erase some; who is needed again, or stands in a text yet to go, waits for the next night."""
        words = {one: words_of(tx, one) for one in residents}
        waiting = looked.waiting | _empty_newer(
            tx, Words(word for each in words.values() for word in each), looked
        )
        timing = self._turns.timing(tx, now)
        return sum(
            finish_forgetting(timing, one)
            for one in residents
            if words[one] <= looked.words[one] and not words[one] & waiting
        )


def _words_of_few(tx: Tx, residents: list[int]) -> dict[int, frozenset[str]]:
    return {one: words_of(tx, one) for one in residents if not is_needed(tx, one)}


def _empty_newer(tx: Tx, words: Words, looked: Looked) -> frozenset[str]:
    """Empty what was written since the texts were looked through; give the words still on their way."""
    last, waiting = looked.last, frozenset[str]()
    while (found := look(tx, words, last)).last is not None:
        last, waiting = found.last, waiting | found.waiting
        empty(tx, found.gone)
    return waiting
