"""Small libraries for tests, written the way an author writes them, and what surrounds a turn."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import gateway.services
from flows.check import check
from flows.conversation import (
    Conversation,
    Effect,
    Expired,
    Happened,
    Input,
    Outcome,
    Prompt,
    Setting,
    Started,
    TextIn,
)
from flows.engine import take_turn
from flows.errors import Problem
from flows.library import BUILT_IN, Library, load_library
from flows.model import ActionSpec
from flows.render import respond
from flows.value import Value, text
from gateway.community_help import read_help
from gateway.help_settings import options

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

ACTIONS: Mapping[str, ActionSpec] = {
    "lift.find": ActionSpec("lift.find", {"free": ("run",), "full": ()}),
    "lift.book": ActionSpec("lift.book", {"booked": ("ref",), "taken": ()}, binding=True),
}

USUAL = read_help(Path("nowhere"), "en")
OPTIONS: Mapping[str, Value] = {
    "urgencies": options(USUAL.urgencies),
    "parts": options(USUAL.parts),
    "categories": options(USUAL.categories),
    "areas": options(USUAL.categories),
}
"""What actions give to choose from."""

MENU = """\
flow: menu
version: 1
start: wish
expires: 12h
steps:
  wish:
    ask: {choice: wish, options: [help, lift]}
    then: {help: to_help, lift: to_lift}
  to_help:
    go: help
  to_lift:
    go: lift
"""
MENU_TEXTS = """\
keywords = ["menu", "hello"]
[phrases]
wish = "What would you like?"
[options.wish]
help = { label = "Ask for help", also = ["need help"] }
lift = { label = "Book a ride", also = ["journey"] }
"""
HELP = """\
flow: help
version: 1
start: what
expires: 12h
argument: what
steps:
  what:
    ask: {free_text: what}
    then: thanks
  thanks:
    end: completed
"""
HELP_TEXTS = """\
keywords = ["help"]
[phrases]
what = { sms = "What do you need?", help = "Say in your own words what you need." }
thanks = "Thank you, we have noted: {what}"
"""
LIFT = """\
flow: lift
version: 1
start: day
expires: 45m
steps:
  day:
    ask: {date: day}
    then: seats
  seats:
    ask: {number: seats, min: 1, max: 8}
    then: find
  find:
    do: lift.find
    then: {free: confirm, full: sorry}
  sorry:
    say: true
    then: day
  confirm:
    ask: yes_no
    then: {yes: book, no: day}
  book:
    do: lift.book
    then: {booked: again, taken: sorry}
  again:
    ask: yes_no
    then: {yes: day, no: booked}
  booked:
    end: completed
"""
LIFT_TEXTS = """\
keywords = ["lift", "ride"]
[phrases]
day = "Which day?"
seats = { sms = "How many seats on {day}?", help = "Count everybody who comes along." }
sorry = "No seats are left."
confirm = "{seats} seats on {day}? 1 yes 2 no"
again = "Booked, {ref}. Another one? 1 yes 2 no"
booked = "Goodbye from {community}. Your lift is {ref}."
"""

FILES: Mapping[str, str] = {
    "menu/flow.yaml": MENU,
    "menu/texts/en.toml": MENU_TEXTS,
    "help/flow.yaml": HELP,
    "help/texts/en.toml": HELP_TEXTS,
    "lift/flow.yaml": LIFT,
    "lift/texts/en.toml": LIFT_TEXTS,
}


def write_library(folder: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """Write an English library of three flows; `changes` replace files, or remove them where None."""
    for source in BUILT_IN.glob("common/*/en.toml"):
        copy = folder / source.relative_to(BUILT_IN)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
    for name, content in {**FILES, **(changes or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(content, "utf-8")
    return folder


def make_library(folder: Path, changes: Mapping[str, str | None] | None = None) -> Library:
    """Write and load the small library."""
    binding = [name for name, spec in ACTIONS.items() if spec.binding]
    return load_library([write_library(folder, changes)], binding=binding)


def problems_of(folder: Path, changes: Mapping[str, str | None] | None = None) -> list[Problem]:
    """Check the small library after some changes."""
    return check(make_library(folder, changes), ACTIONS)


class Ashby:
    """A gazetteer of two places."""

    def names(self, language: str) -> Mapping[str, str]:
        """Know them by three names."""
        return {"health centre": "health", "surgery": "health", "station": "station"}

    def label(self, key: str) -> str:
        """Name one."""
        return {"health": "Health Centre", "station": "Station"}[key]


def give_first(name: str, answers: Mapping[str, Value], language: str) -> Outcome:
    """Come to an action's first outcome, with a value for all it promises."""
    spec = ACTIONS[name] if name in ACTIONS else gateway.services.ACTIONS[name].spec
    first, gives = next(iter(spec.outcomes.items()))
    return Outcome(first, {name: OPTIONS.get(name) or text(name.upper()) for name in gives})


def setting(
    act: Callable[[str, Mapping[str, Value], str], Outcome] = give_first,
    *,
    language: str = "en",
    stopped: bool = False,
    known: bool = False,
    now: datetime = NOW,
) -> Setting:
    """Give what surrounds a turn in Ashby on a Monday morning."""
    return Setting(
        now=now,
        zone=LONDON,
        region="GB",
        places=Ashby(),
        act=act,
        language=language,
        community="Ashby",
        emergency_number="999 or 112",
        stopped=stopped,
        language_known=known,
    )


@dataclass
class Resident:
    """Somebody who texts; the conversation is saved and loaded again between all turns."""

    library: Library
    around: Setting = field(default_factory=setting)
    conversation: Conversation | None = None
    effects: tuple[Effect, ...] = ()
    kind: str = ""

    def texts(self, body: str) -> str:
        """Send a text and read the answer; several texts are joined by a line of dashes."""
        return self.meets(TextIn(body))

    def meets(self, what: Input) -> str:
        """Let something happen and read what is said."""
        turn = take_turn(self.library, self.conversation, what, self.around)
        reply = respond(self.library, turn, LONDON)
        saved = reply.conversation.to_json() if reply.conversation else None
        self.conversation = Conversation.from_json(saved) if saved else None
        self.effects, self.kind = turn.effects, reply.kind
        return "\n---\n".join(reply.texts)

    def is_started(self, flow: str, **answers: Value) -> str:
        """Let the gateway start a flow."""
        return self.meets(Started(flow, answers))

    def expires(self) -> str:
        """Let the deadline pass."""
        return self.meets(Expired())

    def stops(self) -> None:
        """Let the gateway know from now on that the resident said STOP."""
        self.around = replace(self.around, stopped=True)

    def happened(self) -> list[str]:
        """Give the types of what happened in the last turn."""
        return [effect.type for effect in self.effects if isinstance(effect, Happened)]

    def said(self) -> list[str]:
        """Give the keys of what was said in the last turn."""
        return [effect.key for effect in self.effects if isinstance(effect, Prompt)]
