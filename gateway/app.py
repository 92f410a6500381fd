"""The service process: store, modems, turns, senders, timers and local page, started and ended together."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import TypeVar

from aiohttp import web

from flows.library import BUILT_IN, load_library
from gateway.clock import Clock
from gateway.community import Community, load_community
from gateway.config import Config, ModemConfig
from gateway.errors import ConfigError, StoreError
from gateway.intake import Intake
from gateway.sender import Sender, Spending
from gateway.services import BINDING
from gateway.store import outbound
from gateway.store.community import install
from gateway.store.database import Store, open_store
from gateway.store.facts import fact, keep_fact
from gateway.store.places import load_places
from gateway.timers import Timers
from gateway.turns import Turns
from gateway.version import VERSION
from gateway.web.health import Health, ModemHealth, health_routes
from modem.driver import Inbox, PartSent, Report, SendFailed, Sent
from modem.link import Link, LinkChanged, LinkSettings, LinkState, Patience
from modem.virtual.process import running as software_network

log = logging.getLogger(__name__)
R = TypeVar("R")

STORE_PAUSE_SECONDS = 2.0
# A stick sends thirty texts a minute without its network taking it for a machine that floods.
GAP_SECONDS = 2.0
SOFTWARE_DIALECT = "sim7600"
PATIENCE = Patience()


@dataclass(slots=True)
class Attached:
    """A modem at work: its link and the sender that feeds it."""

    name: str
    link: Link
    sender: Sender


@dataclass(slots=True)
class Gateway:
    """Everything that runs, for whoever hangs something on it (the local page, tests, benchmarks)."""

    store: Store
    turns: Turns
    clock: Clock
    intake: Intake
    timers: Timers
    modems: list[Attached]
    troubles: dict[str, str]

    async def health(self) -> Health:
        """Say how every part is, in words."""
        try:
            queue = await self.store.read(outbound.queue_length)
        except StoreError as error:
            queue = 0
            self.troubles["store"] = str(error)
        return Health(
            ready=all(modem.link.state is LinkState.READY for modem in self.modems),
            version=VERSION,
            queue=queue,
            clock="trusted" if self.clock.trusted else "waiting",
            modems=tuple(
                ModemHealth(m.name, str(m.link.state), m.link.explain(), m.link.status) for m in self.modems
            ),
            troubles=tuple(self.troubles.values()),
        )

    def queued(self) -> None:
        """Wake the senders: something may wait to go."""
        for modem in self.modems:
            modem.sender.wake()


async def serve(config: Config) -> None:
    """Run the gateway until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(config):
        await stop.wait()
    log.info("stopped")


@asynccontextmanager
async def running(
    config: Config,
    *,
    clock: Clock | None = None,
    random: Random | None = None,
    gap: float = GAP_SECONDS,
    patience: Patience = PATIENCE,
) -> AsyncIterator[Gateway]:
    """Run the gateway for as long as the context lasts; raises GatewayError when it cannot start.

    `patience` says after how long a modem's process counts as hung.
    """
    clock = clock or Clock()
    random = random or SystemRandom()
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        store = await open_store(config.database, now=clock.now())
        stack.push_async_callback(store.close)
        community = await _community(config, store, clock)
        turns = Turns(
            library=load_library((BUILT_IN, *config.flows), BINDING),
            community=community,
            places=await store.read(load_places),
            random=random,
            cheap=config.cheap_characters,
        )
        gateway = _assemble(config, store, turns, clock)
        await _attach_modems(stack, config, gateway, random, gap, patience)
        await _start_page(stack, config, gateway)
        tasks = [asyncio.create_task(_forever("timers", gateway.timers.run, gateway))]
        for modem in gateway.modems:
            tasks.append(asyncio.create_task(_forever("sender", modem.sender.run, gateway)))
            tasks.append(asyncio.create_task(_hear(gateway, modem)))
        stack.push_async_callback(_cancel, tasks)
        log.info("running", extra={"modems": len(gateway.modems)})
        yield gateway


async def _community(config: Config, store: Store, clock: Clock) -> Community:
    if config.community is None:
        raise ConfigError(
            f"{config.path}: no community is named, so nobody could be helped. "
            'Write community = "FOLDER" at the top; gateway/sample/ashby is one to copy and change.'
        )
    community = load_community(config.community)
    await store.write(install, community, clock.now())
    return community


def _assemble(config: Config, store: Store, turns: Turns, clock: Clock) -> Gateway:
    own = tuple(modem.number for modem in config.modems if modem.number)
    gateway = Gateway(
        store=store,
        turns=turns,
        clock=clock,
        intake=Intake(store, turns, clock, config.limits.allowed_countries, own),
        timers=Timers(store, turns, clock, lambda: gateway.queued()),
        modems=[],
        troubles={},
    )
    return gateway


