"""Every page of the dashboard, for the tests that open them all and for `make screenshots`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from flows.reworded import Rewording
from gateway.store.accounts import Role
from gateway.store.flow_texts import write_draft
from gateway.store.people import resident_by_number
from gateway.store.webhook_deliveries import Happening, open_deliveries
from gateway.store.webhooks import endpoints, last_event, note_failing
from tests.village import ASHBY
from tests.web.site import Dashboard

ADA, BEN, CLEO, DAN, EVE, FAY = (f"+4477009001{place}" for place in range(23, 29))


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: who looks at it (`role` None: nobody signed in), and what must be there first.

    What `prepare` gives, where it gives something, is the path instead of `path`.
    """

    name: str
    path: str
    role: Role | None = Role.COORDINATOR
    prepare: Callable[[Dashboard], Awaitable[str | None]] | None = None


async def thread(d: Dashboard) -> str:
    """Give the thread of somebody who asked for a person, and got one."""
    await d.village.text(ADA, "PERSON")
    found = await d.store.read(resident_by_number, ADA)
    assert found is not None
    return f"/conversations/{found.id}"


async def draft(d: Dashboard) -> None:
    """Let somebody have other words for a question."""
    who = await d.account(Role.COORDINATOR)
    words = Rewording("lift", "en", "pickup", "sms", "Where may we fetch you from?")
    await d.store.write(write_draft, words, who, d.now)


async def invitation(d: Dashboard) -> str:
    """Give the link of somebody who is invited."""
    client = await d.client(Role.COORDINATOR)
    answer = await client.post("/coordinators/invitations", {"name": "Cleo Marsh", "role": "observer"})
    found = re.search(r"/invitation/[\w-]+", answer.text)
    assert found is not None
    return found[0]


BEFORE_ANYBODY = (Shown("first", "/first", None),)
"""Pages that are only there while nobody has an account."""


async def booked(d: Dashboard) -> None:
    """Let somebody have a lift tomorrow."""
    for words in ("LIFT", "church hall", "the surgery", "tomorrow", "10.30", "1", "yes"):
        await d.village.text(EVE, words)


async def rota(d: Dashboard) -> None:
    """Let there be two shifts, and one be somebody's."""
    client = await d.client()
    fields = {"what": "Phone desk", "day": "2026-03-04", "starts": "10:00", "ends": "13:00", "weeks": "2"}
    await client.post("/shifts", {**fields, "duty": "on"})
    await d.village.text("+447700900021", "TAKE 1")


async def asked(d: Dashboard) -> str:
    """Give the page of a volunteer who was asked something."""
    for words in ("HELP need my tablets collected", "2", "2", "1", "Fay", "text"):
        await d.village.text(FAY, words)
    found = await d.store.read(resident_by_number, "+447700900021")
    assert found is not None
    return f"/help/volunteers/{found.id}"


async def wishing(d: Dashboard) -> str:
    """Give the page of a neighbour who stopped one kind of text."""
    await d.village.text(DAN, "STOP EVENTS")
    found = await d.store.read(resident_by_number, DAN)
    assert found is not None
    return f"/people/{found.id}"


async def parcels(d: Dashboard) -> None:
    """Let one household have a time at the food bank, and one wait for it."""
    household = ("FOODBANK", "2", "1", "halal", "nuts", "kettle", "AB-12", "collect", "1")
    for words in household:
        await d.village.text(CLEO, words)


async def ideas(d: Dashboard) -> None:
    """Let somebody have an idea that waits, and one be on the board."""
    await d.village.text(BEN, "SOMEBODY should mend the bench by the pond")
    await d.village.text(BEN, "SOMEBODY should plant bulbs on the green")
    await d.village.text("+447700900001", "LET 1")


async def told(d: Dashboard) -> None:
    """Let another system be told of what happens, and have been told of something."""
    if await d.store.read(endpoints):
        return
    client = await d.client()
    fields = {"name": "Council cases", "url": "https://cases.example.org/in", "type": "help.*"}
    await client.post("/webhooks", fields)
    happened = Happening(await d.store.read(last_event), "help.opened", "help:1")
    await d.store.write(open_deliveries, 1, [happened], d.now)
    await d.store.write(note_failing, 1, "It answered 503: not now.", d.now)


