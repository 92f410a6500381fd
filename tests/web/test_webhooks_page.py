"""Webhooks and tokens: made, shown once, changed over, sent once more and taken back on the page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from playwright.async_api import Browser, Page, expect
from standardwebhooks import Webhook

from gateway.api.scopes import SCOPES
from gateway.store.accounts import Role
from gateway.store.webhooks import endpoints
from gateway.web.endpoint_form import families
from gateway.web.words import catalogue
from gateway.webhooks.catalogue import unknown_types
from gateway.webhooks.delivery import Webhooks
from gateway.webhooks.fields import FIELDS
from tests.web.axe import axe
from tests.web.site import Dashboard, dashboard
from tests.webhooks.receiver import Receiver
from tests.webhooks.receiver import receiver as receiver_of
from tests.webhooks.sending import LOOPBACK, until

ADA = "+447700900123"


@asynccontextmanager
async def delivering(d: Dashboard) -> AsyncIterator[Webhooks]:
    """Deliver webhooks to this machine for as long as the context lasts."""
    d.gateway.local_receivers = LOOPBACK
    village = d.village
    webhooks = Webhooks(d.store, village.turns, village.clock, Random(1), lambda: None, allowed=LOOPBACK)
    d.gateway.webhooks = webhooks
    d.store.listen(webhooks.hear)
    task = asyncio.create_task(webhooks.run())
    yield webhooks
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def add(page: Page, receiver: Receiver, *ticked: str) -> str:
    """Add an endpoint by the form and give the secret that was shown."""
    await page.goto("/webhooks")
    await page.get_by_role("link", name="Tell another system").click()
    await page.get_by_label("Name, for this list").fill("Case system")
    await page.get_by_label("Address").fill(receiver.url)
    await page.get_by_text("Requests for help", exact=True).click()
    await page.get_by_role("checkbox", name="All about: Requests for help").check()
    if ticked:
        await page.get_by_text("Choose what else is sent").click()
    for name in ticked:
        await page.locator(f"input[name=field][value={name}]").check()
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_text("It is shown this once.")).to_be_visible()
    return (await page.locator("code.long").inner_text()).strip()


async def test_a_system_is_told_changed_over_to_a_new_secret_and_told_once_more(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path, now=datetime.now(UTC)) as d, receiver_of() as receiver, delivering(d):
        page = (await d.page(browser, width=1280)).page
        secret = await add(page, receiver, "words")
        await axe(page)
        await d.village.text(ADA, "HELP my gate has come off its hinges")
        call = (await receiver.wait_for(1))[0]
        Webhook(secret).verify(call.body, call.headers)
        assert call.json["data"]["words"] == "my gate has come off its hinges"
        await page.goto("/webhooks/1")
        assert secret not in await page.content()
        await page.get_by_text("Give it a new secret").click()
        await page.get_by_role("button", name="Make a new secret").click()
        new = (await page.locator("code.long").inner_text()).strip()
        assert new != secret
        await expect(page.get_by_text("Two secrets sign")).to_be_visible()
        await page.goto("/webhooks/1")
        row = page.get_by_role("row").filter(has_text="help.opened")
        await expect(row).to_contain_text("taken")
        before = len(receiver.calls)
        await row.get_by_role("checkbox").check()
        await page.get_by_role("button", name="Send the ticked ones once more").click()
        await expect(page.get_by_text("Being sent once more: 1.")).to_be_visible()
        again = (await receiver.wait_for(before + 1))[before]
        assert again.json["type"] == "help.opened"
        for one in (secret, new):
            Webhook(one).verify(again.body, again.headers)


async def test_what_cannot_be_is_said_with_what_was_typed_still_there(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        typed = {"name": "Cases", "url": "https://192.168.1.7/in", "type": "help.*"}
        answer = await client.post("/webhooks", typed)
        assert answer.status == 422
        assert "not on the open internet" in answer.text
        assert "https://192.168.1.7/in" in answer.text
        assert (
            await client.post("/webhooks", {**typed, "url": "https://a.example", "type": "x.y"})
        ).status == 422
        assert await d.store.read(endpoints) == []


async def test_one_that_fails_is_seen_on_now_and_all_given_up_is_sent_once_more(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d, receiver_of() as receiver, delivering(d) as webhooks:
        client = await d.client()
        fields = {"name": "Cases", "url": receiver.url, "type": "help.*"}
        assert "whsec_" in (await client.post("/webhooks", fields)).text
        receiver.usually = 500
        await d.village.text(ADA, "HELP my gate")
        await receiver.wait_for(1)

        async def fails() -> bool:
            return "Takes no webhooks" in (await client.get("/")).text

        async def heals() -> bool:
            return not await fails()

        await until(fails)
        assert "Takes nothing" in (await client.get("/webhooks")).text
        receiver.usually = 204
        d.village.hands.pass_time(timedelta(hours=1))
        webhooks.wake()
        await until(heals)
        taken = len(receiver.calls)
        since = (d.now - timedelta(days=1)).isoformat(timespec="minutes")
        answer = await client.post("/webhooks/1/send/since", {"since": since})
        assert answer.location == "/webhooks/1"
        await receiver.wait_for(taken + 1)
        log = (await client.get("/log")).text
        assert "sent all webhooks since a moment once more" in log


async def test_a_moment_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        await client.post("/webhooks", {"name": "Cases", "url": "https://a.example.org/", "type": "*"})
        for since in ("", "soon", "9999-12-31T23:59-12:00", "0001-01-01T00:00+12:00"):
            answer = await client.post("/webhooks/1/send/since", {"since": since})
            assert answer.status == 422, since


async def test_an_observer_sees_how_it_goes_and_neither_address_nor_buttons(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        fields = {"name": "Cases", "url": "https://cases.example.org/k3y", "type": "*"}
        await client.post("/webhooks", fields)
        observer = await d.client(Role.OBSERVER)
        page = (await observer.get("/webhooks/1")).text
        assert "Cases" in page
        assert not [word for word in ("k3y", "/send/", "/rotate", "whsec_") if word in page]
        for path in ("/webhooks/1/rotate", "/webhooks/1/off", "/webhooks/1/send/test", "/webhooks/in/tokens"):
            assert (await observer.post(path)).status == 403
        assert (await observer.get("/webhooks/in")).status == 403


async def test_a_token_opens_what_was_ticked_until_it_is_taken_back(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, width=360)).page
        await page.goto("/webhooks/in")
        await page.get_by_text("Make a token").click()
        await page.get_by_label("Who gets it?").fill("Council cases")
        await page.locator("input[name=scope][value='requests:read']").first.check()
        await page.get_by_role("button", name="Make the token").click()
        token = (await page.locator("code.long").inner_text()).strip()
        assert re.fullmatch(r"plt_[\w-]{40,}", token)
        await axe(page)
        anybody = await d.anybody()
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await anybody.get("/api/v1/requests", headers=bearer)).status == 200
        assert (await anybody.get("/api/v1/trips", headers=bearer)).status == 403
        await page.goto("/webhooks/in")
        assert token not in await page.content()
        await page.get_by_role("button", name="Take it back: Council cases").click()
        await expect(page.get_by_text("It opens nothing any more.")).to_be_visible()
        assert (await anybody.get("/api/v1/requests", headers=bearer)).status == 401
        await page.goto("/log")
        await expect(page.get_by_role("row").filter(has_text="made a token")).to_contain_text("Maria Hill")


async def test_a_system_that_sends_to_us_is_let_in_and_shut_out(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        made = await client.post("/webhooks/in/sources", {"name": "cases", "scope": "requests:write"})
        assert "whsec_" in made.text
        assert "/hooks/cases" in made.text
        assert (await client.post("/webhooks/in/sources", {"name": "cases"})).status == 422
        assert (await client.post("/webhooks/in/sources/1/off")).status == 303
        assert "Switched off" in (await client.get("/webhooks/in")).text
        assert (await client.post("/webhooks/in/sources/1/remove")).status == 422
        assert (await client.post("/webhooks/in/sources/1/remove", {"sure": "on"})).status == 303
        assert "/hooks/cases" not in (await client.get("/webhooks/in")).text
        assert (await client.post("/webhooks/in/sources/1/on")).status == 404


def test_every_kind_of_event_can_be_chosen() -> None:
    assert sum(bool(family.words) for family in families()) > 25
    for family in families():
        choices = [kind.type for kind in family.types] + [family.all] * (len(family.types) > 1)
        assert unknown_types(choices) == []


@pytest.mark.parametrize(
    ("language", "event", "field", "scope"),
    [
        ("es", "Alguien pidió ayuda.", "El nombre de la persona", "Leer el tablón"),
        ("ko", "주민이 도움을 요청했습니다.", "주민의 이름", "게시판 읽기"),
    ],
)
async def test_what_may_be_told_is_said_in_the_coordinators_language(
    tmp_path: Path, language: str, event: str, field: str, scope: str
) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        await client.post("/account/language", {"language": language})
        form = (await client.get("/webhooks/new")).text
        assert event in form
        assert field in form
        assert "A resident asked for help." not in form
        assert scope in (await client.get("/webhooks/in")).text


def test_the_pages_english_is_the_catalogues() -> None:
    words = catalogue("en")
    told = {kind.type: kind.words for family in families() for kind in family.types}
    assert {f"events.{type_}": said for type_, said in told.items()} | {
        f"events.field.{name}": field.about for name, field in FIELDS.items()
    } == {key: said for key, said in words.items() if key.startswith("events.")}, (
        "Every event and field of a webhook has its words in gateway/web/texts/{en,es,ko}/events.toml."
    )
    scopes = {f"api.scope.{scope.replace(':', '_')}": said for scope, said in SCOPES.items()}
    assert {key: said for key, said in words.items() if key.startswith("api.scope.")} == scopes
