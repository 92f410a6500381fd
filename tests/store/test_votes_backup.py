"""Backups tell nothing of a vote that is still open, and a gateway that begins again from one is honest."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from flows.value import Value
from gateway.community_votes import VotesMistake
from gateway.services import poll_desk
from gateway.services.ballots import Choice
from gateway.store import members, votes
from gateway.store.backup import back_up
from gateway.store.database import Store, open_store
from gateway.store.people import install_coordinator, meet
from tests.store.hall import CLOSE, NOW, ROSE, SHARED, TOM, Hall, choice, hall, poll

BY = "coordinator:1"


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Give every row of a database file."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for (name,) in names
        }


def same_but_for_its_moment(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Leave out when a copy was made."""
    return [tuple(value for value in row if not str(value).startswith("20")) for row in rows]


async def test_two_backups_around_one_secret_vote_differ_in_nothing_that_tells_of_it(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        await village.vote(await village.member("Tom"), "chair", choice("ash"), TOM)
        back_up(village.store.path, tmp_path / "before.db")
        await village.vote(await village.member("Rose"), "chair", choice("elm"))
        back_up(village.store.path, tmp_path / "after.db")
        before, after = tables(tmp_path / "before.db"), tables(tmp_path / "after.db")
        for name in before:
            assert same_but_for_its_moment(before[name]) == same_but_for_its_moment(after[name]), name
        assert all(row[2] == b"\0\0\0" for row in after["ballot"])
        assert {row[2] for row in after["roll"]} == {0}
        now = await village.store.read(lambda tx: tx.all("SELECT marks FROM ballot WHERE marks <> x'000000'"))
        assert len(now) == 2, "the gateway itself goes on with the votes it has"


async def test_two_backups_are_the_same_byte_for_byte_but_for_their_moment(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        copies = []
        for name, tree in (("Tom", "ash"), ("Rose", "elm")):
            number = TOM if name == "Tom" else ROSE
            await village.vote(await village.member(name), "chair", choice(tree), number)
            back_up(village.store.path, tmp_path / f"{name}.db")
            copies.append((tmp_path / f"{name}.db").read_bytes())
        assert len(copies[0]) == len(copies[1])
        pages = [
            place
            for place in range(0, len(copies[0]), 4096)
            if copies[0][place : place + 4096] != copies[1][place : place + 4096]
        ]
        with closing(sqlite3.connect(tmp_path / "Rose.db")) as copy:
            found = copy.execute("SELECT rootpage FROM sqlite_master WHERE name = 'poll'").fetchone()
        page_of_poll = int(found[0])
        assert set(pages) <= {0, (page_of_poll - 1) * 4096}, "the header's counter and when the copy was made"


async def test_a_backup_holds_no_talk_about_a_secret_vote(tmp_path: Path) -> None:
    from tests.village import ashby

    async with ashby(tmp_path) as village:
        for body in ("VOTE", "2", "harold stubs"):
            await village.text("+447700900123", body)
        back_up(village.store.path, tmp_path / "copy.db")
        raw = (tmp_path / "copy.db").read_bytes()
        for remains in (b"You chose", b"harold stubs", b'"choice":{"t":"choice","v":["stubs"'):
            assert remains not in raw
        assert b"You chose" in village.store.path.read_bytes() + (tmp_path / "plainline.db-wal").read_bytes()
        copied = tables(tmp_path / "copy.db")
        assert not copied["vote_talk"]
        assert {row[4] for row in copied["conversation"]} <= {"left", "completed"}


async def test_a_backup_of_a_closed_poll_holds_it_whole(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        await village.vote(await village.member("Rose"), "chair", choice("elm"))
        await village.tick(CLOSE)
        back_up(village.store.path, tmp_path / "copy.db")
        async with restored(tmp_path / "copy.db") as again:
            chair = await again.poll("chair")
            assert chair.state == "published"
            assert sum((await again.store.read(votes.votes_of, chair)).values()) == 1


class restored:  # noqa: N801 - read as a verb: async with restored(file) as village
    """Begin again from a backup."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store: Store

    async def __aenter__(self) -> Hall:
        self._store = await open_store(self._path, now=NOW)
        return Hall(self._store, NOW + timedelta(hours=1))

    async def __aexit__(self, *_: object) -> None:
        await self._store.close()


async def test_a_restored_gateway_takes_no_votes_until_a_coordinator_has_decided(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        await village.store.write(lambda tx: install_coordinator(tx, meet(tx, TOM, NOW).id, on_duty=True))
        rose = await village.member("Rose")
        await village.vote(rose, "chair", choice("elm"))
        await village.enter(await village.member("Tom"), "chair", Choice(("oak",)))
        back_up(village.store.path, tmp_path / "copy.db")
    async with restored(tmp_path / "copy.db") as again:
        assert await again.vote(rose, "chair", choice("oak")) == "closed"
        await again.tick()
        chair = await again.poll("chair")
        assert chair.state == "interrupted"
        assert again.told == [(TOM, "duty_interrupted")]
        assert (await again.act("vote.find")).name == "paused"
        assert await again.vote(rose, "chair", choice("oak")) == "closed"
        await again.tick(CLOSE + timedelta(days=1))
        assert (await again.poll("chair")).state == "interrupted", "it is not counted, for it is not whole"

        with pytest.raises(VotesMistake):
            await again.desk(poll_desk.resume, chair, again.now, by=BY)
        again.told.clear()
        resumed = await again.desk(poll_desk.resume, chair, again.now + timedelta(days=7), by=BY)
        assert resumed.state == "open"
        assert sorted(again.told) == [(number, "resumed_secret") for number in (ROSE, TOM, SHARED)]
        assert await again.vote(rose, "chair", choice("oak")) == "final", "what she said before is gone"
        assert await again.vote(rose, "chair", choice("elm")) == "voted"
        await again.tick(resumed.closes_at)
        done = await again.poll("chair")
        assert done.result["rounds"][0]["votes"] == {"oak": 1, "elm": 0, "ash": 0}
        assert (await again.store.read(votes.turnout, done.id)) == votes.Turnout(1, 4)


async def test_a_named_poll_goes_on_with_the_votes_the_backup_had(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("trees")]) as village:
        rose, tom = await village.member("Rose"), await village.member("Tom")
        await village.vote(rose, "trees", choice("elm"))
        back_up(village.store.path, tmp_path / "copy.db")
        await village.vote(tom, "trees", choice("ash"), TOM)
    async with restored(tmp_path / "copy.db") as again:
        await again.tick()
        trees = await again.poll("trees")
        resumed = await again.desk(poll_desk.resume, trees, CLOSE, by=BY)
        assert (ROSE, "resumed_named") in again.told
        assert resumed.copied_at is not None
        assert await again.vote(tom, "trees", choice("ash"), TOM) == "recorded", (
            "his vote came after the backup"
        )
        assert await again.vote(rose, "trees", choice("oak")) == "changed"


async def test_a_poll_of_a_backup_can_be_called_off(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True, announce=True)]) as village:
        back_up(village.store.path, tmp_path / "copy.db")
    async with restored(tmp_path / "copy.db") as again:
        await again.tick()
        await again.desk(poll_desk.cancel, await again.poll("chair"), by=BY)
        assert (ROSE, "cancelled") in again.told
        assert (await again.act("vote.find")).name == "none"
        everybody = await again.store.read(members.all_members)
        member = {"member": Value("number", everybody[0].id), "poll": Value("choice", ["chair", ""])}
        assert (await again.act("vote.look", ROSE, **member)).name == "closed"
