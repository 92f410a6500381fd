"""After secret votes by text nothing in the data directory still says what was chosen."""

import sqlite3
from pathlib import Path

import pytest

from gateway.store.database import Tx
from gateway.store.outbound import end_attempt
from tests.village import Village, ashby

ROSE, LUCIA, PENNS = "+447700900123", "+447700900132", "+447700900131"
CHOICES = (b"Harold Stubbs", b"Grace Adeyemi", b'"stubbs"', b'"adeyemi"')


def raw(folder: Path) -> bytes:
    """Give every byte in the data directory, once the log has been folded into the database."""
    connection = sqlite3.connect(folder / "plainline.db")
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    connection.close()
    assert not busy
    return b"\n".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def converse(village: Village, number: str, *texts: str) -> str:
    """Text one after another, every reply being sent before the next; give the last reply."""
    reply = ""
    for body in texts:
        reply = "\n".join(await village.text(number, body))
        await village.store.write(_send_all, village)
    return reply


@pytest.mark.parametrize("right", ["2468", "1357"])
async def test_nothing_of_a_secret_vote_is_left_but_the_ballot(tmp_path: Path, right: str) -> None:
    async with ashby(tmp_path) as village:
        before = raw(tmp_path)
        receipt = await converse(village, ROSE, "VOTE", "2", "harold stubs", "2", "grayce adeyemi", "yes")
        assert "is recorded" in receipt
        receipt = await converse(village, LUCIA, "VOTAR", "2", "harold stubs", "2", "1", "1")
        assert "registrado" in receipt
        receipt = await converse(village, PENNS, "VOTE", "0000", right, "2", "harold stubs", "2", "2", "1")
        assert "is recorded" in receipt
        after = raw(tmp_path)
        for remains in (b"stubs", b"grayce", b"You chose", b"Usted elige"):
            assert remains not in after
        for chosen in CHOICES:  # what is left of the names stands in the poll itself
            assert after.count(chosen) == before.count(chosen) > 0
        rows = await village.store.read(lambda tx: tx.all("SELECT body FROM inbound WHERE body <> ''"))
        assert not rows


async def test_a_secret_vote_begun_in_one_talk_and_cast_in_the_next_leaves_nothing(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await converse(village, ROSE, "VOTE", "2", "harold stubs", "MENU")
        await converse(village, ROSE, "VOTE", "2", "1", "1")
        after = raw(tmp_path)
        assert b"stubs" not in after
        assert b"You chose" not in after


async def test_a_secret_vote_begun_and_left_leaves_nothing(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await converse(village, ROSE, "HELP", "my tap drips")
        await converse(village, ROSE, "VOTE", "2", "harold stubs", "STOP")
        after = raw(tmp_path)
        assert b"stubs" not in after
        assert b"You chose" not in after
        rows = await village.store.read(lambda tx: tx.all("SELECT body FROM inbound ORDER BY id LIMIT 2"))
        assert [row["body"] for row in rows] == ["HELP", "my tap drips"]


def _send_all(tx: Tx, village: Village) -> None:
    for row in tx.all("SELECT id FROM outbound WHERE state = 'queued'"):
        end_attempt(tx, row["id"], "sent", village.hands.now)
