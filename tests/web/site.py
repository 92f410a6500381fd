"""Ashby with its dashboard: a real site on a real store, people signed in to it, and a real browser.

No modem: texts go in by `village.text`. For one with a modem see tests/faults/conversation.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Browser, Page
from yarl import URL

from gateway.app import Gateway
from gateway.config_http import HttpConfig
from gateway.store.accounts import Role, account_by_login, add_account
from gateway.store.database import Tx
from gateway.store.sessions import begin_session
from gateway.web.cookies import hash_token, new_token
from gateway.web.front import Front, open_site
from gateway.web.passwords import seal_password
from tests.village import MONDAY, Village, ashby
from tests.web.tabs import lent_tab

PASSWORD = "seven brown teapots"
NAMES = {Role.COORDINATOR: "Maria Hill", Role.ORGANISER: "Omar Reed", Role.OBSERVER: "Olive Grant"}
COOKIE = "plainline-local"

_sealed: list[str] = []
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Client:
    """A browser without a face: keeps its cookies, follows no redirect, says where it comes from."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self.address = address
        self.session = session

    async def get(self, path: str, **options: Any) -> Answer:
        """Fetch a page."""
        return await self._ask("GET", path, **options)

    async def post(self, path: str, fields: Mapping[str, object] | None = None, **options: Any) -> Answer:
        """Send a form, as a page of ours would."""
        headers = {"Origin": self.address, "Sec-Fetch-Site": "same-origin"} | options.pop("headers", {})
        return await self._ask("POST", path, data=dict(fields or {}), headers=headers, **options)

    async def _ask(self, method: str, path: str, **options: Any) -> Answer:
        options.setdefault("allow_redirects", False)
        async with self.session.request(method, self.address + path, **options) as response:
            return Answer(
                response.status,
                dict(response.headers),
                await response.text(),
                response.cookies,
            )

    @property
    def token(self) -> str:
        """The token of its session, '' where it has none."""
        return next((cookie.value for cookie in self.session.cookie_jar if cookie.key == COOKIE), "")


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: Mapping[str, str], text: str, cookies: SimpleCookie) -> None:
        self.status = status
        self.headers = headers
        self.text = text
        self.cookies = cookies

    @property
    def location(self) -> str:
        """Where the browser is sent on to."""
        return self.headers.get("Location", "")


class Dashboard:
    """A running site. `village` takes texts; `gateway` is what the pages see."""

    def __init__(self, village: Village, gateway: Gateway, front: Front, stack: AsyncExitStack) -> None:
        self.village = village
        self.gateway = gateway
        self.store = gateway.store
        self.site = front.site
        self._port = front.port
        self._stack = stack

    @property
    def address(self) -> str:
        """Where the site is."""
        return self.gateway.address

    @property
    def local(self) -> str:
        """Where a reverse proxy would find the site."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> URL:
        """What cookies are kept for."""
        return URL(self.local)

    @property
    def now(self) -> datetime:
        """The moment it is in Ashby."""
        return self.village.hands.now

    async def anybody(self) -> Client:
        """Give a browser in which nobody is signed in."""
        # Addresses without a name have no cookies by default.
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        await self._stack.enter_async_context(session)
        return Client(self.address, session)

    async def account(self, role: Role, login: str = "") -> int:
        """Make an account and give its id; its name to sign in with is the role's, its password PASSWORD."""
        if not _sealed:
            _sealed.append(await seal_password(PASSWORD))

        def make(tx: Tx) -> int:
            known = account_by_login(tx, login or role.value)
            return (
                known.id
                if known
                else add_account(tx, login or role.value, NAMES[role], role, _sealed[0], self.now)
            )

        return await self.store.write(make)

    async def client(self, role: Role = Role.COORDINATOR) -> Client:
        """Give a browser in which somebody with a role is signed in."""
        client = await self.anybody()
        client.session.cookie_jar.update_cookies({COOKIE: await self._token(role)}, self.url)
        return client

    async def page(
        self,
        browser: Browser,
        role: Role | None = Role.COORDINATOR,
        *,
        width: int = 1280,
        javascript: bool = True,
        language: str = "en-GB",
    ) -> WatchedPage:
        """Give a page of a real browser, signed in unless `role` is None; breaking the CSP fails the test."""
        loan = await self._stack.enter_async_context(AsyncExitStack())
        tab = lent_tab(browser, self.address, width=width, javascript=javascript, language=language)
        page = await loan.enter_async_context(tab)
        if role is not None:
            await page.context.add_cookies(
                [{"name": COOKIE, "value": await self._token(role), "url": self.address, "httpOnly": True}]
            )
        watched = WatchedPage(page, loan)
        self._stack.callback(watched.check)
        return watched

    async def _token(self, role: Role) -> str:
        account_id, token = await self.account(role), new_token()
        await self.store.write(begin_session, hash_token(token), account_id, "in", _AGENT, self.now)
        return token


class WatchedPage:
    """A page of a browser, and everything it complained of."""

    def __init__(self, page: Page, loan: AsyncExitStack) -> None:
        self.page = page
        self._loan = loan
        self.context = page.context
        self.complaints: list[str] = []
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"script failed: {error}"))

    def _heard(self, kind: str, words: str) -> None:
        if "Content Security Policy" in words or "Content-Security-Policy" in words or kind == "error":
            self.complaints.append(words)

    async def close(self) -> None:
        """Close it before the test ends, having checked it."""
        self.check()
        await self._loan.aclose()

    def check(self) -> None:
        """Fail where the page broke the content security policy, or a script of it failed."""
        assert self.complaints == []


@asynccontextmanager
async def dashboard(
    folder: Path, *, now: datetime = MONDAY, http: HttpConfig | None = None
) -> AsyncIterator[Dashboard]:
    """Open Ashby's dashboard in `folder`, as at `now` (aware). Nobody has an account yet."""
    async with ashby(folder, now=now) as village, AsyncExitStack() as stack:
        gateway = Gateway(
            data=folder,
            store=village.store,
            turns=village.turns,
            clock=village.clock,
            intake=village.intake,
            timers=village.timers,
            modems=[],
            troubles={},
        )
        front = await open_site(stack, http or HttpConfig(port=0), gateway)
        assert front.port, gateway.troubles
        async with AsyncExitStack() as people:
            yield Dashboard(village, gateway, front, people)
