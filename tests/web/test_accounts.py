"""Accounts: invitations that work once, roles that hold, and an end that is one."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from aiohttp import web
from playwright.async_api import Browser, expect

from gateway.cli import run_command
from gateway.commands import exits
from gateway.config_http import HttpConfig
from gateway.store.accounts import Role, account_by_id, account_by_login, accounts, open_invitations
from gateway.web.access import access_of
from gateway.web.site import make_site
from tests.web.axe import axe
from tests.web.site import COOKIE, PASSWORD, Client, Dashboard, dashboard

ACCEPT = {"name": "Ben Reed", "login": "ben", "password": PASSWORD, "again": PASSWORD}
NEW = "four green umbrellas"
HTTP_SETTINGS = HttpConfig()


async def invited(d: Dashboard, role: str = "organiser") -> str:
    """Give the path of a new invitation."""
    client = await d.client(Role.COORDINATOR)
    answer = await client.post("/coordinators/invitations", {"name": "Ben", "role": role})
    found = re.search(r"/invitation/[\w-]+", answer.text)
    assert found is not None
    return found[0]


async def test_an_invitation_makes_one_account_with_the_role_it_was_made_for(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        path = await invited(d)
        client = await d.anybody()
        assert "Organiser" in (await client.get(path)).text
        answer = await client.post(path, ACCEPT | {"role": "coordinator"})
        assert (answer.status, answer.location) == (303, "/")
        ben = await d.store.read(account_by_login, "ben")
        assert ben is not None
        assert ben.role is Role.ORGANISER
        assert (await client.get("/")).status == 200
        assert (await client.get(path)).status == 410
        assert (await (await d.anybody()).post(path, ACCEPT | {"login": "eve"})).status == 410


async def test_two_who_use_an_invitation_at_once_make_one_account(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        path = await invited(d)
        clients = [await d.anybody() for _ in range(4)]
        answers = await asyncio.gather(
            *(client.post(path, ACCEPT | {"login": f"ben{n}"}) for n, client in enumerate(clients))
        )
        assert sorted(answer.status for answer in answers) == [303, 410, 410, 410]


async def test_an_invitation_ends_after_three_days_and_when_it_is_taken_back(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        path = await invited(d)
        client = await d.anybody()
        (one,) = await d.store.read(open_invitations, d.now)
        coordinator = await d.client(Role.COORDINATOR)
        await coordinator.post(f"/coordinators/invitations/{one.id}/take-back")
        assert (await client.get(path)).status == 410
        path = await invited(d)
        d.village.hands.pass_time(timedelta(days=3, seconds=1))
        assert (await client.get(path)).status == 410


async def test_the_link_is_shown_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        token = (await invited(d)).rpartition("/")[2]
        client = await d.client(Role.COORDINATOR)
        assert token not in (await client.get("/coordinators")).text
        await d.store.close()
        assert token.encode() not in (tmp_path / "plainline.db").read_bytes()


async def test_a_name_that_is_taken_is_refused_in_any_spelling(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER, "ben")
        answer = await (await d.anybody()).post(await invited(d), ACCEPT | {"login": "BEN"})
        assert answer.status == 422
        assert "already" in answer.text


async def test_each_page_opens_for_its_role_and_those_above_alone(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        site = make_site(d.gateway, HTTP_SETTINGS)
        clients = {role: await d.client(role) for role in Role}
        asked = 0
        for route in site.router.routes():
            access = access_of(route.handler)
            assert access is not None
            if access.role is None or route.method not in {"GET", "POST"}:
                continue
            path = _some_path(route)
            for role, client in clients.items():
                if role.covers(access.role):
                    continue
                asked += 1
                ask = client.get if route.method == "GET" else client.post
                assert (await ask(path)).status == 403, f"{route.method} {path} by {role}"
        assert asked > 5


def _some_path(route: web.AbstractRoute) -> str:
    """Give a path that a route takes."""
    assert route.resource is not None
    info, path = route.resource.get_info(), route.resource.canonical
    if "pattern" not in info:
        return path
    for name, pattern in re.findall(r"\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)", info["pattern"].pattern):
        candidates = ("999999", "A" * 24, "2026-03-02", "en", pattern.partition("|")[0])
        path = path.replace(f"{{{name}}}", next(one for one in candidates if re.fullmatch(pattern, one)))
    return path


async def test_nobody_gets_in_without_signing_in(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.COORDINATOR)
        site, client = make_site(d.gateway, HTTP_SETTINGS), await d.anybody()
        for route in site.router.routes():
            access = access_of(route.handler)
            if access is None or access.role is None or route.method not in {"GET", "POST"}:
                continue
            path = _some_path(route)
            answer = await (client.get if route.method == "GET" else client.post)(path)
            assert (answer.status, answer.location.partition("?")[0]) == (303, "/login"), path


async def test_a_role_that_changes_counts_from_the_next_click(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        organiser, coordinator = await d.client(Role.ORGANISER), await d.client(Role.COORDINATOR)
        account = await d.account(Role.ORGANISER)
        assert (await organiser.get("/coordinators")).status == 403
        await coordinator.post(f"/coordinators/{account}/role", {"role": "coordinator"})
        assert (await organiser.get("/coordinators")).status == 200
        await coordinator.post(f"/coordinators/{account}/role", {"role": "observer"})
        assert (await organiser.get("/coordinators")).status == 403


async def test_access_that_ends_ends_on_every_page_that_is_open(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        organiser, coordinator = await d.client(Role.ORGANISER), await d.client(Role.COORDINATOR)
        account = await d.account(Role.ORGANISER)
        async with organiser.session.get(f"{d.address}/live") as live:
            await live.content.readuntil(b"\n\n")
            assert (await coordinator.post(f"/coordinators/{account}/end")).status == 422
            answer = await coordinator.post(f"/coordinators/{account}/end", {"sure": "on"})
            assert answer.status == 303
            async with asyncio.timeout(5):
                await live.content.read()
        assert (await organiser.get("/")).status == 303
        again = await (await d.anybody()).post("/login", {"login": "organiser", "password": PASSWORD})
        assert again.status == 422
        assert await d.store.read(account_by_id, account) is None


@pytest.mark.parametrize("deed", [("role", {"role": "organiser"}), ("end", {"sure": "on"})])
async def test_the_last_coordinator_stays_one(tmp_path: Path, deed: tuple[str, dict[str, str]]) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        await d.account(Role.ORGANISER)
        me = await d.account(Role.COORDINATOR)
        answer = await client.post(f"/coordinators/{me}/{deed[0]}", deed[1])
        assert answer.status == 303
        assert "only coordinator" in (await client.get("/coordinators")).text
        assert {one.role for one in await d.store.read(accounts)} == {Role.COORDINATOR, Role.ORGANISER}


async def test_a_new_password_ends_every_other_session_and_this_ones_token(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        here, there = await d.client(Role.OBSERVER), await d.client(Role.OBSERVER)
        token = here.token
        answer = await change(here, PASSWORD)
        assert answer == 303
        assert (await here.get("/account?changed=1")).status == 200
        assert here.token != token
        assert (await there.get("/")).status == 303
        here.session.cookie_jar.update_cookies({COOKIE: token}, d.url)
        assert (await here.get("/")).status == 303
        login = {"login": "observer", "password": NEW}
        assert (await (await d.anybody()).post("/login", login)).status == 303


async def test_a_password_is_changed_only_by_who_knows_it_and_not_by_guessing(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        for _ in range(5):
            assert await change(client, "seven brown kettles") == 422
        assert await change(client, PASSWORD) == 422
        d.village.hands.pass_time(timedelta(seconds=3))
        assert await change(client, PASSWORD) == 303


async def change(client: Client, current: str) -> int:
    """Change the password to NEW, and give what came of it."""
    fields = {"current": current, "password": NEW, "again": NEW}
    return (await client.post("/account/password", fields)).status


async def test_sessions_are_listed_and_end_one_by_one_or_all_others(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        clients = [await d.client(Role.OBSERVER) for _ in range(4)]
        page = (await clients[0].get("/account")).text
        ids = re.findall(r"/account/sessions/(\d+)/end", page)
        assert len(ids) == 3
        await clients[0].post(f"/account/sessions/{ids[0]}/end")
        assert [(await client.get("/")).status for client in clients].count(200) == 3
        await clients[0].post("/account/sessions/end")
        assert [(await client.get("/")).status for client in clients].count(200) == 1


async def test_nobody_ends_the_session_of_somebody_else(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        coordinator, observer = await d.client(Role.COORDINATOR), await d.client(Role.OBSERVER)
        for session in range(1, 6):
            if (await observer.get("/")).status == 200:
                await observer.post(f"/account/sessions/{session}/end")
        assert (await coordinator.get("/")).status == 200


async def test_a_language_is_kept_and_counts_before_the_browsers(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        assert '<html lang="es">' in (await client.get("/", headers={"Accept-Language": "es"})).text
        await client.post("/account/language", {"language": "ko"})
        page = (await client.get("/", headers={"Accept-Language": "es"})).text
        assert '<html lang="ko">' in page
        assert "지금" in page
        assert (await client.post("/account/language", {"language": "xx"})).status == 422


async def test_codes_are_set_up_with_a_picture_and_asked_for_from_then_on(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.ORGANISER, javascript=False)).page
        await page.goto("/account")
        await page.get_by_role("link", name="Set it up").click()
        await expect(page.get_by_role("img", name="Picture for the app to read")).to_be_visible()
        secret = (await page.locator("code").inner_text()).replace(" ", "")
        await page.get_by_label("Code from your app").fill(pyotp.TOTP(secret).at(d.now))
        await page.get_by_label("Your password now").fill(PASSWORD)
        await page.get_by_role("button", name="Ask me for codes").click()
        codes = await page.locator(".card code").all_inner_texts()
        assert len(set(codes)) == 8
        client = await d.anybody()
        await client.post("/login", {"login": "organiser", "password": PASSWORD})
        assert (await client.post("/login/code", {"code": codes[3]})).status == 303
        assert "7 recovery codes are left" in (await client.get("/account")).text


async def test_the_recovery_codes_can_be_read_by_everybody(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        page = (await d.page(browser, Role.ORGANISER, width=360)).page
        await page.goto("/account/code")
        secret = (await page.locator("code").inner_text()).replace(" ", "")
        await page.get_by_label("Code from your app").fill(pyotp.TOTP(secret).at(d.now))
        await page.get_by_label("Your password now").fill(PASSWORD)
        await page.get_by_role("button", name="Ask me for codes").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Codes for when the app is lost")
        await axe(page)


async def test_whoever_runs_the_gateway_lets_in_who_forgot_the_only_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "plainline.toml"
    settings.write_text(
        f'data = "{tmp_path}"\n[[modem]]\nname = "m"\ndevice = "software"\n'
        '[limits]\nallowed_countries = ["GB"]\n[http]\npublic_url = "https://lines.example.org"\n',
        encoding="utf-8",
    )
    async with dashboard(tmp_path, now=datetime.now(UTC)) as d:
        await d.account(Role.COORDINATOR)
        command = ["invite", "Maria Hill", "--config", str(settings)]
        assert await asyncio.to_thread(run_command, command) == exits.DONE
        link = capsys.readouterr().out.splitlines()[-1]
        assert link.startswith("https://lines.example.org/invitation/")
        client = await d.anybody()
        path = link.removeprefix("https://lines.example.org")
        assert (await client.post(path, ACCEPT | {"login": "maria"})).status == 303
        assert (await client.get("/coordinators")).status == 200
