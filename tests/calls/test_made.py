"""Calls we make: who reads no texts is reminded and told by telephone, from what is due to the row."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gateway.call_rules import MOST_TRIES, TRY_AGAIN_AFTER
from gateway.ring_up import tell_by_call
from gateway.services.lift_words import tell_rider
from gateway.store import lifts
from gateway.store.calls import set_reads_no_texts
from gateway.store.database import Row, Tx
from gateway.store.people import resident_by_number
from modem.audio import wav
from tests.calls.ringing import Caller, RingingTown, ringing_town, rows, speech, texts_of
from tests.faults.conversation import until
from tests.faults.residents import ROSE, Resident
from tests.village import MONDAY

DUTY = "+447700900001"
REMINDED_AFTER = timedelta(hours=8, minutes=45)
"""From Monday half past nine to the hour at which those who go on Tuesday are reminded."""

QUESTION = "Are you coming?"
LIFT_ONLY = Resident(ROSE.number, ROSE.lines[:-1])


async def reads_nothing(town: RingingTown, number: str = ROSE.number) -> None:
    """Say that somebody reads no texts."""

    def note(tx: Tx) -> None:
        resident = resident_by_number(tx, number)
        assert resident is not None
        set_reads_no_texts(tx, resident.id, reads_none=True)

    await town.gateway.store.write(note)


async def has_a_lift_tomorrow(town: RingingTown) -> None:
    """Have Rose, who reads no texts, booked for Tuesday, and let it become time to remind her."""
    await town.ready()
    await town.converse(LIFT_ONLY)
    await town.at_rest()
    await reads_nothing(town)
    await passes(town, REMINDED_AFTER)


async def passes(town: RingingTown, span: timedelta) -> None:
    """Let time pass, and the gateway do what is due."""
    town.lets_pass(span)
    town.gateway.timers.wake()


async def picks_up(town: RingingTown, number: str = ROSE.number) -> Caller:
    """Pick up the phone, and say hello as people do."""
    caller = await town.answers(number)
    caller.call.say(speech("hello"))
    await caller.call.said()
    return caller


async def only(town: RingingTown, table: str) -> Row:
    """Give the one row of a table."""
    (row,) = await town.gateway.store.read(rows, table)
    return row


async def made(town: RingingTown, state: str, tries: int) -> None:
    """Wait until the call to make stands so."""

    async def stands() -> bool:
        row = await only(town, "outgoing_call")
        return (row["state"], row["tries"]) == (state, tries)

    await until(stands, f"the call to be {state} after {tries} tries")


async def test_a_reminder_is_confirmed_by_key_1(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await has_a_lift_tomorrow(town)
        said = await texts_of(town, ROSE.number)
        rose = await picks_up(town)
        await rose.hears(f"Ashby*{QUESTION}*press one*press two")
        await rose.presses("1", "Please be ready at half past ten")
        await rose.call.hang_up()
        await made(town, "done", 1)
        trip = await only(town, "trip")
        assert (trip["state"], trip["confirmed"]) == ("reminded", 1)
        assert await texts_of(town, ROSE.number) == said, "she is rung, and not texted as well"


async def test_a_reminder_is_cancelled_by_key_2(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await has_a_lift_tomorrow(town)
        rose = await picks_up(town)
        await rose.hears(QUESTION)
        await rose.presses("2", "Cancelled: your lift")
        await rose.call.hang_up()
        await made(town, "done", 1)
        assert (await only(town, "trip"))["state"] == "cancelled"


async def test_an_answering_machine_is_left_alone_and_she_is_rung_later(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await has_a_lift_tomorrow(town)
        machine = await (await town.simulator.phone(ROSE.number)).rung(20)
        greeting = speech(
            "you have reached rose hill, I am not at home, please leave a message after the tone"
        )
        assert wav.level(await machine.take_message(greeting)) < wav.QUIET_DBFS, "nothing is left on it"
        await made(town, "waiting", 1)
        assert await town.how() == "a machine answered"
        await passes(town, TRY_AGAIN_AFTER)
        rose = await picks_up(town)
        await rose.hears(QUESTION)
        await rose.presses("1", "Please be ready")
        await rose.call.hang_up()
        await made(town, "done", 2)


async def test_whoever_hangs_up_without_an_answer_is_rung_again(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await has_a_lift_tomorrow(town)
        rose = await picks_up(town)
        await rose.hears(QUESTION)
        await rose.call.hang_up()
        await made(town, "waiting", 1)
        assert (await only(town, "trip"))["confirmed"] == 0


async def test_whoever_never_answers_is_tried_so_often_and_then_people_on_duty_are_told(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        await has_a_lift_tomorrow(town)
        for tries in range(1, MOST_TRIES + 1):
            rung = await (await town.simulator.phone(ROSE.number)).rung(20)
            await rung.hang_up(busy=True)
            await made(town, "failed" if tries == MOST_TRIES else "waiting", tries)
            await passes(town, TRY_AGAIN_AFTER)
        told = await town.reply(DUTY)
        assert "could not be reached by phone" in told
        assert "10.30 am, Mill Lane to Ashby Surgery" in told, "the coordinator knows what to tell her"


async def test_nobody_is_rung_with_news_at_an_uncivil_hour(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        await town.ready()
        await town.converse(Resident(ROSE.number, ROSE.lines[:1]))
        await reads_nothing(town)
        await passes(town, _LATE_IN_THE_EVENING)
        await gateway.store.write(queue_news)
        await passes(town, timedelta())
        desk = gateway.modems[0].calls
        assert desk is not None
        assert await desk._dialler.next() is None, "at ten in the evening nobody is rung with news"
        await passes(town, _UNTIL_NINE)
        rose = await picks_up(town)
        await rose.hears("The bus goes at eight. Did you hear that?")
        await rose.presses("2", "The bus goes at eight", out=True)
        await rose.presses("1", "Thank you")
        await rose.call.hang_up()
        await made(town, "done", 1)


_LATE_IN_THE_EVENING = timedelta(hours=12, minutes=30)
_UNTIL_NINE = timedelta(hours=11, minutes=1)


def queue_news(tx: Tx) -> None:
    """Have Rose told something."""
    resident = resident_by_number(tx, ROSE.number)
    assert resident is not None
    tell_by_call(tx, resident.id, "The bus goes at eight.", MONDAY + _LATE_IN_THE_EVENING)


async def test_what_is_told_by_text_is_told_by_call_to_whoever_reads_none(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        await town.ready()
        await town.converse(LIFT_ONLY)
        await reads_nothing(town)
        said = await texts_of(town, ROSE.number)

        def tell(tx: Tx) -> None:
            timing = gateway.turns.timing(tx, gateway.clock.now())
            (row,) = rows(tx, "trip")
            tell_rider(timing, "reminder", lifts.trip_by_id(tx, row["id"]))

        await gateway.store.write(tell)
        await passes(town, timedelta())
        rose = await picks_up(town)
        await rose.hears("Your lift*half past ten*Did you hear that?")
        await rose.presses("1", "Thank you")
        await rose.call.hang_up()
        await made(town, "done", 1)
        assert await texts_of(town, ROSE.number) == said
