"""A village hall for tests of votes: a real store with members and polls, and ways to act in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flows.conversation import Outcome, Prompt
from flows.value import Json, Value
from gateway.community_votes import MemberEntry, OptionEntry, PollEntry, VotesData, install_votes
from gateway.services import ACTIONS
from gateway.services.acting import Acting, Timing
from gateway.services.ballots import Choice, enter_for
from gateway.services.polls import TIMED
from gateway.store import members, people, polls
from gateway.store.database import Store, Tx, open_store
from gateway.store.outbound import Lane

R = TypeVar("R")

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
    seats: int = 1,
    announce: bool = False,
    publish: str = "at_close",
) -> PollEntry:
    """Write down a poll about trees."""
    options = [OptionEntry(tree, {"en": tree.title(), "es": f"{tree} (es)"}) for tree in TREES]
    return PollEntry(
        key=key,
        question={"en": f"Which tree ({key})?", "es": f"¿Qué árbol ({key})?"},
        options=[] if method == "consent" else options,
        opens_at=opens_at,
        closes_at=closes_at,
        method=method,
        secret=secret,
        tie_rule=tie_rule,
        quorum=quorum,
        seats=seats,
        announce=announce,
        publish=publish,
    )


def choice(key: str) -> Value:
    """Choose an option."""
    return Value("choice", [key, key.title()])


def ranking(*keys: str) -> Value:
    """Put options in order, or name several."""
    return Value("ranking", [[key, key.title()] for key in keys])


@dataclass
class Hall:
    """A store with members and polls."""

    store: Store
    now: datetime = NOW
    random: Random = field(default_factory=lambda: Random(7))
    language: str = "en"
    events: list[tuple[str, str, Mapping[str, Json]]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

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

        return await self.store.write(lambda tx: TIMED(self.timing(tx)))

    def timing(self, tx: Tx) -> Timing:
        """Give what a service needs that acts for no resident."""
        return Timing(tx, self.now, ZoneInfo("Europe/London"), self.random, self._emit, self._tell)

    async def desk(self, deed: Callable[..., R], *args: Any, **named: Any) -> R:
        """Let a coordinator do something: `deed(timing, …)`, in one transaction."""
        return await self.store.write(lambda tx: deed(self.timing(tx), *args, **named))

    async def enter(self, member: int, key: str, chosen: Choice, how: str = "post") -> None:
        """Enter a member's vote from paper."""
        found = await self.poll(key)
        await self.desk(enter_for, found, member, chosen, how=how, by="coordinator:1")

    async def vote(self, member: int, key: str, chosen: Value, number: str = ROSE) -> str:
        """Cast a vote in a poll and give the outcome's name."""
        values = {"member": Value("number", member), "poll": Value("choice", [key, key]), "choice": chosen}
        return (await self.act("vote.cast", number, **values)).name

    async def member(self, name: str) -> int:
        """Give the id of the member of that name."""
        everybody = await self.store.read(members.all_members)
        return next(member.id for member in everybody if member.name == name)

    async def poll(self, key: str) -> polls.Poll:
        """Read a poll back from the database."""
        found = await self.store.read(polls.poll_by_key, key)
        assert found is not None
        return found

    def _emit(self, type: str, subject: str, /, **data: Json) -> None:  # noqa: A002
        self.events.append((type, subject, data))

    def _tell(self, number: str, *prompts: Prompt, ref: str = "", lane: Lane = Lane.NOTICE) -> None:
        self.told += [(number, prompt.key) for prompt in prompts]


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
