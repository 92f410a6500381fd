"""Help asked for: a request opened with the first words, and described as far as its resident likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from textwrap import shorten

from flows.conversation import Outcome
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.help_settings import HelpSettings, Named, options
from gateway.services import offers
from gateway.services.acting import Acting, Action
from gateway.services.codes import new_code, read_code
from gateway.services.help_lifecycle import CLOSED, OPENED
from gateway.services.help_words import facts, short, tell_duty
from gateway.store import help as store
from gateway.store.help import HelpRequest
from gateway.store.help_settings import help_settings
from gateway.store.urgent import raise_urgent

# A flood of requests from one handset costs the people on duty their trust in all the others.
MOST_OPEN_REQUESTS = 5
SAME_AGAIN = timedelta(minutes=30)
WHAT_LETTERS = 4000

# A request whose resident says nothing more is offered as far as it was told.
SETTLES_IN = timedelta(minutes=15)
ELSEWHERE = "elsewhere"


def open_request(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Open a request from the resident's own words and tell the people on duty.

    With `emergency` among the values it is needed now, nothing more is asked, and it is a person's
    to deal with: they are told of the emergency itself, words included, elsewhere.
    """
    what = words_in(values, "what")
    if not any(letter.isalpha() for letter in what):
        return Outcome("wordless")
    mine = store.open_requests_of(acting.tx, acting.resident.id)
    for request in mine:
        if request.what.casefold() == what.casefold() and acting.now - request.opened_at < SAME_AGAIN:
            return Outcome("already", facts(request))
    if len(mine) >= MOST_OPEN_REQUESTS:
        return Outcome("many")
    code = new_code(acting.random, store.codes_in_use(acting.tx))
    request_id = store.add_request(
        acting.tx,
        code=code,
        resident_id=acting.resident.id,
        state=OPENED,
        language=acting.language,
        what=what,
        now=acting.now,
    )
    acting.emit("help.opened", f"help:{request_id}", code=code)
    told = {"ref": text(code), "short": text(short(what))}
    if "emergency" in values:
        today = acting.now.astimezone(acting.zone).date()
        store.change_request(
            acting.tx, request_id, acting.now, urgency=_now_key(acting), wanted_on=today, held=True
        )
        return Outcome("urgent", told)
    store.change_request(acting.tx, request_id, acting.now, due_at=acting.now + SETTLES_IN)
    tell_duty(acting, "told_opened", store.request_by_id(acting.tx, request_id))
    return Outcome("opened", told)


