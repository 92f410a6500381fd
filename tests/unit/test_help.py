"""What a resident asks for stands in the database, and the people on duty hear of it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from flows.conversation import Outcome, Prompt
from flows.value import Json, Value, text
from gateway.community_help import read_help
from gateway.services import help as help_service
from gateway.services import people as people_service
from gateway.services.acting import Acting
from gateway.services.help_asking import MOST_OPEN_REQUESTS
from gateway.services.help_words import SHORT_LETTERS, TOLD_LETTERS
from gateway.store import people
from gateway.store.database import Store, Tx, open_store
from gateway.store.help import HelpRequest, request_of
from gateway.store.help_settings import keep_help_settings
from gateway.store.outbound import Lane
from tests.village import ASHBY

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROSE = "+447700900123"
DUTY = "+447700900001"


@dataclass
class Desk:
    """A store with one person on duty, and a way to act in it as a resident."""

    store: Store
    now: datetime = NOW
    random: Random = field(default_factory=lambda: Random(4))
    told: list[tuple[str, Prompt, str]] = field(default_factory=list)
    events: list[tuple[str, str, Mapping[str, Json]]] = field(default_factory=list)

    async def act(self, name: str, number: str = ROSE, /, **values: Value) -> Outcome:
        """Run an action as the resident with `number`, in one transaction."""

        def transaction(tx: Tx) -> Outcome:
            actions = {**help_service.ACTIONS, **people_service.ACTIONS}
            return actions[name].run(self._acting(tx, number), values)

        return await self.store.write(transaction)

    async def request(self, code: Value, number: str = ROSE) -> HelpRequest:
        """Read a request back from the database."""

        def query(tx: Tx) -> HelpRequest | None:
            resident = people.resident_by_number(tx, number)
            assert resident is not None
            return request_of(tx, resident.id, str(code.data))

        found = await self.store.read(query)
        assert found is not None
        return found

    def _acting(self, tx: Tx, number: str) -> Acting:
        return Acting(
            tx=tx,
            resident=people.meet(tx, number, self.now),
            language="en",
            now=self.now,
            zone=ZoneInfo("Europe/London"),
            random=self.random,
            emit=self._emit,
            tell=self._tell,
        )

    def _emit(self, type: str, subject: str, /, **data: Json) -> None:  # noqa: A002
        self.events.append((type, subject, data))

    def _tell(self, number: str, *prompts: Prompt, ref: str = "", lane: Lane = Lane.NOTICE) -> None:
        self.told.extend((number, prompt, ref) for prompt in prompts)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await open_store(tmp_path / "plainline.db", now=NOW)

    def put_on_duty(tx: Tx) -> None:
        for number, on_duty in ((DUTY, True), ("+447700900002", False)):
            people.install_coordinator(tx, people.meet(tx, number, NOW).id, on_duty=on_duty)

    await store.write(put_on_duty)
    await store.write(keep_help_settings, read_help(ASHBY, "en"))
    yield Desk(store)
    await store.close()


async def test_one_text_opens_a_request_with_a_code(desk: Desk) -> None:
    outcome = await desk.act("help.open", what=text("need insulin collected from chemist"))
    assert outcome.name == "opened"
    assert outcome.values["short"].data == "need insulin collected from chemist"
    request = await desk.request(outcome.values["ref"])
    assert (request.state, request.what) == ("new", "need insulin collected from chemist")
    assert desk.events[0][0] == "help.opened"
    assert desk.events[0][2] == {"code": request.code}


async def test_only_the_people_on_duty_are_told(desk: Desk) -> None:
    outcome = await desk.act("help.open", what=text("insulin"))
    assert [number for number, _, _ in desk.told] == [DUTY]
    prompt, ref = desk.told[0][1:]
    assert (prompt.key, prompt.values["ref"], prompt.values["what"].data) == (
        "told_opened",
        outcome.values["ref"],
        "insulin",
    )
    assert prompt.values["who"].data == ROSE
    assert ref == desk.events[0][1]


async def test_an_event_holds_neither_words_nor_number(desk: Desk) -> None:
    outcome = await desk.act("help.open", what=text("insulin"))
    await desk.act("help.describe", ref=outcome.values["ref"], area=text("4 Mill Lane"))
    await desk.act("help.withdraw", ref=outcome.values["ref"])
    assert len(desk.events) == 3
    for secret in ("insulin", "Mill Lane", ROSE):
        assert secret not in repr(desk.events)


async def test_the_same_words_again_are_the_same_request(desk: Desk) -> None:
    first = await desk.act("help.open", what=text("Insulin please"))
    again = await desk.act("help.open", what=text("insulin  please"))
    assert (again.name, again.values["ref"]) == ("already", first.values["ref"])
    assert len(desk.told) == 1
    desk.now += timedelta(hours=1)
    assert (await desk.act("help.open", what=text("insulin please"))).name == "opened"


@pytest.mark.parametrize("what", ["3", "999", "?!", "👍👍", " "])
async def test_a_request_needs_words(desk: Desk, what: str) -> None:
    assert (await desk.act("help.open", what=text(what))).name == "wordless"
    assert desk.told == []
    assert (await desk.act("help.mine")).name == "none"


async def test_the_same_words_from_somebody_else_are_another_request(desk: Desk) -> None:
    first = await desk.act("help.open", what=text("insulin"))
    second = await desk.act("help.open", "+447700900124", what=text("insulin"))
    assert second.name == "opened"
    assert first.values["ref"] != second.values["ref"]


async def test_one_handset_cannot_flood_the_people_on_duty(desk: Desk) -> None:
    names = [(await desk.act("help.open", what=text(f"thing {n}"))).name for n in range(7)]
    assert names == ["opened"] * MOST_OPEN_REQUESTS + ["many"] * 2
    assert len(desk.told) == MOST_OPEN_REQUESTS


async def test_open_requests_have_different_codes_and_a_closed_one_frees_its_code(desk: Desk) -> None:
    codes = set[str]()
    for n in range(150):
        outcome = await desk.act("help.open", f"+447700900{200 + n}", what=text("logs carried in"))
        codes.add(str(outcome.values["ref"].data))
    assert len(codes) == 150
    desk.random = Random(4)
    outcome = await desk.act("help.open", what=text("first"))
    assert str(outcome.values["ref"].data) not in codes
    await desk.act("help.withdraw", ref=outcome.values["ref"])
    desk.random = Random(4)
    again = await desk.act("help.open", what=text("second"))
    assert again.values["ref"] == outcome.values["ref"]
    assert (await desk.request(again.values["ref"])).what == "second"


async def test_what_is_said_later_is_added_and_nothing_said_is_forgotten(desk: Desk) -> None:
    code = (await desk.act("help.open", what=text("garden gate is broken"))).values["ref"]
    await desk.act(
        "help.describe",
        ref=code,
        urgency=Value("choice", ["day", "On a day"]),
        day=Value("date", "2026-03-06"),
    )
    await desk.act("help.describe", ref=code, category=Value("choice", ["home", "House or garden"]))
    assert (await desk.act("help.describe", ref=code, area=text(" Mill  Lane "))).name == "noted"
    request = await desk.request(code)
    assert (request.urgency, request.category, request.area) == ("day", "home", "Mill Lane")
    assert request.wanted_on == date(2026, 3, 6)


async def test_today_is_the_day_on_the_village_clock(desk: Desk) -> None:
    desk.now = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 July in London
    code = (await desk.act("help.open", what=text("bread"))).values["ref"]
    await desk.act("help.describe", ref=code, urgency=Value("choice", ["today", "Today"]))
    assert (await desk.request(code)).wanted_on == date(2026, 7, 2)


async def test_right_now_is_told_at_once_and_only_once(desk: Desk) -> None:
    code = (await desk.act("help.open", what=text("locked out"))).values["ref"]
    urgent = Value("choice", ["now", "Right now"])
    await desk.act("help.describe", ref=code, urgency=urgent)
    await desk.act("help.describe", ref=code, urgency=urgent, category=Value("choice", ["home", "House"]))
    assert [prompt.key for _, prompt, _ in desk.told] == ["told_opened", "told_urgent"]


async def test_nobody_can_look_at_or_touch_the_request_of_another(desk: Desk) -> None:
    code = (await desk.act("help.open", what=text("insulin"))).values["ref"]
    stranger = "+447700900666"
    for action in ("help.status", "help.withdraw", "help.describe"):
        assert (await desk.act(action, stranger, ref=code)).name == "gone"
    assert (await desk.act("help.mine", stranger)).name == "none"
    assert (await desk.request(code)).state == "new"


async def test_status_is_asked_for_the_only_request_without_its_code(desk: Desk) -> None:
    opened = await desk.act("help.open", what=text("insulin"))
    one = await desk.act("help.mine")
    assert (one.name, one.values) == ("one", opened.values)
    status = await desk.act("help.status", **one.values)
    assert (status.name, status.values) == ("new", opened.values)


async def test_several_requests_are_offered_by_code_and_words(desk: Desk) -> None:
    first = (await desk.act("help.open", what=text("insulin"))).values["ref"].data
    second = (await desk.act("help.open", what=text("shopping"))).values["ref"].data
    outcome = await desk.act("help.mine")
    assert outcome.name == "several"
    assert outcome.values["requests"] == Value(
        "options", [[first, f"{first} insulin"], [second, f"{second} shopping"]]
    )
    chosen = Value("choice", [second, f"{second} shopping"])
    assert (await desk.act("help.status", which=chosen)).values["short"].data == "shopping"


async def test_a_request_withdrawn_is_closed_and_the_people_on_duty_hear_of_it(desk: Desk) -> None:
    code = (await desk.act("help.open", what=text("insulin"))).values["ref"]
    assert (await desk.act("help.withdraw", ref=code)).name == "withdrawn"
    assert (await desk.request(code)).state == "withdrawn"
    assert [prompt.key for _, prompt, _ in desk.told] == ["told_opened", "told_withdrawn"]
    assert (await desk.act("help.withdraw", ref=code)).name == "gone"
    assert (await desk.act("help.status", ref=code)).name == "closed"
    assert (await desk.act("help.describe", ref=code, area=text("here"))).name == "gone"
    assert (await desk.act("help.mine")).name == "none"


async def test_long_words_are_kept_whole_and_told_short(desk: Desk) -> None:
    what = "please " + "very " * 200 + "long"
    outcome = await desk.act("help.open", what=text(what))
    assert (await desk.request(outcome.values["ref"])).what == what
    assert len(str(outcome.values["short"].data)) <= SHORT_LETTERS
    assert len(str(desk.told[0][1].values["what"].data)) <= TOLD_LETTERS


async def test_a_name_is_asked_once_and_told_from_then_on(desk: Desk) -> None:
    assert (await desk.act("people.recall_name")).name == "unknown"
    assert (await desk.act("people.know_name", name=Value("name", "Rose Hill"))).name == "kept"
    recalled = await desk.act("people.recall_name")
    assert (recalled.name, recalled.values["name"].data) == ("known", "Rose Hill")
    await desk.act("help.open", what=text("insulin"))
    assert desk.told[0][1].values["who"].data == f"Rose Hill {ROSE}"
    assert "Rose" not in repr(desk.events)


async def test_every_outcome_gives_what_its_specification_promises(desk: Desk) -> None:
    what = text("insulin")
    seen = [("help.mine", await desk.act("help.mine")), ("help.open", await desk.act("help.open", what=what))]
    seen += [
        ("help.open", await desk.act("help.open", what=what)),
        ("help.mine", await desk.act("help.mine")),
    ]
    code = seen[-1][1].values["ref"]
    seen += [
        (name, await desk.act(name, ref=code)) for name in ("help.describe", "help.status", "help.withdraw")
    ]
    for name, outcome in seen:
        promised = help_service.ACTIONS[name].spec.outcomes[outcome.name]
        assert set(promised) == set(outcome.values), name
