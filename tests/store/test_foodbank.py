"""The food bank serves as many households as it said it can, and forgets what it need not know."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.value import Value, text
from gateway.services import help_foodbank
from gateway.services.help_erasure import erase_help_words
from gateway.services.lifecycle import IllegalMove
from gateway.store import help_foodbank as store
from gateway.store import people
from gateway.store.database import Tx
from gateway.store.help_settings import foodbank_settings, keep_foodbank
from gateway.store.migrate import migrate
from tests.store.help_office import DUTY, MONDAY, HelpOffice

HOUSEHOLDS = [f"+4477009002{n:02}" for n in range(14)]
TUESDAY = "tuesday@2026-03-03"
THURSDAY = "round@2026-03-05"


@pytest.fixture
def office() -> Iterator[HelpOffice]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, MONDAY)
        office = HelpOffice(Tx(connection))
        office.install()
        yield office


def book(office: HelpOffice, number: str, slot: str = TUESDAY, **more: Value) -> str:
    """Book a time for a household and give the outcome."""
    said = {
        "adults": Value("number", 2),
        "children": Value("number", 1),
        "diet": Value("choice", ["halal", "Halal"]),
        "allergies": text("nuts"),
        "cooking": Value("choice", ["kettle", "A kettle"]),
        "voucher": text("AB-12"),
    }
    return office.act("foodbank.book", number, slot=Value("choice", [slot, slot]), **said, **more).name


def referral(office: HelpOffice, number: str) -> store.Referral:
    found = store.open_referral_of(office.tx, people.meet(office.tx, number, office.now).id)
    assert found is not None
    return found


def test_never_one_household_more_than_there_is_room_for(office: HelpOffice) -> None:
    outcomes = [book(office, number) for number in HOUSEHOLDS]
    assert outcomes == ["collection"] * 12 + ["taken"] * 2
    assert store.households_in(office.tx, "tuesday", date(2026, 3, 3)) == 12


def test_a_place_given_up_is_free_at_once(office: HelpOffice) -> None:
    for number in HOUSEHOLDS[:12]:
        book(office, number)
    office.act("foodbank.cancel", HOUSEHOLDS[3])
    assert book(office, HOUSEHOLDS[12]) == "collection"
    assert book(office, HOUSEHOLDS[4], "friday@2026-03-06") == "collection", "another time frees the first"
    assert book(office, HOUSEHOLDS[13]) == "collection"


def test_only_times_with_room_are_offered_soonest_first(office: HelpOffice) -> None:
    for number in HOUSEHOLDS[:12]:
        book(office, number)
    collect = {"how": Value("choice", ["collection", "I collect it"])}
    offered = office.act("foodbank.slots", HOUSEHOLDS[13], **collect).values["slots"].data
    assert isinstance(offered, list)
    keys = [str(pair[0]) for pair in offered if isinstance(pair, list)]
    assert TUESDAY not in keys
    assert keys[:2] == ["friday@2026-03-06", "tuesday@2026-03-10"]


def test_a_time_too_soon_is_not_offered(office: HelpOffice) -> None:
    office.now = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert book(office, HOUSEHOLDS[0]) == "taken"


def test_full_everywhere_is_a_persons_to_deal_with(office: HelpOffice) -> None:
    bank = foodbank_settings(office.tx)
    assert bank is not None
    keep_foodbank(office.tx, type(bank)(bank.place, bank.weeks_ahead, bank.notice_hours, []))
    assert office.act("foodbank.ways", HOUSEHOLDS[0]).name == "full"
    assert office.act("foodbank.wait", HOUSEHOLDS[0]).name == "kept"
    assert office.told_as("told_no_room") == [DUTY]
    assert referral(office, HOUSEHOLDS[0]).state == "new"


def test_the_day_before_a_household_is_reminded_once_and_in_the_words_of_its_time(office: HelpOffice) -> None:
    book(office, HOUSEHOLDS[0], THURSDAY, address=text("4 Mill Lane"))
    office.pass_time(datetime(2026, 3, 4, 16, 59, tzinfo=UTC))
    assert office.told_as("told_delivery") == []
    office.pass_time(datetime(2026, 3, 5, 12, tzinfo=UTC))
    assert office.told_as("told_delivery") == [HOUSEHOLDS[0]]


def test_what_nobody_marks_counts_as_given_and_its_words_are_erased(office: HelpOffice) -> None:
    book(office, HOUSEHOLDS[0])
    kept = referral(office, HOUSEHOLDS[0])
    office.pass_time(datetime(2026, 3, 7, 9, tzinfo=UTC))
    assert store.referral_by_id(office.tx, kept.id).state == "given"
    assert erase_help_words(office.tx, office.now + timedelta(days=31)) == 1
    erased = store.referral_by_id(office.tx, kept.id)
    assert (erased.diet, erased.allergies, erased.cooking, erased.voucher) == ("", "", "", "")
    assert (erased.adults, erased.children, erased.slot) == (2, 1, "tuesday")


def test_a_coordinator_marks_it_given_or_missed_once(office: HelpOffice) -> None:
    book(office, HOUSEHOLDS[0])
    kept = referral(office, HOUSEHOLDS[0])
    missed = office.desk(help_foodbank.move, kept, "miss")
    assert missed.state == "missed"
    with pytest.raises(IllegalMove):
        office.desk(help_foodbank.move, missed, "give")


def test_nothing_of_a_household_stands_in_an_event(office: HelpOffice) -> None:
    book(office, HOUSEHOLDS[0], THURSDAY, address=text("4 Mill Lane"))
    assert office.happened() == ["foodbank.new", "foodbank.booked"]
    assert all(secret not in repr(office.events) for secret in ("nuts", "halal", "AB-12", "Mill Lane"))
