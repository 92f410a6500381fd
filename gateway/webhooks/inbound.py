"""Webhooks in: another system moves a request or a trip by a signed call, and the resident hears of it.

They look as ours do: `help.done` with the request's id means that the request is to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from flows.value import Json
from gateway.api.bodies import BODY_BYTES
from gateway.api.problems import HEADERS, Refused, not_found, problem_response
from gateway.api.reading import Malformed, read_json
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.services import outside
from gateway.services.lifecycle import IllegalMove
from gateway.store import webhook_sources as store
from gateway.store.api_read import request_row, trip_row
from gateway.store.database import Store, Tx
from gateway.store.packed import pack
from gateway.store.webhook_sources import Source
from gateway.turns import Turns
from gateway.web.access import systems
from gateway.webhooks.signing import SignatureRefused, key_of, verify
from gateway.webhooks.sources import REQUESTS, TRIPS

PATH = "/hooks/{name}"
# A sender tries for days, always with the same id.
REMEMBERED = timedelta(days=14)
FORGOTTEN_AT_ONCE = 100
MOST_ID = 2**53
MOST_REFERENCE = 60
# What may be asked for, by how its type begins.
STATES: Mapping[str, Collection[str]] = {"help": outside.REQUEST_MOVES, "lift": outside.TRIP_MOVES}
# Senders often send all they have: what asks for nothing here is no mistake of theirs.
NOT_FOR_US: Mapping[str, Json] = {"done": False, "detail": "This type asks for nothing here."}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a call asks for: a record (`help`, `lift`) is to reach a state."""

    family: str
    state: str
    id: int
    reference: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """Takes webhooks. `queued` is called when residents may have been told something."""

    store: Store
    turns: Turns
    clock: Clock
    queued: Callable[[], None]

    def routes(self) -> list[web.RouteDef]:
        """Give the one route there is."""
        return [web.post(PATH, systems(self.take))]

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take one webhook: 200 once it is done, however often it comes; a problem where it is not."""
        try:
            answer = await self._take(request)
        except Refused as refused:
            response = problem_response(refused.problem, refused.headers)
        except IllegalMove as illegal:
            response = problem_response(Refused(409, "illegal_move", str(illegal)).problem)
        except StoreError:
            later = {"Retry-After": "60"}
            response = problem_response(Refused(503, "full", "Nothing can be kept just now.").problem, later)
        else:
            response = web.Response(body=answer.encode(), content_type="application/json")
        response.headers.update(HEADERS)
        return response

    async def _take(self, request: web.Request) -> str:
        if (request.content_length or 0) > BODY_BYTES or len(body := await request.read()) > BODY_BYTES:
            raise Refused(413, "too_long", f"A body has {BODY_BYTES} bytes at most.")
        source = await self.store.read(store.source_by_name, request.match_info["name"])
        if source is None or source.state != "on":
            raise not_found("webhook")
        id_ = self._verified(source, request, body)
        wish = read_wish(body)
        if wish is None:
            return pack(NOT_FOR_US)
        answer = await self.store.write(self._do, source, id_, wish, self.clock.now())
        self.queued()
        return answer

    def _verified(self, source: Source, request: web.Request, body: bytes) -> str:
        now = self.clock.now()
        keys = [key_of(secret) for secret in source.secrets(now)]
        try:
            return verify(keys, request.headers, body, now)
        except SignatureRefused as refused:
            if not self.clock.trusted:
                detail = "The gateway does not know yet what time it is. Try again."
                raise Refused(503, "no_time", detail, (), {"Retry-After": "60"}) from None
            raise Refused(401, "bad_signature", str(refused)) from None

    def _do(self, tx: Tx, source: Source, webhook_id: str, wish: Wish, now: datetime) -> str:
        """Do what is asked for, unless that was done; all of it is one transaction."""
        known = store.kept_answer(tx, source.id, webhook_id)
        if known is not None:
            return known
        scope = REQUESTS if wish.family == "help" else TRIPS
        if scope not in source.scopes:
            raise Refused(403, "scope", f"This system may not do that: it lacks {scope}.")
        by = {"source": source.id}
        if wish.family == "help":
            if request_row(tx, wish.id) is None:
                raise not_found("request")
            told = outside.move_request(tx, self.turns, wish.id, wish.state, wish.reference, by, now)
        else:
            if trip_row(tx, wish.id) is None:
                raise not_found("trip")
            told = outside.move_trip(tx, self.turns, wish.id, wish.state, by, now)
        answer = pack({"done": True, "told": told})
        store.keep_answer(tx, source.id, webhook_id, answer, now)
        store.forget_answers(tx, now - REMEMBERED, FORGOTTEN_AT_ONCE)
        return answer


def read_wish(body: bytes) -> Wish | None:
    """Read what a call asks for, None where its type asks for nothing; raises Refused."""
    try:
        said = read_json(body)
    except Malformed as malformed:
        raise Refused(400, "bad_json", str(malformed)) from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise Refused(422, "bad_body", "A webhook has a type, a timestamp and data.")
    family, _, state = said["type"].partition(".")
    states = {"help": frozenset(outside.REQUEST_MOVES), "lift": frozenset(outside.TRIP_MOVES)}.get(
        family, frozenset()
    )
    if state not in states:
        return None
    data = said.get("data")
    id_ = data.get("id") if isinstance(data, dict) else None
    reference = data.get("reference", "") if isinstance(data, dict) else ""
    if not isinstance(id_, int) or isinstance(id_, bool) or not 0 < id_ <= MOST_ID:
        raise Refused(422, "bad_body", "data.id must be the number of a request or a trip.")
    if not isinstance(reference, str) or len(reference) > MOST_REFERENCE or not reference.isprintable():
        raise Refused(422, "bad_body", f"data.reference is up to {MOST_REFERENCE} characters on one line.")
    return Wish(family, state, id_, reference)
