"""Who may use which handler: each one says so, or the site does not start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from gateway.errors import GatewayError
from gateway.store.accounts import Role

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_ATTRIBUTE = "__plainline_access__"


class AccessUnsaid(GatewayError):
    """A handler says neither `@needs` nor `@anyone`."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a handler asks for: a `role`, or nobody in particular; systems have no `cookies`.

    Without `cookies` no session is looked for, and neither the origin nor the privacy of the line is checked:
    the handler checks a token of its own.
    """

    role: Role | None
    cookies: bool = True


def needs(role: Role) -> Callable[[Handler], Handler]:
    """Let only those use a handler who are signed in and have `role`, or one above it."""

    def mark(handler: Handler) -> Handler:
        return _mark(handler, Access(role))

    return mark


def anyone(handler: Handler) -> Handler:
    """Let anybody use a handler, signed in or not."""
    return _mark(handler, Access(None))


def systems(handler: Handler) -> Handler:
    """Let other systems use a handler: it looks at no cookie and checks a token of its own."""
    return _mark(handler, Access(None, cookies=False))


def _mark(handler: Handler, access: Access) -> Handler:
    # A method takes no attributes; the function it is made of does.
    setattr(getattr(handler, "__func__", handler), _ATTRIBUTE, access)
    return handler


def access_of(handler: object) -> Access | None:
    """Give what a handler asks for; None for what is none of ours (a page that is not there)."""
    found: Access | None = getattr(handler, _ATTRIBUTE, None)
    return found


def check_said(app: web.Application) -> None:
    """Raise AccessUnsaid where a route's handler does not say who may use it."""
    for route in app.router.routes():
        if access_of(route.handler) is None:
            raise AccessUnsaid(
                f"{route.method} {route.resource.canonical if route.resource else '?'} does not say who may "
                "use it: write @needs(Role.…), @anyone or @systems above its handler."
            )
