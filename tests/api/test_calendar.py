"""A driver's calendar shows who by first name, from where to where, for as long as its address holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from gateway.api.tokens import new_calendar, take_back
from gateway.formats.calendar import first_name
from gateway.store import people, tokens
from gateway.store.database import Tx
from tests.api.asking import ROSE, TOM, Answer, Asker, book


async def feed(system: Asker) -> str:
    """Make a calendar for Tom and give the path of its address."""
    secret = await system.village.store.write(new_calendar, "Tom", TOM, 30, system.village.hands.now)
    return f"/calendars/{secret}.ics"


async def read(system: Asker, path: str) -> Answer:
    """Read a calendar as a calendar program does: without a token."""
    return await system.get(path, token="")


async def test_a_driver_sees_the_lifts_of_their_own_runs(system: Asker) -> None:
    def name(tx: Tx) -> None:
        resident = people.resident_by_number(tx, ROSE)
        assert resident is not None
        people.set_name(tx, resident.id, "Rose Hill")

    await book(system)
    await system.village.store.write(name)
    answer = await read(system, await feed(system))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = Calendar.from_ical(answer.raw.decode()).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2026-03-03T10:30:00+00:00"
    assert str(event["summary"]) == "Mill Lane - Ashby Surgery (Rose)"
    assert str(event["description"]) == "4F: One person"
    assert b"Hill" not in answer.raw
    assert b"7700900" not in answer.raw


async def test_an_address_can_be_taken_back_and_ends(system: Asker) -> None:
    path = await feed(system)
    assert (await read(system, path)).status == 200
    [token] = [t for t in await system.village.store.read(tokens.tokens) if t.kind == tokens.CALENDAR]
    await system.village.store.write(take_back, token.id, system.village.hands.now)
    assert (await read(system, path)).status == 404
    path = await feed(system)
    system.village.hands.pass_time(timedelta(days=30))
    assert (await read(system, path)).status == 404


async def test_no_calendar_is_found_by_guessing(system: Asker) -> None:
    path = await feed(system)
    for wrong in (
        path[:-5] + ".ics",
        path.replace(".ics", "x.ics"),
        "/calendars/.ics",
        "/calendars/aaaaaaaaaaaaaaaaaaaaaaaa.ics",
    ):
        assert (await read(system, wrong)).status == 404


async def test_an_address_stays_out_of_the_next_ones_log(system: Asker) -> None:
    answer = await read(system, await feed(system))
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Rose Hill", "Rose"),
        ("Rose", "Rose"),
        ("José María Ruiz", "José"),
        ("김민수", "민수"),
        ("김 민수", "민수"),
        ("이산", "이산"),
        ("王小明", "小明"),
        ("", ""),
    ],
)
def test_a_rider_is_called_by_their_first_name(name: str, called: str) -> None:
    assert first_name(name) == called
