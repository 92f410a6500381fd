"""Every route there is, asked by every role and with what no page of ours sends: never a failure."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest_asyncio

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.web.access import access_of
from tests.web import pages
from tests.web.site import NAMES, Client, Dashboard, dashboard

WORDS = "my garden gate has come off"
"""What somebody asked for in words, in `pages.lively`."""

IDS = ("1", "999999999999", "bench", "lift")
# What an address is answered with that is not of the route at all.
NOT_THERE = {404, 405}
ODD = ("²", "0001-01-01", "9999-12-31", "-1", "\u202e\0ﷺ\U0001f600<b>", "../../etc/passwd")
ASKED_BY = ("before", "day", "q", "page", "number", "part", "path", "next")
# A half of a letter, an encoding nobody knows, parts that have no boundary, parts that never begin.
FORM = "application/x-www-form-urlencoded"
BROKEN = (
    (f"{FORM}; charset=utf-7", "{name}=+2AA-"),
    (f"{FORM}; charset=nothing", "{name}=1"),
    ("multipart/form-data", "{name}=1"),
    ("multipart/form-data; boundary=q", "--q"),
)
# These wait for ever, or end the session that asks.
LEFT_OUT = ("/live", "/logout", "/account/sessions")


@pytest_asyncio.fixture
async def busy(tmp_path: Path) -> AsyncIterator[Dashboard]:
    """Give Ashby with something of every kind in it, and with the pages of the virtual phone."""
    (tmp_path / "simulator").touch()
    async with dashboard(tmp_path) as d:
        await pages.lively(d)
        for prepare in (pages.thread, pages.draft, pages.booked, pages.ideas, pages.told, pages.let_in):
            await prepare(d)
        for prepare in (pages.parcels, pages.asked):
            await prepare(d)
        yield d


def routes(d: Dashboard, method: str) -> list[str]:
    """Give the paths of a method that look at cookies."""
    found = {
        route.resource.canonical
        for route in d.site.router.routes()
        if route.resource is not None and route.method == method and _is_ours(route.handler)
    }
    return sorted(path for path in found if not path.startswith(LEFT_OUT))


def _is_ours(handler: object) -> bool:
    access = access_of(handler)
    return access is not None and access.cookies


def filled(d: Dashboard, path: str, ids: Sequence[str] = IDS) -> list[str]:
    """Give a path with an id, and with each deed its route takes, in place of what varies."""
    patterns = [
        str(route.resource.get_info().get("pattern", re.compile("")).pattern)
        for route in d.site.router.routes()
        if route.resource is not None and route.resource.canonical == path
    ]
    deeds = re.findall(r"\(\?P<(?:deed|duty)>([a-z_|]+)\)", patterns[0]) if patterns else []
    found = []
    for deed in deeds[0].split("|") if deeds else ("",):
        one = re.sub(r"\{(?:deed|duty)\}", deed, path).replace("{language}", "en")
        found += [re.sub(r"\{\w+\}", given, one) for given in (ids if "{" in one else ids[:1])]
    return found


async def test_no_page_fails_whatever_is_asked_of_it(busy: Dashboard) -> None:
    client, failed = await busy.client(Role.COORDINATOR), []
    for path in routes(busy, "GET"):
        there = ""
        for address in filled(busy, path):
            status = (await client.get(address)).status
            failed += [address] if status >= 500 else []
            there = there or (address if status == 200 else "")
        for odd in ODD if there else ():
            asked = f"{there}?{urlencode(dict.fromkeys(ASKED_BY, odd))}"
            failed += [asked] if (await client.get(asked)).status >= 500 else []
    assert failed == []


async def test_no_form_fails_whatever_it_carries(busy: Dashboard) -> None:
    client, failed = await busy.client(Role.COORDINATOR), []
    names = _names()
    for path in routes(busy, "POST"):
        for address in filled(busy, path, ("1", "bench")):
            for odd in ODD[:3]:
                answer = await client.post(address, dict.fromkeys(names, odd))
                failed += [(address, odd)] if answer.status >= 500 else []
            for kind, body in BROKEN:
                if await _send_broken(client, address, kind, body, names) >= 500:
                    failed.append((address, kind))
    assert failed == []


def _names() -> list[str]:
    """Give the name of every field any page asks a form for."""
    sources = Path("gateway/web").rglob("*.py")
    return sorted({name for file in sources for name in re.findall(r'form\.\w+\("(\w+)"', file.read_text())})


async def _send_broken(client: Client, address: str, kind: str, body: str, names: list[str]) -> int:
    content = "&".join(body.format(name=name) for name in names) if "{" in body else body
    headers = {"Origin": client.address, "Sec-Fetch-Site": "same-origin", "Content-Type": kind}
    async with client.session.post(
        client.address + address, data=content.encode(), headers=headers, allow_redirects=False
    ) as answer:
        return answer.status


POSTED_TO = ("1", "bench", "lift", "tokens", "usb")
# What is the observer's own: the account, and signing in.
OWN = ("/account", "/login", "/first", "/invitation")


async def test_observers_change_nothing_and_read_of_nobody(busy: Dashboard) -> None:
    observer = await busy.client(Role.OBSERVER)
    for path in routes(busy, "POST"):
        if not path.startswith(OWN):
            answers = [await observer.post(address) for address in filled(busy, path, POSTED_TO)]
            assert {answer.status for answer in answers} - NOT_THERE == {403}, path
    accounts = set(NAMES.values())
    private = {WORDS, *(await busy.store.read(_people))} - accounts
    seen = []
    for path in routes(busy, "GET"):
        for address in filled(busy, path, ("1", "2", "9", "bench", "lift")):
            answer = await observer.get(address)
            seen += [(address, one) for one in private if one in answer.text]
    assert seen == []


def _people(tx: Tx) -> set[str]:
    """Give every name and number of a resident, numbers without the sign that an address writes otherwise."""
    rows = tx.all("SELECT name, number FROM resident UNION SELECT name, '' FROM member")
    return {value.lstrip("+") for row in rows for value in row if value}
