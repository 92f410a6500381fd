"""A village hall for tests of votes: a real store with members and polls, and ways to act in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from flows.conversation import Outcome, Prompt
from flows.value import Json, Value
from gateway.community_votes import MemberEntry, OptionEntry, PollEntry, VotesData, install_votes
from gateway.services.acting import Acting, Timing
from gateway.services.polls import TIMED
from gateway.services.votes import ACTIONS
from gateway.store import people, votes
from gateway.store.database import Store, Tx, open_store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CLOSE = NOW + timedelta(days=14)
ROSE, TOM, SHARED = "+447700900123", "+447700900124", "+447700900125"
MEMBERS = (
    MemberEntry("Rose", ROSE),
    MemberEntry("Tom", TOM, "4821"),
    MemberEntry("Ann", SHARED, "1111"),
    MemberEntry("Ben", SHARED, "2222"),
)
TREES = ("oak", "elm", "ash")


def poll(
    key: str,
    *,
    secret: bool = False,
    method: str = "plurality",
    tie_rule: str = "listed",
    quorum: int = 0,
    opens_at: datetime = NOW,
    closes_at: datetime = CLOSE,
) -> PollEntry:
    """Write down a poll about trees."""
    options = [OptionEntry(tree, {"en": tree.title(), "es": f"{tree} (es)"}) for tree in TREES]
    question = {"en": f"Which tree ({key})?", "es": f"¿Qué árbol ({key})?"}
    return PollEntry(key, question, options, opens_at, closes_at, method, secret, tie_rule, quorum)


def choice(key: str) -> Value:
    """Choose an option."""
    return Value("choice", [key, key.title()])


@dataclass
class Hall:
    """A store with members and polls."""

    store: Store
    now: datetime = NOW
    random: Random = field(default_factory=lambda: Random(7))
    language: str = "en"
    events: list[tuple[str, str, Mapping[str, Json]]] = field(default_factory=list)

    async def act(self, name: str, number: str = ROSE, /, **values: Value) -> Outcome:
        """Run an action as the resident with `number`, in one transaction."""
        return await self.store.write(self.act_in, name, number, values)

    def act_in(self, tx: Tx, name: str, number: str, values: Mapping[str, Value]) -> Outcome:
        """Run an action in an open transaction."""
        acting = Acting(
            tx=tx,
            resident=people.meet(tx, number, self.now),
            language=self.language,
            now=self.now,
            zone=ZoneInfo("Europe/London"),
            random=self.random,
            emit=self._emit,
            tell=self._tell,
        )
        return ACTIONS[name].run(acting, values)

    async def tick(self, now: datetime | None = None) -> datetime | None:
        """Let time pass until `now` and do what is due."""
        self.now = now or self.now

        def transaction(tx: Tx) -> datetime | None:
            zone = ZoneInfo("Europe/London")
            return TIMED(Timing(tx, self.now, zone, self.random, self._emit, self._tell))

        return await self.store.write(transaction)

    async def vote(self, member: int, key: str, chosen: Value, number: str = ROSE) -> str:
        """Cast a vote in a poll and give the outcome's name."""
        values = {"member": Value("number", member), "poll": Value("choice", [key, key]), "choice": chosen}
        return (await self.act("vote.cast", number, **values)).name

    async def member(self, name: str) -> int:
        """Give the id of the member of that name."""
        row = await self.store.read(lambda tx: tx.one("SELECT id FROM member WHERE name = :name", name=name))
        assert row is not None
        return int(row["id"])

    async def poll(self, key: str) -> votes.Poll:
        """Read a poll back from the database."""
        found = await self.store.read(votes.poll_by_key, key)
        assert found is not None
        return found

    def _emit(self, type: str, subject: str, /, **data: Json) -> None:  # noqa: A002
        self.events.append((type, subject, data))

    def _tell(self, number: str, *prompts: Prompt, ref: str = "") -> None:
        raise AssertionError("votes tell nobody anything out of turn")


@asynccontextmanager
async def hall(
    folder: Path, polls: Iterable[PollEntry], members: Iterable[MemberEntry] = MEMBERS
) -> AsyncIterator[Hall]:
    """Open a hall whose polls have had their first tick."""
    store = await open_store(folder / "plainline.db", now=NOW)
    try:
        await store.write(install_votes, VotesData(tuple(members), tuple(polls)), NOW)
        built = Hall(store)
        await built.tick()
        yield built
    finally:
        await store.close()
