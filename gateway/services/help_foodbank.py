"""The food bank: a household referred, given a time to collect or be brought its parcel, never too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from flows.answers.words import say
from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.community_foodbank import FoodBank, Slot
from gateway.services.acting import Acting, Action, Timed, Timing
from gateway.services.codes import new_code
from gateway.services.help_asking import key_in, words_in
from gateway.services.help_fit import at
from gateway.services.help_lifecycle import Doing
from gateway.services.lifecycle import advance, lifecycle
from gateway.store import help_foodbank as store
from gateway.store import people
from gateway.store.announcements import REMINDERS, refuses
from gateway.store.help_foodbank import Referral
from gateway.store.help_settings import foodbank_settings

LIFECYCLE = lifecycle(
    "new",
    {
        "book": {"booked": ("new", "booked")},
        "give": {"given": ("booked",)},
        "miss": {"missed": ("booked",)},
        "cancel": {"cancelled": ("new", "booked")},
    },
)
CLOSED = ("given", "missed", "cancelled")

SLOTS_OFFERED = 6
REMIND_AT = time(17)
"""When, the day before, a household is reminded."""

UNMARKED = timedelta(days=3)
"""A parcel about which nobody says anything for so long counts as given."""


def find(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Say whether there is a food bank here, and whether the resident has a time there already."""
    bank = foodbank_settings(acting.tx)
    if bank is None:
        return Outcome("no_foodbank")
    referral = store.open_referral_of(acting.tx, acting.resident.id)
    if referral is None:
        return Outcome("first")
    return Outcome("has", facts(acting, bank, referral))


