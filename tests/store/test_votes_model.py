"""Whatever people do in whatever order, what is counted is what a sheet of paper would say."""

import asyncio
import tempfile
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from flows.value import Value
from gateway.community_votes import MemberEntry, VotesData, install_votes
from gateway.services import membership, poll_desk
from gateway.services.ballots import Choice, VoteNotTaken
from gateway.services.votes import WRONG_PINS_COUNT_FOR
from gateway.store import polls, votes
from gateway.store.backup import back_up
from gateway.store.database import Tx, open_store
from tests.store.hall import CLOSE, NOW, TREES, Hall, choice, hall, poll

MEMBERS = tuple(MemberEntry(f"Member {n}", f"+4477009000{n:02}") for n in range(6))
SHARED = "+447700900777"
COUPLE = {"Ann": "1111", "Ben": "2222"}
POLLS = {
    "now": NOW,
    "secret_now": NOW,
    "soon": NOW + timedelta(days=2),
    "secret_soon": NOW + timedelta(days=2),
}
BY = "coordinator:1"
LAST = CLOSE - timedelta(hours=1)


class PowerCut(Exception):
    """The process is gone in the middle of a transaction."""


class Paper(RuleBasedStateMachine):
    """Votes beside a model that keeps them on a sheet: poll -> member -> tree."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.path = Path(self.folder.name)
        couple = [MemberEntry(name, SHARED, pin) for name, pin in COUPLE.items()]
        drafts = [poll(key, secret="secret" in key, opens_at=opens) for key, opens in POLLS.items()]
        self.hall: Hall = self.runner.run(
            self.stack.enter_async_context(hall(self.path, drafts, (*MEMBERS, *couple)))
        )
        self.numbers = {member.name: member.number for member in (*MEMBERS, *couple)}
        self.ids = {name: self.runner.run(self.hall.member(name)) for name in self.numbers}
        self.roll = {key: set(self.numbers) for key, opens in POLLS.items() if opens <= NOW}
        self.sheet: dict[str, dict[str, str]] = {key: {} for key in POLLS}
        self.paper: dict[str, set[str]] = {key: set() for key in POLLS}
        self.wrong = dict.fromkeys(COUPLE, 0)
        self.wrong_at = dict.fromkeys(COUPLE, NOW)
        self.pins = dict(COUPLE)

    names = st.sampled_from([*(member.name for member in MEMBERS), *COUPLE, "Late 0", "Late 1"])
    keys = st.sampled_from(sorted(POLLS))
    trees = st.sampled_from(TREES)

    @rule(name=names, key=keys, tree=trees, times=st.integers(1, 3))
    def vote(self, name: str, key: str, tree: str, times: int) -> None:
        """Let a member vote, allowed or not, perhaps several times at the same moment."""
        if name not in self.ids:
            return

        async def together() -> list[str]:
            one = (self.ids[name], key, choice(tree), self.numbers[name])
            return await asyncio.gather(*(self.hall.vote(*one) for _ in range(times)))

        outcomes = self.runner.run(together())
        for outcome in outcomes:
            assert outcome == self._expected(name, key)
            if outcome in {"recorded", "changed", "final"}:
                self.sheet[key][name] = tree
                self.paper[key].discard(name)

    @rule(name=names, key=keys, tree=trees, how=st.sampled_from(("post", "proxy")))
    def enter(self, name: str, key: str, tree: str, how: str) -> None:
        """Let a coordinator enter a vote from paper, allowed or not."""
        may = key in self.roll and name in self.roll[key] and name not in self.sheet[key]
        try:
            self.runner.run(self.hall.enter(self.ids.get(name, 99), key, Choice((tree,)), how))
        except VoteNotTaken:
            assert not may
            return
        assert may
        self.sheet[key][name] = tree
        self.paper[key].add(name)

    @rule(name=names, key=keys, tree=trees)
    def power_cut(self, name: str, key: str, tree: str) -> None:
        """Let the power go after a vote was put down and before it was committed; then begin again."""
        values = {
            "member": Value("number", self.ids.get(name, 99)),
            "poll": Value("choice", [key, key]),
            "choice": choice(tree),
        }

        def cut(tx: Tx) -> None:
            self.hall.act_in(tx, "vote.cast", self.numbers.get(name, SHARED), values)
            raise PowerCut

        async def begin_again() -> None:
            with suppress(PowerCut):
                await self.hall.store.write(cut)
            await self.hall.store.close()
            self.hall.store = await open_store(self.path / "plainline.db", now=NOW)

        self.runner.run(begin_again())

    @rule(guess=st.sampled_from((*COUPLE.values(), "0000")))
    def try_pin(self, guess: str) -> None:
        """Try a PIN on the handset that two share."""
        outcome = self.runner.run(self.hall.act("vote.check_pin", SHARED, pin=Value("pin", guess)))
        owner = next((name for name, pin in self.pins.items() if pin == guess), None)
        if owner is not None:
            assert outcome.name == ("locked" if self.wrong[owner] >= 3 else "right")
            if outcome.name == "right":
                self.wrong[owner] = 0
                assert outcome.values["member"].data == self.ids[owner]
            return
        for name in (name for name in COUPLE if self.wrong[name] < 3):
            recent = self.hall.now - self.wrong_at[name] < WRONG_PINS_COUNT_FOR
            self.wrong[name] = self.wrong[name] + 1 if recent else 1
            self.wrong_at[name] = self.hall.now
        assert outcome.name == ("locked" if all(tries >= 3 for tries in self.wrong.values()) else "wrong")

    @rule(name=st.sampled_from(sorted(COUPLE)))
    def reset_pin(self, name: str) -> None:
        """Let a coordinator give a new PIN."""
        self.pins[name] = self.runner.run(self.hall.desk(membership.reset_pin, self.ids[name], by=BY))
        self.wrong[name] = 0

    @rule(which=st.integers(0, 1))
    def join(self, which: int) -> None:
        """Let somebody become a member."""
        name, number = f"Late {which}", f"+4477009008{which:02}"
        if name not in self.ids:
            new = VotesData((MemberEntry(name, number),))
            self.runner.run(self.hall.store.write(install_votes, new, self.hall.now))
            self.ids[name], self.numbers[name] = self.runner.run(self.hall.member(name)), number

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        """Let time pass, up to the close."""
        now = min(self.hall.now + timedelta(hours=hours), LAST)
        for key, opens in POLLS.items():
            if key not in self.roll and opens <= now:
                self.roll[key] = set(self.ids)
        self.runner.run(self.hall.tick(now))

    @rule()
    def restore(self) -> None:
        """Make a backup, begin again from it, and open its polls again."""

        async def begin_again() -> None:
            await self.hall.tick()
            back_up(self.path / "plainline.db", self.path / "copy.db", replace=True)
            await self.hall.store.close()
            (self.path / "copy.db").replace(self.path / "plainline.db")
            self.hall.store = await open_store(self.path / "plainline.db", now=NOW)
            await self.hall.tick()
            for key in self.roll:
                await self.hall.desk(poll_desk.resume, await self.hall.poll(key), CLOSE, by=BY)

        self.runner.run(begin_again())
        for key in self.roll:
            if "secret" in key:
                self.sheet[key].clear()
                self.paper[key].clear()

    @invariant()
    def turnout_is_what_the_sheet_says(self) -> None:
        """Compare the marks on the roll with the sheet."""
        for key, roll in self.roll.items():
            found = self.runner.run(self.hall.store.read(_turnout, key))
            assert (found.voted, found.roll) == (len(self.sheet[key]), len(roll))
            assert found.post + found.proxy == len(self.paper[key])

    def teardown(self) -> None:
        """Close the polls and compare the count with the sheet."""
        try:
            self.runner.run(self.hall.tick(CLOSE))
            for key in self.roll:
                result = self.runner.run(self.hall.poll(key)).result
                counted = {tree: times for tree, times in result["rounds"][0]["votes"].items() if times}
                assert counted == dict(Counter(self.sheet[key].values()))
        finally:
            self.runner.run(self.hall.store.close())
            self.runner.run(self.stack.aclose())
            self.runner.close()
            self.folder.cleanup()

    def _expected(self, name: str, key: str) -> str:
        if key not in self.roll:
            return "closed"
        if name not in self.roll[key]:
            return "absent"
        if name not in self.sheet[key]:
            return "final" if "secret" in key else "recorded"
        return "voted" if "secret" in key else "changed"


def _turnout(tx: Tx, key: str) -> votes.Turnout:
    found = polls.poll_by_key(tx, key)
    assert found is not None
    return votes.turnout(tx, found.id)


TestPaper = Paper.TestCase
TestPaper.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
