"""Offers, claims, refusals, pauses, power cuts and the passing of time in any order, held to three promises.

Never two who won; never a word of who, where or what to anybody but whoever won; and nobody asked while
somebody else who fits was asked less.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flows.conversation import Outcome
from flows.value import text
from gateway.services import offers
from gateway.services.help_desk import set_state
from gateway.services.help_fit import fits, window
from gateway.services.lifecycle import IllegalMove
from gateway.store import people
from gateway.store.database import Row, Tx
from gateway.store.help import HelpRequest, request_by_id
from gateway.store.help_settings import help_settings
from gateway.store.migrate import migrate
from gateway.store.volunteers import Volunteer, volunteer
from tests.store.help_office import LONDON, MONDAY, HelpOffice, volunteer_number

RESIDENTS = [f"+4477009001{n:02}" for n in range(3)]
VOLUNTEERS = 7
LAST = MONDAY + timedelta(days=12)
ANSWERS = ["offer.claim", "offer.decline", "offer.done", "offer.give_back"]
OFFERS, CLAIMED = ("told_offer", "told_offer_changed"), ("told_taken", "told_closed")
CAPACITY = 3


class PowerCut(Exception):
    """The power goes before the commit."""


class Help(RuleBasedStateMachine):
    """Asks, answers, pauses and lets time pass; after every step the database is held to the promises."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.deserialize(_village())
        self.tx = Tx(self.connection)
        self.office = HelpOffice(self.tx)
        self.asked = 0
        self.heard = 0
        self.seen_offers = 0
        self.codes: list[str] = []

    def teardown(self) -> None:
        self.connection.close()

    @rule(
        resident=st.sampled_from(RESIDENTS),
        category=st.sampled_from(["medicine", "shopping", "home"]),
        urgency=st.sampled_from(["now", "today", "any", "day"]),
        area=st.sampled_from(["mill_lane", "market_place", "14 Bridge Street"]),
        crashes=st.booleans(),
    )
    def ask(self, resident: str, category: str, urgency: str, area: str, crashes: bool) -> None:
        """Somebody asks for help, their words being nobody else's."""
        self.asked += 1
        day = (self.office.now + timedelta(days=2)).date().isoformat() if urgency == "day" else ""
        what = f"secret{self.asked}."
        with self._power(crashes):
            code = self.office.ask(
                resident, what=what, category=category, urgency=urgency, area=area, day=day, part="any_time"
            )
        if code and not crashes:
            self.codes.append(code)

    @precondition(lambda self: self.codes)
    @rule(
        place=st.integers(0, VOLUNTEERS - 1),
        code=st.integers(0, 30),
        answer=st.sampled_from([*ANSWERS, "offer.claim", "offer.claim"]),
        crashes=st.booleans(),
    )
    def answer(self, place: int, code: int, answer: str, crashes: bool) -> None:
        """A volunteer answers with some code, whether or not it was ever theirs."""
        number, named = volunteer_number(place), self.codes[-1 - code % len(self.codes)]
        with self._power(crashes):
            outcome = self.office.says(answer, number, named)
        if not crashes:
            self._hold_to_what_was_answered(number, outcome)

    @precondition(lambda self: self.codes)
    @rule(
        code=st.integers(0, 30),
        action=st.sampled_from(["help.withdraw", "help.confirm", "help.deny", "help.address"]),
        crashes=st.booleans(),
    )
    def resident_answers(self, code: int, action: str, crashes: bool) -> None:
        """A resident withdraws, says how it went, or tells the address."""
        named = self.codes[-1 - code % len(self.codes)]
        row = self.tx.one(
            "SELECT r.number, h.id FROM help_request h JOIN resident r ON r.id = h.resident_id "
            "WHERE h.code = :code ORDER BY h.id DESC LIMIT 1",
            code=named,
        )
        assert row is not None
        with self._power(crashes):
            outcome = self.office.act(
                action, row["number"], ref=text(named), address=text(f"address{row['id']}.")
            )
        if outcome.name == "reopened" and not crashes:
            self.codes.append(str(outcome.values["ref"].data))

    @rule(place=st.integers(0, VOLUNTEERS - 1), back=st.booleans())
    def pause(self, place: int, back: bool) -> None:
        """A volunteer pauses for three days, or is back."""
        if back:
            self.office.act("volunteer.resume", volunteer_number(place))
        else:
            self.office.act("volunteer.pause", volunteer_number(place), until=text("3 days"))

    @precondition(lambda self: self.codes)
    @rule(code=st.integers(0, 30), trigger=st.sampled_from(["look", "complete", "fail", "reopen"]))
    def coordinator_moves(self, code: int, trigger: str) -> None:
        """A coordinator moves a request by hand, where that is possible."""
        request = self.office.request(self.codes[-1 - code % len(self.codes)])
        self.tx.run("SAVEPOINT deed")
        try:
            moved = self.office.desk(set_state, request.id, trigger, "Margaret")
            self.codes.append(moved.code)
        except IllegalMove:
            self.tx.run("ROLLBACK TO deed")
        self.tx.run("RELEASE deed")

    @precondition(lambda self: self.office.now < LAST)
    @rule(minutes=st.integers(5, 600), crashes=st.booleans())
    def pass_time(self, minutes: int, crashes: bool) -> None:
        """Time passes; terms end."""
        before = self.office.now
        with self._power(crashes):
            self.office.pass_time(min(before + timedelta(minutes=minutes), LAST))
        if crashes:
            self.office.now = before

    @invariant()
    def never_two_winners(self) -> None:
        for row in self._requests():
            accepted = self._offers(row["id"], "accepted")
            if row["state"] == "matched":
                assert accepted == [row["volunteer_id"]]
            else:
                over = row["state"] in ("done", "failed", "withdrawn", "duplicate")
                assert len(accepted) <= over, row["state"]

    @invariant()
    def an_open_offer_is_for_something_that_is_looked_for(self) -> None:
        for row in self._requests():
            still_open = self._offers(row["id"], "open")
            assert len(set(still_open)) == len(still_open)
            if still_open:
                assert row["state"] == "offered"
            if row["state"] == "offered":
                assert row["due_at"] is not None, "nobody would ever look at it again"

    @invariant()
    def details_reach_only_whoever_won(self) -> None:
        """Read everything told since the last step: only winners, the resident and those on duty may know."""
        for number, prompt in self.office.told[self.heard :]:
            told = repr(sorted((name, str(value.data)) for name, value in prompt.values.items()))
            for row in self._requests():
                secrets = (row["what"], f"address{row['id']}.")
                if number in self._may_know(row) or not any(secret in told for secret in secrets):
                    continue
                raise AssertionError(f"{prompt.key} told somebody what is not theirs to know")
        self.heard = len(self.office.told)

    @invariant()
    def the_fairest_were_asked(self) -> None:
        """Whoever fitted, was free and had fewer offers than somebody who was asked, was asked as well."""
        rows = self.tx.all("SELECT * FROM offer WHERE id > :id ORDER BY id", id=self.seen_offers)
        rounds: dict[tuple[int, str], list[Row]] = {}
        for row in rows:
            rounds.setdefault((row["request_id"], row["offered_at"]), []).append(row)
        for (request_id, moment), made in rounds.items():
            if len(made) <= CAPACITY:
                self._hold_to_fairness(
                    request_by_id(self.tx, request_id), datetime.fromisoformat(moment), made
                )
        self.seen_offers = rows[-1]["id"] if rows else self.seen_offers

    def _hold_to_fairness(self, request: HelpRequest, moment: datetime, made: list[Row]) -> None:
        before = made[0]["id"]
        asked = {row["volunteer_id"] for row in made}
        counts = {one: self._recent(one, moment, offers.RECENT, before) for one in self._volunteers()}
        for one in asked:
            assert self._recent(one, moment, offers.WEEK, before) < self._volunteer(one).weekly_offers
        most = max(counts[one] for one in asked)
        for one, count in counts.items():
            if (
                one in asked
                or count >= most
                or not self._was_free(self._volunteer(one), request, moment, before)
            ):
                continue
            raise AssertionError("somebody who fits was asked less, and passed over")

    def _was_free(self, one: Volunteer, request: HelpRequest, moment: datetime, before: int) -> bool:
        paused = one.paused_until is not None and one.paused_until > moment
        full = self._recent(one.id, moment, offers.WEEK, before) >= one.weekly_offers
        had = self.tx.one(
            "SELECT 1 FROM offer WHERE volunteer_id = :one AND request_id = :request "
            "AND (id < :before OR state <> 'open')",
            one=one.id, request=request.id, before=before,
        )  # fmt: skip
        if paused or full or had is not None or one.id == request.resident_id:
            return False
        config = help_settings(self.tx)
        return fits(one, config, request, window(config, request, moment, LONDON))

    def _recent(self, one: int, moment: datetime, span: timedelta, before: int) -> int:
        row = self.tx.one(
            "SELECT COUNT(*) AS n FROM offer "
            "WHERE volunteer_id = :one AND offered_at >= :since AND id < :before",
            one=one, since=_stored(moment - span), before=before,
        )  # fmt: skip
        assert row is not None
        return int(row["n"])

    def _hold_to_what_was_answered(self, number: str, outcome: Outcome) -> None:
        me = people.meet(self.tx, number, self.office.now).id
        if outcome.name.startswith("won"):
            request = self.office.request(str(outcome.values["ref"].data))
            assert (request.state, request.volunteer_id) == ("matched", me)
        else:
            assert not {"who", "where", "what"} & set(outcome.values), "only whoever won hears these"

    def _may_know(self, row: Row) -> set[str]:
        winners = self.tx.all(
            "SELECT r.number FROM offer o JOIN resident r ON r.id = o.volunteer_id "
            "WHERE o.request_id = :id AND o.state IN ('accepted', 'given_back')",
            id=row["id"],
        )
        return {row["number"], "+447700900001", *(winner["number"] for winner in winners)}

    def _requests(self) -> list[Row]:
        return self.tx.all(
            "SELECT h.id, h.state, h.volunteer_id, h.due_at, h.what, r.number FROM help_request h "
            "JOIN resident r ON r.id = h.resident_id"
        )

    def _offers(self, request_id: int, state: str) -> list[int]:
        rows = self.tx.all(
            "SELECT volunteer_id FROM offer WHERE request_id = :id AND state = :state",
            id=request_id,
            state=state,
        )
        return [row["volunteer_id"] for row in rows]

    def _volunteers(self) -> list[int]:
        return [row["resident_id"] for row in self.tx.all("SELECT resident_id FROM volunteer")]

    def _volunteer(self, resident_id: int) -> Volunteer:
        found = volunteer(self.tx, resident_id)
        assert found is not None
        return found

    @contextmanager
    def _power(self, crashes: bool) -> Iterator[None]:
        """Undo what is done here, as a power cut before the commit does."""
        told, invited, events = (len(x) for x in (self.office.told, self.office.invited, self.office.events))
        self.tx.run("SAVEPOINT step")
        try:
            yield
            if crashes:
                raise PowerCut
            self.tx.run("RELEASE step")
        except PowerCut:
            self.tx.run("ROLLBACK TO step")
            self.tx.run("RELEASE step")
            del self.office.told[told:], self.office.invited[invited:], self.office.events[events:]


@cache
def _village() -> bytes:
    """Give the database of a village with volunteers of all kinds, made once."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, MONDAY)
        office = HelpOffice(Tx(connection))
        office.install()
        for n in range(VOLUNTEERS):
            office.enrol(
                n,
                categories=[["medicine"], ["shopping"], []][n % 3],
                areas=[["mill_lane"], []][n % 2],
                hours=[(day, time(9), time(17)) for day in range(7)] if n % 4 == 0 else [],
                weekly=3 + n,
            )
        return connection.serialize()


def _stored(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


TestHelp = Help.TestCase
TestHelp.settings = _settings(20, 30)


@pytest.mark.soak
def test_offers_for_long() -> None:
    """The same, thousands of times."""
    run_state_machine_as_test(Help, settings=_settings(1500, 60))
