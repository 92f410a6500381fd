"""After two hundred secret votes nobody can tell who voted how: by content, order, ids, times or files."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from random import Random, SystemRandom

import pytest

from gateway.community_votes import MemberEntry, OptionEntry, PollEntry, VotesData, install_votes
from gateway.store import outbound, polls, votes
from gateway.store.backup import back_up
from gateway.store.database import Tx
from tests.store.joining import SUSPICIOUS, agreement, suspicious_columns
from tests.village import MONDAY, Village, ashby

VOTERS = 200
# Labels of very different length: what is read back of the last takes two parts of a text.
LABELS = ("Qoph", "Zayin with bells and whistles", f"Heth {'and a good many further words ' * 4}")
KEYS = ("one", "two", "three")
OPENS = MONDAY + timedelta(days=40)


def number_of(voter: int) -> str:
    """Give a voter's handset."""
    return f"+4474001{voter:05}"


def entry(*, secret: bool) -> PollEntry:
    """Write down the poll."""
    options = [OptionEntry(key, {"en": label.strip()}) for key, label in zip(KEYS, LABELS, strict=True)]
    return PollEntry(
        "alphabet",
        {"en": "Which letter?"},
        options,
        OPENS,
        OPENS + timedelta(days=7),
        secret=secret,
        announce=False,
    )


@asynccontextmanager
async def elected(
    folder: Path, *, secret: bool, voters: int = VOTERS
) -> AsyncIterator[tuple[Village, dict[str, str]]]:
    """Let members vote by text, in an order and for options drawn by lot; give who chose what."""
    (folder / "data").mkdir()
    members = [MemberEntry(f"Voter {n}", number_of(n)) for n in range(voters)]
    async with ashby(folder / "data") as village:
        village.turns.random = SystemRandom()
        await village.store.write(install_votes, VotesData(members, [entry(secret=secret)]), MONDAY)
        await village.move_to(OPENS)
        await _send_all(village)
        back_up(village.store.path, folder / "backup0.db")
        luck = Random()
        order = luck.sample(range(voters), voters)
        truth: dict[str, str] = {}
        for place, voter in enumerate(order):
            number = number_of(voter)
            truth[number] = await _vote(village, number, luck)
            if place in (98, 99):
                back_up(village.store.path, folder / f"backup{place}.db")
        back_up(village.store.path, folder / "backup200.db")
        yield village, truth


async def _vote(village: Village, number: str, luck: Random) -> str:
    """Vote by text as people do: some choose twice, some ask for help, some misspell."""
    chosen = luck.randrange(len(KEYS))
    await _say(village, number, "VOTE")
    if luck.random() < 0.2:
        await _say(village, number, str(luck.randrange(3) + 1), "2")
    if luck.random() < 0.2:
        await _say(village, number, "HELP")
    await _say(village, number, luck.choice((str(chosen + 1), LABELS[chosen].split()[0].lower())))
    replies = await _say(village, number, luck.choice(("1", "yes")))
    assert "recorded" in replies
    return KEYS[chosen]


async def _say(village: Village, number: str, *texts: str) -> str:
    said: list[str] = []
    for body in texts:
        said = await village.text(number, body)
        await _send_all(village)
    return "\n".join(said)


async def _send_all(village: Village) -> None:
    """Let everything that waits go out, part by part, as the sender does."""

    def send(tx: Tx) -> None:
        while (text := outbound.next_queued(tx, village.hands.now)) is not None:
            outbound.begin_attempt(tx, text.id)
            for part in range(text.parts):
                outbound.record_part_sent(tx, text.id, part, text.id % 256, village.hands.now)
            outbound.end_attempt(tx, text.id, "sent", village.hands.now)

    await village.store.write(send)


def files(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder as it is, the log beside the database included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_two_hundred_secret_votes_cannot_be_joined_to_their_voters(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for package in ("flows", "gateway", "modem"):
        caplog.set_level(logging.DEBUG, logger=package)
    async with elected(tmp_path, secret=True) as (village, truth):
        whole = files(tmp_path)
        assert set(whole) <= {
            *("data/plainline.db", "data/plainline.db-wal", "data/plainline.db-shm"),
            *(f"backup{n}.db" for n in (0, 98, 99, 200)),
        }
        live = {name: raw for name, raw in whole.items() if name.startswith("data/")}

        # By content: a choice stands in the poll itself, once in each copy, and nowhere else.
        for label in LABELS:
            assert sum(raw.count(label.strip().encode()) for raw in live.values()) == 1
        for raw in whole.values():
            for remains in (b"You chose", b"qoph", b"zayin", b"heth"):
                assert remains not in raw
        for name in (f"backup{n}.db" for n in (0, 98, 99, 200)):
            with closing(sqlite3.connect(tmp_path / name)) as copy:
                assert not any(any(row[0]) for row in copy.execute("SELECT marks FROM ballot"))
                assert {row[0] for row in copy.execute("SELECT voted FROM roll")} == {0}

        # What other systems are told, and the log, say no choice and no voter of a ballot.
        told = await village.store.read(lambda tx: tx.all("SELECT type, subject, data FROM event"))
        cast = [row for row in told if row["type"] == "ballot.cast"]
        assert len(cast) == VOTERS
        assert {(row["subject"].split(":")[0], row["data"]) for row in cast} == {("poll", "{}")}
        logged = "\n".join(str(vars(record)) for record in caplog.records)
        for words in (json.dumps([tuple(row) for row in told]), logged):
            assert not any(label.strip() in words or f'"{key}"' in words for label in LABELS for key in KEYS)
        assert not any(number in logged for number in truth)

        # By any column of any table that knows a voter.
        assert suspicious_columns(village.store.path, truth) == {}

        # By order: the papers as they lie, and as their bytes lie in the file.
        papers = await village.store.read(
            lambda tx: tx.all("SELECT paper, marks, side FROM ballot ORDER BY paper")
        )
        ballots = [KEYS[row["marks"].index(1)] for row in papers if any(row["marks"])]
        assert Counter(ballots) == Counter(truth.values())
        assert len({row["side"] for row in papers}) == 1
        for order in _orders(truth):
            for one in (order, order[::-1]):
                assert abs(agreement([truth[number] for number in one], ballots)) < SUSPICIOUS

    # Once counted the copies may be whole, and there is still nobody to join the ballots to.
    async with _again(tmp_path / "data") as store_path:
        assert suspicious_columns(store_path, truth) == {}


@asynccontextmanager
async def _again(folder: Path) -> AsyncIterator[Path]:
    """Begin again from the data directory, after the close."""
    async with ashby(folder, now=OPENS + timedelta(days=8)) as village:
        found = await village.store.read(polls.poll_by_key, "alphabet")
        assert found is not None
        assert found.state == "published"
        assert sum((await village.store.read(votes.votes_of, found)).values()) == VOTERS
        yield village.store.path


def _orders(truth: dict[str, str]) -> list[list[str]]:
    """Give the orders in which somebody could lay the voters beside the papers."""
    return [list(truth), sorted(truth)]


async def test_the_one_who_tries_would_have_found_a_named_vote(tmp_path: Path) -> None:
    async with elected(tmp_path, secret=False, voters=80) as (village, truth):
        found = suspicious_columns(village.store.path, truth)
        assert {"vote.marks", "outbound.parts"} <= set(found)
