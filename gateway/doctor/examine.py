"""The whole examination, in the order in which a person would go about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateway.clock import synchronised
from gateway.config import Config, ModemConfig
from gateway.doctor import data, machine
from gateway.doctor.finding import Finding, look, ok
from gateway.doctor.probe import probe
from gateway.doctor.running import ask_gateway, other_gateway, running, silent
from gateway.doctor.speech import speech
from gateway.lock import is_held


def examine(config: Config) -> Iterator[Finding]:
    """Give what there is to say about the machine, the data and the modems, as it becomes known."""
    answered = ask_gateway(config)
    page = answered if answered is not None and answered.get("data") == str(config.data) else None
    trusted = page is not None and page["clock"] == "trusted"
    yield machine.settings(config)
    yield machine.clock(datetime.now(UTC), trusted or synchronised())
    yield machine.disk(config.data)
    if folder := machine.data_folder(config.data):
        yield folder
    yield data.database(config)
    yield data.flows(config)
    yield data.community(config)
    yield from speech(config)
    if page is not None:
        yield from running(page)
        yield from filter(None, (_device(modem) for modem in config.modems))
        return
    if answered is not None:
        yield other_gateway(config)
    if is_held(config.data):
        yield silent(config)
        return
    yield look("gateway", "It is not running.", f"Start it: plainline run --config {config.path}")
    if rivals := machine.rivals():
        yield rivals
    for modem in config.modems:
        yield from _modem(config, modem)


def _device(modem: ModemConfig) -> Finding | None:
    return None if modem.is_software else machine.device(modem.name, Path(modem.device))


def _modem(config: Config, modem: ModemConfig) -> Iterator[Finding]:
    if modem.is_software:
        yield ok(f"modem {modem.name}", "Made of software: it starts with the gateway.")
    elif trouble := _device(modem):
        yield trouble
    else:
        yield from probe(modem.name, modem.device, data.pin(config, modem))
