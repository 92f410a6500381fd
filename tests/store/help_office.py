"""A village's help on a bare database: actions run, time passes, and all that was told is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from random import Random
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from flows.conversation import Outcome, Prompt
from flows.value import Json, Value, text
from gateway.community_foodbank import read_foodbank
from gateway.community_help import read_help
from gateway.services.acting import Acting, Timing
from gateway.services.help import ACTIONS, keep_times
from gateway.store import people
from gateway.store.database import Tx
from gateway.store.help import HelpRequest, request_by_id
from gateway.store.help_settings import keep_foodbank, keep_help_settings
from gateway.store.outbound import Lane
from gateway.store.volunteers import install_volunteer

ASHBY = Path(__file__).parents[2] / "gateway" / "sample" / "ashby"
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ROSE = "+447700900123"
DUTY = "+447700900001"
WORDS = "collect my tablets"
NAME = "Rose Hill"

P = ParamSpec("P")
T = TypeVar("T")


def volunteer_number(place: int) -> str:
    """Give the number of the volunteer with a place in the list."""
    return f"+44770091{place:04}"


@dataclass
class HelpOffice:
    """Runs what flows, time and coordinators do; `busy` numbers are in the middle of something."""

    tx: Tx
    now: datetime = MONDAY
    random: Random = field(default_factory=lambda: Random(7))
    told: list[tuple[str, Prompt]] = field(default_factory=list)
    invited: list[tuple[str, str, Mapping[str, Value]]] = field(default_factory=list)
    events: list[tuple[str, str, Mapping[str, Json]]] = field(default_factory=list)
    busy: set[str] = field(default_factory=set)

    def install(self) -> None:
        """Load Ashby's settings and put one coordinator on duty."""
        keep_help_settings(self.tx, read_help(ASHBY, "en"))
        keep_foodbank(self.tx, read_foodbank(ASHBY))
        people.install_coordinator(self.tx, people.meet(self.tx, DUTY, self.now).id, on_duty=True)
        people.set_name(self.tx, people.meet(self.tx, ROSE, self.now).id, NAME)

    def enrol(
        self,
        place: int,
        *,
        categories: Sequence[str] = (),
        areas: Sequence[str] = (),
        hours: Sequence[tuple[int, time, time]] = (),
        weekly: int = 50,
    ) -> str:
        """Make a volunteer and give their number."""
        number = volunteer_number(place)
        resident = people.meet(self.tx, number, self.now)
        people.set_name(self.tx, resident.id, f"Helper {place}")
        install_volunteer(self.tx, resident.id, categories, areas, hours, weekly)
        return number

    def act(self, name: str, number: str = ROSE, /, **values: Value) -> Outcome:
        """Run action `name` as the resident with `number`."""
        acting = Acting(
            tx=self.tx,
            resident=people.meet(self.tx, number, self.now),
            language="en",
            now=self.now,
            zone=LONDON,
            random=self.random,
            emit=self._emit,
            tell=self._tell,
            invite=self._invite,
        )
        return ACTIONS[name].run(acting, values)

    def desk(self, deed: Callable[Concatenate[Timing, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Let a coordinator do something."""
        return deed(self._timing(), *args, **kwargs)

    def pass_time(self, until: datetime) -> None:
        """Let time pass; what is due on the way is done when it is due."""
        due = keep_times(self._timing())
        while due is not None and due <= until:
            assert due > self.now, "something stays due, so time would stand still over it"
            self.now = due
            due = keep_times(self._timing())
        self.now = until
        keep_times(self._timing())

    def ask(
        self,
        number: str = ROSE,
        *,
        what: str = WORDS,
        category: str = "medicine",
        urgency: str = "today",
        area: str = "mill_lane",
        day: str = "",
        part: str = "",
    ) -> str:
        """Ask for help with everything said at once, and give the request's code ('': it was refused)."""
        opened = self.act("help.open", number, what=text(what))
        if opened.name != "opened":
            return ""
        ref = opened.values["ref"]
        said = {"urgency": urgency, "category": category, "area": area, "part": part}
        values = {name: Value("choice", [key, key]) for name, key in said.items() if key}
        if day:
            values["day"] = Value("date", day)
        self.act("help.describe", number, ref=ref, **values)
        self.act("help.look", number, ref=ref)
        return str(ref.data)

    def says(self, action: str, number: str, code: str) -> Outcome:
        """Let a volunteer answer: `offer.claim`, `offer.decline`, `offer.done`, `offer.give_back`."""
        return self.act(action, number, code=text(code))

    def request(self, code: str) -> HelpRequest:
        """Give the newest request with a code."""
        row = self.tx.one(
            "SELECT id FROM help_request WHERE code = :code ORDER BY id DESC LIMIT 1", code=code
        )
        assert row is not None
        return request_by_id(self.tx, row["id"])

    def offered_to(self) -> list[str]:
        """Give the numbers that were offered something since this was last asked, in order."""
        numbers = [number for number, prompt in self.told if prompt.key == "told_offer"]
        self.told.clear()
        return numbers

    def told_as(self, key: str) -> list[str]:
        """Give whom a phrase was told to, in order."""
        return [number for number, prompt in self.told if prompt.key == key]

    def happened(self) -> list[str]:
        """Give the types of the events so far."""
        return [kind for kind, _, _ in self.events]

    def _timing(self) -> Timing:
        return Timing(self.tx, self.now, LONDON, self.random, self._emit, self._tell, self._invite)

    def _emit(self, type: str, subject: str, /, **data: Json) -> None:  # noqa: A002
        self.events.append((type, subject, data))

    def _tell(self, number: str, *prompts: Prompt, ref: str = "", lane: Lane = Lane.NOTICE) -> None:
        self.told.extend((number, prompt) for prompt in prompts)

    def _invite(self, number: str, flow: str, answers: Mapping[str, Value], /) -> bool:
        if number in self.busy:
            return False
        self.invited.append((number, flow, answers))
        return True
