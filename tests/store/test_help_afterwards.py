"""What follows a claim, what a coordinator does by hand, and what is forgotten in the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from flows.value import Value, text
from gateway.services import help_desk
from gateway.services.help_erasure import erase_help_words
from gateway.services.lifecycle import IllegalMove
from gateway.store import help_offers, people, volunteers
from gateway.store.database import Tx
from gateway.store.help import notes_on, requests_in
from gateway.store.migrate import migrate
from tests.store.help_office import DUTY, MONDAY, NAME, ROSE, WORDS, HelpOffice, volunteer_number

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office() -> Iterator[HelpOffice]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, MONDAY)
        office = HelpOffice(Tx(connection))
        office.install()
        yield office


def states(office: HelpOffice, code: str) -> list[str]:
    found = help_offers.offers_of_request(office.tx, office.request(code).id)
    return [offer.state for offer in found]


def test_who_comes_is_reminded_once_the_day_before(office: HelpOffice) -> None:
    number = office.enrol(0)
    code = office.ask(urgency="day", day="2026-03-06", part="morning")
    office.says("offer.claim", number, code)
    office.pass_time(datetime(2026, 3, 5, 17, 59, tzinfo=UTC))
    assert office.told_as("told_reminder") == []
    office.pass_time(datetime(2026, 3, 6, 8, tzinfo=UTC))
    assert office.told_as("told_reminder") == [number]


def test_after_done_the_resident_says_whether_it_happened(office: HelpOffice) -> None:
    number = office.enrol(0)
    code = office.ask()
    office.says("offer.claim", number, code)
    office.says("offer.done", number, code)
    office.pass_time(office.now + 31 * MINUTE)
    assert office.invited[-1][:2] == (ROSE, "happened")
    assert office.act("help.confirm", ref=text(code)).name == "confirmed"
    assert (office.request(code).state, office.request(code).happened) == ("done", True)


def test_a_no_looks_for_somebody_again_even_where_the_code_has_gone_to_another(office: HelpOffice) -> None:
    first, second = office.enrol(0), office.enrol(1)
    code = office.ask()
    office.says("offer.claim", first, code)
    office.says("offer.done", first, code)
    office.tx.run(
        "INSERT INTO help_request (code, resident_id, state, language, what, opened_at, changed_at) "
        "SELECT :code, resident_id, 'new', 'en', 'x', opened_at, opened_at FROM help_request LIMIT 1",
        code=code,
    )
    office.tx.run("UPDATE help_request SET resident_id = resident_id + 1 WHERE what = 'x'")
    office.told.clear()
    denied = office.act("help.deny", ref=text(code))
    assert denied.name == "reopened"
    assert denied.values["ref"].data != code
    again = office.request(str(denied.values["ref"].data))
    assert (again.state, again.happened) == ("offered", False)
    assert office.told_as("told_offer") == [second], "not whoever it did not happen with"
    assert office.told_as("told_reopened") == [DUTY]


def test_nobody_says_anything_and_the_request_still_comes_to_an_end(office: HelpOffice) -> None:
    number = office.enrol(0)
    code = office.ask()
    office.says("offer.claim", number, code)
    office.pass_time(office.now + 25 * HOUR)
    assert office.invited[-1][:2] == (ROSE, "happened")
    office.pass_time(office.now + 4 * DAY)
    assert (office.request(code).state, office.request(code).happened) == ("done", None)
    assert office.told_as("told_unanswered") == [DUTY]


def test_a_day_that_passes_without_anybody_is_told_in_the_morning(office: HelpOffice) -> None:
    code = office.ask()
    assert office.told_as("told_nobody") == [DUTY]
    office.pass_time(datetime(2026, 3, 3, 7, 30, tzinfo=UTC))
    assert office.told_as("told_failed") == []
    office.pass_time(datetime(2026, 3, 3, 9, tzinfo=UTC))
    assert office.told_as("told_failed") == [ROSE]
    assert office.request(code).state == "failed"


def test_who_says_no_more_is_offered_as_far_as_it_was_told(office: HelpOffice) -> None:
    office.enrol(0)
    ref = office.act("help.open", what=text(WORDS)).values["ref"]
    office.act("help.describe", ref=ref, category=Value("choice", ["medicine", "Medicine"]))
    office.pass_time(office.now + 14 * MINUTE)
    assert office.offered_to() == []
    office.pass_time(office.now + 2 * MINUTE)
    assert office.offered_to() == [volunteer_number(0)]


def test_a_request_without_a_kind_is_the_coordinators_to_sort(office: HelpOffice) -> None:
    office.enrol(0)
    ref = office.act("help.open", what=text(WORDS)).values["ref"]
    office.pass_time(office.now + 20 * MINUTE)
    assert office.told_as("told_sort") == [DUTY]
    request = office.request(str(ref.data))
    office.desk(
        help_desk.set_details, request.id, "Margaret",
        category="medicine", urgency="today", area="mill_lane", wanted_on=MONDAY.date(),
    )  # fmt: skip
    assert office.offered_to() == [volunteer_number(0)]


def test_an_emergency_is_offered_to_nobody_by_itself(office: HelpOffice) -> None:
    office.enrol(0)
    outcome = office.act("help.open", what=text("she collapsed"), emergency=text("she collapsed"))
    office.pass_time(office.now + DAY)
    assert office.offered_to() == []
    assert office.request(str(outcome.values["ref"].data)).state == "new"


def test_a_coordinator_offers_it_to_whom_they_choose(office: HelpOffice) -> None:
    office.enrol(0, categories=["home"])
    outcome = office.act("help.open", what=text("she collapsed"), emergency=text("she collapsed"))
    request = office.request(str(outcome.values["ref"].data))
    chosen = people.meet(office.tx, volunteer_number(0), office.now).id
    office.desk(help_desk.offer_now, request.id, [chosen], "Margaret")
    assert office.offered_to() == [volunteer_number(0)]
    office.desk(help_desk.offer_now, request.id, [chosen], "Margaret")
    assert office.offered_to() == [], "who was asked is not asked twice"


def test_a_coordinator_assigns_and_takes_away_by_hand(office: HelpOffice) -> None:
    first, second = office.enrol(0), office.enrol(1)
    code = office.ask()
    request = office.request(code)
    agreed = people.meet(office.tx, second, office.now).id
    office.desk(help_desk.assign, request.id, agreed, "Margaret")
    assert office.told_as("told_assigned") == [second]
    assert office.told_as("told_taken") == [first]
    with pytest.raises(IllegalMove, match="claimed it already"):
        office.desk(help_desk.assign, request.id, agreed, "Margaret")
    office.desk(help_desk.take_from, request.id, "Margaret")
    assert office.told_as("told_closed") == [second]
    assert office.request(code).state == "offered"
    with pytest.raises(IllegalMove, match="Nobody has claimed it"):
        office.desk(help_desk.take_from, request.id, "Margaret")


@pytest.mark.parametrize(
    ("trigger", "state"), [("complete", "done"), ("fail", "failed"), ("withdraw", "withdrawn")]
)
def test_a_coordinator_ends_it_by_hand_and_nobody_waits_in_vain(
    office: HelpOffice, trigger: str, state: str
) -> None:
    number = office.enrol(0)
    code = office.ask()
    request = office.request(code)
    office.desk(help_desk.set_state, request.id, trigger, "Margaret")
    assert office.request(code).state == state
    assert states(office, code) == ["closed"]
    assert office.told_as("told_closed") == [number]
    assert office.told_as("told_failed") == ([ROSE] if trigger == "fail" else [])
    with pytest.raises(IllegalMove):
        office.desk(help_desk.set_state, request.id, trigger, "Margaret")


def test_a_duplicate_is_closed_and_says_of_what(office: HelpOffice) -> None:
    first, second = office.ask(what="tablets"), office.ask(what="my tablets please")
    one, other = office.request(first), office.request(second)
    office.desk(help_desk.mark_duplicate, other.id, one.id, "Margaret")
    assert office.request(second).duplicate_of == one.id
    assert office.request(first).state != "duplicate"
    with pytest.raises(IllegalMove):
        office.desk(help_desk.mark_duplicate, one.id, one.id, "Margaret")


def test_the_history_tells_who_did_what_and_holds_no_words_but_notes(office: HelpOffice) -> None:
    number = office.enrol(0)
    code = office.ask()
    office.says("offer.claim", number, code)
    request = office.request(code)
    office.desk(help_desk.note, request.id, "rings back on Tuesday", "Margaret")
    found = help_desk.history(office.tx, request.id)
    assert [offer.state for offer in found.offers] == ["accepted"]
    assert [(by, words) for _, by, words in found.notes] == [("Margaret", "rings back on Tuesday")]
    told = [kind for kind, subject, _ in office.events if subject == f"help:{request.id}"]
    assert told == [
        "help.opened", "help.described", "help.looking", "help.offered", "help.matched", "offer.accepted",
        "help.noted",
    ]  # fmt: skip
    assert all(secret not in repr(office.events) for secret in (WORDS, NAME, ROSE, "rings back"))


def test_words_are_erased_on_the_communitys_term_and_counts_stay(office: HelpOffice) -> None:
    number = office.enrol(0)
    code, still_open = office.ask(), office.ask(what="walk my dog", urgency="any")
    office.says("offer.claim", number, code)
    office.act("help.address", ref=text(code), address=text("4 Mill Lane"))
    request = office.request(code)
    office.desk(help_desk.note, request.id, "a note", "Margaret")
    office.act("help.confirm", ref=text(code))
    assert erase_help_words(office.tx, office.now + 29 * DAY) == 0
    assert erase_help_words(office.tx, office.now + 31 * DAY) == 1
    erased = office.request(code)
    assert (erased.what, erased.address, notes_on(office.tx, request.id)) == ("", "", [])
    assert (erased.state, erased.category, erased.area) == ("done", "medicine", "mill_lane")
    assert states(office, code)[:1] == ["accepted"]
    assert office.request(still_open).what == "walk my dog"
    assert erase_help_words(office.tx, office.now + 32 * DAY) == 0


def test_a_volunteer_who_left_the_files_is_asked_no_more(office: HelpOffice) -> None:
    office.enrol(0)
    volunteers.rest_volunteers(office.tx)
    office.ask()
    assert office.offered_to() == []
    request = requests_in(office.tx)[0]
    gone = people.meet(office.tx, volunteer_number(0), office.now).id
    with pytest.raises(IllegalMove, match="no volunteer any more"):
        office.desk(help_desk.offer_now, request.id, [gone], "Margaret")
