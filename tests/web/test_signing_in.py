"""Signing in: with the right password, not too often with a wrong one, under a token nobody else knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from gateway.config_http import HttpConfig
from gateway.store.accounts import Role, set_totp
from gateway.store.database import Tx
from gateway.store.sessions import note_failure
from gateway.web.cookies import hash_token
from gateway.web.totp import hash_recovery_code
from tests.web.site import COOKIE, PASSWORD, Answer, Client, Dashboard, dashboard

RIGHT = {"login": "organiser", "password": PASSWORD}
WRONG = RIGHT | {"password": "seven brown kettles"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7", "Host": "lines.example.org"}


async def test_the_right_name_and_password_let_in_however_the_name_is_written(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER)
        client = await d.anybody()
        answer = await client.post("/login", RIGHT | {"login": "  Organiser ", "next": "/log"})
        assert (answer.status, answer.location) == (303, "/log")
        assert (await client.get("/log")).status == 200


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "\t//evil.example"]
)
async def test_nobody_is_sent_on_to_another_site(tmp_path: Path, path: str) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER)
        answer = await (await d.anybody()).post("/login", RIGHT | {"next": path})
        assert answer.location == "/"


async def test_a_wrong_name_and_a_wrong_password_are_told_alike(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER)
        client = await d.anybody()
        one = await client.post("/login", WRONG)
        other = await client.post("/login", WRONG | {"login": "organizer"})
        assert one.status == other.status == 422
        assert one.text == other.text.replace("organizer", "organiser")


async def test_each_wrong_try_makes_the_next_wait_longer_and_a_restart_forgets_none(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER)
        client = await d.anybody()
        assert [(await client.post("/login", WRONG)).status for _ in range(6)] == [422] * 5 + [429]
        assert (await client.post("/login", RIGHT)).status == 429
        d.village.hands.pass_time(timedelta(seconds=2))
        assert [(await client.post("/login", WRONG)).status for _ in range(2)] == [422, 429]
        d.village.hands.pass_time(timedelta(seconds=3))
        assert "2 seconds" not in (await client.post("/login", RIGHT)).text
        now = d.now
    async with dashboard(tmp_path, now=now) as d:
        client = await d.anybody()
        assert (await client.post("/login", RIGHT)).status == 429
        d.village.hands.pass_time(timedelta(seconds=1))
        assert (await client.post("/login", RIGHT)).status == 303
        assert [(await (await d.anybody()).post("/login", WRONG)).status for _ in range(5)] == [422] * 5


async def test_one_address_cannot_try_many_names(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER)
        await d.store.write(_fail_often, "127.0.0.1", d.now)
        client = await d.anybody()
        found = [(await client.post("/login", WRONG | {"login": f"name{n}"})).status for n in range(3)]
        assert found == [422, 422, 429]
        assert (await client.post("/login", RIGHT)).status == 429


async def test_behind_a_proxy_each_browser_has_its_own_address(tmp_path: Path) -> None:
    http = HttpConfig(port=0, public_url="https://lines.example.org")
    async with dashboard(tmp_path, http=http) as d:
        await d.account(Role.ORGANISER)
        for _ in range(3):
            await d.store.write(_fail_often, "127.0.0.1", d.now)
            await d.store.write(_fail_often, "198.51.100.9", d.now)
        client = await d.anybody()
        forged = {"X-Forwarded-For": "198.51.100.7, 198.51.100.9"}
        assert (await _proxied(client, d, RIGHT, **forged)).status == 429
        assert (await _proxied(client, d, RIGHT)).status == 303


def _fail_often(tx: Tx, address: str, now: datetime) -> None:
    for _ in range(19):
        note_failure(tx, f"address:{hash_token(address)}", now)


async def _proxied(client: Client, d: Dashboard, typed: dict[str, str], **headers: str) -> Answer:
    client.address = d.local
    headers = PROXIED | {"Origin": "https://lines.example.org"} | headers
    return await client.post("/login", typed, headers=headers)


async def test_over_https_the_cookie_is_of_this_host_alone_and_never_sent_in_the_open(tmp_path: Path) -> None:
    http = HttpConfig(port=0, public_url="https://lines.example.org")
    async with dashboard(tmp_path, http=http) as d:
        await d.account(Role.ORGANISER)
        answer = await _proxied(await d.anybody(), d, RIGHT)
        cookie = answer.cookies["__Host-plainline"]
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (
            True,
            True,
            "/",
            "",
        )
        assert cookie["samesite"] == "Lax"
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


async def test_on_this_machine_the_cookie_has_another_name(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER)
        client = await d.anybody()
        cookie = (await client.post("/login", RIGHT)).cookies[COOKIE]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


async def test_over_an_open_line_nobody_can_sign_in_and_nothing_is_shown(tmp_path: Path) -> None:
    async with dashboard(tmp_path, http=HttpConfig(port=0, allowed_hosts=("lines.local",))) as d:
        client = await d.client(Role.ORGANISER)
        for path in ("/login", "/first", "/"):
            answer = await client.get(path, headers={"Host": "lines.local"})
            assert answer.status == 403
            assert "caddy" in answer.text
            assert "<form" not in answer.text
        answer = await client.post(
            "/login", RIGHT, headers={"Host": "lines.local", "Origin": "http://lines.local"}
        )
        assert answer.status == 403
        assert not answer.cookies


async def test_a_token_somebody_planted_is_worth_nothing_after_signing_in(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await d.account(Role.ORGANISER)
        client = await d.anybody()
        client.session.cookie_jar.update_cookies({COOKIE: "planted"}, d.url)
        await client.post("/login", RIGHT)
        first = client.token
        assert first not in {"", "planted"}
        await client.post("/login", RIGHT)
        assert client.token != first
        stolen = await d.anybody()
        stolen.session.cookie_jar.update_cookies({COOKIE: first}, d.url)
        assert (await stolen.get("/")).status == 303


async def test_signing_out_ends_the_session_and_not_only_the_cookie(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        token = client.token
        assert (await client.post("/logout")).location == "/login"
        assert client.token == ""
        client.session.cookie_jar.update_cookies({COOKIE: token}, d.url)
        assert (await client.get("/")).status == 303


async def test_a_session_ends_when_nobody_is_there_and_after_a_month_in_any_case(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        for _ in range(60):
            d.village.hands.pass_time(timedelta(hours=11, minutes=50))
            assert (await client.get("/")).status == 200
        d.village.hands.pass_time(timedelta(hours=11, minutes=50))
        assert (await client.get("/")).status == 303
        client = await d.client(Role.OBSERVER)
        d.village.hands.pass_time(timedelta(hours=12, minutes=1))
        assert (await client.get("/")).status == 303


async def test_a_page_that_looks_by_itself_keeps_no_session_alive(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.OBSERVER)
        for _ in range(2):
            d.village.hands.pass_time(timedelta(hours=5))
            assert (await client.get("/now/health", headers={"HX-Request": "true"})).status == 200
        d.village.hands.pass_time(timedelta(hours=5))
        answer = await client.get("/now/health", headers={"HX-Request": "true"})
        assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login")


class WithCode:
    """An organiser who is asked for codes."""

    def __init__(self, d: Dashboard) -> None:
        self.d = d

    async def prepare(self) -> Client:
        """Ask the organiser for codes, and give a browser that has typed the password."""
        account = await self.d.account(Role.ORGANISER)
        await self.d.store.write(set_totp, account, SECRET, 0, [hash_recovery_code("abcde-fghjk")])
        return await self.password()

    async def password(self) -> Client:
        """Give a browser that has typed the password."""
        client = await self.d.anybody()
        assert (await client.post("/login", RIGHT)).location.startswith("/login/code")
        return client

    def code(self) -> str:
        """Give the code the app shows now."""
        return pyotp.TOTP(SECRET).at(self.d.now)


async def test_with_codes_a_password_alone_opens_nothing(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await WithCode(d).prepare()
        half = client.token
        for path in ("/", "/log", "/live", "/account"):
            assert (await client.get(path)).status == 303
        assert (await client.post("/login/code", {"code": "000000"})).status == 422
        assert (await client.post("/login/code", {"code": WithCode(d).code()})).location == "/"
        assert (await client.get("/")).status == 200
        assert client.token != half


async def test_a_code_works_once(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        organiser = WithCode(d)
        one, other = await organiser.prepare(), await organiser.password()
        code = organiser.code()
        assert (await one.post("/login/code", {"code": code})).status == 303
        assert (await other.post("/login/code", {"code": code})).status == 422
        d.village.hands.pass_time(timedelta(seconds=30))
        assert (await other.post("/login/code", {"code": organiser.code()})).status == 303


async def test_a_recovery_code_works_once_however_it_is_written(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        organiser = WithCode(d)
        one, other = await organiser.prepare(), await organiser.password()
        assert (await one.post("/login/code", {"code": "ABCDE fghjk"})).status == 303
        assert (await other.post("/login/code", {"code": "abcde-fghjk"})).status == 422


async def test_codes_cannot_be_guessed_by_typing_the_password_again(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        organiser = WithCode(d)
        client = await organiser.prepare()
        for _ in range(5):
            assert (await client.post("/login/code", {"code": "000000"})).status == 422
        assert (await client.post("/login/code", {"code": organiser.code()})).status == 429
        assert (await client.post("/login", RIGHT)).status == 429


async def test_the_code_must_follow_the_password_within_minutes(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        organiser = WithCode(d)
        client = await organiser.prepare()
        d.village.hands.pass_time(timedelta(minutes=11))
        assert (await client.post("/login/code", {"code": organiser.code()})).location == "/login"
