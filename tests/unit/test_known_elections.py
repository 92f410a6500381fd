"""Elections that the world has counted are counted here to the same result, round by round."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gateway.services.ballots import TOP_SCORE
from tests.unit.known_elections import CALTON_STAGES, KNOWN, Known, as_whole, count_calton

SCORES = [
    word for known in KNOWN if known.method == "score" for _, said in known.ballots for word in said.split()
]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_a_known_election_is_counted_right(known: Known) -> None:
    counted = known.count()
    assert counted.winners == known.winners
    assert counted.tied == known.tied
    for number, votes in known.stages.items():
        found = as_whole(dict(counted.rounds[number].votes))
        assert {key: found[key] for key in votes} == votes, f"round {number}"
    if known.exhausted is not None:
        assert counted.rounds[-1].exhausted == known.exhausted


def test_there_are_ten_at_least_with_sources() -> None:
    assert len(KNOWN) >= 10
    assert all(known.source for known in KNOWN)
    assert {known.method for known in KNOWN} == {"plurality", "ranked", "approval", "score"}
    transferable = [known for known in KNOWN if known.method == "ranked" and known.seats > 1]
    assert len(transferable) >= 3, "one transferable vote for several seats"
    assert all(0 <= int(word[-1]) <= TOP_SCORE for word in SCORES), "scores as our ballots have them"


def test_a_ward_of_glasgow_is_counted_as_the_city_counted_it() -> None:
    counted, _ = count_calton()
    assert counted.quota == 1300
    assert counted.winners == ("George Redmond", "Alison E Thewliss", "Ruth Simpson")
    for number, votes in CALTON_STAGES.items():
        for name, said in votes.items():
            # The city cut every transfer off at five decimals; nothing is cut off here.
            assert abs(counted.rounds[number].votes[name] - Fraction(said)) < Fraction(1, 10)
    outs = [part.out for part in counted.rounds if part.out]
    assert outs == [
        "Gary Barton",
        "Kenny Murray",
        "Danny Houston",
        "Alasdair Duke - Wardrop",
        "Paul Graham",
        "Scott Gillespie",
        "Fiacra Fullerton",
    ]
    for part in counted.rounds:
        assert sum(part.votes.values()) + part.exhausted == 5199, "no fraction of a vote is lost"
