"""A request for help put into words: short, when, where, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten
from zoneinfo import ZoneInfo

from flows.answers.words import say
from flows.conversation import Prompt
from flows.value import Value, text
from gateway.help_settings import HelpSettings
from gateway.services.help_lifecycle import Doing
from gateway.store import people
from gateway.store.help import HelpRequest

SHORT_LETTERS = 40
TOLD_LETTERS = 160
# What is said of a request about which nobody has said that: its kind, where, when.
UNKNOWN: Mapping[str, tuple[str, str, str]] = {
    "en": ("Help for a neighbour", "Place not known yet", "Any time"),
    "es": ("Ayuda para un vecino", "Lugar sin saber", "Cualquier hora"),
    "ko": ("이웃 돕기", "장소 모름", "언제든지"),
}


def short(what: str) -> str:
    """Give the beginning of a resident's words."""
    return shorten(what, SHORT_LETTERS, placeholder=" ...")


def told(what: str) -> str:
    """Give as much of a resident's words as one notice holds."""
    return shorten(what, TOLD_LETTERS, placeholder=" ...")


def facts(request: HelpRequest) -> dict[str, Value]:
    """Give what nearly every phrase about a request fills in."""
    return {"ref": text(request.code), "short": text(short(request.what))}


def when_words(settings: HelpSettings, request: HelpRequest, language: str, zone: ZoneInfo) -> str:
    """Say when a request is for: a day with its part, or how soon."""
    urgency = settings.urgency(request.urgency)
    if request.wanted_on is None or (urgency is not None and urgency.when != "day"):
        return urgency.name(language) if urgency else ""
    day = say(Value("date", request.wanted_on.isoformat()), language, zone)
    part = settings.part(request.part)
    return f"{day}, {part.name(language).lower()}" if part else day


def where_words(settings: HelpSettings, request: HelpRequest, language: str) -> str:
    """Say in which area a request is, and where exactly once that is known."""
    area = settings.area_name(request.area, language)
    return ", ".join(words for words in (request.address, area) if words) or _unknown(language)[1]


def offer_facts(
    doing: Doing, settings: HelpSettings, request: HelpRequest, language: str
) -> dict[str, Value]:
    """Give what a volunteer may know before a claim: nothing of who, nor of the resident's own words.

    What a resident wrote instead of an area may be an address, so it is left out as well.
    """
    spoken = language or settings.language
    known = any(area.key == request.area for area in settings.areas)
    parts = (
        settings.category_name(request.category, spoken) if request.category else _unknown(spoken)[0],
        settings.area_name(request.area, spoken) if known else "",
        when_words(settings, request, spoken, doing.zone),
    )
    return {"ref": text(request.code), "offer": text(", ".join(part for part in parts if part))}


def details(doing: Doing, settings: HelpSettings, request: HelpRequest, language: str) -> dict[str, Value]:
    """Give what whoever has claimed a request must know: who, where, when, and the resident's own words."""
    spoken = language or settings.language
    resident = people.resident_by_id(doing.tx, request.resident_id)
    number = request.reach_number or resident.number
    return {
        "ref": text(request.code),
        "who": text(f"{resident.name} {number}".strip()),
        "where": text(where_words(settings, request, spoken)),
        "when": text(when_words(settings, request, spoken, doing.zone) or _unknown(spoken)[2]),
        "what": text(request.what),
    }


def _unknown(language: str) -> tuple[str, str, str]:
    return UNKNOWN.get(language, UNKNOWN["en"])


def first_name(name: str) -> str:
    """Give what a person is called to their face; an empty string where no name is known."""
    return name.split()[0] if name.split() else ""


def tell_duty(doing: Doing, phrase: str, request: HelpRequest, what: str = "") -> None:
    """Tell the people on duty about a request with a phrase of the flow `help`."""
    resident = people.resident_by_id(doing.tx, request.resident_id)
    prompt = Prompt(
        "help",
        phrase,
        "confirmation",
        values={
            "ref": text(request.code),
            "what": text(told(what or request.what)),
            "who": text(f"{resident.name} {resident.number}".strip()),
        },
    )
    for coordinator in people.coordinators_on_duty(doing.tx):
        doing.tell(coordinator.number, prompt, ref=f"help:{request.id}")
