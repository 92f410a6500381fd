"""Another system moves a request or a trip by a signed webhook, once, and the resident hears of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from standardwebhooks import Webhook

from gateway.store import webhook_sources as store
from gateway.store.api_read import request_row, trip_row
from gateway.store.database import Tx
from gateway.webhooks import sources
from gateway.webhooks.inbound import REMEMBERED, Inbound
from gateway.webhooks.signing import new_secret
from gateway.webhooks.sources import SCOPES, SourceRefused
from tests.api.asking import _book
from tests.village import Village, ashby

ROSE, ANN = "+447700900123", "+447700900124"


@dataclass
class Case:
    """A case system that knows a secret of a village's."""

    village: Village
    client: TestClient[web.Request, web.Application]
    source: int
    secret: str
    sent: int = 0
    woken: int = 0

    async def send(
        self,
        said: Any,
        *,
        webhook_id: str = "",
        secret: str = "",
        name: str = "cases",
        old: timedelta = timedelta(),
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Send a webhook, and give status and what was answered."""
        self.sent += 1
        id_, at = webhook_id or f"msg_{self.sent}", self.village.hands.now - old
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        signed = {
            "webhook-id": id_,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret or self.secret).sign(id_, at, body.decode("latin-1"))
            if isinstance(said, bytes)
            else Webhook(secret or self.secret).sign(id_, at, body.decode()),
        }
        async with self.client.post(f"/hooks/{name}", data=body, headers=signed | (headers or {})) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.json(content_type=None)

    async def ask_for_help(self, number: str = ROSE) -> int:
        """Let somebody ask for help, and give the request's id."""
        await self.village.text(number, "HELP my gate is broken")

        def newest(tx: Tx) -> int:
            row = tx.one("SELECT MAX(id) AS id FROM help_request")
            assert row is not None
            return int(row["id"])

        return await self.village.store.read(newest)

    async def state(self, request_id: int) -> str:
        """Give the state of a request."""
        row = await self.village.store.read(request_row, request_id)
        assert row is not None
        return str(row["state"])


async def let_in(village: Village, scopes: Sequence[str] = SCOPES, name: str = "cases") -> tuple[int, str]:
    id_ = await village.store.write(sources.add_source, name, scopes, village.hands.now)
    source = await village.store.read(store.source_by_id, id_)
    assert source is not None
    return id_, source.secret


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    async with ashby(tmp_path) as village:
        id_, secret = await let_in(village)
        app = web.Application()
        inbound = Inbound(village.store, village.turns, village.clock, lambda: woken())
        app.add_routes(inbound.routes())
        async with TestClient(TestServer(app)) as client:
            one = Case(village, client, id_, secret)

            def woken() -> None:
                one.woken += 1

            yield one


def done(id_: int, **more: object) -> dict[str, object]:
    return {"type": "help.done", "timestamp": "2026-03-02T09:30:00Z", "data": {"id": id_, **more}}


async def test_a_case_system_closes_a_request_and_the_resident_hears(case: Case) -> None:
    id_ = await case.ask_for_help()
    await case.village.sent()
    assert await case.send(done(id_, reference="CASE-17")) == (200, {"done": True, "told": True})
    assert await case.state(id_) == "done"
    assert ROSE in [number for number, _ in await case.village.sent()]
    events = dict(await case.village.events())
    assert events["help.done"]["reference"] == "CASE-17"
    assert events["help.done"]["source"] == case.source
    assert case.woken == 1


async def test_what_comes_twice_is_done_once_and_answered_the_same(case: Case) -> None:
    id_ = await case.ask_for_help()
    first = await case.send(done(id_), webhook_id="msg_a")
    await case.village.sent()
    again = await case.send(done(id_), webhook_id="msg_a")
    assert first == again == (200, {"done": True, "told": True})
    assert await case.village.sent() == []
    assert (await case.send(done(id_), webhook_id="msg_b"))[0] == 409


async def test_what_was_refused_may_be_sent_again_with_its_id(case: Case) -> None:
    id_ = await case.ask_for_help()
    assert (await case.send(done(id_ + 1), webhook_id="msg_a"))[0] == 404
    assert (await case.send(done(id_), webhook_id="msg_a"))[0] == 200


async def test_another_source_may_use_the_same_id(case: Case) -> None:
    first, second = await case.ask_for_help(), await case.ask_for_help(ANN)
    _, secret = await let_in(case.village, name="other")
    assert (await case.send(done(first), webhook_id="msg_a"))[0] == 200
    assert (await case.send(done(second), webhook_id="msg_a", name="other", secret=secret))[0] == 200
    assert (await case.send(done(second), webhook_id="msg_a", secret=secret))[0] == 401


@pytest.mark.parametrize("old", [timedelta(minutes=6), timedelta(minutes=-6)])
async def test_what_was_recorded_cannot_be_played_again_later(case: Case, old: timedelta) -> None:
    id_ = await case.ask_for_help()
    status, problem = await case.send(done(id_), old=old)
    assert (status, problem["code"]) == (401, "bad_signature")
    assert await case.state(id_) != "done"


async def test_a_gateway_that_does_not_know_the_time_asks_to_try_again(case: Case) -> None:
    id_ = await case.ask_for_help()
    case.village.hands.synchronised = False
    case.village.hands.now -= timedelta(days=400)
    case.village.hands.steady += 1
    status, problem = await case.send(done(id_), old=timedelta(days=-400))
    assert (status, problem["code"]) == (503, "no_time")


async def test_whoever_does_not_know_the_secret_is_refused(case: Case) -> None:
    id_ = await case.ask_for_help()
    assert (await case.send(done(id_), secret=new_secret()))[0] == 401
    assert (await case.send(done(id_), headers={"webhook-signature": "v1,AAAA"}))[0] == 401
    assert (await case.send(done(id_), headers={"webhook-id": "msg_other"}))[0] == 401
    assert (await case.send(done(id_), name="nobody"))[0] == 404
    assert await case.state(id_) != "done"


async def test_a_new_secret_is_good_beside_the_old_one_unless_that_leaked(case: Case) -> None:
    now = case.village.hands.now
    new = await case.village.store.write(sources.rotate_secret, case.source, now)
    for secret in (new, case.secret):
        assert (await case.send({"type": "ping"}, secret=secret))[0] == 200
    newest = await case.village.store.write(sources.rotate_secret, case.source, now, leaked=True)
    assert (await case.send({"type": "ping"}, secret=new))[0] == 401
    assert (await case.send({"type": "ping"}, secret=newest))[0] == 200


async def test_a_source_may_be_switched_off_and_removed(case: Case) -> None:
    now = case.village.hands.now
    await case.village.store.write(sources.switch_off, case.source, now)
    assert (await case.send({"type": "ping"}))[0] == 404
    await case.village.store.write(sources.switch_on, case.source, now)
    assert (await case.send({"type": "ping"}))[0] == 200
    await case.village.store.write(sources.remove_source, case.source, now)
    assert (await case.send({"type": "ping"}))[0] == 404
    with pytest.raises(SourceRefused):
        await case.village.store.write(sources.switch_on, case.source, now)
    await let_in(case.village)


async def test_a_source_may_do_only_what_it_was_let_in_for(case: Case) -> None:
    id_ = await case.ask_for_help()
    _, secret = await let_in(case.village, ["trips:write"], "buses")
    status, problem = await case.send(done(id_), secret=secret, name="buses")
    assert (status, problem["code"]) == (403, "scope")
    assert await case.state(id_) != "done"


async def test_what_asks_for_nothing_here_is_taken_and_does_nothing(case: Case) -> None:
    for name in ("help.opened", "lift.requested", "help.", "x", "poll.closed", "vote.cast", "help.done.x"):
        status, answer = await case.send({"type": name, "data": {"id": 1}})
        assert (status, answer["done"]) == (200, False)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"type":5}', 422),
        (b'{"type":"help.done"}', 422),
        (b'{"type":"help.done","data":[]}', 422),
        (b'{"type":"help.done","data":{"id":"1"}}', 422),
        (b'{"type":"help.done","data":{"id":true}}', 422),
        (b'{"type":"help.done","data":{"id":-1}}', 422),
        (b'{"type":"help.done","data":{"id":1e400}}', 422),
        (b'{"type":"help.done","data":{"id":99999999999999999999}}', 400),
        (b'{"type":"help.done","data":{"id":1,"reference":5}}', 422),
        (b'{"type":"help.done","data":{"id":1,"reference":"a\\nb"}}', 422),
        (b'{"type":"help.done","data":{"id":1,"reference":"' + b"x" * 61 + b'"}}', 422),
        (b'{"type":"help.done","data":{"id":987654}}', 404),
        (b'{"type":"lift.done","data":{"id":987654}}', 404),
        (b"[" * 30_000, 400),
        (b" " * 70_000, 413),
    ],
)
async def test_what_is_not_understood_is_refused_with_a_problem(case: Case, said: bytes, status: int) -> None:
    found, problem = await case.send(said)
    assert (found, problem["status"]) == (status, status)


