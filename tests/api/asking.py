"""Ashby with its API: another system that asks, and a village that answers."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from flows.library import BUILT_IN, Library, load_library
from gateway.api.door import PREFIX
from gateway.api.operations import Room
from gateway.api.scopes import SCOPES
from gateway.api.serving import Api
from gateway.api.tokens import new_token
from gateway.config import Limits
from gateway.services import BINDING
from gateway.store import people
from gateway.store.database import Tx
from gateway.store.instant import to_text
from gateway.store.journal import latest_entries
from gateway.web.access import Handler
from tests.village import Village, ashby

ROSE = "+447700900123"
TOM = "+447700900011"  # drives
FLOWS = Path(__file__).parent / "flows"
LIMITS = Limits(("GB",), texts_per_day=500, texts_per_number_per_hour=20)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.raw
        return str(self.json["code"])


@dataclass(slots=True)
class Asker:
    """Another system with a token that may do everything, and the village it asks about."""

    village: Village
    api: Api
    client: TestClient[web.Request, web.Application]
    token: str
    steady: list[float]
    woken: list[int] = field(default_factory=list)

    async def get(self, path: str, **options: Any) -> Answer:
        """Read something."""
        return await self.ask("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """Do something."""
        return await self.ask("POST", path, json=body, **options)

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Send a request below the API's prefix."""
        token = options.pop("token", self.token)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        async with self.client.request(method, PREFIX + path, headers=headers, **options) as response:
            return await _answer(response)

    async def let_in(self, *scopes: str, days: int = 30) -> str:
        """Make a token with some scopes only."""
        return await self.village.store.write(
            new_token, "a test", scopes or tuple(SCOPES), days, self.village.hands.now
        )

    async def person(self, number: str = ROSE) -> str:
        """Give the pseudonym of whoever has a number."""
        return str((await self.post("/find-person", {"number": number})).json["id"])

    async def request_of(self, number: str = ROSE, words: str = "HELP my gate is broken") -> int:
        """Let somebody ask for help, and give the request's id."""
        await self.village.text(number, words)
        return int((await self.get("/requests?limit=200")).json["items"][-1]["id"])


@functools.cache
def with_surveys() -> Library:
    """Plainline's flows, and beside them those that other systems start and read the results of."""
    return load_library((BUILT_IN, FLOWS), BINDING)


async def _answer(response: ClientResponse) -> Answer:
    return Answer(response.status, response.headers, await response.read())


@asynccontextmanager
async def asker(folder: Path, *, limits: Limits = LIMITS, **more: Any) -> AsyncIterator[Asker]:
    """Open Ashby's API in `folder`."""
    async with ashby(folder, **more) as village:
        steady, woken = [0.0], list[int]()
        room = Room(
            store=village.store,
            turns=village.turns,
            countries=("GB",),
            own=("+447700900000",),
            limits=limits,
            now=lambda: village.hands.now,
            changed=lambda: woken.append(1),
        )
        api = Api(room, lambda: steady[0])

        @web.middleware
        async def opened(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await api.serve(request)

        app = web.Application(middlewares=[opened])
        async with TestClient(TestServer(app)) as client:
            found = Asker(village, api, client, "", steady, woken)
            found.token = await found.let_in()
            yield found


async def book(system: Asker, number: str = ROSE) -> int:
    """Give somebody a seat tomorrow at 10.30 in Tom's run, and the trip's id."""
    return await system.village.store.write(_book, number, system.village.hands.now)


def _book(tx: Tx, number: str, now: datetime) -> int:
    rider, driver = people.meet(tx, number, now), people.meet(tx, TOM, now)
    tx.run("INSERT INTO planned_day (date) VALUES ('2026-03-03') ON CONFLICT (date) DO NOTHING")
    run_id = tx.insert(
        "INSERT INTO run (date, vehicle, driver_id, starts_at, ends_at, seats, wheelchair_spaces) "
        "VALUES ('2026-03-03', (SELECT MIN(key) FROM vehicle), :driver, '2026-03-03T09:00:00.000Z', "
        "'2026-03-03T17:00:00.000Z', 4, 1) RETURNING id",
        driver=driver.id,
    )
    return tx.insert(
        "INSERT INTO trip (code, resident_id, state, pickup, dropoff, date, time, starts_at, ends_at, seats, "
        "wheelchairs, run_id, requested_at, changed_at) VALUES ('4F', :rider, 'booked', 'mill_lane', "
        "'surgery', '2026-03-03', '10:30', '2026-03-03T10:30:00.000Z', '2026-03-03T11:00:00.000Z', 1, 0, "
        ":run, :now, :now) RETURNING id",
        rider=rider.id,
        run=run_id,
        now=to_text(now),
    )


async def deeds(system: Asker) -> list[tuple[str, object]]:
    """Give what the log says other systems did, the oldest first: the action, and whose token it was."""
    found = await system.village.store.read(latest_entries, limit=200)
    return [
        (entry.action, entry.detail["token"])
        for entry in reversed(found)
        if "token" in entry.detail and entry.action.startswith("api.")
    ]
