"""A volunteer's pause and how often they are asked, by their own text or by a coordinator's hand.

`by` is how the dashboard names whoever acts; it goes into the event and into nothing a volunteer reads.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flows.conversation import Prompt
from flows.value import Json, Value
from gateway.services import offers
from gateway.services.acting import Timing
from gateway.services.help_lifecycle import Doing
from gateway.services.lifecycle import IllegalMove
from gateway.store import help as requests
from gateway.store import help_offers, volunteers
from gateway.store.volunteers import Volunteer

UNTIL_BACK = timedelta(days=3650)
"""A pause without an end ends with BACK."""

LONG = timedelta(days=730)
"""A pause that ends later than this was meant to have no end."""


def rest(doing: Doing, volunteer_id: int, until: datetime, **told: Json) -> None:
    """Ask a volunteer nothing until a moment, and pass on what they have not answered."""
    volunteers.pause(doing.tx, volunteer_id, until)
    doing.emit("volunteer.paused", f"resident:{volunteer_id}", **told)
    pass_all_on(doing, volunteer_id)


def pass_all_on(doing: Doing, volunteer_id: int) -> None:
    """Pass on every offer that a volunteer has not answered: they want none now."""
    for offer in help_offers.open_offers_to(doing.tx, volunteer_id):
        offers.pass_on(doing, offer, requests.request_by_id(doing.tx, offer.request_id))


def come_back(doing: Doing, volunteer_id: int, **told: Json) -> None:
    """Ask a volunteer again."""
    volunteers.pause(doing.tx, volunteer_id, None)
    doing.emit("volunteer.resumed", f"resident:{volunteer_id}", **told)


def pause(doing: Timing, volunteer_id: int, until: datetime | None, by: str) -> None:
    """Give a volunteer a pause until a moment (None: until they say BACK), and tell them; IllegalMove."""
    found = _known(doing, volunteer_id)
    rest(doing, found.id, until or doing.now + UNTIL_BACK, by=by)
    if until is None:
        doing.tell(found.number, Prompt("pause", "paused"))
        return
    day = Value("date", until.astimezone(doing.zone).date().isoformat())
    doing.tell(found.number, Prompt("pause", "paused_until", values={"day": day}))


def resume(doing: Timing, volunteer_id: int, by: str) -> None:
    """End a volunteer's pause, and tell them. Raises IllegalMove where they have none."""
    found = _known(doing, volunteer_id)
    if not is_paused(found, doing.now):
        raise IllegalMove("They have no pause, so nothing was changed. Look at them again.")
    come_back(doing, found.id, by=by)
    doing.tell(found.number, Prompt("resume", "resumed"))


def set_weekly_offers(doing: Timing, volunteer_id: int, weekly_offers: int, by: str) -> None:
    """Change how many offers a week a volunteer bears; raises IllegalMove."""
    found = _known(doing, volunteer_id)
    volunteers.set_weekly_offers(doing.tx, found, weekly_offers)
    doing.emit("volunteer.changed", f"resident:{found.id}", by=by, weekly_offers=weekly_offers)


def is_paused(volunteer: Volunteer, now: datetime) -> bool:
    """Whether a volunteer is asked nothing just now."""
    return volunteer.paused_until is not None and volunteer.paused_until > now


def pause_ends(volunteer: Volunteer, now: datetime) -> datetime | None:
    """Give when a pause ends by itself (None: there is none, or it ends when they say BACK)."""
    until = volunteer.paused_until
    return until if until is not None and now < until < now + LONG else None


def _known(doing: Timing, volunteer_id: int) -> Volunteer:
    found = volunteers.volunteer(doing.tx, volunteer_id)
    if found is None or not found.active:
        raise IllegalMove("They are no volunteer any more, so nothing was changed. Look at the list again.")
    return found
