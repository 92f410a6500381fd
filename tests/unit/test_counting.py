"""Votes are counted right, in whole numbers, and every round can be read afterwards."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.counting import (
    Preferences,
    count_plurality,
    count_ranked,
    to_marks,
    to_preferences,
)

TREES = ("oak", "elm", "ash", "yew")


def votes(*blocks: tuple[int, str]) -> dict[Preferences, int]:
    return {tuple(preferences.split()): times for times, preferences in blocks}


def test_most_votes_win_a_plurality_vote() -> None:
    count = count_plurality(TREES, votes((3, "elm"), (2, "oak")), TREES)
    assert count.winner == "elm"
    assert count.rounds[0].votes == {"oak": 2, "elm": 3, "ash": 0, "yew": 0}


def test_a_tie_stands_where_no_rule_was_set() -> None:
    count = count_plurality(TREES, votes((2, "elm"), (2, "yew"), (1, "oak")), ())
    assert (count.winner, count.tied) == ("", ("elm", "yew"))


def test_a_tie_goes_to_the_stronger_in_the_order_set_beforehand() -> None:
    count = count_plurality(TREES, votes((2, "elm"), (2, "yew")), ("yew", "oak", "elm", "ash"))
    assert count.winner == "yew"
    assert count.rounds[0].tie_broken


def test_nobody_wins_where_nobody_voted() -> None:
    assert count_plurality(TREES, {}, TREES).winner == ""
    assert count_ranked(TREES, {}, TREES).winner == ""


def test_the_capital_of_tennessee() -> None:
    """The textbook example of instant run-off: Knoxville wins once Chattanooga and Nashville are out."""
    count = count_ranked(
        ("memphis", "nashville", "chattanooga", "knoxville"),
        votes(
            (42, "memphis nashville chattanooga knoxville"),
            (26, "nashville chattanooga knoxville memphis"),
            (15, "chattanooga knoxville nashville memphis"),
            (17, "knoxville chattanooga nashville memphis"),
        ),
        ("memphis", "nashville", "chattanooga", "knoxville"),
    )
    assert count.winner == "knoxville"
    assert [part.out for part in count.rounds] == ["chattanooga", "nashville", ""]
    assert count.rounds[-1].votes == {"memphis": 42, "knoxville": 58}


def test_burlington_2009_went_to_the_candidate_who_was_second_at_first() -> None:
    """Mayor of Burlington, Vermont, 2009: votes between the last three candidates, from the literature."""
    count = count_ranked(
        ("wright", "kiss", "montroll"),
        votes(
            (1332, "montroll kiss wright"),
            (767, "montroll wright kiss"),
            (455, "montroll"),
            (2043, "kiss montroll wright"),
            (371, "kiss wright montroll"),
            (568, "kiss"),
            (1513, "wright montroll kiss"),
            (495, "wright kiss montroll"),
            (1289, "wright"),
        ),
        ("wright", "kiss", "montroll"),
    )
    assert count.winner == "kiss"
    assert count.rounds[0].votes == {"wright": 3297, "kiss": 2982, "montroll": 2554}
    assert count.rounds[1].votes == {"wright": 4064, "kiss": 4314}
    assert count.rounds[1].exhausted == 455


def test_votes_that_name_nobody_left_are_exhausted_and_not_lost() -> None:
    count = count_ranked(TREES, votes((4, "oak"), (3, "elm"), (2, "ash yew")), TREES)
    assert count.winner == "oak"
    assert [part.exhausted for part in count.rounds] == [0, 0, 2]


def test_the_weakest_of_equals_is_the_last_in_the_order_set_beforehand() -> None:
    ballots = votes((2, "oak elm"), (1, "elm oak"), (1, "ash elm"))
    first = count_ranked(("oak", "elm", "ash"), ballots, ("oak", "elm", "ash"))
    other = count_ranked(("oak", "elm", "ash"), ballots, ("oak", "ash", "elm"))
    assert (first.rounds[0].out, first.rounds[0].tie_broken) == ("ash", True)
    assert (other.rounds[0].out, other.rounds[0].tie_broken) == ("elm", True)


RANKINGS = st.permutations(TREES).flatmap(
    lambda order: st.integers(1, len(order)).map(lambda length: tuple(order[:length]))
)
BALLOTS = st.lists(RANKINGS, max_size=40).map(lambda ballots: dict(Counter(ballots)))


@given(RANKINGS)
def test_a_ballot_reads_back_as_it_was_written(preferences: Preferences) -> None:
    assert to_preferences(to_marks(preferences, TREES), TREES) == preferences


@settings(max_examples=60)
@given(BALLOTS, st.permutations(TREES))
def test_no_round_loses_or_invents_a_vote(ballots: dict[Preferences, int], order: list[str]) -> None:
    count = count_ranked(TREES, ballots, order)
    for part in count.rounds:
        assert sum(part.votes.values()) + part.exhausted == sum(ballots.values())
    if ballots:
        last = count.rounds[-1].votes
        assert 2 * last[count.winner] > sum(last.values())
    outs = [part.out for part in count.rounds[:-1]]
    assert len(set(outs)) == len(outs)
    assert count.winner not in outs


@settings(max_examples=60)
@given(BALLOTS, st.permutations(TREES), st.randoms(use_true_random=False))
def test_the_order_in_which_ballots_lie_changes_nothing(
    ballots: dict[Preferences, int], order: list[str], random: object
) -> None:
    shuffled = list(ballots.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert count_ranked(TREES, dict(shuffled), order) == count_ranked(TREES, ballots, order)
