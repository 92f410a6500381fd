"""Results on their way to another system: each package made known once, its rows after it, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from aiohttp import ClientSession

from flows.model import Flow
from flows.value import Json
from gateway.api.secrets import Secrets
from gateway.clock import Clock
from gateway.config_results import ResultsConfig
from gateway.formats import floip
from gateway.store import flow_results
from gateway.store.api_answers import installation_key
from gateway.store.database import Store, Tx
from gateway.store.flow_results import FlowPackage
from gateway.store.journal import journal
from gateway.store.packed import pack
from gateway.turns import Turns
from gateway.webhooks.addresses import Allowed
from gateway.webhooks.attempt import Answer, post
from gateway.webhooks.connector import Lookup, look_up, open_session

log = logging.getLogger(__name__)

RESULTS_AT_ONCE = 100
LONGEST_SLEEP_SECONDS = 3600.0
FIRST_WAIT_SECONDS = 30.0
MEDIA = "application/vnd.api+json"
# Somebody who ends a conversation is seldom the only one: what ends within a moment goes together.
GATHER_SECONDS = 5.0
CONFLICT = 409


@dataclass(slots=True)
class ResultsPush:
    """Pushes what is new. `told` is given what is wrong, for a coordinator; '' when nothing is."""

    store: Store
    turns: Turns
    clock: Clock
    random: Random
    to: ResultsConfig
    allowed: Allowed
    told: Callable[[str], None]
    lookup: Lookup = look_up
    gather: float = GATHER_SECONDS
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _failures: int = 0

    def hear(self, types: frozenset[str]) -> None:
        """Look again when a conversation has ended."""
        if "conversation.ended" in types:
            self._wake.set()

    async def run(self) -> None:
        """Push for ever: what is new at once, what was not taken later and later."""
        session = open_session(self.to.push_to, allowed=self.allowed, connections=1, lookup=self.lookup)
        async with session:
            while True:
                self._wake.clear()
                problem = await self.push(session)
                self._failures = self._failures + 1 if problem else 0
                self.told(_words(problem))
                await self._rest()

    async def push(self, session: ClientSession) -> str:
        """Push everything there is; give why the other system did not take it, '' when it did."""
        flows = {(flow.name, flow.version): flow for flow in floip.publishable(self.turns.library)}
        secrets = Secrets(await self.store.write(_prepare, list(flows), self.clock.now()))
        for package in await self.store.read(flow_results.packages):
            flow = flows.get((package.flow, package.version))
            if flow is not None:
                problem = await self._push_package(session, secrets, package, flow)
                if problem:
                    return problem
        return ""

    async def _push_package(
        self, session: ClientSession, secrets: Secrets, package: FlowPackage, flow: Flow
    ) -> str:
        last = package.pushed
        known = package.published_at is not None
        while found := await self.store.read(
            flow_results.results_after, flow.name, flow.version, after=last, limit=RESULTS_AT_ONCE
        ):
            if not known:
                problem = await self._publish(session, package, flow)
                if problem:
                    return problem
                known = True
            rows: list[Json] = []
            for one in found:
                rows += floip.rows(one, secrets.contact(package.id, one.resident_id), flow)
            answer = await self._post(
                session, f"/{package.id}/responses", "responses", package.id, {"responses": rows}
            )
            if not answer.taken:
                return answer.reason
            last = found[-1].id
            await self.store.write(_note_pushed, package, last, len(found), self.clock.now())
        return ""

    async def _publish(self, session: ClientSession, package: FlowPackage, flow: Flow) -> str:
        described = floip.descriptor(
            package,
            flow,
            self.turns.library,
            self.turns.community.language,
            f"{self.to.push_to}/flow-results/packages/{package.id}/responses",
        )
        answer = await self._post(session, "", "packages", package.id, described)
        if not answer.taken and answer.status != CONFLICT:  # it may know it from a try whose end we do not
            return answer.reason
        await self.store.write(flow_results.note_published, package.id, self.clock.now())
        return ""

    async def _post(
        self, session: ClientSession, path: str, kind: str, package_id: str, attributes: dict[str, Json]
    ) -> Answer:
        body = pack({"data": {"type": kind, "id": package_id, "attributes": attributes}}).encode()
        headers = {"Authorization": f"Bearer {self.to.token}", "Content-Type": MEDIA, "Accept": MEDIA}
        url = f"{self.to.push_to}/flow-results/packages{path}"
        return await post(session, url, headers, body, self.clock.now())

    async def _rest(self) -> None:
        """Rest until something is new or, after a failure, until it is time to try again."""
        if self._failures:
            wait = min(FIRST_WAIT_SECONDS * 2 ** (self._failures - 1), LONGEST_SLEEP_SECONDS)
            await asyncio.sleep(wait * self.random.uniform(0.8, 1.2))
            return
        try:
            async with asyncio.timeout(LONGEST_SLEEP_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self.gather)


def _words(problem: str) -> str:
    if not problem:
        return ""
    return f"Results could not be handed on: {problem} They wait, and are tried again."


def _prepare(tx: Tx, flows: list[tuple[str, int]], now: datetime) -> bytes:
    flow_results.ensure_packages(tx, flows, now)
    return installation_key(tx)


def _note_pushed(tx: Tx, package: FlowPackage, last: int, count: int, now: datetime) -> None:
    flow_results.note_pushed(tx, package.id, last)
    journal(tx, None, "api.pushed", f"package:{package.flow}-{package.version}", now, results=count)
