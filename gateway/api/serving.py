"""The API as a part of the gateway's web application: who asks, may they, what is answered."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from flows.library import Library
from gateway.api import problems
from gateway.api.bodies import read_body, receive
from gateway.api.document import openapi
from gateway.api.georeport import georeport_errors
from gateway.api.operations import Call, Made, Operation, Room, Stream
from gateway.api.pace import Allowance, Pace
from gateway.api.problems import PROBLEM_JSON, Refused, problem_response
from gateway.api.reading import Wrong, read_query, to_json
from gateway.api.secrets import Secrets
from gateway.api.table import OPERATIONS
from gateway.errors import StoreError
from gateway.formats import floip
from gateway.services.lifecycle import IllegalMove
from gateway.store import api_answers, tokens
from gateway.store.api_answers import KeptAnswer
from gateway.store.database import Tx
from gateway.store.flow_results import ensure_packages
from gateway.store.packed import pack
from gateway.store.tokens import Token

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
KEY_LETTERS = 255
TOKEN_LETTERS = 200
REQUESTS_A_MINUTE = 300
PUBLIC_REQUESTS_A_MINUTE = 600
MINUTE = 60
# Nothing here is a page: a browser that is led here shows text, and keeps and frames nothing.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Api:
    """Serves the operations. One for a gateway."""

    room: Room
    steady: Callable[[], float] = time.monotonic
    _secrets: Secrets | None = None
    _library: Library | None = None
    _running: set[tuple[int, str]] = field(default_factory=set)
    _paces: dict[bool, Pace] = field(init=False)

    def __post_init__(self) -> None:
        self._paces = {
            True: Pace("token", REQUESTS_A_MINUTE, MINUTE, self.steady),
            False: Pace("public", PUBLIC_REQUESTS_A_MINUTE, MINUTE, self.steady),
        }

    def application(self) -> web.Application:
        """Give the application to mount under PREFIX; it needs no session and takes no cookie."""
        app = web.Application(middlewares=[self._answer])
        for operation in OPERATIONS:
            app.router.add_route(operation.method, operation.path, self._handler(operation))
        document = pack(openapi(OPERATIONS, PREFIX)).encode()

        async def describe(_request: web.Request) -> web.Response:
            return web.Response(body=document, content_type="application/json")

        app.router.add_get("/openapi.json", describe)
        return app

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn whatever goes wrong into a problem, and put the common fields on every answer."""
        try:
            response = await handler(request)
        except Refused as refused:
            response = problem_response(refused.problem, refused.headers)
        except web.HTTPException as error:
            response = _of_http(error)
        except StoreError:
            refused = Refused(
                503,
                "unavailable",
                "The gateway cannot use its disk just now. Try again later.",
                (),
                {"Retry-After": "60"},
            )
            response = problem_response(refused.problem, refused.headers)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception:
            log.exception("an API request failed")
            refused = Refused(500, "fault", "This is a fault of the gateway; nothing was changed.")
            response = problem_response(refused.problem)
        if not response.prepared:
            response.headers.update({name: HEADERS[name] for name in HEADERS if name not in response.headers})
            if request.method in ("GET", "HEAD") and response.status == 200:
                response = _unless_known(request, response)
        return response

    def _handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            allowance: Allowance | None = None
            try:
                token = await self._token(request, operation)
                allowance = self._paces[token is not None].take(token.id if token else request.remote)
                if not allowance.granted:
                    raise Refused(429, "too_many", "Too many requests; wait as Retry-After says.")
                response = await self._respond(request, operation, token)
            except Refused as refused:
                response = _refusal(operation, refused)
            except IllegalMove as move:
                response = _refusal(operation, Refused(409, "forbidden_move", str(move)))
            if allowance is not None and not response.prepared:
                response.headers.update(allowance.headers())
            return response

        return handle

    async def _token(self, request: web.Request, operation: Operation) -> Token | None:
        """Find who asks; raises Refused for who may not."""
        if operation.scope is None:
            return None
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        given = given.strip()
        found = None
        if kind.lower() == "bearer" and 0 < len(given) <= TOKEN_LETTERS:
            found = await self.room.store.read(tokens.token_by_hash, tokens.BEARER, tokens.hash_of(given))
        if found is None or not found.holds(self.room.now()):
            raise Refused(
                401,
                "no_token",
                "This needs a token that holds: Authorization: Bearer TOKEN.",
                (),
                {"WWW-Authenticate": 'Bearer realm="plainline"'},
            )
        if operation.scope not in found.scopes:
            raise Refused(
                403,
                "no_scope",
                f"This token has not the scope {operation.scope}.",
                (),
                {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{operation.scope}"'},
            )
        today = self.room.now().date().isoformat()
        if found.last_used_on != today:
            await self.room.store.write(tokens.note_use, found.id, today)
        return found

    async def _respond(
        self, request: web.Request, operation: Operation, token: Token | None
    ) -> web.StreamResponse:
        call, body = await self._call(request, operation, token)
        if operation.stream is not None:
            return await _stream(request, operation, operation.stream(call))
        if not operation.writes:
            result = await self.room.store.read(_work, operation, call)
            return _response(operation, operation.status, _text(result))
        return await self._write(request, operation, call, body)

    async def _call(
        self, request: web.Request, operation: Operation, token: Token | None
    ) -> tuple[Call, bytes]:
        """Read and check all of a request; raises Refused."""
        try:
            path = read_query(operation.params, list(request.match_info.items()))
        except Wrong:
            raise problems.not_found(operation.tag) from None
        try:
            query = read_query(operation.query, list(request.query.items()))
        except Wrong as wrong:
            raise Refused(400, "bad_query", "The query is not as described.", wrong.mistakes) from None
        raw = await receive(request) if operation.body is not None else b""
        body = read_body(operation.body, raw) if operation.body is not None else None
        base = f"{request.scheme}://{request.host}{PREFIX}"
        secrets = await self._ready()
        return Call(self.room, secrets, token, self.room.now(), base, path, query, body), raw

    async def _write(
        self, request: web.Request, operation: Operation, call: Call, raw: bytes
    ) -> web.Response:
        """Do a write once for each Idempotency-Key, in one transaction with the answer kept for it."""
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > KEY_LETTERS:
            raise Refused(400, "bad_key", f"An Idempotency-Key has {KEY_LETTERS} characters at most.")
        if not key or call.token is None:
            kept = await self.room.store.write(_write_once, operation, call, None, "")
        else:
            running = (call.token.id, _hash(key.encode("utf-8", "surrogateescape")))
            if running in self._running:
                raise Refused(
                    409,
                    "in_flight",
                    "The same request is being done just now. Ask again in a moment.",
                    (),
                    {"Retry-After": "1"},
                )
            self._running.add(running)
            try:
                asked = _hash(f"{request.method}\0{request.path_qs}\0".encode() + raw)
                kept = await self.room.store.write(_write_once, operation, call, running[1], asked)
            finally:
                self._running.discard(running)
        self.room.changed()
        response = _response(operation, kept.status, kept.body)
        if kept.location:
            response.headers["Location"] = PREFIX + kept.location
        return response

    async def _ready(self) -> Secrets:
        """Give the installation's secrets; each version of a flow gets its results package once."""
        library = self.room.turns.library
        if self._secrets is None or library is not self._library:
            flows = [(flow.name, flow.version) for flow in floip.publishable(library)]
            self._secrets = Secrets(await self.room.store.write(_prepare, flows, self.room.now()))
            self._library = library
        return self._secrets


def _prepare(tx: Tx, flows: Sequence[tuple[str, int]], now: datetime) -> bytes:
    ensure_packages(tx, flows, now)
    return api_answers.installation_key(tx)


def _work(tx: Tx, operation: Operation, call: Call) -> Any:
    assert operation.work is not None  # noqa: S101 - an operation works or streams
    return operation.work(tx, call)


def _write_once(tx: Tx, operation: Operation, call: Call, key_hash: str | None, asked: str) -> KeptAnswer:
    """Do the work unless this key was answered; what was answered then is given again."""
    token_id = call.token.id if call.token else 0
    if key_hash is not None:
        known = api_answers.kept_answer(tx, token_id, key_hash, call.now)
        if known is not None and known.request_hash != asked:
            raise Refused(422, "key_reused", "That Idempotency-Key belonged to another request.")
        if known is not None:
            return known
    result = _work(tx, operation, call)
    made = result if isinstance(result, Made) else Made(result)
    answer = KeptAnswer(asked, operation.status, _text(made.body), made.location)
    if key_hash is not None:
        api_answers.keep_answer(tx, token_id, key_hash, answer, call.now)
    return answer


def _text(result: Any) -> str:
    if isinstance(result, str):
        return result
    return "" if result is None else pack(to_json(result))


def _response(operation: Operation, status: int, text: str) -> web.Response:
    if status == 204:
        return web.Response(status=status)
    return web.Response(
        status=status, body=text.encode(), content_type=operation.media, charset=_charset(operation.media)
    )


def _charset(media: str) -> str | None:
    # JSON is UTF-8 by definition; the others have to say so.
    return None if media.endswith("json") else "utf-8"


async def _stream(request: web.Request, operation: Operation, stream: Stream) -> web.StreamResponse:
    response = web.StreamResponse(headers=HEADERS)
    response.content_type = operation.media
    if _charset(operation.media):
        response.charset = "utf-8"
    if stream.filename:
        response.headers["Content-Disposition"] = f'attachment; filename="{stream.filename}"'
    first = await anext(stream.pieces, b"")  # what is wrong from the start is still told as a problem
    await response.prepare(request)
    if request.method != "HEAD":
        await response.write(first)
        async for piece in stream.pieces:
            await response.write(piece)
    await response.write_eof()
    return response


def _refusal(operation: Operation, refused: Refused) -> web.Response:
    if operation.error_media == PROBLEM_JSON:
        return problem_response(refused.problem, refused.headers)
    return web.Response(
        status=refused.problem.status,
        text=georeport_errors(operation.error_media, refused.problem),
        content_type=operation.error_media,
        headers=refused.headers,
    )


def _of_http(error: web.HTTPException) -> web.StreamResponse:
    """Turn one of aiohttp's own refusals (no such path, no such method) into a problem."""
    details: Mapping[int, tuple[str, str]] = {
        404: ("not_found", f"There is nothing at this address. See {PREFIX}/openapi.json."),
        405: ("no_method", "This address does not know that method; Allow says which it knows."),
        413: ("too_long", "The request is too long."),
    }
    code, detail = details.get(error.status, ("refused", "The request was not understood."))
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return problem_response(Refused(error.status, code, detail).problem, headers)


def _unless_known(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Give 304 where the caller has this very answer already."""
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return response
    etag = _hash(response.body)[:32]
    response.etag = etag
    known = request.if_none_match or ()
    if any(tag.value in (etag, "*") for tag in known):
        keep = ("ETag", "RateLimit", "RateLimit-Policy", *HEADERS)
        return web.Response(
            status=304, headers={name: response.headers[name] for name in keep if name in response.headers}
        )
    return response


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