def add_words(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Add more of the resident's own words to the request, and tell the people on duty of them."""
    request = chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    words = words_in(values, "words")
    if words.casefold() in request.what.casefold():
        return Outcome("added")
    what = shorten(f"{request.what} / {words}", WHAT_LETTERS, placeholder=" ...")
    store.change_request(acting.tx, request.id, acting.now, what=what, due_at=_settles(acting, request))
    acting.emit("help.described", f"help:{request.id}", code=request.code)
    tell_duty(acting, "told_more", request, words)
    return Outcome("added")


def describe(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Add what the resident has said since to the request, as soon as it is said.

    `asks_day`: they have said that it is for a certain day, and not yet for which.
    """
    request = chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    settings = help_settings(acting.tx)
    urgency = key_in(values, "urgency") or request.urgency
    category = key_in(values, "category") or request.category
    wanted_on = _day(acting, settings, values, urgency) or request.wanted_on
    changes = {
        "category": category,
        "urgency": urgency,
        "part": key_in(values, "part") or request.part,
        "area": _area(values) or request.area,
        "wanted_on": wanted_on,
        "reach": key_in(values, "reach") or request.reach,
        "reach_number": words_in(values, "number") or request.reach_number,
    }
    store.change_request(acting.tx, request.id, acting.now, **changes, due_at=_settles(acting, request))
    acting.emit(
        "help.described",
        f"help:{request.id}",
        code=request.code,
        category=category,
        urgency=urgency,
        wanted_on=wanted_on.isoformat() if wanted_on else None,
    )
    if _when(settings, urgency) == "now" and _when(settings, request.urgency) != "now":
        tell_duty(acting, "told_urgent", request)
        raise_urgent(acting.tx, "help", f"help:{request.id}", acting.resident.id, acting.now)
    asks_day = _when(settings, urgency) == "day" and "urgency" in values and "day" not in values
    return Outcome("asks_day" if asks_day else "noted")


def look(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Begin to look for somebody: the resident has said all they will."""
    request = chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    if request.state == OPENED and not request.held:
        offers.look(acting, request)
    return Outcome("looking")


def list_areas(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Give the community's areas to choose from, where it has any, and somewhere else besides."""
    settings = help_settings(acting.tx)
    if not settings.areas:
        return Outcome("none")
    listed: list[Json] = [area.option() for area in settings.areas]
    return Outcome("some", {"areas": Value("options", [*listed, [ELSEWHERE, ELSEWHERE]])})


def words_in(values: Mapping[str, Value], name: str) -> str:
    """Give an answer as words, in one line."""
    return " ".join(str(values[name].data).split()) if name in values else ""


def key_in(values: Mapping[str, Value], name: str) -> str:
    """Give the key of what was chosen, an empty string where nothing was."""
    if name not in values:
        return ""
    data = values[name].data
    return str(data[0]) if isinstance(data, (list, tuple)) else str(data)


def chosen(acting: Acting, values: Mapping[str, Value]) -> HelpRequest | None:
    """Find the resident's request that was chosen, or that the conversation is about."""
    code = key_in(values, "which") or read_code(words_in(values, "ref"))
    return store.request_of(acting.tx, acting.resident.id, code)


def _lists(name: str, among: Callable[[HelpSettings], Iterable[Named]]) -> Callable[..., Outcome]:
    def give(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
        return Outcome("listed", {name: options(among(help_settings(acting.tx)))})

    return give


def _settles(acting: Acting, request: HelpRequest) -> object:
    """Give when time goes on with a request: later, as long as its resident goes on."""
    return acting.now + SETTLES_IN if request.state == OPENED and not request.held else request.due_at


def _area(values: Mapping[str, Value]) -> str:
    area = " ".join(key_in(values, "area").split())
    return words_in(values, "place") if area in ("", ELSEWHERE) else area


def _when(settings: HelpSettings, urgency: str) -> str:
    found = settings.urgency(urgency)
    return found.when if found else ""


def _now_key(acting: Acting) -> str:
    urgencies = help_settings(acting.tx).urgencies
    return next((urgency.key for urgency in urgencies if urgency.when == "now"), "")


def _day(acting: Acting, settings: HelpSettings, values: Mapping[str, Value], urgency: str) -> date | None:
    when = _when(settings, urgency)
    if when == "day" and "day" in values:
        return date.fromisoformat(str(values["day"].data))
    return acting.now.astimezone(acting.zone).date() if when in {"now", "today"} else None


_FACTS = ("ref", "short")
ACTIONS: Mapping[str, Action] = {
    spec.name: Action(spec, run)
    for spec, run in (
        (
            ActionSpec(
                "help.open",
                {"opened": _FACTS, "urgent": _FACTS, "wordless": (), "already": _FACTS, "many": ()},
                binding=True,
            ),
            open_request,
        ),
        (ActionSpec("help.add_words", {"added": (), "gone": ()}), add_words),
        (ActionSpec("help.describe", {"noted": (), "asks_day": (), "gone": ()}), describe),
        (ActionSpec("help.look", {"looking": (), "gone": ()}), look),
        (
            ActionSpec("help.urgencies", {"listed": ("urgencies",)}),
            _lists("urgencies", lambda s: s.urgencies),
        ),
        (ActionSpec("help.parts", {"listed": ("parts",)}), _lists("parts", lambda s: s.parts)),
        (
            ActionSpec("help.categories", {"listed": ("categories",)}),
            _lists("categories", lambda s: s.categories),
        ),
        (ActionSpec("help.areas", {"some": ("areas",), "none": ()}), list_areas),
    )
}
