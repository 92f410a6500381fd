"""The single transferable vote: several seats, ranked ballots.

The rules are those of the Scottish local elections (weighted inclusive Gregory method: The Scottish Local
Government Elections Order 2007, rules 45 to 53) without their rounding: what passes on is an exact
fraction. The quota is one more than the whole part of votes / (seats + 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gateway.counting.model import NOTHING, Count, Preferences, Round, in_order


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Votes with the same preferences from here on, and what they are still worth together."""

    preferences: Preferences
    worth: Fraction


class _Tied(Exception):
    """Nobody has said who of these equals is stronger."""

    def __init__(self, equals: Sequence[str]) -> None:
        super().__init__()
        self.equals = tuple(equals)


def count_transferable(
    options: Sequence[str], votes: Mapping[Preferences, int], seats: int, tie_order: Sequence[str]
) -> Count:
    """Fill `seats`: surpluses pass on, the largest first; where there is none the weakest goes out.

    Equals are taken in `tie_order` (strongest first); without an order the count stops at the first tie.
    """
    return _Election(options, votes, seats, tie_order).count()


class _Election:
    """A count on its way: who is still hopeful, who is elected, and whose votes lie where."""

    def __init__(
        self, options: Sequence[str], votes: Mapping[Preferences, int], seats: int, tie_order: Sequence[str]
    ) -> None:
        self._seats = seats
        self._tie_order = tie_order
        self._hopeful = list(options)
        self._elected: list[str] = []
        self._surpluses: list[str] = []
        self._exhausted = NOTHING
        self._piles: dict[str, list[_Parcel]] = {key: [] for key in options}
        self._tally: dict[str, Fraction] = dict.fromkeys(options, NOTHING)
        self._hand_out([_Parcel(preferences, Fraction(times)) for preferences, times in votes.items()])
        valid = sum(self._tally.values(), NOTHING)
        self._quota = Fraction(int(valid / (seats + 1)) + 1)
        self._rounds: list[Round] = []
        self._tie: tuple[str, ...] = ()

    def count(self) -> Count:
        """Make the rounds, to the last seat or to a tie nobody has decided."""
        while True:
            shown, exhausted, self._tie = dict(self._tally), self._exhausted, ()
            elected = self._elect()
            if self._over():
                self._rounds.append(Round(shown, exhausted, elected, tie=self._tie))
                return Count(tuple(self._rounds), tuple(self._elected), quota=self._quota)
            try:
                if self._surpluses:
                    whose = self._largest_surplus()
                    worth = (self._tally[whose] - self._quota) / self._tally[whose]
                    part = Round(shown, exhausted, elected, surplus_of=whose, worth=worth, tie=self._tie)
                    self._pass_on_surplus(whose, worth)
                else:
                    whose = self._weakest()
                    part = Round(shown, exhausted, elected, out=whose, tie=self._tie)
                    self._put_out(whose)
            except _Tied as tied:
                self._rounds.append(Round(shown, exhausted, elected, tie=tied.equals))
                return Count(tuple(self._rounds), tuple(self._elected), tied.equals, self._quota)
            self._rounds.append(part)

    def _elect(self) -> tuple[str, ...]:
        """Elect whoever has the quota, and all who are left once there are seats for all of them."""
        there = sorted(
            (key for key in self._hopeful if self._tally[key] >= self._quota),
            key=lambda key: -self._tally[key],
        )
        for key in there:
            self._hopeful.remove(key)
            self._elected.append(key)
            if self._tally[key] > self._quota:
                self._surpluses.append(key)
        if len(self._elected) + len(self._hopeful) <= self._seats:
            wanted = sorted(
                (key for key in self._hopeful if self._tally[key] > NOTHING),
                key=lambda key: -self._tally[key],
            )
            self._elected += wanted
            self._hopeful = []
            there += wanted
        return tuple(there)

    def _over(self) -> bool:
        return len(self._elected) >= self._seats or not self._hopeful

    def _largest_surplus(self) -> str:
        most = max(self._tally[key] for key in self._surpluses)
        return self._first([key for key in self._surpluses if self._tally[key] == most], strongest=True)

    def _weakest(self) -> str:
        least = min(self._tally[key] for key in self._hopeful)
        return self._first([key for key in self._hopeful if self._tally[key] == least], strongest=False)

    def _first(self, equals: Sequence[str], *, strongest: bool) -> str:
        if len(equals) > 1:
            if not self._tie_order:
                raise _Tied(equals)
            self._tie = tuple(equals)
        return in_order(equals, self._tie_order)[0 if strongest else -1]

    def _pass_on_surplus(self, whose: str, worth: Fraction) -> None:
        self._surpluses.remove(whose)
        pile, self._piles[whose] = self._piles[whose], []
        self._tally[whose] = self._quota
        self._hand_out([_Parcel(parcel.preferences, parcel.worth * worth) for parcel in pile])

    def _put_out(self, whose: str) -> None:
        self._hopeful.remove(whose)
        del self._tally[whose]
        self._hand_out(self._piles.pop(whose))

    def _hand_out(self, parcels: Sequence[_Parcel]) -> None:
        """Give each vote to the first hopeful option it names; equal ones are joined, which is quicker."""
        hopeful = frozenset(self._hopeful)
        joined: dict[Preferences, Fraction] = defaultdict(Fraction)
        for parcel in parcels:
            left = tuple(key for key in parcel.preferences if key in hopeful)
            if left:
                joined[left] += parcel.worth
            else:
                self._exhausted += parcel.worth
        for preferences, worth in joined.items():
            self._piles[preferences[0]].append(_Parcel(preferences, worth))
            self._tally[preferences[0]] += worth
