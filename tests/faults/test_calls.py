"""Whatever breaks in the middle of a call: conversation and what was agreed survive, and a text says so."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from flows.value import Value
from gateway.lines import software_line_of
from gateway.store.conversations import latest_conversation
from gateway.store.database import Tx, open_store
from gateway.store.people import resident_by_number
from modem.speech.recogniser import SpeechRecogniser
from modem.speech.voice import SpeechVoice
from modem.virtual.phone_call import PhoneCall
from tests.calls.outside import running_gateway, told_to_tell_of_callers, write_settings
from tests.calls.ringing import MENU, Caller, RingingTown, hears_korean, in_english, ringing_town, rows
from tests.faults.conversation import until
from tests.modem import callers
from tests.village import MONDAY

ROSE, SOO_AH, GEORGE = "+447700900123", "+447700900133", "+447700900134"
CUT_OFF = "We were cut off. Text GO ON, or ring again."
PICKUP, DROPOFF, DAY = "Where shall we pick you up?", "Where do you want to go?", "Which day"


async def half_way(town: RingingTown) -> Caller:
    """Ring, and answer where the lift begins and ends."""
    rose = await in_english(town, ROSE)
    await rose.presses("2", PICKUP)
    await rose.presses("6455#", DROPOFF)
    await rose.presses("787#", "Ashby Surgery, press two")
    await rose.presses("2", DAY)
    return rose


async def goes_on(town: RingingTown) -> None:
    """What was agreed stands: the day is asked for by text, and by whoever rings again."""
    assert await town.reply(ROSE) == CUT_OFF
    await town.text(ROSE, "GO ON")
    assert "Which day?" in await town.reply(ROSE)
    rose = await town.rings(ROSE)
    await rose.hears(DAY)
    await rose.presses("0303", "What time")
    await rose.call.hang_up()


async def test_the_sound_is_lost_in_the_middle_of_a_call(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await half_way(town)
        await town.simulator.fault(town.number, "sound_lost")
        await rose.call.ended()
        assert rose.call.ended_by == "other", "the gateway rings off"
        assert await town.how() == "sound device lost"
        await goes_on(town)


async def test_the_sound_cannot_be_had_at_all(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        await town.ready()
        desk = gateway.modems[0].calls
        assert desk is not None
        opens, desk.open_line = desk.open_line, software_line_of(tmp_path / "nowhere", town.number)
        rose = await (await town.simulator.phone(ROSE)).call(town.number)
        await rose.ended()
        assert rose.ended_by == "other", "nobody is left in an empty line"
        assert await town.how() == "sound device lost"
        desk.open_line = opens
        again = await town.rings(ROSE)
        await again.hears("Hello, this is Ashby")
        await again.call.hang_up()


async def test_the_stick_is_pulled_out_in_the_middle_of_a_call(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await half_way(town)
        await town.simulator.unplug(town.number)
        await rose.call.ended()
        assert rose.call.ended_by == "network"
        assert await town.how() in ("sound device lost", "modem lost")
        await town.simulator.replug(town.number)
        await goes_on(town)


async def test_the_modem_process_is_killed_in_the_middle_of_a_call(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await half_way(town)
        pid = gateway.modems[0].link.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert await town.how() == "modem lost"
        await town.ready()
        await rose.call.hang_up()
        await goes_on(town)


async def test_the_gateway_is_stopped_and_started_in_the_middle_of_a_call(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        async with town.serving():
            rose = await half_way(town)
        await rose.call.ended()
        assert rose.call.ended_by == "other", "the gateway does not leave a caller in an empty line"
        async with town.serving():
            assert await town.how() == "gateway stopped"
            await goes_on(town)


async def test_the_recogniser_is_killed_in_the_middle_of_a_call(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        hears_korean(town)
        async with town.serving() as gateway:
            soo_ah = await town.rings(SOO_AH)
            await soo_ah.hears("한국어는")
            for keys in ("3", "2", "#", "1", "#", "2"):
                await soo_ah.presses(keys, out=True)
            assert "어느 날" in soo_ah.heard[-1].text
            recogniser = gateway.exchange.recogniser  # type: ignore[union-attr]
            assert isinstance(recogniser, SpeechRecogniser)
            await recogniser.load("ko")
            assert recogniser.pid is not None
            os.kill(recogniser.pid, signal.SIGKILL)
            await town.text(GEORGE, "MENU")
            assert "1" in await town.reply(GEORGE), "texts do not notice"
            word = callers.silence(0.3) + callers.say("내일", "ko") + callers.silence(1.2)
            if "몇 시에" not in await soo_ah.says(word):  # or it was back already
                await soo_ah.presses("0303", "몇 시에", out=True)
            await soo_ah.call.hang_up()
            assert await town.how() == "caller hung up"
            kept = await gateway.store.read(stands, SOO_AH)
            assert kept["pickup"].data == ["chemist", "Boots Chemist"]
            assert kept["dropoff"].data == ["church", "St Mary's Church"]
            assert kept["day"].data == "2026-03-03"
            await recogniser_is_back(recogniser)


async def recogniser_is_back(recogniser: SpeechRecogniser) -> None:
    """Wait until a new process understands speech again."""

    async def understands() -> bool:
        return recogniser.pid is not None and "just now" not in recogniser.explain()

    await until(understands, "speech to be understood again")


def stands(tx: Tx, number: str) -> Mapping[str, Value]:
    """Give the answers of the conversation with a number."""
    resident = resident_by_number(tx, number)
    kept = latest_conversation(tx, resident.id) if resident else None
    assert kept is not None
    return kept.conversation.answers


async def test_the_voice_is_killed_in_the_middle_of_a_call(tmp_path: Path) -> None:
    own = tmp_path / "prompts"
    own.mkdir()
    async with ringing_town(tmp_path, own) as town, town.serving() as gateway:
        rose = await town.rings(ROSE)
        await rose.hears("Hello, this is Ashby")
        voice = gateway.exchange.mouth.voice  # type: ignore[union-attr]
        assert isinstance(voice, SpeechVoice)
        pid = voice.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        await rose.presses("1", MENU, out=True)
        await rose.presses("2", PICKUP, out=True)
        await rose.call.hang_up()


async def test_gaps_in_the_air_do_not_make_keys_of_silence(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await town.simulator.fault(town.number, "sound_gap", probability=0.03, times=None)
        rose = await half_way(town)
        await rose.call.hang_up()
        assert await town.how() == "caller hung up"


async def stands_at(town: RingingTown, call: PhoneCall, step: str) -> bool:
    """Look into the database, while the call goes on, whether its conversation has come so far."""
    await call.hear(0.1)
    with contextlib.suppress(sqlite3.Error):
        with contextlib.closing(
            sqlite3.connect(f"file:{town.config.database}?mode=ro", uri=True)
        ) as database:
            found = database.execute("SELECT state FROM conversation ORDER BY id DESC LIMIT 1").fetchone()
        return bool(found) and json.loads(found[0])["step"] == step
    return False


async def test_the_gateway_is_killed_in_the_middle_of_a_call(
    tmp_path: Path, prompts: Path, unused_tcp_port: int
) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        settings = await write_settings(town, unused_tcp_port)
        phone = await town.simulator.phone(ROSE)
        async with running_gateway(settings) as gateway:
            await until(partial(told_to_tell_of_callers, town, town.number), "the modem to be ready")
            call = await phone.call(town.number)
            await call.answered(20)
            for keys, step in (("1", "wish"), ("2", "pickup"), ("6455#", "dropoff")):
                await call.press(keys, reported=False)
                await until(partial(stands_at, town, call, step), f"the conversation to be at {step}")
            await gateway.kill()
        await call.hang_up()
        async with running_gateway(settings):
            assert (await phone.next(20)).body == CUT_OFF
            await phone.text(town.number, "GO ON")
            assert DROPOFF in (await phone.next(20)).body
        store = await open_store(town.config.database, now=MONDAY)
        assert [row["how"] for row in await store.read(rows, "call")] == ["gateway stopped"]
        await store.close()
