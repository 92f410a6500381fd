"""The modems of the settings: each with its link, its sender and its share of what may be spent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from random import Random

from gateway.attached import Attached
from gateway.call_desk import CallDesk
from gateway.call_rules import CallRules
from gateway.clock import Clock
from gateway.config import Config, ModemConfig
from gateway.exchange import Exchange
from gateway.intake import Intake
from gateway.lines import opener_of, software_number
from gateway.sender import Sender, Spending
from gateway.store.database import Store
from gateway.store.facts import fact, keep_fact
from gateway.tuned import tuned
from gateway.turns import Turns
from modem.link import Link, LinkSettings, Patience
from modem.virtual.process import running as software_network

SOFTWARE_DIALECT = "sim7600"


@dataclass(frozen=True, slots=True)
class Bench:
    """What every modem is attached to. `gap` is the least time in seconds between two texts of a real one."""

    store: Store
    clock: Clock
    turns: Turns
    intake: Intake
    random: Random
    gap: float
    patience: Patience
    troubles: dict[str, str]
    taken: Callable[[], None]
    exchange: Exchange


async def attach_modems(stack: AsyncExitStack, config: Config, bench: Bench) -> list[Attached]:
    """Attach every modem of the settings, for as long as `stack` lasts."""
    devices = await _software_devices(stack, config)
    modems = [
        await _attach(config, bench, settings, devices.get(settings.name, settings.device))
        for settings in config.modems
    ]
    for modem in modems:
        modem.sender.others = partial(_others_that_send, modem, modems)
        modem.sender.wake_others = partial(_wake_others, modem, modems)
    # The attempts of the last run are settled once, before any sender makes new ones.
    await modems[0].sender.recover()
    for modem in modems:
        await modem.link.start()
        stack.push_async_callback(modem.link.stop)
    return modems


def _others_that_send(modem: Attached, modems: Sequence[Attached]) -> list[str]:
    """Give the names of the other modems that send just now."""
    return [other.name for other in modems if other is not modem and other.sender.sends]


def _wake_others(modem: Attached, modems: Sequence[Attached]) -> None:
    for other in modems:
        if other is not modem:
            other.sender.wake()


async def _attach(config: Config, bench: Bench, settings: ModemConfig, device: str) -> Attached:
    limits = config.limits
    spending = Spending(
        texts_per_day=limits.texts_per_day,
        texts_per_number_per_hour=limits.texts_per_number_per_hour,
        region=bench.turns.community.region,
        countries=limits.allowed_countries,
        own=bench.intake.own,
        zone=bench.turns.community.zone,
    )
    link = await _link(bench, settings, device)
    sender = Sender(
        bench.store,
        link,
        bench.clock,
        spending,
        bench.random,
        0.0 if settings.is_software else bench.gap,
        time.monotonic,
    )
    desk = _desk(config, bench, settings, link)
    return Attached(settings.name, link, sender, bench.intake, bench.troubles, bench.taken, desk)


def _desk(config: Config, bench: Bench, settings: ModemConfig, link: Link) -> CallDesk | None:
    """Give the modem a desk for calls where its sound can be had."""
    opener = opener_of(config, settings, link)
    if opener is None:
        return None
    rules = CallRules(
        rings=config.calls.answer_after_rings,
        ring_back=config.calls.ring_back,
        closed=config.calls.closed,
        minutes_per_day=config.calls.minutes_per_day,
        region=bench.turns.community.region,
        countries=config.limits.allowed_countries,
        own=bench.intake.own,
        zone=bench.turns.community.zone,
        put_through=config.calls.put_through,
    )
    measured = tuned(config.data, settings.name, settings.audio)
    return CallDesk(settings.name, link, opener, bench.exchange, rules, tuned=measured)


async def _link(bench: Bench, settings: ModemConfig, device: str) -> Link:
    name = f"tried-pin:{settings.name}"

    async def remember_pin(fingerprint: str | None) -> None:
        await bench.store.write(keep_fact, name, fingerprint)

    return Link(
        LinkSettings(settings.name, device, settings.pin),
        random=bench.random,
        now=lambda: bench.clock.now().astimezone(bench.turns.community.zone),
        remember_pin=remember_pin,
        tried_pin=await bench.store.read(fact, name),
        patience=bench.patience,
    )


async def _software_devices(stack: AsyncExitStack, config: Config) -> dict[str, str]:
    """Start the network made of software for the modems that live on it; give their devices."""
    software = [modem for modem in config.modems if modem.is_software]
    if not software:
        return {}
    simulator = await stack.enter_async_context(
        software_network([f"{software_number(modem)}:{SOFTWARE_DIALECT}" for modem in software], config.data)
    )
    places = await simulator.modems()
    return {modem.name: str(place.device) for modem, place in zip(software, places, strict=True)}
