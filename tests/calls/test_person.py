"""A caller who wants a person, or whom nobody could understand, leaves a message for one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from modem.audio import wav
from tests.calls.ringing import (
    MENU,
    TONE_SECONDS,
    Caller,
    RingingTown,
    in_english,
    ringing_town,
    rows,
    speech,
    texts_of,
)

ROSE, DUTY = "+447700900123", "+447700900001"
SOMEBODY = "Somebody from Ashby will get back to you"
DAY = "Which day do you want to go?"


async def leaves_a_message(town: RingingTown, rose: Caller) -> bytes:
    """Speak after the tone and press hash; give what the coordinator hears of it."""
    await rose.call.hear(TONE_SECONDS)
    spoken = speech("please ring me about the minibus")
    rose.call.say(spoken)
    await rose.call.said()
    await rose.presses("#", "your message is kept")
    (recording,) = await town.gateway.store.read(rows, "recording")
    assert recording["kind"] == "message"
    exchange = town.gateway.exchange
    assert exchange is not None
    kept = wav.read(BytesIO(exchange.recordings.read(recording["file"])))
    assert spoken[3200:-3200] in kept, "the person is heard"
    return kept


async def asks_for_the_day(town: RingingTown) -> Caller:
    """Ring, and answer where the lift begins and ends."""
    rose = await in_english(town, ROSE)
    await rose.presses("2", "Where shall we pick you up?")
    await rose.presses("6455#", "Where do you want to go?")
    await rose.presses("787#", "Ashby Surgery, press two")
    await rose.presses("2", DAY)
    return rose


async def test_0_at_any_moment_leaves_a_message_and_the_people_on_duty_are_told(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        await rose.presses("2", "Where shall we pick you up?")
        await rose.presses("0", SOMEBODY, out=True)
        await leaves_a_message(town, rose)
        await rose.presses("9", "Where shall we pick you up?")
        await rose.call.hang_up()
        assert await town.how() == "caller hung up"
        assert [text for text in await texts_of(town, DUTY) if "asks for a person" in text]


async def test_two_answers_not_understood_bring_the_keys_and_three_a_person(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await asks_for_the_day(town)
        await rose.presses("3902", "which day is that", out=True)
        await rose.presses("3902", "Please press the day and the month as four digits", out=True)
        await rose.presses("3902", SOMEBODY, out=True)
        await leaves_a_message(town, rose)
        await rose.presses("9", DAY)
        await rose.presses("0303", "What time shall we pick you up?")
        await rose.call.hang_up()


async def test_whoever_waits_for_a_person_may_ring_again_and_add_something(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        await rose.presses("0", SOMEBODY)
        await rose.call.hang_up()
        again = await town.rings(ROSE)
        await again.hears("To add something, speak after the tone", out=True)
        await leaves_a_message(town, again)
        await again.presses("9", MENU)
        await again.call.hang_up()