async def let_in(d: Dashboard) -> None:
    """Let other systems in."""
    client = await d.client()
    await client.post("/webhooks/in/sources", {"name": "cases", "scope": "requests:write"})
    fields = {"name": "Council cases", "scope": "requests:read", "days": "90"}
    await client.post("/webhooks/in/tokens", fields)


async def in_a_folder(d: Dashboard) -> None:
    """Let the community be written down in a folder that may be changed."""
    d.gateway.folder = d.gateway.data / "community"
    shutil.copytree(ASHBY, d.gateway.folder, dirs_exist_ok=True)


PAGES = (
    Shown("login", "/login", None),
    Shown("invitation", "", None, prepare=invitation),
    Shown("now", "/"),
    Shown("now-observer", "/", Role.OBSERVER),
    Shown("log", "/log"),
    Shown("coordinators", "/coordinators"),
    Shown("account", "/account"),
    Shown("code", "/account/code"),
    Shown("conversations", "/conversations"),
    Shown("thread", "/conversations", prepare=thread),
    Shown("thread-observer", "/conversations", Role.OBSERVER, prepare=thread),
    Shown("flows", "/flows", prepare=draft),
    Shown("flow", "/flows/lift"),
    Shown("flow-texts", "/flows/lift/texts/en"),
    Shown("modems", "/modems"),
    Shown("help", "/help"),
    Shown("help-observer", "/help", Role.OBSERVER),
    Shown("shifts", "/shifts", prepare=rota),
    Shown("announcements", "/announcements"),
    Shown("announcement", "/announcements/new"),
    Shown("board", "/board", prepare=ideas),
    Shown("board-idea", "/board/1", prepare=ideas),
    Shown("board-observer", "/board", Role.OBSERVER, prepare=ideas),
    Shown("help-request", "/help/1"),
    Shown("volunteers", "/help/volunteers"),
    Shown("volunteers-observer", "/help/volunteers", Role.OBSERVER),
    Shown("volunteer", "", prepare=asked),
    Shown("foodbank", "/help/foodbank", prepare=parcels),
    Shown("foodbank-observer", "/help/foodbank", Role.OBSERVER, prepare=parcels),
    Shown("foodbank-referral", "/help/foodbank/1", prepare=parcels),
    Shown("lifts", "/lifts?day=2026-03-03", prepare=booked),
    Shown("lifts-observer", "/lifts?day=2026-03-03", Role.OBSERVER),
    Shown("votes", "/votes"),
    Shown("vote", "/votes/bench"),
    Shown("vote-new", "/votes/new"),
    Shown("votes-observer", "/votes", Role.OBSERVER),
    Shown("webhooks", "/webhooks", prepare=told),
    Shown("webhook", "/webhooks/1", prepare=told),
    Shown("webhook-observer", "/webhooks/1", Role.OBSERVER, prepare=told),
    Shown("webhook-new", "/webhooks/new"),
    Shown("webhooks-in", "/webhooks/in", prepare=let_in),
    Shown("people", "/people"),
    Shown("people-observer", "/people", Role.OBSERVER),
    Shown("person", "/people/1"),
    Shown("person-observer", "/people/1", Role.OBSERVER),
    Shown("person-wishes", "", prepare=wishing),
    Shown("settings", "/settings", prepare=in_a_folder),
    Shown("settings-observer", "/settings", Role.OBSERVER),
    Shown("missing", "/nowhere"),
)


async def lively(d: Dashboard) -> None:
    """Let an ordinary morning pass in Ashby: lifts, requests, a vote, somebody in need."""
    for number, words in (
        (ADA, "LIFT"),
        (ADA, "Green Lane"),
        (BEN, "HELP my garden gate has come off its hinges"),
        (CLEO, "MENU"),
        (DAN, "VOTE"),
        (CLEO, "what is this"),
        (BEN, "today"),
        (ADA, "clinic"),
        (ADA, "tomorrow"),
        (ADA, "10:30"),
        (EVE, "help, my house is on fire"),
        (BEN, "<script>alert(1)</script> {{ 7*7 }}"),
    ):
        await d.village.text(number, words)
    observer, client = await d.account(Role.OBSERVER), await d.client(Role.COORDINATOR)
    await d.account(Role.ORGANISER)
    await client.post("/coordinators/invitations", {"name": "Ben Reed", "role": "organiser"})
    await client.post(f"/coordinators/{observer}/role", {"role": "observer"})
    await client.post("/account/language", {"language": ""})
    await client.get("/account")
