"""A neighbour who rings in and keys the code reads the prompts; nobody gets there by guessing."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from gateway.reading_code import make_code
from gateway.store.database import Tx
from gateway.store.events import events_about
from gateway.store.packed import unpack
from modem.audio import wav
from tests.calls.neighbour import KEEP_OR_AGAIN, THANKS, VERA, WELCOME, prompts_of, read_out, reads
from tests.calls.ringing import MENU, RingingTown, in_english, ringing_town, rows, speech

pytestmark = pytest.mark.alone

FAR_AWAY = "+12025550123"
NOT_THE_CODE = "that is not the code"


async def code_for(town: RingingTown) -> str:
    """Have a code made, as the command does."""
    return await town.gateway.store.write(make_code, "en", town.gateway.clock.now())


def what_became_of_it(tx: Tx) -> list[str]:
    return [kind for _, kind, _ in events_about(tx, "reading_code:1")]


async def test_whoever_keys_the_code_at_the_greeting_reads_and_hears_themselves(
    tmp_path: Path, prompts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        code = await code_for(town)
        first, second, third = prompts_of(town)[:3]
        vera = await town.rings(VERA)
        await vera.hears("Hello, this is Ashby*press one")
        await vera.presses(f"#{code}", WELCOME, out=True)
        await reads(vera, read_out(first), KEEP_OR_AGAIN)
        await vera.call.hear(2.0)
        assert wav.level(vera.call.heard[-32_000:]) > -30, "it is played back"
        await vera.call.press("2", reported=False)
        await reads(vera, read_out(first), KEEP_OR_AGAIN)
        await vera.presses("1", second.words)
        assert (town.config.data / "audio" / first.file).is_file()
        await vera.presses("3", third.words)
        await vera.presses("9", THANKS, out=True)
        await vera.is_rung_off()
        assert await town.how() == "finished"
        assert await gateway.store.read(what_became_of_it) == ["reading_code.made", "reading_code.used"]
        assert not await gateway.store.read(rows, "recording"), "a clip is all that is kept"

        again = await in_english(town, VERA)
        await again.presses("#", MENU)
        await again.presses(code[0])
        assert not [saying for saying in again.heard if WELCOME in saying.text], "it was good once"
        await again.call.hang_up()
        await town.ready()
    assert not [record for record in caplog.records if code in record.getMessage()]


async def test_a_wrong_code_is_told_and_the_right_one_is_taken_at_the_menu(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        code = await code_for(town)
        vera = await in_english(town, VERA)
        await vera.presses("#", MENU)
        wrong = str(999_999 - int(code) + 100_000)
        await vera.presses(f"#{wrong}#", NOT_THE_CODE, out=True)
        await vera.hears(MENU)
        await vera.presses(f"#{code[:4]}#", NOT_THE_CODE, out=True)
        (kept,) = await gateway.store.read(rows, "reading_code")
        assert sum(unpack(kept["wrong"]).values()) == 1, "half a code is a slip, not a try"
        await vera.hears(MENU)
        await vera.presses(f"#{code}#", WELCOME)
        await vera.call.press("5", reported=False)
        await vera.hears(read_out(prompts_of(town)[0]), out=True)
        vera.call.say(speech())
        await vera.call.said()
        await vera.call.hang_up()
        assert await town.how() == "caller hung up"
        await town.ready()
        assert not await gateway.store.read(rows, "recording"), "half a reading is no message"


async def test_while_a_code_waits_the_menu_is_the_menu(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await code_for(town)
        rose = await in_english(town, VERA)
        await rose.presses("#2", "Where shall we pick you up?")
        await rose.presses("#", "press one", out=True)
        await rose.call.hang_up()


async def test_from_abroad_no_code_is_taken(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        code = await code_for(town)
        caller = await in_english(town, FAR_AWAY)
        await caller.presses("#", MENU)
        await caller.presses(code)
        await caller.call.hang_up()
        await town.ready()
        assert await gateway.store.read(what_became_of_it) == ["reading_code.made"]
        assert (await gateway.store.read(rows, "reading_code"))[0]["wrong"] == "{}"