async def test_a_trip_is_cancelled_from_outside(case: Case) -> None:
    trip_id = await case.village.store.write(_book, ROSE, case.village.hands.now)
    status, answer = await case.send({"type": "lift.cancelled", "data": {"id": trip_id}})
    assert (status, answer) == (200, {"done": True, "told": True})
    trip = await case.village.store.read(trip_row, trip_id)
    assert trip is not None
    assert trip["state"] == "cancelled"
    assert (await case.send({"type": "lift.booked", "data": {"id": trip_id}}))[0] == 409


async def test_answers_are_forgotten_after_two_weeks(case: Case) -> None:
    first, second = await case.ask_for_help(), await case.ask_for_help(ANN)
    await case.send(done(first), webhook_id="msg_a")
    case.village.hands.pass_time(REMEMBERED + timedelta(minutes=1))
    said = {"type": "help.failed", "data": {"id": second}}
    assert (await case.send(said, webhook_id="msg_b")) == (200, {"done": True, "told": True})
    assert await case.village.store.read(store.kept_answer, case.source, "msg_a") is None


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a-", "x" * 41, "ü", "cases"])
async def test_a_name_that_cannot_be_is_refused(case: Case, name: str) -> None:
    with pytest.raises(SourceRefused):
        await case.village.store.write(sources.add_source, name, SCOPES, case.village.hands.now)
    with pytest.raises(SourceRefused):
        await case.village.store.write(sources.add_source, "fine", ["people:read"], case.village.hands.now)


async def test_no_secret_shows_when_a_source_is_printed(case: Case) -> None:
    assert "whsec_" not in repr(await case.village.store.read(store.source_by_id, case.source))
