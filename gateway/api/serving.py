"""The API behind its door: who asks, may they, what is answered."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from flows.library import Library
from gateway.api import problems
from gateway.api.bodies import read_body, receive
from gateway.api.document import openapi
from gateway.api.door import PREFIX
from gateway.api.operations import Call, Operation, Room
from gateway.api.pace import Allowance, Pace
from gateway.api.problems import HEADERS, Refused
from gateway.api.reading import Wrong, read_query
from gateway.api.responses import as_refused, refusal_of, response_of, stream_out, unless_known
from gateway.api.secrets import Secrets
from gateway.api.table import OPERATIONS
from gateway.api.working import as_text, work, write_once
from gateway.formats import floip
from gateway.services.lifecycle import IllegalMove
from gateway.store import api_answers, tokens
from gateway.store.database import Tx
from gateway.store.flow_results import ensure_packages
from gateway.store.packed import pack
from gateway.store.tokens import Token
from gateway.web.access import Handler

if TYPE_CHECKING:
    from gateway.app import Gateway

KEY_LETTERS = 255
TOKEN_LETTERS = 200
REQUESTS_A_MINUTE = 300
PUBLIC_REQUESTS_A_MINUTE = 600
MINUTE = 60
_MATCH = web.RequestKey("match", web.UrlMappingMatchInfo)


@dataclass(slots=True)
class Api:
    """Serves the operations. One for a gateway."""

    room: Room
    steady: Callable[[], float] = time.monotonic
    _secrets: Secrets | None = None
    _library: Library | None = None
    _running: set[tuple[int, str]] = field(default_factory=set)
    _document: bytes = b""
    _paces: dict[bool, Pace] = field(init=False)
    _router: web.UrlDispatcher = field(init=False)

    def __post_init__(self) -> None:
        self._router = self._routed()
        self._paces = {
            True: Pace("token", REQUESTS_A_MINUTE, MINUTE, self.steady),
            False: Pace("public", PUBLIC_REQUESTS_A_MINUTE, MINUTE, self.steady),
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a request to an address below the API's: whatever goes wrong becomes a problem."""
        match = await self._router.resolve(request)
        request[_MATCH] = match
        try:
            response = await match.handler(request)
        except ConnectionError:
            raise
        except Exception as error:
            response = refusal_of(None, as_refused(error))
        if not response.prepared:
            response.headers.update({name: HEADERS[name] for name in HEADERS if name not in response.headers})
            if request.method in ("GET", "HEAD") and response.status == 200:
                response = unless_known(request, response)
        return response

    def _routed(self) -> web.UrlDispatcher:
        handlers = [(o.method, o.path, self._handler(o)) for o in OPERATIONS]
        handlers.append(("GET", "/openapi.json", self._describe))
        adding = {"GET": web.get, "POST": web.post, "PUT": web.put, "DELETE": web.delete}
        router = web.UrlDispatcher()
        router.add_routes([adding[method](PREFIX + path, handler) for method, path, handler in handlers])
        return router

    async def _describe(self, _request: web.Request) -> web.Response:
        if not self._document:
            self._document = await asyncio.to_thread(lambda: pack(openapi(OPERATIONS, PREFIX)).encode())
        return web.Response(body=self._document, content_type="application/json")

    def _handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            allowance: Allowance | None = None
            try:
                token = await self._token(request, operation)
                allowance = self._paces[token is not None].take(token.id if token else request.remote)
                if not allowance.granted:
                    raise Refused(429, "too_many", "Too many requests; wait as Retry-After says.")
                response = await self._respond(request, operation, token)
            except (Refused, IllegalMove) as error:
                response = refusal_of(operation, as_refused(error))
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
            return await stream_out(request, operation, operation.stream(call))
        if not operation.writes:
            result = await self.room.store.read(work, operation, call)
            return response_of(operation, operation.status, as_text(result))
        return await self._write(request, operation, call, body)

    async def _call(
        self, request: web.Request, operation: Operation, token: Token | None
    ) -> tuple[Call, bytes]:
        """Read and check all of a request; raises Refused."""
        try:
            path: object = read_query(operation.params, list(request[_MATCH].items()))
        except Wrong:
            raise problems.not_found(operation.tag) from None
        try:
            query: object = read_query(operation.query, list(request.query.items()))
        except Wrong as wrong:
            raise Refused(400, "bad_query", "The query is not as described.", wrong.mistakes) from None
        raw = await receive(request) if operation.body is not None else b""
        body = read_body(operation.body, raw) if operation.body is not None else None
        base = (self.room.address() or f"{request.scheme}://{request.host}") + PREFIX
        secrets = await self._ready()
        return Call(self.room, secrets, token, self.room.now(), base, path, query, body), raw

    async def _write(
        self, request: web.Request, operation: Operation, call: Call, raw: bytes
    ) -> web.Response:
        """Do a write once for each Idempotency-Key, in one transaction with the answer kept for it."""
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > KEY_LETTERS:
            raise Refused(400, "bad_key", f"An Idempotency-Key has {KEY_LETTERS} characters at most.")
        if key and not operation.kept:
            raise Refused(400, "bad_key", "This answer is kept nowhere: send it without an Idempotency-Key.")
        if not key or call.token is None:
            kept = await self.room.store.write(write_once, operation, call, None, "")
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
                kept = await self.room.store.write(write_once, operation, call, running[1], asked)
            finally:
                self._running.discard(running)
        self.room.changed()
        return response_of(operation, kept.status, kept.body)

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


def api_of(gateway: Gateway) -> Api:
    """Give the API of a gateway."""

    def changed() -> None:
        gateway.queued()
        gateway.timers.wake()

    return Api(
        Room(
            store=gateway.store,
            turns=gateway.turns,
            countries=gateway.intake.countries,
            own=gateway.intake.own,
            limits=gateway.limits,
            now=gateway.clock.now,
            changed=changed,
            address=lambda: gateway.address,
        )
    )


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
