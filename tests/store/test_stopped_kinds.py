"""Whoever stopped one kind of text alone hears nothing of it from any service, and all else as before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.value import Value, text
from gateway.services import announcements, board, help_desk, shifts
from gateway.services.lifecycle import IllegalMove
from gateway.store import board as board_store
from gateway.store import help_offers, people
from gateway.store import shifts as rota
from gateway.store.announcements import OFFERS, REMINDERS, choices
from gateway.store.database import Tx
from gateway.store.migrate import migrate
from tests.store.help_office import MONDAY, ROSE, HelpOffice
from tests.village import Village, ashby

ANN, BILL, SOFIA = "+447700900021", "+447700900022", "+447700900023"


@pytest.fixture
def office() -> Iterator[HelpOffice]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, MONDAY)
        office = HelpOffice(Tx(connection))
        office.install()
        yield office


def wants(office: HelpOffice, number: str, kind: str, *, yes: bool) -> None:
    resident = people.meet(office.tx, number, office.now)
    office.desk(announcements.choose, resident.id, kind, wants=yes)


def test_a_food_parcel_is_collected_without_a_reminder(office: HelpOffice) -> None:
    said = {
        "adults": Value("number", 1),
        "children": Value("number", 0),
        "diet": Value("choice", ["any", "Any"]),
        "allergies": text("none"),
        "cooking": Value("choice", ["kettle", "A kettle"]),
        "voucher": text(""),
        "slot": Value("choice", ["friday@2026-03-06", "Friday"]),
    }
    assert office.act("foodbank.book", **said).name == "collection"
    wants(office, ROSE, REMINDERS, yes=False)
    office.pass_time(datetime(2026, 3, 6, 8, tzinfo=UTC))
    assert office.told_as("told_collection") == []


def test_a_volunteer_comes_without_a_reminder(office: HelpOffice) -> None:
    number = office.enrol(0)
    code = office.ask(urgency="day", day="2026-03-06", part="morning")
    office.says("offer.claim", number, code)
    wants(office, number, REMINDERS, yes=False)
    office.pass_time(datetime(2026, 3, 6, 8, tzinfo=UTC))
    assert office.told_as("told_reminder") == []
    assert office.request(code).state == "matched"


def test_whoever_wants_no_offers_is_asked_nothing_and_what_they_had_goes_on(
    office: HelpOffice,
) -> None:
    numbers = [office.enrol(n) for n in range(5)]
    wants(office, numbers[1], OFFERS, yes=False)
    code = office.ask()
    assert office.offered_to() == [numbers[0], numbers[2], numbers[3]]
    for number in (numbers[0], numbers[2]):
        office.says("offer.decline", number, code)
    wants(office, numbers[3], OFFERS, yes=False)
    assert office.offered_to() == [numbers[4]], "the last who had it passed it on"
    offered = help_offers.offers_of_request(office.tx, office.request(code).id)
    assert [one.state for one in offered if one.number == numbers[3]] == ["declined"]
    assert "announcement.unwanted" in office.happened()


def test_a_coordinator_cannot_ask_them_by_hand_and_is_told_why(office: HelpOffice) -> None:
    number = office.enrol(0)
    wants(office, number, OFFERS, yes=False)
    code = office.ask()
    chosen = [people.meet(office.tx, number, office.now).id]
    with pytest.raises(IllegalMove, match="STOP OFFERS"):
        office.desk(help_desk.offer_now, office.request(code).id, chosen, "coordinator:1")
    wants(office, number, OFFERS, yes=True)
    office.told.clear()
    office.desk(help_desk.offer_now, office.request(code).id, chosen, "coordinator:1")
    assert office.offered_to() == [number]


async def test_a_first_meeting_is_reminded_of_only_to_who_wants_it(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.store.write(_meeting, village)
        await village.text(BILL, "STOP REMINDERS")
        await village.sent()
        await village.move_to(datetime(2026, 3, 6, 18, tzinfo=UTC))
        assert [number for number, words in await village.sent() if words.startswith("Tomorrow")] == [ANN]


async def test_nobody_is_asked_to_stand_in_who_wants_no_offers(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.store.write(_rota, village)
        for number, words in ((ANN, "TAKE 1"), (BILL, "TAKE 2"), (SOFIA, "TAKE 3"), (BILL, "STOP OFFERS")):
            await village.text(number, words)
        await village.text(ANN, "SWAP 1")
        assert [number for number, _ in village.to_others] == [SOFIA]


async def test_what_was_chosen_is_kept_until_it_is_chosen_anew(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        for words in ("STOP EVENTS", "STOP OFFERS", "START EVENTS", "ALTO RECORDATORIOS"):
            await village.text(ANN, words)
        found = await village.store.read(_choices)
        assert found == {"events": True, "offers": False, "reminders": False}


def _choices(tx: Tx) -> dict[str, bool]:
    ann = people.resident_by_number(tx, ANN)
    assert ann is not None
    return choices(tx, ann.id)


def _meeting(tx: Tx, village: Village) -> None:
    timing = village.turns.timing(tx, village.hands.now)
    ann, bill = (people.meet(tx, number, timing.now) for number in (ANN, BILL))
    made = board_store.add_idea(tx, ann.id, board.OPENED, "en", "mend the bench", 2, timing.now)
    board.let_through(timing, made, "mend the bench", "", 2)
    board_store.join(tx, made, bill.id, timing.now)
    board.plan(timing, made)
    board.set_meeting(timing, made, datetime(2026, 3, 7, 10, tzinfo=UTC), "at the pond")


def _rota(tx: Tx, village: Village) -> None:
    timing = village.turns.timing(tx, village.hands.now)
    for day in (4, 5, 6):
        starts, ends = (datetime(2026, 3, day, hour, tzinfo=UTC) for hour in (10, 12))
        shifts.add(timing, "Phone desk", starts, ends, duty=False)
    assert len(rota.shifts_ahead(tx)) == 3
