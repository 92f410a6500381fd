"""A neighbour reads the prompts into the telephone; what they keep is what callers hear from then on."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.call_rules import READING
from gateway.reader import NotRead, have_read
from gateway.store import calls, people
from gateway.store.database import Tx
from modem.audio import wav
from modem.virtual.phone_call import PhoneCall
from tests.calls.neighbour import KEEP_OR_AGAIN, VERA, WELCOME, prompts_of, read_out, reads
from tests.calls.outside import running_gateway, told_to_tell_of_callers, write_settings
from tests.calls.ringing import TONE_SECONDS, Caller, RingingTown, is_tone, ringing_town, rows, speech
from tests.faults.conversation import until
from tests.modem import callers
from tests.village import MONDAY

pytestmark = pytest.mark.alone

FAR_AWAY = "+12025550123"


def ask(tx: Tx, number: str = VERA) -> int:
    resident = people.meet(tx, number, MONDAY)
    return calls.queue_call(tx, resident.id, READING, MONDAY, answers={"language": "en"})


async def picks_up(town: RingingTown) -> Caller:
    """Answer the gateway's call, and hear what one is to do."""
    town.lets_pass(timedelta(seconds=5))
    vera = await town.answers(VERA)
    vera.call.say(speech("hello"))
    await vera.call.said()
    return vera


async def test_what_a_neighbour_reads_and_keeps_is_a_clip_and_the_next_call_goes_on_from_there(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        await town.ready()
        first, second, third = (prompt for prompt in prompts_of(town)[:3])
        folder = town.config.data / "audio"
        await gateway.store.write(ask)
        vera = await picks_up(town)
        await vera.hears(WELCOME, out=True)
        words = read_out(first)
        await reads(vera, words, KEEP_OR_AGAIN)
        await vera.call.hear(2.0)
        played_back = vera.call.heard[-32_000:]
        assert wav.level(played_back) > -30, "it is played back"
        assert not (folder / first.file).exists(), "nothing is kept unasked"
        await vera.call.press("2", reported=False)
        await reads(vera, words, KEEP_OR_AGAIN)
        await vera.call.press("1", reported=False)
        await vera.hears(second.words)
        clip = wav.read(folder / first.file)
        assert 0.8 < len(clip) / 16_000 < 2.5, "without the tone, the silence and the key"
        assert wav.level(clip) == pytest.approx(-20, abs=2)
        await vera.call.press("3", reported=False)
        await vera.hears(third.words)
        await vera.call.press("9", reported=False)
        await vera.hears("Whoever rings will hear you", out=True)
        await vera.is_rung_off()
        assert await town.how() == "finished"
        assert not (folder / second.file).exists()

        await gateway.store.write(ask)
        vera = await picks_up(town)
        await vera.hears(WELCOME)
        await vera.hears(second.words)
        await vera.call.hang_up()
        assert await town.how() == "caller hung up"
        await town.ready()
        assert {row["state"] for row in await gateway.store.read(rows, "outgoing_call")} == {"done"}
        assert not await gateway.store.read(rows, "conversation"), "nobody asked anything of a resident"


async def test_what_cannot_be_used_is_read_again_and_silence_ends_it(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        await town.ready()
        words = read_out(prompts_of(town)[0])
        await gateway.store.write(ask)
        vera = await picks_up(town)
        await vera.hears(WELCOME, out=True)
        await reads(vera, words, "did not come through well", dbfs=-50.0)
        await vera.hears(words, out=True)
        await vera.hears(words, out=True)
        await vera.hears("Whoever rings will hear you", out=True)
        await vera.is_rung_off()
        assert await town.how() == "nobody spoke"


async def test_a_number_that_costs_extra_is_not_rung_for_it(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        await town.ready()
        asked = await gateway.store.write(ask, FAR_AWAY)
        town.lets_pass(timedelta(seconds=5))

        async def refused() -> bool:
            state, _ = await gateway.store.read(calls.outgoing_state, asked)
            return state == "failed"

        await until(refused, "the call to be refused")
        assert not await gateway.store.read(rows, "call")


async def test_whoever_asks_is_told_how_it_goes(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        told: list[str] = []
        with pytest.raises(NotRead, match="No gateway runs"):
            await have_read(town.config, "en", VERA, [], told.append, MONDAY)
        async with town.serving():
            await town.ready()
            wanted = prompts_of(town)
            asking = asyncio.create_task(have_read(town.config, "en", VERA, wanted, told.append, MONDAY))
            await until(partial(_has_told, told, "as soon as the line is free"), "the call to be queued")
            vera = await picks_up(town)
            await until(partial(_has_told, told, "It rings"), "the ringing to be told")
            await vera.hears(WELCOME)
            await vera.call.press("5", reported=False)
            words = read_out(wanted[0])
            await reads(vera, words, KEEP_OR_AGAIN)
            await vera.call.press("1", reported=False)
            await vera.hears(wanted[1].words)
            await vera.call.hang_up()
            assert await asking == 1
            assert told[-1].startswith("The call is over (caller hung up). 1 texts were recorded")


async def _has_told(told: list[str], words: str) -> bool:
    return any(words in each for each in told)


@pytest.mark.soak
async def test_the_command_has_a_neighbour_rung_by_the_gateway_that_runs(
    tmp_path: Path, prompts: Path, unused_tcp_port: int
) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        settings = await write_settings(town, unused_tcp_port)
        nobody_runs = await record(settings)
        assert "No gateway runs here" in (await nobody_runs.communicate())[0].decode()
        assert nobody_runs.returncode == 1
        async with running_gateway(settings):
            await until(partial(told_to_tell_of_callers, town, town.number), "the modem to be ready", 60)
            command = await record(settings)
            call = await (await town.simulator.phone(VERA)).rung(40)
            await call.answer()
            call.say(speech("hello"))
            await call.said()
            while not is_tone(await call.hear(0.1)):
                pass
            await call.hear(TONE_SECONDS)
            call.say(speech("hello, this is Ashby") + callers.silence(0.2))
            await call.said()
            await call.press("#")
            await someone_speaks(call)  # the clip is played back
            await call.press("1")
            while not is_tone(await call.hear(0.1)):
                pass
            await call.hang_up()
            said = (await command.communicate())[0].decode()
            assert command.returncode == 0, said
            assert "It rings." in said
            assert "1 texts were recorded" in said


async def someone_speaks(call: PhoneCall) -> None:
    while wav.level(await call.hear(0.2)) < -35:
        pass


async def record(settings: Path) -> asyncio.subprocess.Process:
    """Have the prompts read by Vera."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "prompts", "record", "en", "--number", VERA),
        *("--config", str(settings)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
