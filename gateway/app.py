"""The service process: store, modems, turns, senders, timers and local page, started and ended together."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

from flows.library import BUILT_IN, Library, load_library
from gateway import lock
from gateway.attached import Attached
from gateway.clock import Clock
from gateway.community import Community, load_community
from gateway.config import Config, Limits
from gateway.errors import ConfigError, StoreError
from gateway.exchange import Exchange
from gateway.intake import Intake
from gateway.modems import Bench, attach_modems
from gateway.results_push import ResultsPush
from gateway.retention import Retention
from gateway.services import BINDING
from gateway.store import outbound
from gateway.store.community import install
from gateway.store.database import Store, open_store
from gateway.store.flow_texts import live_texts
from gateway.store.places import load_places
from gateway.telephony import prepare_prompts, telephony
from gateway.timers import Timers
from gateway.turns import Turns
from gateway.version import VERSION
from gateway.web.front import open_site
from gateway.web.health import Health, ModemHealth
from gateway.webhooks.addresses import NOBODY, Allowed
from gateway.webhooks.delivery import Webhooks
from modem.link import LinkState, Patience

log = logging.getLogger(__name__)

# A stick sends thirty texts a minute without its network taking it for a machine that floods.
GAP_SECONDS = 2.0
PATIENCE = Patience()
# How long a part that had a fault rests before it begins again: longer each time, unless it ran well.
AGAIN_SECONDS = 2.0
LONGEST_AGAIN_SECONDS = 60.0


@dataclass(slots=True)
class Gateway:
    """Everything that runs, for whoever hangs something on it (the local page, tests, benchmarks)."""

    data: Path
    store: Store
    turns: Turns
    clock: Clock
    intake: Intake
    timers: Timers
    modems: list[Attached]
    troubles: dict[str, str]
    exchange: Exchange | None = None
    webhooks: Webhooks | None = None
    address: str = ""
    """What to type into a browser, '' where the pages could not be opened."""
    setup_code: str = ""
    """What the first coordinator is asked for, '' once there is one."""
    limits: Limits = field(default_factory=lambda: Limits(()))
    """What may be spent, and what a text costs."""
    local_receivers: Allowed = NOBODY
    """The receivers of webhooks on the local network that the settings name."""
    folder: Path | None = None
    """The folder the community is written down in, None where nobody said."""

    async def health(self) -> Health:
        """Say how every part is, in words."""
        troubles = [*self.troubles.values(), *(m.sender.trouble for m in self.modems if m.sender.trouble)]
        if self.store.trouble:
            troubles.append(self.store.trouble)
        if self.exchange and self.exchange.recogniser:
            troubles += self.exchange.recogniser.troubles()
        troubles += self.webhooks.troubles() if self.webhooks else []
        try:
            queue = await self.store.read(outbound.queue_length)
        except StoreError as error:
            queue = 0
            troubles.append(str(error))
        return Health(
            ready=all(modem.link.state is LinkState.READY for modem in self.modems),
            version=VERSION,
            queue=queue,
            clock="trusted" if self.clock.trusted else "waiting",
            modems=tuple(
                ModemHealth(m.name, str(m.link.state), m.link.explain(), m.link.status) for m in self.modems
            ),
            troubles=tuple(troubles),
            data=str(self.data),
            speech=self.exchange.recogniser.explain() if self.exchange and self.exchange.recogniser else "",
        )

    def on_call(self) -> bool:
        """Whether anybody is on the telephone."""
        return any(modem.calls is not None and modem.calls.on_call for modem in self.modems)

    def queued(self) -> None:
        """Wake the senders: something may wait to go."""
        for modem in self.modems:
            modem.sender.wake()
            if modem.calls is not None:
                modem.calls.wake()

    def texts_taken(self) -> None:
        """Wake whoever may have something to do after texts were taken in."""
        self.queued()
        self.timers.wake()


async def serve(config: Config, began: Callable[[Gateway], None] = lambda _: None) -> None:
    """Run the gateway until SIGTERM, SIGINT or SIGHUP; `began` is told of it once it runs."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(name, stop.set)
    async with running(config) as gateway:
        _leave_out_of_collections()
        began(gateway)
        preparing = asyncio.create_task(_prepare(gateway))
        await stop.wait()
        log.info("stopping")
        preparing.cancel()
        await asyncio.gather(preparing, return_exceptions=True)
    log.info("stopped")


def _leave_out_of_collections() -> None:
    """Keep what was loaded at the start out of every later search for garbage.

    Python stands still while it looks through all there is: 60 ms on a fast machine, several times
    that on a Raspberry Pi. Sound goes to a call every 20 ms, so a caller would hear each search.
    """
    gc.collect()  # or the garbage of starting would be kept as well
    gc.freeze()


