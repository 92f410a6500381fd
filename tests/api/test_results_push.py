"""Results reach another system once each, in order, whatever becomes of it in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from gateway.config_results import ResultsConfig
from gateway.results_push import ResultsPush
from gateway.webhooks.addresses import read_allowed
from gateway.webhooks.connector import open_session
from tests.api.asking import ROSE, Asker, asker, with_surveys
from tests.api.test_flow_results import ANA, answer_survey


@dataclass
class Aggregator:
    """A Flow Results server: what it was sent, and the status it answers next."""

    statuses: list[int] = field(default_factory=list)
    packages: dict[str, Any] = field(default_factory=dict)
    rows: list[list[Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def publish(self, request: web.Request) -> web.Response:
        """Take a package."""
        status = self._heard(request)
        data = json.loads(await request.text())["data"]
        assert data["type"] == "packages"
        if status < 300:
            self.packages[data["id"]] = data["attributes"]
        return web.Response(status=status)

    async def respond(self, request: web.Request) -> web.Response:
        """Take rows."""
        status = self._heard(request)
        data = json.loads(await request.text())["data"]
        assert data["type"] == "responses"
        assert data["id"] == request.match_info["id"]
        if status < 300:
            self.rows += data["attributes"]["responses"]
        return web.Response(status=status)

    def _heard(self, request: web.Request) -> int:
        assert request.content_type == "application/vnd.api+json"
        self.asked.append((request.path, request.headers["Authorization"]))
        return self.statuses.pop(0) if self.statuses else 201


@dataclass
class Pushing:
    """A village, an aggregator, and the way between them."""

    system: Asker
    aggregator: Aggregator
    push: ResultsPush
    session: ClientSession

    async def once(self) -> str:
        """Push what there is."""
        return await self.push.push(self.session)


@pytest.fixture
async def pushing(tmp_path: Path) -> AsyncIterator[Pushing]:
    aggregator = Aggregator()
    app = web.Application()
    app.router.add_post("/v1/flow-results/packages", aggregator.publish)
    app.router.add_post("/v1/flow-results/packages/{id}/responses", aggregator.respond)
    async with asker(tmp_path, library=with_surveys()) as system, TestServer(app) as server:
        to = ResultsConfig(f"http://127.0.0.1:{server.port}/v1", "secret")
        allowed = read_allowed([f"127.0.0.1:{server.port}"])
        village = system.village
        push = ResultsPush(
            village.store, village.turns, village.clock, Random(1), to, allowed, lambda _: None, gather=0.0
        )
        async with open_session(to.push_to, allowed=allowed, connections=1) as session:
            yield Pushing(system, aggregator, push, session)


async def test_a_package_is_made_known_and_then_its_rows(pushing: Pushing) -> None:
    await answer_survey(pushing.system)
    assert await pushing.once() == ""
    [(package, described)] = pushing.aggregator.packages.items()
    assert described["flow_results_specification_version"] == "1.1.0"
    assert [row[5] for row in pushing.aggregator.rows][:3] == ["yes", 34, "wood"]
    assert ROSE[3:] not in str(pushing.aggregator.rows)
    assert {token for _, token in pushing.aggregator.asked} == {"Bearer secret"}
    assert pushing.aggregator.asked[1][0].endswith(f"/{package}/responses")


async def test_what_was_taken_is_not_pushed_again(pushing: Pushing) -> None:
    await answer_survey(pushing.system)
    await pushing.once()
    await pushing.once()
    await answer_survey(pushing.system, ANA)
    await pushing.once()
    assert len(pushing.aggregator.packages) == 1
    ids = [row[1] for row in pushing.aggregator.rows]
    assert len(ids) == len(set(ids)) == 16


@pytest.mark.parametrize("status", [500, 301, 401, 429])
async def test_what_was_not_taken_is_pushed_later(pushing: Pushing, status: int) -> None:
    await answer_survey(pushing.system)
    pushing.aggregator.statuses = [201, status]
    assert str(status) in await pushing.once()
    assert pushing.aggregator.rows == []
    assert await pushing.once() == ""
    assert len(pushing.aggregator.rows) == 8


async def test_a_package_the_other_system_knows_already_is_no_obstacle(pushing: Pushing) -> None:
    await answer_survey(pushing.system)
    pushing.aggregator.statuses = [409]
    assert await pushing.once() == ""
    assert len(pushing.aggregator.rows) == 8


async def test_nothing_is_made_known_before_there_is_something_to_say(pushing: Pushing) -> None:
    await pushing.system.village.text(ROSE, "SURVEY")
    assert await pushing.once() == ""
    assert pushing.aggregator.asked == []


async def test_a_server_on_the_local_network_has_to_be_named(pushing: Pushing) -> None:
    await answer_survey(pushing.system)
    async with open_session(pushing.push.to.push_to, allowed=read_allowed([]), connections=1) as session:
        assert await pushing.push.push(session) != ""
    assert pushing.aggregator.asked == []


async def test_it_is_pushed_when_a_conversation_ends_and_told_when_it_is_not_taken(pushing: Pushing) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    pushing.push.told = told.put_nowait
    running = asyncio.create_task(pushing.push.run())
    try:
        async with asyncio.timeout(10):
            assert await told.get() == ""
            pushing.aggregator.statuses = [503]
            pushing.system.village.store.listen(pushing.push.hear)
            await answer_survey(pushing.system)
            while not (words := await told.get()):
                pass
        assert words == "Results could not be handed on: It answered 503. They wait, and are tried again."
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
