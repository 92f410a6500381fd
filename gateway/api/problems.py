"""What goes wrong for another system, as problem details (RFC 9457): never with anything a resident wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from gateway.api.reading import Mistake, to_json
from gateway.errors import GatewayError
from gateway.store.packed import pack

PROBLEM_JSON = "application/problem+json"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Of every answer to a system. None is a page: a browser led here shows text, keeps and frames nothing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was not done: `code` is for programs, `detail` for people, `errors` say where."""

    title: str
    status: int
    code: str
    detail: str
    errors: list[Mistake] = field(default_factory=list)
    type: str = "about:blank"


class Refused(GatewayError):
    """A request that is not done: nothing was changed. `headers` go with the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        mistakes: Sequence[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = Problem(HTTPStatus(status).phrase, status, code, detail, list(mistakes))
        self.headers = dict(headers or {})


def not_found(what: str) -> Refused:
    """Say that there is no such thing, or none this token may see."""
    return Refused(404, "not_found", f"There is no such {what}.")


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> web.Response:
    """Give a problem as an answer."""
    return web.Response(
        status=problem.status,
        body=pack(to_json(problem)).encode(),
        content_type=PROBLEM_JSON,
        headers=headers,
    )
