"""Volunteers: what each offers, where and when, how often they were asked, and their pauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.dates import get_day_names

from gateway.community_volunteers import MOST_WEEKLY_OFFERS
from gateway.help_settings import HelpSettings
from gateway.services import volunteer_desk
from gateway.services.lifecycle import IllegalMove
from gateway.services.offers import WEEK
from gateway.store import help as store_help
from gateway.store import help_offers
from gateway.store import volunteers as store_volunteers
from gateway.store.accounts import Account, Role
from gateway.store.database import Tx
from gateway.store.help import HelpRequest
from gateway.store.help_offers import Offer
from gateway.store.help_settings import help_settings
from gateway.store.journal import journal
from gateway.store.people import Resident, resident_by_id
from gateway.store.volunteers import Volunteer
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back, render

HERE = "/help/volunteers"
A_PAGE = 50
MOST_PAGES = 1000
OFFERS_SHOWN = timedelta(days=28)
MOST_OFFERS = 60
LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Shown:
    """A volunteer with the offers they had in seven days; `paused`: asked nothing, `until` then or BACK."""

    volunteer: Volunteer
    resident: Resident
    used: int
    paused: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Roster:
    """Some of the volunteers, and how many there are; whether `more` come after them."""

    shown: Sequence[Shown]
    count: int
    more: bool
    settings: HelpSettings


@dataclass(frozen=True, slots=True)
class Whole:
    """A volunteer with what was put to them of late, newest first."""

    shown: Shown
    offers: Sequence[tuple[Offer, HelpRequest]]
    settings: HelpSettings


def _shown(tx: Tx, one: Volunteer, used: int, moment: datetime) -> Shown:
    paused = volunteer_desk.is_paused(one, moment)
    return Shown(one, resident_by_id(tx, one.id), used, paused, volunteer_desk.pause_ends(one, moment))


def _roster(tx: Tx, page: int, moment: datetime, by_name: bool) -> Roster:
    found, used = store_volunteers.volunteers(tx), store_volunteers.offers_since(tx, moment - WEEK)
    if not by_name:  # the order of names would tell of them
        found.sort(key=lambda one: one.id)
    part = found[(page - 1) * A_PAGE : page * A_PAGE]
    return Roster(
        [_shown(tx, one, used.get(one.id, 0), moment) for one in part],
        len(found),
        len(found) > page * A_PAGE,
        help_settings(tx),
    )


def _whole(tx: Tx, volunteer_id: int, moment: datetime) -> Whole | None:
    found = store_volunteers.volunteer(tx, volunteer_id)
    if found is None or not found.active:
        return None
    offers = help_offers.offers_to(tx, volunteer_id, moment - OFFERS_SHOWN, MOST_OFFERS)
    used = sum(offer.offered_at >= moment - WEEK for offer in offers)
    return Whole(
        _shown(tx, found, used, moment),
        [(offer, store_help.request_by_id(tx, offer.request_id)) for offer in offers],
        help_settings(tx),
    )


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show a page of the volunteers."""
    number = request.query.get("page", "1")
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    page = max(1, min(asked, MOST_PAGES))
    roster = await store(request).read(_roster, page, now(request), visit(request).names)
    tag = language(request)
    hours = {one.volunteer.id: hours_in_words(one.volunteer.hours, tag) for one in roster.shown}
    return render(request, "volunteers.html", roster=roster, page=page, hours=hours)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show one volunteer."""
    whole = await store(request).read(_whole, int(request.match_info["id"]), now(request))
    if whole is None:
        raise web.HTTPNotFound
    today = now(request).astimezone(gateway(request).turns.community.zone).date()
    return render(
        request,
        "volunteer.html",
        whole=whole,
        hours=hours_in_words(whole.shown.volunteer.hours, language(request)),
        most=MOST_WEEKLY_OFFERS,
        first=today + timedelta(days=1),
        last=today + LONGEST_PAUSE,
    )


def hours_in_words(hours: Iterable[tuple[int, time, time]], tag: str) -> list[str]:
    """Say when somebody can help, days with the same times in a row together: "Mon-Fri 09:00-17:00"."""
    names = get_day_names("abbreviated", locale=tag)
    found = []
    for (starts, ends), same in groupby(
        sorted(hours, key=lambda one: (one[1], one[2], one[0])), key=lambda one: (one[1], one[2])
    ):
        days = [day for day, _, _ in same]
        # Days in a row keep the same distance to their place in the list.
        for _, run in groupby(enumerate(days), key=lambda one: one[1] - one[0]):
            row = [day for _, day in run]
            first, last = names[row[0]], names[row[-1]]
            span = first if len(row) == 1 else f"{first}–{last}"
            found.append((row[0], f"{span} {starts:%H:%M}–{ends:%H:%M}"))
    return [words for _, words in sorted(found)]


@needs(Role.ORGANISER)
async def act(request: web.Request) -> web.Response:
    """Give a volunteer a pause, end it, or change how often they are asked."""
    volunteer_id, form = int(request.match_info["id"]), await fields(request)
    deed, where = request.match_info["deed"], f"{HERE}/{request.match_info['id']}"
    account = visit(request).account
    try:
        await store(request).write(
            _act, gateway(request).turns, deed, volunteer_id, form, account, now(request)
        )
    except IllegalMove:
        return await back(request, where, "volunteers.not_done", problem=True)
    except FormMistake as mistake:
        return await back(request, where, mistake.key, problem=True, **mistake.values)
    gateway(request).queued()
    gateway(request).timers.wake()
    return await back(request, where, f"volunteers.done_{deed}")


def _act(
    tx: Tx, turns: Turns, deed: str, volunteer_id: int, form: Form, account: Account, moment: datetime
) -> None:
    found = store_volunteers.volunteer(tx, volunteer_id)
    if found is None or not found.active:
        raise web.HTTPNotFound
    doing, by, subject = turns.timing(tx, moment), account.name, f"resident:{volunteer_id}"
    if deed == "pause":
        volunteer_desk.pause(doing, volunteer_id, _until(form, doing.zone, moment), by)
    elif deed == "resume":
        volunteer_desk.resume(doing, volunteer_id, by)
    else:
        bears = form.whole("weekly_offers", least=1, most=MOST_WEEKLY_OFFERS)
        volunteer_desk.set_weekly_offers(doing, volunteer_id, bears, by)
        journal(tx, account.id, "volunteers.limit", subject, moment, n=bears)
        return
    journal(tx, account.id, f"volunteers.{deed}", subject, moment)


def _until(form: Form, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """Give the beginning of the day that was chosen (None: none was, so there is no end)."""
    written = form.text("until", most=10, empty=True)
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise FormMistake("until", "help.date_wrong") from None
    today = moment.astimezone(zone).date()
    if not today < day <= today + LONGEST_PAUSE:
        raise FormMistake("until", "volunteers.until_wrong")
    return datetime.combine(day, time(), zone).astimezone(UTC)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = HERE + "/{id:[0-9]{1,12}}"
    return [
        web.get(HERE, show_list),
        web.get(one, show),
        web.post(one + "/{deed:pause|resume|limit}", act),
    ]
