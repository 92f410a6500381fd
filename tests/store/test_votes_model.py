"""Whatever members do in whatever order, what is counted is what a sheet of paper would say."""

import asyncio
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.community_votes import MemberEntry, VotesData, install_votes
from gateway.store import polls, votes
from gateway.store.database import Tx
from tests.store.hall import CLOSE, NOW, TREES, Hall, choice, hall, poll

MEMBERS = tuple(MemberEntry(f"Member {n}", f"+4477009000{n:02}") for n in range(6))
POLLS = {
    "now": NOW,
    "secret_now": NOW,
    "soon": NOW + timedelta(days=2),
    "secret_soon": NOW + timedelta(days=2),
}


class Paper(RuleBasedStateMachine):
    """Votes by text beside a model that keeps them on a sheet: poll -> member -> tree."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = AsyncExitStack()
        polls = [poll(key, secret="secret" in key, opens_at=opens) for key, opens in POLLS.items()]
        self.hall: Hall = self.runner.run(
            self.stack.enter_async_context(hall(Path(self.folder.name), polls, MEMBERS))
        )
        self.joined = len(MEMBERS)
        self.roll = {key: self.joined for key, opens in POLLS.items() if opens <= NOW}
        self.sheet: dict[str, dict[int, str]] = {key: {} for key in POLLS}

    @rule(member=st.integers(0, 7), key=st.sampled_from(sorted(POLLS)), tree=st.sampled_from(TREES))
    def vote(self, member: int, key: str, tree: str) -> None:
        """Let a member vote, allowed or not."""
        number = f"+4477009000{member:02}"
        outcome = self.runner.run(self.hall.vote(member + 1, key, choice(tree), number))
        assert outcome == self._expected(member, key)
        if outcome in {"recorded", "changed", "final"}:
            self.sheet[key][member] = tree

    @rule()
    def join(self) -> None:
        """Let somebody become a member."""
        if self.joined < 8:
            new = MemberEntry(f"Member {self.joined}", f"+4477009000{self.joined:02}")
            self.runner.run(self.hall.store.write(install_votes, VotesData((new,)), self.hall.now))
            self.joined += 1

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        """Let time pass, up to the close."""
        now = min(self.hall.now + timedelta(hours=hours), CLOSE - timedelta(hours=1))
        for key, opens in POLLS.items():
            if key not in self.roll and opens <= now:
                self.roll[key] = self.joined
        self.runner.run(self.hall.tick(now))

    @invariant()
    def turnout_is_what_the_sheet_says(self) -> None:
        """Compare the marks on the roll with the sheet."""
        for key, roll in self.roll.items():
            found = self.runner.run(self.hall.store.read(_turnout, key))
            assert found == votes.Turnout(len(self.sheet[key]), roll)

    def teardown(self) -> None:
        """Close the polls and compare the count with the sheet."""
        try:
            self.runner.run(self.hall.tick(CLOSE))
            for key in self.roll:
                result = self.runner.run(self.hall.poll(key)).result
                counted = {tree: times for tree, times in result["rounds"][0]["votes"].items() if times}
                assert counted == dict(Counter(self.sheet[key].values()))
        finally:
            self.runner.run(self.stack.aclose())
            self.runner.close()
            self.folder.cleanup()

    def _expected(self, member: int, key: str) -> str:
        if key not in self.roll or member >= self.joined:
            return "closed"
        if member >= self.roll[key]:
            return "absent"
        if member not in self.sheet[key]:
            return "final" if "secret" in key else "recorded"
        return "voted" if "secret" in key else "changed"


def _turnout(tx: Tx, key: str) -> votes.Turnout:
    found = polls.poll_by_key(tx, key)
    assert found is not None
    return votes.turnout(tx, found.id)


TestPaper = Paper.TestCase
TestPaper.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
