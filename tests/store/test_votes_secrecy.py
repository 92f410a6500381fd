"""Nobody who has the whole database can tell how a member voted in a secret poll."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from flows.value import Value
from gateway.community_votes import MemberEntry
from gateway.store import people
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.inbound import record_part
from gateway.store.messages_erasure import end_talk
from gateway.store.outbound import Lane, end_attempt, queue_text
from modem.driver import Part
from tests.store.hall import CLOSE, NOW, ROSE, TOM, Hall, choice, hall, poll

PAGE = 4096
TWENTY = tuple(MemberEntry(f"Member {n}", f"+4477009001{n:02}") for n in range(20))


class Drawn(Random):
    """Draws the papers it is told to, so that two elections can end with the same papers filled."""

    def __init__(self, papers: Sequence[int]) -> None:
        super().__init__(1)
        self._papers = list(papers)

    def choice(self, seq: Any) -> Any:
        """Give the blank paper that comes next."""
        wanted = self._papers.pop(0)
        return next(row for row in seq if row["paper"] == wanted)


def pages_of(path: Path, table: str) -> bytes:
    """Give the raw bytes of a small table."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    connection.close()
    return path.read_bytes()[(root - 1) * PAGE : root * PAGE]


async def elect(folder: Path, order: Sequence[int]) -> tuple[bytes, bytes]:
    """Let members vote in `order`, up to twenty; give the raw pages of ballots and roll."""
    papers = list(range(20))
    Random(3).shuffle(papers)
    async with hall(folder, [poll("chair", secret=True)], TWENTY) as village:
        village.random = Drawn([papers[n] for n in order])
        for n in order:
            tree = ("oak", "elm", "ash")[n % 3]
            assert await village.vote(n + 1, "chair", choice(tree), TWENTY[n].number) == "final"
        path = village.store.path
        return pages_of(path, "ballot"), pages_of(path, "roll")


async def test_the_file_lies_the_same_whatever_the_order_of_voting(tmp_path: Path) -> None:
    for folder in ("a", "b", "blank"):
        (tmp_path / folder).mkdir()
    forwards = await elect(tmp_path / "a", list(range(20)))
    shuffled = list(range(20))
    Random(9).shuffle(shuffled)
    assert await elect(tmp_path / "b", shuffled) == forwards
    blank = await elect(tmp_path / "blank", [])
    assert all(page != before for page, before in zip(forwards, blank, strict=True))


async def test_a_secret_vote_leaves_a_blank_paper_filled_and_a_mark_and_nothing_else(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True), poll("hall")]) as village:
        before = await village.store.read(_everything)
        await village.vote(await village.member("Rose"), "chair", choice("elm"))
        after = await village.store.read(_everything)
        changed = [name for name in before if before[name] != after[name]]
        assert sorted(changed) == ["ballot", "roll"]
        new = set(after["ballot"]) - set(before["ballot"])
        assert [row[2] for row in new if any(row[2])] == [b"\0\1\0"]
        assert len(new) == len(after["ballot"]), "every paper is written, so that none tells by being new"


async def test_papers_are_drawn_from_all_that_are_blank(tmp_path: Path) -> None:
    drawn = set()
    for seed in range(12):
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with hall(folder, [poll("chair", secret=True)], TWENTY) as village:
            village.random = Random(seed)
            await village.vote(1, "chair", choice("oak"), TWENTY[0].number)
            rows = await village.store.read(
                lambda tx: tx.all("SELECT paper FROM ballot WHERE marks <> x'000000'")
            )
            drawn.add(rows[0]["paper"])
    assert len(drawn) > 6


async def said(village: Hall, number: str, body: str, *, reply: str = "", place: int = 0) -> int:
    """Keep a text from `number` as the intake does and queue the reply; give the reply's id."""

    def transaction(tx: Tx) -> int:
        resident = people.meet(tx, number, NOW)
        taken = record_part(tx, "test", "imsi", Part(f"SM:{place}", number, body, NOW), NOW, resident.id)
        assert taken is not None
        return queue_text(
            tx,
            number=number,
            body=reply,
            parts=1,
            kind="question",
            lane=Lane.ANSWER,
            now=NOW,
            resident_id=resident.id,
            inbound_id=taken.id,
        )

    return await village.store.write(transaction)


async def sent(village: Hall, outbound_id: int) -> None:
    """Let a reply have gone out."""
    await village.store.write(
        lambda tx: tx.run("UPDATE outbound SET state = 'sent' WHERE id = :id", id=outbound_id)
    )


