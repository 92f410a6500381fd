"""Announcements: written, previewed with what they cost, sent a few at a time, and stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from gateway.price import Price
from gateway.services import announcements
from gateway.services.announcement_preview import Preview, languages_of, preview
from gateway.services.announcements import CATEGORIES
from gateway.services.lifecycle import IllegalMove
from gateway.store import announcements as store_announcements
from gateway.store.accounts import Account, Role
from gateway.store.announcements import GROUPS, Announcement, Audience
from gateway.store.database import Tx
from gateway.store.help_settings import help_settings
from gateway.store.journal import journal
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back, render

LONGEST = 400
MOST_SHOWN = 50
UNDER_WAY = "sending"
NOBODY = Audience(())


@dataclass(frozen=True, slots=True)
class Typed:
    """What was filled in; `words` by language, without those left empty."""

    category: str = CATEGORIES[0]
    words: Mapping[str, str] | None = None
    audience: Audience = NOBODY


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show what was announced of late, and how far it is."""
    return await _show(request, "announcements.html")


@needs(Role.OBSERVER)
async def show_sent(request: web.Request) -> web.Response:
    """Show the list alone, for a page that is open."""
    return await _show(request, "announcements_list.html")


async def _show(request: web.Request, template: str) -> web.Response:
    return render(request, template, found=await store(request).read(_list), under_way=UNDER_WAY)


def _list(tx: Tx) -> list[tuple[Announcement, dict[str, int]]]:
    found = store_announcements.announcements(tx, MOST_SHOWN)
    return [(one, store_announcements.progress(tx, one.id)) for one in found]


@needs(Role.ORGANISER)
async def show_form(request: web.Request) -> web.Response:
    """Show the form for something new."""
    return await _form(request, Typed())


@needs(Role.ORGANISER)
async def show_preview(request: web.Request) -> web.Response:
    """Show what everybody would read and hear, how many they are and what it costs; send nothing."""
    form = await fields(request)
    try:
        typed = _typed(request, form)
    except FormMistake as mistake:
        return await _form(request, _half_typed(request, form), mistake)
    words, turns = typed.words or {}, gateway(request).turns
    found = await store(request).read(preview, turns, typed.category, words, typed.audience, now(request))
    return await _form(request, typed, found=found)


@needs(Role.ORGANISER)
async def send(request: web.Request) -> web.Response:
    """Begin to send what was previewed."""
    form = await fields(request)
    try:
        typed = _typed(request, form)
    except FormMistake as mistake:
        return await _form(request, _half_typed(request, form), mistake)
    begun = await store(request).write(
        _send, gateway(request).turns, typed, visit(request).account, now(request)
    )
    if not begun:
        return await back(request, "/announcements", "announcements.nobody", problem=True)
    gateway(request).timers.wake()
    return await back(request, "/announcements", "announcements.begun")


def _send(tx: Tx, turns: Turns, typed: Typed, account: Account, moment: datetime) -> bool:
    if not store_announcements.reached(tx, typed.category, typed.audience):
        return False
    timing = turns.timing(tx, moment)
    made = announcements.announce(timing, typed.category, typed.words or {}, typed.audience, account.id)
    count = sum(store_announcements.progress(tx, made).values())
    journal(tx, account.id, "announcements.sent", f"announcement:{made}", moment, count=count)
    return True


@needs(Role.ORGANISER)
async def stop(request: web.Request) -> web.Response:
    """Tell nobody more of an announcement."""
    announcement_id = int(request.match_info["id"])
    try:
        await store(request).write(
            _stop, gateway(request).turns, announcement_id, visit(request).account, now(request)
        )
    except IllegalMove:
        return await back(request, "/announcements", "announcements.over", problem=True)
    return await back(request, "/announcements", "announcements.stopped")


def _stop(tx: Tx, turns: Turns, announcement_id: int, account: Account, moment: datetime) -> None:
    if store_announcements.announcement(tx, announcement_id) is None:
        raise web.HTTPNotFound
    announcements.stop(turns.timing(tx, moment), announcement_id)
    journal(tx, account.id, "announcements.stop", f"announcement:{announcement_id}", moment)


async def _form(
    request: web.Request, typed: Typed, mistake: FormMistake | None = None, found: Preview | None = None
) -> web.Response:
    settings = await store(request).read(help_settings)
    price = gateway(request).limits.text_price
    return render(
        request,
        "announcement_form.html",
        status=422 if mistake else 200,
        typed=typed,
        mistake=mistake,
        preview=found,
        cost=_cost(price, found, language(request)),
        categories=CATEGORIES,
        groups=GROUPS,
        areas=settings.areas,
        languages=languages_of(gateway(request).turns),
        longest=LONGEST,
    )


def _cost(price: Price | None, found: Preview | None, tag: str) -> str:
    return price.of(found.parts, tag) if price is not None and found is not None else ""


def _typed(request: web.Request, form: Form) -> Typed:
    words = {
        tag: said
        for tag in languages_of(gateway(request).turns)
        if (said := form.text(f"words.{tag}", most=LONGEST, empty=True, lines=True))
    }
    own = gateway(request).turns.community.language
    if own not in words:
        raise FormMistake(f"words.{own}", "announcements.words_missing")
    groups = tuple(name for name in GROUPS if name in form.all("group"))
    if not groups:
        raise FormMistake("group", "announcements.group_missing")
    return Typed(
        category=form.choice("category", CATEGORIES),
        words=words,
        audience=Audience(
            groups,
            form.text("area", most=100, empty=True),
            form.choice("language", ["", *languages_of(gateway(request).turns)]),
        ),
    )


def _half_typed(request: web.Request, form: Form) -> Typed:
    """Give back what was typed, so that nobody has to write it again."""
    words = {
        tag: " ".join(form.all(f"words.{tag}"))[:LONGEST] for tag in languages_of(gateway(request).turns)
    }
    chosen = [one for one in form.all("category") if one in CATEGORIES]
    groups = tuple(name for name in GROUPS if name in form.all("group"))
    return Typed(chosen[0] if chosen else CATEGORIES[0], words, Audience(groups))


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get("/announcements", show_list),
        web.get("/announcements/list", show_sent),
        web.get("/announcements/new", show_form),
        web.post("/announcements/preview", show_preview),
        web.post("/announcements", send),
        web.post("/announcements/{id:[0-9]{1,12}}/stop", stop),
    ]