async def _attach_modems(
    stack: AsyncExitStack,
    config: Config,
    gateway: Gateway,
    random: Random,
    gap: float,
    patience: Patience,
) -> None:
    devices = await _software_devices(stack, config)
    limits = config.limits
    spending = Spending(
        texts_per_day=limits.texts_per_day,
        texts_per_number_per_hour=limits.texts_per_number_per_hour,
        region=gateway.turns.community.region,
        countries=limits.allowed_countries,
        own=gateway.intake.own,
        zone=gateway.turns.community.zone,
    )
    for settings in config.modems:
        device = devices.get(settings.name, settings.device)
        link = await _link(gateway, settings, device, random, patience)
        sender = Sender(
            gateway.store,
            link,
            gateway.clock,
            spending,
            random,
            0.0 if settings.is_software else gap,
            time.monotonic,
        )
        gateway.modems.append(Attached(settings.name, link, sender))
    # The attempts of the last run are settled once, before any sender makes new ones.
    await gateway.modems[0].sender.recover()
    for modem in gateway.modems:
        await modem.link.start()
        stack.push_async_callback(modem.link.stop)


async def _link(
    gateway: Gateway, settings: ModemConfig, device: str, random: Random, patience: Patience
) -> Link:
    name = f"tried-pin:{settings.name}"

    async def remember_pin(fingerprint: str | None) -> None:
        await gateway.store.write(keep_fact, name, fingerprint)

    return Link(
        LinkSettings(settings.name, device, settings.pin),
        random=random,
        now=lambda: gateway.clock.now().astimezone(gateway.turns.community.zone),
        remember_pin=remember_pin,
        tried_pin=await gateway.store.read(fact, name),
        patience=patience,
    )


async def _software_devices(stack: AsyncExitStack, config: Config) -> dict[str, str]:
    """Start the network made of software for the modems that live on it; give their devices."""
    software = [modem for modem in config.modems if modem.is_software]
    if not software:
        return {}
    simulator = await stack.enter_async_context(
        software_network([f"{_number(modem)}:{SOFTWARE_DIALECT}" for modem in software], config.data)
    )
    places = await simulator.modems()
    return {modem.name: str(place.device) for modem, place in zip(software, places, strict=True)}


def _number(modem: ModemConfig) -> str:
    return modem.number or "+447700900000"


async def _start_page(stack: AsyncExitStack, config: Config, gateway: Gateway) -> None:
    app = web.Application()
    app.add_routes(health_routes(gateway.health))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, config.http.host, config.http.port).start()
    except OSError as error:
        gateway.troubles["page"] = (
            f"The local page cannot use port {config.http.port} ({error.strerror}). "
            "Texts work without it. Choose another port under [http] in the settings."
        )
        log.warning("local page not started: %s", error.strerror)


async def _hear(gateway: Gateway, modem: Attached) -> None:
    """Take in everything one modem tells, for ever."""
    async for event in modem.link.events():
        try:
            await _hear_one(gateway, modem, event)
        except Exception:
            log.exception("an event of the modem was not dealt with", extra={"link": modem.name})
            gateway.troubles[modem.name] = (
                "Something the modem told could not be dealt with; texts go on. Please send us the log."
            )


async def _hear_one(gateway: Gateway, modem: Attached, event: object) -> None:
    match event:
        case Inbox():
            await _take_inbox(gateway, modem, event)
        case PartSent():
            await _insist(gateway, lambda: modem.sender.on_part_sent(event))
        case Sent():
            await _insist(gateway, lambda: modem.sender.on_sent(event))
        case SendFailed():
            await _insist(gateway, lambda: modem.sender.on_failed(event))
        case Report():
            await _insist(gateway, lambda: modem.sender.on_report(event))
        case LinkChanged():
            log.info("link %s", event.state, extra={"link": modem.name})
            modem.sender.link_ready(event.state is LinkState.READY)
        case _:
            log.debug("nothing to do for %s", type(event).__name__)


async def _take_inbox(gateway: Gateway, modem: Attached, inbox: Inbox) -> None:
    """Keep and answer what came; what could not be kept stays on the SIM and is asked for again."""
    imsi = modem.link.status.imsi if modem.link.status else ""
    taken = await _insist(gateway, lambda: gateway.intake.take(modem.name, imsi, inbox))
    if taken.texts:
        gateway.queued()
        gateway.timers.wake()
    await modem.link.delete(taken.places)
    if taken.places:
        log.info("texts taken in", extra={"link": modem.name, "texts": taken.texts})


async def _insist(gateway: Gateway, write: Callable[[], Awaitable[R]]) -> R:
    """Write until the database takes it: nothing the modem told may be forgotten."""
    while True:
        try:
            result = await write()
        except StoreError as error:
            if "store" not in gateway.troubles:
                log.error("%s", error)
            gateway.troubles["store"] = str(error)
            await asyncio.sleep(STORE_PAUSE_SECONDS)
        else:
            gateway.troubles.pop("store", None)
            return result


async def _forever(name: str, run: Callable[[], Awaitable[None]], gateway: Gateway) -> None:
    """Keep one part running: a fault in it is told and it begins again, while the others go on."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("%s failed and begins again", name)
            gateway.troubles[name] = f"The {name} had a fault and began again. Please send us the log."
        await asyncio.sleep(STORE_PAUSE_SECONDS)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