async def test_a_read_back_that_was_held_for_good_does_not_stay_behind(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        member = Value("number", await village.member("Rose"))
        chosen = {"member": member, "poll": Value("choice", ["chair", ""])}
        await said(village, ROSE, "vote", reply="Which tree?", place=1)
        await village.act("vote.look", ROSE, **chosen)
        held = await said(village, ROSE, "elm", reply="You chose Elmtree?", place=2)
        await village.store.write(end_attempt, held, "held", NOW, "too many texts")
        await village.act("vote.cast", ROSE, **chosen, choice=choice("elm"))
        rows = await village.store.read(lambda tx: tx.all("SELECT body FROM outbound WHERE state = 'held'"))
        assert [row["body"] for row in rows] == [""]


async def test_the_texts_that_carried_a_secret_vote_are_erased_with_it(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        member = Value("number", await village.member("Rose"))
        chosen = {"member": member, "poll": Value("choice", ["chair", ""])}
        await sent(village, await said(village, ROSE, "lift please", reply="Where to?", place=1))
        await said(village, TOM, "I want an elm", place=2)
        await said(village, ROSE, "vote", reply="Which tree?", place=3)
        await village.act("vote.find")
        await village.act("vote.look", ROSE, **chosen)
        read_back = await said(village, ROSE, "the elmm tree", reply="You chose Elmtree?", place=4)
        await sent(village, read_back)
        waiting = await said(village, ROSE, "help", reply="You chose Elmtree!", place=5)
        await said(village, ROSE, "1", place=6)
        assert (await village.act("vote.cast", ROSE, **chosen, choice=choice("elm"))).name == "final"

        bodies = await village.store.read(lambda tx: tx.all("SELECT body FROM inbound ORDER BY id"))
        assert [row["body"] for row in bodies] == ["lift please", "I want an elm", "", "", "", ""]
        keys = await village.store.read(lambda tx: tx.all("SELECT key, twin FROM inbound WHERE body = ''"))
        assert all(row["key"].startswith("erased:") and row["twin"].startswith("erased:") for row in keys)
        rows = await village.store.read(lambda tx: tx.all("SELECT id, body, kind FROM outbound ORDER BY id"))
        kept = {row["id"]: (row["body"], row["kind"]) for row in rows}
        assert kept[read_back] == ("", "question")
        assert kept[waiting] == ("You chose Elmtree!", "secret")  # erased by the sender, once it has gone
        assert "Where to?" in {row["body"] for row in rows}


async def test_two_texts_in_one_second_can_both_be_erased(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        chosen = {"member": Value("number", 1), "poll": Value("choice", ["chair", ""])}
        await said(village, ROSE, "vote", place=1)
        await village.act("vote.find")
        await village.act("vote.look", ROSE, **chosen)
        await said(village, ROSE, "2", place=1)
        await said(village, ROSE, "1", place=1)
        await village.act("vote.cast", ROSE, **chosen, choice=choice("elm"))
        rows = await village.store.read(lambda tx: tx.all("SELECT body FROM inbound"))
        assert [row["body"] for row in rows] == ["", "", ""]


async def test_who_never_ends_a_secret_vote_leaves_nothing_either(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        chosen = {"member": Value("number", 1), "poll": Value("choice", ["chair", ""])}
        for number, place in ((ROSE, 1), (TOM, 2)):
            await said(village, number, "vote", place=place)
            await village.act("vote.find", number)
        await village.act("vote.look", ROSE, **chosen)
        await said(village, ROSE, "elm", place=3)
        rose = await village.store.read(people.resident_by_number, ROSE)
        assert rose is not None
        await village.store.write(end_talk, rose.id)
        rows = await village.store.read(lambda tx: tx.all("SELECT sender, body FROM inbound ORDER BY id"))
        assert [(row["sender"], row["body"]) for row in rows] == [(ROSE, ""), (TOM, "vote"), (ROSE, "")]
        assert not await village.store.read(
            lambda tx: tx.all("SELECT 1 FROM vote_talk WHERE resident_id = :id", id=rose.id)
        )


async def test_the_close_erases_what_is_being_written_about_a_secret_vote(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        await said(village, ROSE, "vote", place=1)
        await village.act("vote.look", ROSE, member=Value("number", 1), poll=Value("choice", ["chair", ""]))
        await said(village, ROSE, "elm", place=2)
        await village.tick(CLOSE)
        rows = await village.store.read(lambda tx: tx.all("SELECT body FROM inbound"))
        assert [row["body"] for row in rows] == ["", ""]


async def test_a_cry_for_help_amid_a_vote_stays_readable(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        chosen = {"member": Value("number", 1), "poll": Value("choice", ["chair", ""])}
        await said(village, ROSE, "vote", place=1)
        await village.act("vote.look", ROSE, **chosen)
        await said(village, ROSE, "ambulance, I fell in the yard", reply="Call 999", place=2)
        rose = await village.store.read(people.resident_by_number, ROSE)
        assert rose is not None
        await village.store.write(write_event, "emergency", f"resident:{rose.id}", {}, NOW)
        await village.act("vote.cast", ROSE, **chosen, choice=choice("elm"))
        rows = await village.store.read(lambda tx: tx.all("SELECT body FROM inbound ORDER BY id"))
        assert rows[-1]["body"] == "ambulance, I fell in the yard"


@pytest.mark.parametrize("pin", ["4821", "0000"])
async def test_the_text_with_a_pin_is_erased_whether_right_or_wrong(tmp_path: Path, pin: str) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        await said(village, TOM, "vote", place=1)
        await said(village, TOM, pin, place=2)
        await village.act("vote.check_pin", TOM, pin=Value("pin", pin))
        rows = await village.store.read(lambda tx: tx.all("SELECT body FROM inbound ORDER BY id"))
        assert [row["body"] for row in rows] == ["vote", ""]


def _everything(tx: Tx) -> dict[str, list[tuple[Any, ...]]]:
    tables = tx.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {row["name"]: [tuple(found) for found in tx.all(f"SELECT * FROM {row['name']}")] for row in tables}
