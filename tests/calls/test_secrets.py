"""What a call must leave nowhere: a PIN that was pressed, and the choice of a secret vote."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from modem.speech.cache import sentence_key
from modem.speech.voice import ESPEAK, HIBARI
from tests.calls.ringing import in_english, ringing_town, rows, speech
from tests.faults.rows import deeds_of

pytestmark = pytest.mark.alone

ROSE, PENNS = "+447700900123", "+447700900131"
PIN, WRONG_PIN = "2468", "9753"
CHOSEN = b"Harold Stubbs"


def everything(data: Path) -> dict[str, bytes]:
    """Every file below a data directory, once the log has been folded into the database."""
    connection = sqlite3.connect(data / "plainline.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged, however detailed."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


async def test_a_pin_and_a_secret_choice_are_nowhere(
    tmp_path: Path, logged: pytest.LogCaptureFixture
) -> None:
    own_prompts = tmp_path / "prompts"
    own_prompts.mkdir()
    async with ringing_town(tmp_path, own_prompts) as town:
        async with town.serving() as gateway:
            before = everything(town.config.data)
            arthur = await in_english(town, PENNS)
            await arthur.presses("4", "Please enter your voting PIN")
            await arthur.presses(f"{WRONG_PIN}#", "That is not the right PIN. Tries left: two")
            await arthur.presses(f"{PIN}#", "Which vote")
            await arthur.presses("2", "This is a secret vote", out=True)
            arthur.call.say(speech("Harold Stubbs"))
            await arthur.call.said()
            await arthur.presses("2", "You chose: Harold Stubbs", out=True)
            chose = arthur.heard[-1]
            await arthur.presses("1", "Your vote is recorded, and we keep nothing of this call")
            await arthur.call.hang_up()
            await town.how()
            await town.at_rest()
            assert await gateway.store.read(deeds_of, PENNS) == {"ballot.cast": 1}
            assert not await gateway.store.read(rows, "recording")
            assert not await gateway.store.read(rows, "inbound")
        after = everything(town.config.data)
    kept = b"\n".join(after.values())
    for pin in (PIN, WRONG_PIN):
        assert pin.encode() not in after["plainline.db"]
    for remains in (b"You chose", b"stubs"):
        assert remains not in kept
    assert kept.count(CHOSEN) == before["plainline.db"].count(CHOSEN) > 0, "what is left stands in the poll"
    assert not [name for name in after if name.endswith(".enc")]
    assert any(sentence.private for sentence in chose.sentences)
    for sentence in chose.sentences:
        for engine in (HIBARI, ESPEAK):
            name = sentence_key(engine, sentence.language, sentence.text, slow=False)
            assert not (own_prompts / f"{name}.wav").exists() or not sentence.private
    told = "\n".join(
        f"{record.getMessage()} {[value for value in vars(record).values() if isinstance(value, str)]}"
        for record in logged.records
    )
    for secret in (PIN, WRONG_PIN, "Stubbs", PENNS):
        assert secret not in told, "logged"
    assert f"Keyed(keys={PIN!r})" not in told


async def test_a_secret_vote_leaves_the_conversation_without_the_choice_when_it_is_cut_off(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        async with town.serving():
            rose = await in_english(town, ROSE)
            await rose.presses("4", "Which vote")
            await rose.presses("2", "This is a secret vote")
            await rose.presses("2", "You chose: Harold Stubbs")
            before = everything(town.config.data)["plainline.db"]
            await rose.call.hang_up()
            await town.how()
            await town.text(ROSE, "MENU")
            await town.reply(ROSE)
            await town.at_rest()
        after = everything(town.config.data)["plainline.db"]
    assert b"You chose" not in after
    assert after.count(b"stubbs") <= before.count(b"stubbs")