def ways(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Say how parcels can be had: by collecting them, brought, or both."""
    bank = _bank(acting)
    hows = {slot.how for slot in bank.slots if any(True for _ in _free(acting, bank, slot))}
    if len(hows) > 1:
        return Outcome("both")
    return Outcome(hows.pop()) if hows else Outcome("full")


def list_slots(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give the next times that have room, of the kind that was chosen where one was."""
    bank = _bank(acting)
    how = key_in(values, "how")
    found = sorted(
        (day, slot.starts, slot.key, slot)
        for slot in bank.slots
        if not how or slot.how == how
        for day in _free(acting, bank, slot)
    )[:SLOTS_OFFERED]
    if not found:
        return Outcome("full")
    slots: list[Json] = [[f"{slot.key}@{day}", _time_words(acting, day, slot)] for day, _, _, slot in found]
    return Outcome("some", {"slots": Value("options", slots)})


def is_delivery(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say whether the chosen time is one at which parcels are brought, so that an address is needed."""
    slot = slot_of(_bank(acting), key_in(values, "slot").partition("@")[0])
    return Outcome("delivery" if slot is not None and slot.how == "delivery" else "collection")


def book(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Give the household the chosen time, unless it was filled meanwhile."""
    bank = _bank(acting)
    key, _, day_words = key_in(values, "slot").partition("@")
    slot, day = slot_of(bank, key), date.fromisoformat(day_words)
    if slot is None or day not in _free(acting, bank, slot):
        return Outcome("taken")
    referral = store.open_referral_of(acting.tx, acting.resident.id) or _open(acting, values)
    if "address" in values:
        store.change_referral(acting.tx, referral.id, acting.now, address=words_in(values, "address"))
    booked = move_to(acting, referral, slot, day)
    _tell_duty(acting, "told_referral", bank, booked)
    return Outcome(slot.how, facts(acting, bank, booked))


def wait(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Keep a household for which there is no room, and tell the people on duty, who find a way."""
    bank = _bank(acting)
    referral = store.open_referral_of(acting.tx, acting.resident.id) or _open(acting, values)
    _tell_duty(acting, "told_no_room", bank, referral)
    return Outcome("kept", {"ref": text(referral.code)})


def cancel(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Take a referral back; its place is free for another household."""
    referral = store.open_referral_of(acting.tx, acting.resident.id)
    if referral is None:
        return Outcome("gone")
    move(acting, referral, "cancel")
    return Outcome("cancelled", {"ref": text(referral.code)})


def move(doing: Doing, referral: Referral, trigger: str, /, **told: Json) -> Referral:
    """Move a referral on (give, miss, cancel) and write the event that tells of it; raises IllegalMove."""
    state = advance(LIFECYCLE, referral.state, trigger)
    closed = doing.now if state in CLOSED else None
    store.change_referral(doing.tx, referral.id, doing.now, state=state, closed_at=closed)
    doing.emit(f"foodbank.{state}", f"referral:{referral.id}", code=referral.code, **told)
    return store.referral_by_id(doing.tx, referral.id)


def move_to(doing: Doing, referral: Referral, slot: Slot, day: date, **told: Json) -> Referral:
    """Give a referral a time, whether or not there is room: that is for whoever calls to see to."""
    starts, ends = at(day, slot.starts, doing.zone), at(day, slot.ends, doing.zone)
    store.change_referral(
        doing.tx,
        referral.id,
        doing.now,
        slot=slot.key,
        slot_date=day,
        starts_at=starts,
        ends_at=ends,
        reminded_at=None,
    )
    return move(doing, referral, "book", slot=slot.key, date=day.isoformat(), how=slot.how, **told)


def keep_times(timing: Timing) -> datetime | None:
    """Remind households the day before, and close what nobody has marked; give the next moment."""
    bank = foodbank_settings(timing.tx)
    if bank is None:
        return None
    until = timing.now + timedelta(weeks=bank.weeks_ahead + 1)
    dues = [_attend(timing, bank, referral) for referral in store.booked_before(timing.tx, until)]
    return min((due for due in dues if due is not None), default=None)


def _attend(timing: Timing, bank: FoodBank, referral: Referral) -> datetime | None:
    assert referral.slot_date is not None, "a booked referral has a time"  # noqa: S101
    assert referral.ends_at is not None, "a booked referral has a time"  # noqa: S101
    over = referral.ends_at + UNMARKED
    if timing.now >= over:
        move(timing, referral, "give", unmarked=True)
        return None
    remind = remind_moment(timing, referral.slot_date)
    if referral.reminded_at is not None or referral.opened_at >= remind or timing.now >= referral.ends_at:
        return over
    if timing.now < remind:
        return remind
    resident = people.resident_by_id(timing.tx, referral.resident_id)
    told = facts(timing, bank, referral, resident.language or referral.language)
    slot = slot_of(bank, referral.slot)
    how = slot.how if slot else "collection"
    if not refuses(timing.tx, resident.id, REMINDERS):
        prompt = Prompt("foodbank", f"told_{how}", "confirmation", told)
        timing.tell(resident.number, prompt, ref=referral.code)
    store.change_referral(timing.tx, referral.id, timing.now, reminded_at=timing.now)
    return over


def remind_moment(doing: Doing, day: date) -> datetime:
    """Give when a household is reminded of a parcel it has on a day."""
    return at(day - timedelta(days=1), REMIND_AT, doing.zone)


def _open(acting: Acting, values: Mapping[str, Value]) -> Referral:
    code = new_code(acting.random, store.referral_codes_in_use(acting.tx))
    referral_id = store.add_referral(
        acting.tx,
        acting.now,
        code=code,
        resident_id=acting.resident.id,
        state="new",
        language=acting.language,
        adults=int(words_in(values, "adults") or 1),
        children=int(words_in(values, "children") or 0),
        diet=words_in(values, "diet_words") or key_in(values, "diet"),
        allergies=words_in(values, "allergies"),
        cooking=key_in(values, "cooking"),
        voucher=words_in(values, "voucher"),
        address=words_in(values, "address"),
    )
    acting.emit("foodbank.new", f"referral:{referral_id}", code=code)
    return store.referral_by_id(acting.tx, referral_id)


def _free(acting: Acting, bank: FoodBank, slot: Slot) -> Iterator[date]:
    """Give the days on which a time has room, soonest first."""
    soonest = acting.now + timedelta(hours=bank.notice_hours)
    today = acting.now.astimezone(acting.zone).date()
    for ahead in range(bank.weeks_ahead * 7 + 1):
        day = today + timedelta(days=ahead)
        if day.weekday() != slot.weekday or at(day, slot.starts, acting.zone) < soonest:
            continue
        if store.households_in(acting.tx, slot.key, day) < slot.capacity:
            yield day


def facts(doing: Doing, bank: FoodBank, referral: Referral, language: str = "") -> dict[str, Value]:
    """Give what phrases about a referral fill in, in a language or in the one of whoever acts."""
    slot = slot_of(bank, referral.slot)
    spoken = language or (doing.language if isinstance(doing, Acting) else referral.language)
    when = _words(doing, referral.slot_date, slot, spoken) if referral.slot_date and slot else "?"
    return {"ref": text(referral.code), "when": text(when), "place": text(bank.place)}


def _time_words(acting: Acting, day: date, slot: Slot) -> str:
    return _words(acting, day, slot, acting.language)


def _words(doing: Doing, day: date, slot: Slot, language: str) -> str:
    starts, ends = (
        say(Value("time", clock.isoformat("minutes")), language, doing.zone)
        for clock in (slot.starts, slot.ends)
    )
    return f"{say(Value('date', day.isoformat()), language, doing.zone)}, {starts} - {ends}"


def _tell_duty(acting: Acting, phrase: str, bank: FoodBank, referral: Referral) -> None:
    resident = people.resident_by_id(acting.tx, referral.resident_id)
    for coordinator in people.coordinators_on_duty(acting.tx):
        language = coordinator.language or acting.language
        values = {
            **facts(acting, bank, referral, language),
            "who": text(f"{resident.name} {resident.number}".strip()),
            "adults": Value("number", referral.adults),
            "children": Value("number", referral.children),
        }
        acting.tell(coordinator.number, Prompt("foodbank", phrase, "confirmation", values), ref=referral.code)


def _bank(acting: Acting) -> FoodBank:
    bank = foodbank_settings(acting.tx)
    assert bank is not None, "foodbank.find lets nobody in where there is none"  # noqa: S101
    return bank


def slot_of(bank: FoodBank, key: str) -> Slot | None:
    """Find a time by its key (None: the community has dropped it)."""
    return next((slot for slot in bank.slots if slot.key == key), None)


TIMED: Timed = keep_times

_FACTS = ("ref", "when", "place")
_BOOKED = {"collection": _FACTS, "delivery": _FACTS, "taken": ()}
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (ActionSpec("foodbank.find", {"no_foodbank": (), "first": (), "has": _FACTS}), find),
        (ActionSpec("foodbank.ways", {"both": (), "collection": (), "delivery": (), "full": ()}), ways),
        (ActionSpec("foodbank.slots", {"some": ("slots",), "full": ()}), list_slots),
        (ActionSpec("foodbank.kind", {"delivery": (), "collection": ()}), is_delivery),
        (ActionSpec("foodbank.book", _BOOKED, binding=True), book),
        (ActionSpec("foodbank.wait", {"kept": ("ref",)}, binding=True), wait),
        (ActionSpec("foodbank.cancel", {"cancelled": ("ref",), "gone": ()}, binding=True), cancel),
    )
}
