"""Votes are counted right, in exact fractions, and every round can be read afterwards."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.counting import METHODS, Count, count_from_json, count_to_json, count_votes
from gateway.counting.marks import ranks_to_marks, scores_to_marks, set_to_marks, to_preferences
from gateway.counting.model import exact
from gateway.counting.runoff import count_runoff
from gateway.counting.tallied import CONSENT_OPTIONS
from gateway.counting.transferable import count_transferable

TREES = ("oak", "elm", "ash", "yew")
Ballots = dict[tuple[str, ...], int]


def votes(*blocks: tuple[int, str]) -> Ballots:
    return {tuple(said.split()): times for times, said in blocks}


def count(method: str, *blocks: tuple[int, str], seats: int = 1, order: tuple[str, ...] = ()) -> Count:
    write = set_to_marks if method == "approval" else ranks_to_marks
    return count_votes(
        method, TREES, {write(said.split(), TREES): times for times, said in blocks}, seats, order
    )


def test_most_votes_win_a_plurality_vote() -> None:
    counted = count("plurality", (3, "elm"), (2, "oak"))
    assert counted.winners == ("elm",)
    assert counted.rounds[0].votes == {"oak": 2, "elm": 3, "ash": 0, "yew": 0}


def test_a_tie_stands_where_nothing_decides_it() -> None:
    counted = count("plurality", (2, "elm"), (2, "yew"), (1, "oak"))
    assert (counted.winners, counted.tied) == ((), ("elm", "yew"))


def test_a_tie_goes_to_the_stronger_in_the_order_set_beforehand() -> None:
    counted = count("plurality", (2, "elm"), (2, "yew"), order=("yew", "oak", "elm", "ash"))
    assert (counted.winners, counted.tie_broken) == (("yew",), True)


def test_equals_that_all_have_a_seat_are_no_tie() -> None:
    counted = count("approval", (2, "elm oak"), (1, "ash"), seats=2)
    assert (set(counted.winners), counted.tied, counted.tie_broken) == ({"elm", "oak"}, (), False)


def test_of_equals_for_the_last_seat_only_those_are_tied() -> None:
    counted = count("approval", (3, "oak"), (2, "elm"), (2, "yew"), seats=2)
    assert (counted.winners, counted.tied) == (("oak",), ("elm", "yew"))
    assert count(
        "approval", (3, "oak"), (2, "elm"), (2, "yew"), seats=2, order=("yew", "oak", "elm", "ash")
    ).winners == ("oak", "yew")


def test_nobody_wins_where_nobody_voted() -> None:
    for method in METHODS:
        options = CONSENT_OPTIONS if method == "consent" else TREES
        assert count_votes(method, options, {}, 1, options).winners == ()
    assert count("ranked", seats=2, order=TREES).winners == ()


def test_every_approval_counts_as_one() -> None:
    counted = count("approval", (2, "oak elm"), (3, "elm ash"), (1, "yew"))
    assert counted.rounds[0].votes == {"oak": 2, "elm": 5, "ash": 3, "yew": 1}
    assert counted.winners == ("elm",)


def test_scores_are_added_up_and_a_zero_is_a_score() -> None:
    ballots = {
        scores_to_marks({"oak": 5, "elm": 0, "ash": 3, "yew": 0}, TREES): 2,
        scores_to_marks({"oak": 0, "elm": 4, "ash": 3, "yew": 0}, TREES): 2,
        scores_to_marks(dict.fromkeys(TREES, 0), TREES): 5,
    }
    counted = count_votes("score", TREES, ballots, 1, ())
    assert counted.rounds[0].votes == {"oak": 10, "elm": 8, "ash": 12, "yew": 0}
    assert counted.winners == ("ash",)


def test_a_proposal_passes_unless_somebody_objects() -> None:
    agree, aside, objects = (ranks_to_marks([key], CONSENT_OPTIONS) for key in CONSENT_OPTIONS)
    assert count_votes("consent", CONSENT_OPTIONS, {agree: 1, aside: 9}, 1, ()).winners == ("agree",)
    assert count_votes("consent", CONSENT_OPTIONS, {agree: 99, objects: 1}, 1, ()).winners == ()
    assert count_votes("consent", CONSENT_OPTIONS, {aside: 3}, 1, ()).winners == ()


def test_votes_that_name_nobody_left_are_exhausted_and_not_lost() -> None:
    counted = count_runoff(TREES, votes((4, "oak"), (3, "elm"), (2, "ash yew")), TREES)
    assert counted.winners == ("oak",)
    assert [part.exhausted for part in counted.rounds] == [0, 0, 2]


def test_the_weakest_of_equals_is_the_last_in_the_order_set_beforehand() -> None:
    ballots = votes((2, "oak elm"), (1, "elm oak"), (1, "ash elm"))
    first = count_runoff(("oak", "elm", "ash"), ballots, ("oak", "elm", "ash"))
    other = count_runoff(("oak", "elm", "ash"), ballots, ("oak", "ash", "elm"))
    assert (first.rounds[0].out, first.rounds[0].tie) == ("ash", ("elm", "ash"))
    assert (other.rounds[0].out, other.rounds[0].tie) == ("elm", ("elm", "ash"))
    assert count_runoff(("oak", "elm", "ash"), ballots, ()).tied == ("elm", "ash")


def test_a_surplus_passes_on_in_exact_parts() -> None:
    counted = count_transferable(TREES, votes((7, "oak elm"), (3, "oak ash"), (4, "yew")), 2, TREES)
    assert counted.quota == 5
    assert counted.rounds[0].worth == Fraction(1, 2)
    assert counted.rounds[1].votes == {"oak": 5, "elm": Fraction(7, 2), "ash": Fraction(3, 2), "yew": 4}
    assert counted.winners == ("oak", "yew")


def test_nothing_of_a_count_is_lost_in_the_database() -> None:
    counted = count("ranked", (7, "oak elm"), (3, "oak ash"), (4, "yew ash"), seats=2, order=TREES)
    assert count_from_json(json.loads(json.dumps(count_to_json(counted)))) == counted
    assert [exact(Fraction(*pair)) for pair in ((7, 1), (7, 3), (1, 3), (0, 1))] == ["7", "2 1/3", "1/3", "0"]


RANKINGS = st.permutations(TREES).flatmap(
    lambda order: st.integers(1, len(order)).map(lambda length: tuple(order[:length]))
)
BALLOTS = st.lists(RANKINGS, max_size=40).map(lambda ballots: dict(Counter(ballots)))


@given(RANKINGS)
def test_a_ballot_reads_back_as_it_was_written(preferences: tuple[str, ...]) -> None:
    assert to_preferences(ranks_to_marks(preferences, TREES), TREES) == preferences


@settings(max_examples=60)
@given(BALLOTS, st.permutations(TREES))
def test_no_round_of_a_run_off_loses_or_invents_a_vote(ballots: Ballots, order: list[str]) -> None:
    counted = count_runoff(TREES, ballots, order)
    for part in counted.rounds:
        assert sum(part.votes.values()) + part.exhausted == sum(ballots.values())
    if ballots:
        last = counted.rounds[-1].votes
        assert 2 * last[counted.winners[0]] > sum(last.values())
    outs = [part.out for part in counted.rounds[:-1]]
    assert len(set(outs)) == len(outs)


@settings(max_examples=60)
@given(BALLOTS, st.permutations(TREES), st.integers(2, 3))
def test_no_stage_loses_a_part_of_a_vote_and_every_seat_is_filled(
    ballots: Ballots, order: list[str], seats: int
) -> None:
    counted = count_transferable(TREES, ballots, seats, order)
    for part in counted.rounds:
        assert sum(part.votes.values()) + part.exhausted == sum(ballots.values())
    wanted = {key for preferences in ballots for key in preferences}
    assert min(seats, len(wanted)) >= len(counted.winners) > 0 or not ballots
    assert len(set(counted.winners)) == len(counted.winners)


@settings(max_examples=60)
@given(BALLOTS, st.permutations(TREES), st.integers(2, 3), st.sampled_from([("oak", "elm"), ("ash",)]))
def test_a_group_that_fills_a_quota_is_not_left_without_a_seat(
    ballots: Ballots, order: list[str], seats: int, group: tuple[str, ...]
) -> None:
    counted = count_transferable(TREES, ballots, seats, order)
    solid = sum(
        times
        for preferences, times in ballots.items()
        if set(preferences[: len(group)]) == set(group) and len(preferences) >= len(group)
    )
    deserved = min(int(solid // counted.quota), len(group)) if ballots else 0
    assert len(set(group) & set(counted.winners)) >= deserved


@settings(max_examples=40)
@given(st.lists(RANKINGS, min_size=1, max_size=30), st.permutations(TREES), st.randoms(use_true_random=False))
def test_the_order_in_which_votes_came_makes_no_difference(
    cast: list[tuple[str, ...]], order: list[str], random: Random
) -> None:
    shuffled = list(cast)
    random.shuffle(shuffled)
    for seats in (1, 2):
        found = [
            count_votes("ranked", TREES, Counter(ranks_to_marks(one, TREES) for one in some), seats, order)
            for some in (cast, shuffled)
        ]
        assert found[0] == found[1]
