"""Every way a call can end: each leaves nothing hanging, and a conversation that a text can go on with."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from gateway.config_calls import CallsConfig
from gateway.store.database import Tx
from modem.audio import wav
from modem.audio.line import RATE
from tests.calls.ringing import MENU, RingingTown, in_english, ringing_town, rows, speech, texts_of
from tests.faults.conversation import until
from tests.faults.rows import deeds_of
from tests.hands import LiveHands
from tests.village import MONDAY

ROSE, GEORGE, LUCIA, DUTY = "+447700900123", "+447700900134", "+447700900132", "+447700900001"
CUT_OFF = "We were cut off. Text GO ON, or ring again."


async def to_the_day(town: RingingTown, number: str = ROSE) -> None:
    """Ring, answer half of the questions about a lift, and hang up."""
    caller = await in_english(town, number)
    await caller.presses("2", "Where shall we pick you up?")
    await caller.presses("6455#", "Where do you want to go?")
    await caller.presses("787#", "Ashby Surgery, press two")
    await caller.presses("2", "Which day do you want to go?")
    await caller.call.hang_up()
    assert await town.how() == "caller hung up"


async def at_ease(town: RingingTown) -> None:
    """Nothing of a call is held any more."""
    await town.ready()
    names = {task.get_name() for task in asyncio.all_tasks()}
    desk = town.gateway.modems[0].calls
    assert desk is not None
    assert desk._call is None, names


async def test_whoever_hangs_up_in_the_middle_goes_on_by_text(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        await to_the_day(town)
        assert await town.reply(ROSE) == CUT_OFF
        await town.text(ROSE, "GO ON")
        assert "Which day?" in await town.reply(ROSE)
        for answer, question in (
            ("tomorrow", "What time"),
            ("10.30", "Who is coming"),
            ("1", "Mill Lane to"),
        ):
            await town.text(ROSE, answer)
            assert question in await town.reply(ROSE)
        await town.text(ROSE, "YES")
        assert "Booked" in await town.reply(ROSE)
        assert await gateway.store.read(deeds_of, ROSE) == {"lift.booked": 1}


async def test_whoever_rings_again_within_a_day_goes_on(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await to_the_day(town)
        rose = await town.rings(ROSE)
        await rose.hears("Hello, this is Ashby*We go on where we stopped*Which day do you want to go?")
        await rose.presses("0303", "What time shall we pick you up?")
        await rose.call.hang_up()
        await at_ease(town)


async def test_whoever_rings_after_a_day_begins_anew(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await to_the_day(town)
        assert isinstance(town.hands, LiveHands)
        town.hands.pass_time(_DAY)
        rose = await town.rings(ROSE)
        await rose.hears(MENU)
        await rose.call.hang_up()


_DAY = MONDAY.replace(day=3, hour=10) - MONDAY


async def test_hanging_up_in_the_middle_of_a_word_ends_everything(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.presses("1", "What do you need help with?", out=True)
        rose.call.say(speech()[: 2 * RATE])
        await rose.call.said()
        await rose.call.hang_up()
        assert await town.how() == "caller hung up"
        assert not await gateway.store.read(rows, "recording"), "half a word is no message"
        await at_ease(town)


async def test_whoever_hangs_up_after_speaking_is_heard_all_the_same(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.presses("1", "What do you need help with?", out=True)
        rose.call.say(speech())
        await rose.call.said()
        await rose.call.hang_up()
        assert await town.how() == "caller hung up"
        assert len(await gateway.store.read(rows, "recording")) == 1
        assert await gateway.store.read(deeds_of, ROSE) == {"help.opened": 1}
        assert await town.reply(ROSE) == CUT_OFF
        await at_ease(town)


async def test_silence_is_asked_again_and_then_let_go(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        await rose.presses("2", "Where shall we pick you up?")
        await rose.presses("6455#", "Where do you want to go?", out=True)
        while "We cannot hear you" not in rose.heard[-1].text:
            await rose.hears(out=True)
            assert len(rose.heard) < 8
        await rose.is_rung_off()
        assert await town.how() == "nobody spoke"
        assert await town.reply(ROSE) == CUT_OFF
        await at_ease(town)


async def test_a_call_does_not_go_on_for_ever(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.presses("2", "Where shall we pick you up?")
        await rose.presses("6455#", "Where do you want to go?")
        desk = gateway.modems[0].calls
        assert desk is not None
        assert desk._call is not None
        desk._call._may_last(0.0)
        await rose.is_rung_off()
        assert await town.how() == "longest call reached"
        assert await town.reply(ROSE) == CUT_OFF
        await at_ease(town)


async def test_noise_is_not_taken_for_an_answer(tmp_path: Path, prompts: Path) -> None:
    hiss = wav.sound(np.random.default_rng(1).normal(0, 0.05, 60 * RATE).astype(np.float32))
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.presses("2", "Where shall we pick you up?")
        for _ in range(20):
            rose.call.say(hiss)
        heard = [await rose.hears(out=True) for _ in range(3)]
        assert not [text for text in heard if "Where do you want to go?" in text]
        await rose.call.hang_up()
        assert await gateway.store.read(deeds_of, ROSE) == {}


async def test_whoever_hangs_up_while_it_rings_is_rung_back(tmp_path: Path, prompts: Path) -> None:
    calls = CallsConfig(answer_after_rings=3)
    async with ringing_town(tmp_path, prompts, calls=calls) as town, town.serving() as gateway:
        rose = await town.ringing(ROSE)
        await ringing_heard(town)
        await rose.call.hang_up()
        assert await town.how() == "caller gave up while it rang"
        town.lets_pass(_MINUTE)
        rung = await town.answers(ROSE)
        rung.call.say(speech("hello"))
        await rung.call.said()
        await rung.hears("Hello, this is Ashby, ringing you back")
        await rung.presses("1", MENU)
        await rung.call.hang_up()
        await at_ease(town)
        purposes = [(row["direction"], row["purpose"]) for row in await gateway.store.read(rows, "call")]
        assert purposes == [("in", ""), ("out", "ring_back")]


_MINUTE = MONDAY.replace(minute=31) - MONDAY


async def ringing_heard(town: RingingTown) -> None:
    """Wait until the gateway knows that it rings."""

    async def busy() -> bool:
        desk = town.gateway.modems[0].calls
        return desk is not None and desk._busy

    await until(busy, "the gateway to hear it ring")


async def test_an_answering_machine_is_left_alone(tmp_path: Path, prompts: Path) -> None:
    calls = CallsConfig(answer_after_rings=3)
    async with ringing_town(tmp_path, prompts, calls=calls) as town, town.serving():
        rose = await town.ringing(ROSE)
        await ringing_heard(town)
        await rose.call.hang_up()
        await town.how()
        town.lets_pass(_MINUTE)
        machine = await (await town.simulator.phone(ROSE)).rung(20)
        greeting = speech(
            "you have reached rose hill, I am not at home, please leave a message after the tone"
        )
        assert wav.level(await machine.take_message(greeting)) < wav.QUIET_DBFS
        assert machine.ended_by == "other"
        assert await town.how() == "a machine answered"


async def test_whoever_does_not_answer_is_not_held_on_to(tmp_path: Path, prompts: Path) -> None:
    calls = CallsConfig(answer_after_rings=3)
    async with ringing_town(tmp_path, prompts, calls=calls) as town, town.serving():
        rose = await town.ringing(ROSE)
        await ringing_heard(town)
        await rose.call.hang_up()
        await town.how()
        town.lets_pass(_MINUTE)
        rung = await (await town.simulator.phone(ROSE)).rung(20)
        await rung.hang_up(busy=True)

        async def given_up() -> bool:
            return [row["how"] for row in await town.gateway.store.read(rows, "call")][1:] == [
                "nobody answered"
            ]

        await until(given_up, "the gateway to give up")
        await at_ease(town)


async def test_a_second_caller_gets_a_text_and_the_first_goes_on(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        second = await (await town.simulator.phone(GEORGE)).call(town.number)
        assert "the line was busy" in await town.reply(GEORGE)
        await rose.presses("2", "Where shall we pick you up?")
        await second.ended()
        third = await (await town.simulator.phone(LUCIA)).call(town.number)
        await third.hang_up()
        await rose.presses("6455#", "Where do you want to go?")
        await rose.call.hang_up()
        await at_ease(town)


async def test_a_withheld_number_is_told_to_show_itself_and_never_rung(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        nobody = await town.rings(ROSE, withheld=True)
        await nobody.hears("Hello, this is Ashby. We cannot see your number", out=True)
        await nobody.is_rung_off()
        await at_ease(town)
        assert not await gateway.store.read(rows, "outgoing_call")
        assert not await texts_of(town, ROSE)


async def test_whoever_rings_while_closed_leaves_a_message(tmp_path: Path, prompts: Path) -> None:
    calls = CallsConfig(answer_after_rings=1, closed=True)
    async with ringing_town(tmp_path, prompts, calls=calls) as town, town.serving() as gateway:
        rose = await town.rings(ROSE)
        await rose.hears("Hello, this is Ashby. Nobody can talk just now", out=True)
        await rose.call.hear(0.5)
        rose.call.say(speech() + speech())
        await rose.call.said()
        await rose.presses("#", "That is recorded", out=True)
        await rose.hears("Goodbye")
        await rose.is_rung_off()
        (recording,) = await gateway.store.read(rows, "recording")
        assert recording["kind"] == "voicemail"
        await at_ease(town)
        assert [text for text in await texts_of(town, DUTY) if "left a spoken message" in text]


async def test_a_text_sent_during_a_call_is_answered_as_well(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        await town.text(GEORGE, "MENU")
        assert "1" in await town.reply(GEORGE)
        await rose.presses("2", "Where shall we pick you up?")
        await rose.call.hang_up()


def open_call_rows(tx: Tx) -> int:
    """Count the calls that nobody has written an end to."""
    row = tx.one("SELECT COUNT(*) AS n FROM call WHERE ended_at IS NULL")
    return int(row["n"]) if row else 0


@pytest.mark.parametrize("after", [0.0, 0.5])
async def test_hanging_up_as_it_is_answered_is_no_trouble(
    tmp_path: Path, prompts: Path, after: float
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await town.rings(ROSE)
        await rose.call.hear(after)
        await rose.call.hang_up()
        await town.ready()

        async def settled() -> bool:
            return not await gateway.store.read(open_call_rows)

        await until(settled, "the call to be written off")
        again = await town.rings(ROSE)
        await again.hears("Hello, this is Ashby")
        await again.call.hang_up()