async def _prepare(gateway: Gateway) -> None:
    """Make the prompts of calls beforehand; made once, they are there at every later start."""
    if gateway.exchange is None or not any(modem.calls for modem in gateway.modems):
        return
    try:
        log.info("prompts ready", extra={"prompts": await prepare_prompts(gateway.exchange)})
    except Exception:
        log.exception("prompts were not made beforehand; callers wait a moment for each")


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
    # What is wrong in the files is found before anything is made or changed.
    community, library = _community(config), _library(config)
    async with AsyncExitStack() as stack:
        stack.enter_context(lock.held(config.data))
        store = await open_store(config.database, now=clock.now())
        stack.push_async_callback(store.close)
        await store.write(install, community, clock.now(), trusted=clock.trusted)
        turns = Turns(
            library=library,
            community=community,
            places=await store.read(load_places),
            random=random,
            cheap=config.cheap_characters,
        )
        turns.reword(await store.read(live_texts))
        gateway = _assemble(config, store, turns, clock)
        exchange = await stack.enter_async_context(
            telephony(config, store, turns, clock, random, gateway.queued)
        )
        gateway.exchange = exchange
        bench = Bench(
            store,
            clock,
            turns,
            gateway.intake,
            random,
            gap,
            patience,
            gateway.troubles,
            gateway.texts_taken,
            exchange,
        )
        gateway.modems += await attach_modems(stack, config, bench)
        await open_site(stack, config.http, gateway)
        tasks = [asyncio.create_task(_forever("timers", gateway.timers.run, gateway))]
        night = Retention(store, turns, clock, config.retention, gateway.on_call)
        tasks.append(asyncio.create_task(_forever("retention", night.run, gateway)))
        gateway.webhooks = Webhooks(store, turns, clock, random, gateway.queued, allowed=config.webhooks)
        store.listen(gateway.webhooks.hear)
        tasks.append(asyncio.create_task(_forever("webhooks", gateway.webhooks.run, gateway)))
        tasks += _hand_on_results(config, gateway, random)
        for modem in gateway.modems:
            tasks.append(asyncio.create_task(_forever("sender", modem.sender.run, gateway)))
            tasks.append(asyncio.create_task(modem.hear()))
            if modem.calls is not None:
                tasks.append(asyncio.create_task(_forever("calls", modem.calls.run, gateway)))
        stack.push_async_callback(_cancel, tasks)
        for modem in gateway.modems:
            stack.push_async_callback(modem.sender.finish)
            if modem.calls is not None:
                stack.push_async_callback(modem.calls.close)
        log.info("running", extra={"modems": len(gateway.modems)})
        yield gateway


def _hand_on_results(config: Config, gateway: Gateway, random: Random) -> list[asyncio.Task[None]]:
    """Begin to push results, where the settings say where to."""
    if not config.results.push_to:
        return []

    def told(words: str) -> None:
        gateway.troubles["results"] = words
        if not words:
            del gateway.troubles["results"]

    push = ResultsPush(
        gateway.store, gateway.turns, gateway.clock, random, config.results, config.webhooks, told
    )
    gateway.store.listen(push.hear)
    return [asyncio.create_task(_forever("handing on of results", push.run, gateway))]


def _community(config: Config) -> Community:
    if config.community is None:
        raise ConfigError(
            f"{config.path}: no community is named, so nobody could be helped. "
            'Write community = "FOLDER" at the top; gateway/sample/ashby is one to copy and change.'
        )
    return load_community(config.community)


def _library(config: Config) -> Library:
    """Load the flows; those of the operator with a mistake in them are refused before a resident meets it."""
    if not config.flows:
        return load_library((BUILT_IN,), BINDING)
    from gateway.flow_check import check_flows  # Plainline's own flows were checked when they were made

    library, problems = check_flows(config.flows)
    if problems:
        more = f" And {len(problems) - 1} more: plainline flows check." if len(problems) > 1 else ""
        raise ConfigError(f"The flows cannot be used: {problems[0]}.{more}")
    return library


def _assemble(config: Config, store: Store, turns: Turns, clock: Clock) -> Gateway:
    own = tuple(modem.number for modem in config.modems if modem.number)
    gateway = Gateway(
        data=config.data,
        store=store,
        turns=turns,
        clock=clock,
        intake=Intake(store, turns, clock, config.limits.allowed_countries, own),
        timers=Timers(store, turns, clock, lambda: gateway.queued()),
        modems=[],
        troubles={},
        limits=config.limits,
        local_receivers=config.webhooks,
        folder=config.community,
    )
    return gateway


async def _forever(name: str, run: Callable[[], Awaitable[None]], gateway: Gateway) -> None:
    """Keep one part running: a fault in it is told and it begins again, while the others go on."""
    rest = AGAIN_SECONDS
    while True:
        began = time.monotonic()
        try:
            await run()
        except Exception:
            log.exception("%s failed and begins again", name)
            gateway.troubles[name] = f"The {name} had a fault and began again. Please send us the log."
        if time.monotonic() - began > LONGEST_AGAIN_SECONDS:
            rest = AGAIN_SECONDS
        await asyncio.sleep(rest)
        rest = min(2 * rest, LONGEST_AGAIN_SECONDS)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
