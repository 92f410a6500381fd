"""Every page of the dashboard, for the tests that open them all and for `make screenshots`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.store.accounts import Role
from tests.web.site import Dashboard

ADA, BEN, CLEO, DAN = "+447700900123", "+447700900124", "+447700900125", "+447700900126"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: who looks at it (`role` None: nobody signed in), and what must be there first.

    What `prepare` gives, where it gives something, is the path instead of `path`.
    """

    name: str
    path: str
    role: Role | None = Role.COORDINATOR
    prepare: Callable[[Dashboard], Awaitable[str | None]] | None = None


PAGES = (
    Shown("login", "/login", None),
    Shown("now", "/"),
    Shown("now-observer", "/", Role.OBSERVER),
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
        (DAN, "help, I fell and cannot get up"),
        (BEN, "<script>alert(1)</script> {{ 7*7 }}"),
    ):
        await d.village.text(number, words)
    await d.account(Role.COORDINATOR)
    await d.account(Role.ORGANISER)
    await d.account(Role.OBSERVER)
