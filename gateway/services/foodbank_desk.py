"""What a coordinator does with referrals to the food bank: give a time, and say how each ended.

`by` is how the dashboard names whoever acts; it goes into the event and into nothing a resident reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flows.conversation import Prompt
from flows.value import Value, text
from gateway.community_foodbank import FoodBank, Slot
from gateway.services.acting import Timing
from gateway.services.help_fit import at
from gateway.services.help_foodbank import facts, move, move_to, remind_moment, slot_of
from gateway.services.lifecycle import IllegalMove
from gateway.store import help_foodbank as store
from gateway.store import people
from gateway.store.help_foodbank import Referral
from gateway.store.help_settings import foodbank_settings

FLOW = "foodbank"


@dataclass(frozen=True, slots=True)
class HandOut:
    """A time on one local day, from `starts_at` to `ends_at` (aware), and how many `households` have it."""

    slot: Slot
    day: date
    starts_at: datetime
    ends_at: datetime
    households: int

    @property
    def key(self) -> str:
        """The time as a form names it: `tuesday@2026-03-03`."""
        return f"{self.slot.key}@{self.day}"

    @property
    def full(self) -> bool:
        """Whether no more households can be served then."""
        return self.households >= self.slot.capacity


class NoRoom(IllegalMove):
    """A time has no room any more: nothing was changed."""


def times_ahead(doing: Timing, bank: FoodBank) -> Sequence[HandOut]:
    """Give every time of the coming weeks that is not over, the soonest first."""
    today = doing.now.astimezone(doing.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(bank.weeks_ahead * 7 + 1)]
    found = [
        _hand_out(doing, slot, day) for day in days for slot in bank.slots if slot.weekday == day.weekday()
    ]
    return sorted(
        (one for one in found if one.ends_at > doing.now), key=lambda one: (one.starts_at, one.slot.key)
    )


def give_time(
    doing: Timing, referral_id: int, key: str, address: str, by: str, *, crowd: bool = False
) -> Referral:
    """Give a household the time `key` (`tuesday@2026-03-03`), and tell them. Raises IllegalMove.

    A time that is full raises NoRoom, unless `crowd` says that it is to be made possible.
    """
    referral = store.referral_by_id(doing.tx, referral_id)
    bank = foodbank_settings(doing.tx)
    hand_out = next((one for one in times_ahead(doing, bank) if one.key == key), None) if bank else None
    if bank is None or hand_out is None:
        raise IllegalMove("There is no such time any more, so nothing was changed. Choose another one.")
    has_it = referral.slot == hand_out.slot.key and referral.slot_date == hand_out.day
    if hand_out.full and not crowd and not has_it:
        raise NoRoom("That time is full, so nothing was changed. Choose another one.")
    if address:
        store.change_referral(doing.tx, referral.id, doing.now, address=address)
    known = store.referral_by_id(doing.tx, referral.id)
    booked = move_to(doing, known, hand_out.slot, hand_out.day, by=by)
    if doing.now >= remind_moment(doing, hand_out.day):  # what they are told now is the reminder
        store.change_referral(doing.tx, booked.id, doing.now, reminded_at=doing.now)
    household = people.resident_by_id(doing.tx, booked.resident_id)
    told = facts(doing, bank, booked, household.language or booked.language)
    _tell(doing, booked, f"told_{hand_out.slot.how}", told)
    return booked


def set_state(doing: Timing, referral_id: int, trigger: str, by: str) -> Referral:
    """Say how a referral ended: give, miss or cancel; raises IllegalMove. Of a cancelling they are told."""
    referral = store.referral_by_id(doing.tx, referral_id)
    ended = move(doing, referral, trigger, by=by)
    if trigger == "cancel":
        _tell(doing, ended, "cancelled", {"ref": text(ended.code)})
    return ended


def needs_address(doing: Timing, referral: Referral, key: str) -> bool:
    """Whether a time is one at which parcels are brought, to a household whose address is not known."""
    bank = foodbank_settings(doing.tx)
    slot = slot_of(bank, key.partition("@")[0]) if bank else None
    return slot is not None and slot.how == "delivery" and not referral.address


def _tell(doing: Timing, referral: Referral, phrase: str, values: Mapping[str, Value]) -> None:
    resident = people.resident_by_id(doing.tx, referral.resident_id)
    doing.tell(resident.number, Prompt(FLOW, phrase, "confirmation", values), ref=referral.code)


def _hand_out(doing: Timing, slot: Slot, day: date) -> HandOut:
    return HandOut(
        slot,
        day,
        at(day, slot.starts, doing.zone),
        at(day, slot.ends, doing.zone),
        store.households_in(doing.tx, slot.key, day),
    )
