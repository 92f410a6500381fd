"""Elections whose ballots and results are known, with where they are known from."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from gateway.counting import Count, count_votes
from gateway.counting.blt import read_blt
from gateway.counting.marks import ranks_to_marks, scores_to_marks, set_to_marks

ELECTIONS = Path(__file__).parents[1] / "elections"


@dataclass(frozen=True)
class Known:
    """An election: ballots as `(how many, "the options in order")`, and what came of it.

    Where options are scored, a ballot says `option=score`. `stages` holds the votes of some rounds
    (-1: the last), as far as the source gives them.
    """

    name: str
    source: str
    method: str
    ballots: tuple[tuple[int, str], ...]
    winners: tuple[str, ...]
    seats: int = 1
    stages: dict[int, dict[str, int]] = field(default_factory=dict)
    exhausted: int | None = None
    tied: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """All options, in the order in which the ballots name them."""
        said = (word.partition("=")[0] for _, ballot in self.ballots for word in ballot.split())
        return tuple(dict.fromkeys(said))

    def count(self) -> Count:
        """Count it; without an order, so that no tie is decided."""
        marks: dict[bytes, int] = {}
        for times, said in self.ballots:
            one = self._marks(said)
            marks[one] = marks.get(one, 0) + times
        return count_votes(self.method, self.options, marks, self.seats, ())

    def _marks(self, said: str) -> bytes:
        if self.method == "score":
            scores = dict(word.split("=") for word in said.split())
            return scores_to_marks({key: int(score) for key, score in scores.items()}, self.options)
        write = set_to_marks if self.method == "approval" else ranks_to_marks
        return write(said.split(), self.options)


TENNESSEE = (
    (42, "memphis nashville chattanooga knoxville"),
    (26, "nashville chattanooga knoxville memphis"),
    (15, "chattanooga knoxville nashville memphis"),
    (17, "knoxville chattanooga nashville memphis"),
)
KNOWN = (
    Known(
        "the capital of Tennessee, first past the post",
        "Wikipedia, Plurality voting",
        "plurality",
        tuple((times, said.split()[0]) for times, said in TENNESSEE),
        ("memphis",),
        stages={0: {"memphis": 42, "nashville": 26, "chattanooga": 15, "knoxville": 17}},
    ),
    Known(
        "the capital of Tennessee, by instant run-off",
        "Wikipedia, Instant-runoff voting",
        "ranked",
        TENNESSEE,
        ("knoxville",),
        stages={1: {"memphis": 42, "nashville": 26, "knoxville": 32}, 2: {"memphis": 42, "knoxville": 58}},
        exhausted=0,
    ),
    Known(
        "the capital of Tennessee, by scores from 0 to 5",
        "Wikipedia, STAR voting (the scoring round of its example)",
        "score",
        (
            (42, "memphis=5 nashville=2 chattanooga=1 knoxville=0"),
            (26, "memphis=0 nashville=5 chattanooga=2 knoxville=1"),
            (15, "memphis=0 nashville=3 chattanooga=5 knoxville=3"),
            (17, "memphis=0 nashville=2 chattanooga=4 knoxville=5"),
        ),
        ("nashville",),
        stages={0: {"memphis": 210, "nashville": 293, "chattanooga": 237, "knoxville": 156}},
    ),
    Known(
        "Chuck, and a tie between Brian and Amy for the second place",
        "starvote, sample_poll_score_round_breakable_tie_between_second_and_third (its score round)",
        "score",
        ((2, "amy=1 brian=2 chuck=5"), (1, "amy=5 brian=3 chuck=5")),
        ("chuck",),
        seats=2,
        stages={0: {"amy": 7, "brian": 7, "chuck": 15}},
        tied=("amy", "brian"),
    ),
    Known(
        "Mayor of Burlington, Vermont, 2009, between the last three",
        "electowiki, 2009 Burlington mayoral election (4314 to 4064 in the final pair)",
        "ranked",
        (
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
        ("kiss",),
        stages={0: {"wright": 3297, "kiss": 2982, "montroll": 2554}, 1: {"wright": 4064, "kiss": 4314}},
        exhausted=455,
    ),
    Known(
        "Alaska at large, special election, August 2022",
        "Wikipedia, 2022 Alaska's at-large congressional district special election",
        "ranked",
        (
            (74817, "peltola"),
            (58339, "palin"),
            (15467, "begich peltola"),
            (27053, "begich palin"),
            (10016, "begich"),
            (982, "writein peltola"),
            (634, "writein palin"),
            (1274, "writein begich"),
            (84, "writein"),
        ),
        ("peltola",),
        stages={
            1: {"peltola": 75799, "palin": 58973, "begich": 53810},
            2: {"peltola": 91266, "palin": 86026},
        },
        exhausted=84 + 11290,
    ),
    Known(
        "President of Ireland, 1990",
        "Wikipedia, 1990 Irish presidential election",
        "ranked",
        (
            (612265, "robinson"),
            (694484, "lenihan"),
            (205565, "currie robinson"),
            (36789, "currie lenihan"),
            (25548, "currie"),
        ),
        ("robinson",),
        stages={0: {"currie": 267902}, 1: {"robinson": 817830, "lenihan": 731273}},
        exhausted=25548,
    ),
    Known(
        "President of Ireland, 1945",
        "Wikipedia, 1945 Irish presidential election",
        "ranked",
        (
            (537965, "okelly"),
            (335539, "maceoin"),
            (27200, "mccartan okelly"),
            (117886, "mccartan maceoin"),
            (67748, "mccartan"),
        ),
        ("okelly",),
        stages={0: {"mccartan": 212834}, 1: {"okelly": 565165, "maceoin": 453425}},
        exhausted=67748,
    ),
    Known(
        "the food at a party of twenty",
        "Wikipedia, Single transferable vote (example)",
        "ranked",
        (
            (4, "oranges"),
            (2, "pears oranges"),
            (8, "chocolate strawberries"),
            (4, "chocolate sweets"),
            (1, "strawberries"),
            (1, "sweets"),
        ),
        ("chocolate", "oranges", "strawberries"),
        seats=3,
        stages={
            0: {"oranges": 4, "pears": 2, "chocolate": 12, "strawberries": 1, "sweets": 1},
            1: {"oranges": 4, "pears": 2, "chocolate": 6, "strawberries": 5, "sweets": 3},
            2: {"oranges": 6, "chocolate": 6, "strawberries": 5, "sweets": 3},
        },
    ),
    Known(
        "two seats among Andrea, Brad, Carter and Delilah",
        "Wikipedia, Counting single transferable votes (example of the Droop quota)",
        "ranked",
        (
            (16, "andrea brad carter delilah"),
            (24, "andrea carter brad delilah"),
            (17, "delilah andrea brad carter"),
        ),
        ("andrea", "carter"),
        seats=2,
        stages={
            0: {"andrea": 40, "brad": 0, "carter": 0, "delilah": 17},
            1: {"andrea": 20, "brad": 8, "carter": 12, "delilah": 17},
            2: {"andrea": 20, "carter": 20, "delilah": 17},
        },
    ),
    Known(
        "Castor, Pollux and Helen: a tie that is none under the whole quota",
        "Lundell, droop 0.11, test election 42 under the Scottish rules",
        "ranked",
        ((4, "castor pollux"), (2, "helen")),
        ("castor", "helen"),
        seats=2,
        stages={0: {"castor": 4, "pollux": 0, "helen": 2}, 1: {"castor": 3, "pollux": 1, "helen": 2}},
    ),
    Known(
        "three who are equal once two are elected with the quota exactly",
        "Voting matters, issue 12, The computational accuracy using the Meek algorithm",
        "ranked",
        (
            (333, "a x"),
            (333, "a y"),
            (333, "a z"),
            (333, "b x"),
            (333, "b y"),
            (333, "b z"),
            (667, "x"),
            (667, "y"),
            (667, "z"),
            (1, "a b x"),
            (1, "a b y"),
            (2, "b a x"),
        ),
        ("a", "b"),
        seats=3,
        stages={0: {"a": 1001, "b": 1001, "x": 667, "y": 667, "z": 667}},
        tied=("x", "y", "z"),
    ),
    Known(
        "Mayor of St Louis, primary of 2 March 2021: the two most approved go on",
        "electowiki, 2021 St. Louis mayoral election",
        "approval",
        (
            (6428, "tjones spencer reed ajones"),
            (10758, "tjones spencer reed"),
            (3473, "tjones spencer"),
            (4729, "tjones"),
        ),
        ("tjones", "spencer"),
        seats=2,
        stages={0: {"tjones": 25388, "spencer": 20659, "reed": 17186, "ajones": 6428}},
    ),
    Known(
        "President of the United States in Florida, 2000, the three with most votes",
        "Federal Election Commission, Federal Elections 2000",
        "plurality",
        ((2912790, "bush"), (2912253, "gore"), (97488, "nader")),
        ("bush",),
        stages={0: {"bush": 2912790, "gore": 2912253, "nader": 97488}},
    ),
)

CALTON_STAGES = {
    0: {"George Redmond": "1982", "Alison E Thewliss": "1143", "Ruth Simpson": "628"},
    1: {"George Redmond": "1300", "Gary Barton": "130.40863", "Scott Gillespie": "250.84953"},
    -1: {"George Redmond": "1300", "Alison E Thewliss": "1300", "Ruth Simpson": "1393.86735"},
}
"""Calton ward, Glasgow, 2007, as counted with five decimals cut off."""


def count_calton() -> tuple[Count, tuple[str, ...]]:
    """Count Calton ward and give the names of its candidates."""
    election = read_blt((ELECTIONS / "glasgow_calton_2007.blt").read_text(encoding="utf-8"))
    assert sum(election.ballots.values()) == 5199
    return count_votes("ranked", election.options, election.ballots, election.seats, ()), election.options


def as_whole(votes: dict[str, Fraction]) -> dict[str, int]:
    """Give votes that must be whole as whole numbers."""
    assert all(number.denominator == 1 for number in votes.values())
    return {key: int(number) for key, number in votes.items()}
