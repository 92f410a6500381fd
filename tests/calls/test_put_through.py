"""A caller who wants a person talks to one who is on duty and answers; else they leave a message, as ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.app import Gateway
from gateway.config_calls import CallsConfig
from gateway.put_through import MOST_ATTEMPTS
from gateway.store import people
from gateway.store.database import Tx
from modem.audio import tones
from modem.audio.keys import KeyDetector
from modem.virtual.phone_call import PhoneCall
from tests.calls.ringing import Caller, RingingTown, in_english, ringing_town, rows, speech
from tests.faults.conversation import until

ROSE = "+447700900123"
WAIT, OFFER, NOBODY = "Please stay on the line", "Somebody on the line", "nobody can come to the phone"
MESSAGE = "Somebody from Ashby will get back to you"


@asynccontextmanager
async def helping_town(
    folder: Path, prompts: Path, *, modem: str = "sim7600", minutes: int = 60
) -> AsyncIterator[tuple[RingingTown, Gateway, str]]:
    """Ashby, where callers are put through; with the number of whoever is on duty first."""
    calls = CallsConfig(answer_after_rings=1, put_through=True, minutes_per_day=minutes)
    async with ringing_town(folder, prompts, modem=modem, calls=calls) as town, town.serving() as gateway:
        on_duty = await gateway.store.read(people.coordinators_on_duty)
        yield town, gateway, on_duty[0].number


async def wants_a_person(town: RingingTown) -> Caller:
    """Rose rings, presses 0 and is told to wait."""
    rose = await in_english(town, ROSE)
    await rose.presses("0", WAIT, out=True)
    return rose


async def rung(town: RingingTown, number: str) -> PhoneCall:
    return await (await town.simulator.phone(number)).rung(20)


def ends(tx: Tx) -> list[tuple[str, str, str]]:
    found = tx.all("SELECT direction, purpose, how FROM call ORDER BY id")
    return [(row["direction"], row["purpose"], row["how"]) for row in found]


async def test_a_caller_is_joined_with_whoever_is_on_duty(tmp_path: Path, prompts: Path) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, duty):
        rose = await wants_a_person(town)
        call = await rung(town, duty)
        await call.answer()
        margaret = Caller(call, town.watch.on(town.number))
        margaret.call.say(speech("hello"))
        await margaret.call.said()
        await margaret.hears(OFFER)
        await margaret.call.press("5", reported=False)

        async def talking() -> bool:
            desk = gateway.modems[0].calls
            return desk is not None and desk._call is not None and str(desk._call.life.state) == "through"

        await until(talking, "the two to be joined")
        rose.call.say(tones.tone("7", 0.3))
        call.say(tones.tone("8", 0.3))
        to_rose, to_margaret = await asyncio.gather(rose.call.hear(0.5), call.hear(0.5))
        assert "8" in KeyDetector().feed(to_rose + await rose.call.hear(0.5))
        assert "7" in KeyDetector().feed(to_margaret + await call.hear(0.5))
        await call.hang_up()
        await rose.call.ended()
        assert await town.how() in ("finished", "put through to a person")
        await town.ready()
        assert await gateway.store.read(ends) == [
            ("in", "", "put through to a person"),
            ("out", "put_through", "finished"),
        ]
        assert not await gateway.store.read(rows, "recording"), "nobody listens to what they say"
        desk = gateway.modems[0].calls
        assert desk is not None
        left = await gateway.store.read(desk.rules.minutes_left, gateway.clock.now())
        assert left < 60, "it was at our cost"


async def test_where_nobody_answers_the_caller_leaves_a_message(tmp_path: Path, prompts: Path) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, duty):
        rose = await wants_a_person(town)
        call = await rung(town, duty)
        await call.hang_up(busy=True)
        await leaves_a_message(town, gateway, rose)
        assert await gateway.store.read(ends) == [
            ("in", "", "caller hung up"),
            ("out", "put_through", "nobody answered"),
        ]


async def leaves_a_message(town: RingingTown, gateway: Gateway, rose: Caller) -> None:
    """Rose hears that nobody can be had, and leaves a message."""
    while NOBODY not in await rose.hears(out=True):
        assert len(rose.heard) < 6
    await rose.hears(MESSAGE, out=True)
    await rose.call.hear(1.0)
    rose.call.say(speech("please ring me"))
    await rose.call.said()
    await rose.presses("#", "your message is kept")
    await rose.call.hang_up()
    await town.ready()
    (recording,) = await gateway.store.read(rows, "recording")
    assert recording["kind"] == "message"


async def test_an_answering_machine_takes_no_call(tmp_path: Path, prompts: Path) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, duty):
        rose = await wants_a_person(town)
        call = await rung(town, duty)
        machine = asyncio.create_task(
            call.take_message(
                speech("you have reached margaret, I am out, please leave a message after the tone")
            )
        )
        while not machine.done():
            await rose.call.hear(0.1)
        assert call.ended_by == "other", "nobody pressed a key there"
        await leaves_a_message(town, gateway, rose)


async def test_a_caller_who_hangs_up_while_it_rings_leaves_nobody_ringing(
    tmp_path: Path, prompts: Path
) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, duty):
        rose = await wants_a_person(town)
        call = await rung(town, duty)
        await rose.call.hang_up()
        await call.ended()
        assert call.ended_by == "other"
        await town.ready()
        assert await gateway.store.read(ends) == [
            ("in", "", "caller hung up"),
            ("out", "put_through", "nobody answered"),
        ]
        again = await town.rings(ROSE)
        await again.hears("Hello, this is Ashby")
        await again.call.hang_up()


async def test_a_stick_that_cannot_leaves_the_caller_where_they_were(tmp_path: Path, prompts: Path) -> None:
    async with helping_town(tmp_path, prompts, modem="e173") as (town, gateway, _):
        rose = await wants_a_person(town)
        await leaves_a_message(town, gateway, rose)
        assert [how for _, purpose, how in await gateway.store.read(ends) if purpose] == []


async def test_a_network_that_joins_no_calls_brings_the_caller_back(tmp_path: Path, prompts: Path) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, duty):
        rose = await wants_a_person(town)
        call = await rung(town, duty)
        await call.answer()
        margaret = Caller(call, town.watch.on(town.number))
        margaret.call.say(speech("hello"))
        await margaret.call.said()
        await margaret.hears(OFFER)
        await town.simulator.clear(town.number)
        await town.simulator.fault(town.number, "error", command="+CHLD", code=3)
        await margaret.call.press("5", reported=False)
        ended = asyncio.create_task(call.ended())
        while not ended.done():
            await rose.call.hear(0.1)
        await leaves_a_message(town, gateway, rose)


async def test_a_stick_that_dials_no_second_call_brings_the_caller_back(
    tmp_path: Path, prompts: Path
) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, _):
        await town.ready()
        await town.simulator.fault(town.number, "error", command="D", code=3)
        rose = await wants_a_person(town)
        await leaves_a_message(town, gateway, rose)
        outcomes = [how for _, purpose, how in await gateway.store.read(ends) if purpose]
        assert outcomes == ["nobody answered"], "who is second would be refused as well"


async def is_not_reached(town: RingingTown, rose: Caller, duty: str) -> None:
    """Whoever is on duty is rung and busy, and Rose is told so."""
    call = await rung(town, duty)
    await call.hang_up(busy=True)
    while NOBODY not in await rose.hears(out=True):
        assert len(rose.heard) < 20


async def test_a_caller_who_asks_again_is_put_through_when_somebody_answers_then(
    tmp_path: Path, prompts: Path
) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, duty):
        rose = await wants_a_person(town)
        await is_not_reached(town, rose, duty)
        await rose.hears(MESSAGE, out=True)
        await rose.presses("0", WAIT, out=True)
        call = await rung(town, duty)
        await call.answer()
        margaret = Caller(call, town.watch.on(town.number))
        margaret.call.say(speech("hello"))
        await margaret.call.said()
        await margaret.hears(OFFER)
        await margaret.call.press("5", reported=False)

        async def talking() -> bool:
            desk = gateway.modems[0].calls
            return desk is not None and desk._call is not None and str(desk._call.life.state) == "through"

        await until(talking, "the two to be joined")
        await call.hang_up()
        await rose.call.ended()
        await town.ready()
        assert [how for _, purpose, how in await gateway.store.read(ends) if purpose] == [
            "nobody answered",
            "finished",
        ]


async def test_those_on_duty_are_not_rung_for_ever(tmp_path: Path, prompts: Path) -> None:
    async with helping_town(tmp_path, prompts) as (town, gateway, duty):
        rose = await wants_a_person(town)
        await is_not_reached(town, rose, duty)
        await rose.hears(MESSAGE, out=True)
        for _ in range(MOST_ATTEMPTS - 1):
            await rose.presses("0", WAIT, out=True)
            await is_not_reached(town, rose, duty)
            await rose.hears(MESSAGE, out=True)
        await rose.presses("0", "To add something, speak after the tone", out=True)
        await rose.call.hear(1.0)
        rose.call.say(speech("please ring me"))
        await rose.call.said()
        await rose.presses("#", "your message is kept")
        await rose.presses("9", "What would you like?")
        await rose.presses("0", MESSAGE)
        await rose.call.hang_up()
        await town.ready()
        rung_up = [how for _, purpose, how in await gateway.store.read(ends) if purpose]
        assert rung_up == ["nobody answered"] * MOST_ATTEMPTS


async def test_whoever_waits_for_a_person_and_rings_again_may_be_put_through(
    tmp_path: Path, prompts: Path
) -> None:
    async with helping_town(tmp_path, prompts) as (town, _, duty):
        rose = await wants_a_person(town)
        await is_not_reached(town, rose, duty)
        await rose.hears(MESSAGE)
        await rose.call.hang_up()
        again = await town.rings(ROSE)
        await again.hears(MESSAGE)
        await again.presses("0", WAIT, out=True)
        await is_not_reached(town, again, duty)
        await again.call.hang_up()


async def test_the_gateway_stops_while_two_are_joined(tmp_path: Path, prompts: Path) -> None:
    calls = CallsConfig(answer_after_rings=1, put_through=True)
    async with ringing_town(tmp_path, prompts, calls=calls) as town:
        async with town.serving() as gateway:
            duty = (await gateway.store.read(people.coordinators_on_duty))[0].number
            rose = await wants_a_person(town)
            call = await rung(town, duty)
        await asyncio.gather(rose.call.ended(), call.ended())
        assert call.ended_by == rose.call.ended_by == "other"


async def test_without_minutes_left_nobody_is_rung(tmp_path: Path, prompts: Path) -> None:
    async with helping_town(tmp_path, prompts, minutes=0) as (town, gateway, _):
        rose = await in_english(town, ROSE)
        await rose.presses("0", MESSAGE)
        await rose.call.hang_up()
        assert [how for _, purpose, how in await gateway.store.read(ends) if purpose] == []
