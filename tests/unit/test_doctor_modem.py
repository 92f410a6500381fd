"""The doctor looks at a modem, says how it is in words, and leaves it as it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config import ModemConfig
from gateway.doctor import data, probe
from gateway.doctor.sim import Pin, sim
from gateway.store.database import open_store
from gateway.store.facts import keep_fact
from modem.driver import Network, PinState
from modem.pin import PinTries
from modem.virtual.process import running as software_network
from tests.unit.test_doctor import BAD, LOOK, NOON, OK, WELL, settings, verdicts

STATES = {
    "well": (WELL, [OK, OK, OK, OK]),
    "PIN asked": (replace(WELL, pin=PinState.PIN), [BAD]),
    "PUK asked": (replace(WELL, pin=PinState.PUK), [BAD]),
    "no SIM": (replace(WELL, pin=PinState.NO_SIM), [BAD]),
    "roaming": (replace(WELL, network=Network.ROAMING), [OK, LOOK, OK, OK]),
    "denied": (replace(WELL, network=Network.DENIED), [OK, BAD, OK, OK]),
    "searching": (replace(WELL, network=Network.SEARCHING), [OK, BAD, OK, OK]),
    "unknown": (replace(WELL, network=Network.UNKNOWN), [OK, BAD, OK, OK]),
    "weak": (replace(WELL, signal=10), [OK, OK, LOOK, OK]),
    "signal unknown": (replace(WELL, signal=None), [OK, OK, OK]),
    "SIM full": (replace(WELL, sim_used=29), [OK, OK, OK, LOOK]),
    "SIM's size unknown": (replace(WELL, sim_size=0), [OK, OK, OK]),
}


@pytest.mark.parametrize("name", STATES)
def test_what_a_modem_tells_becomes_words(name: str) -> None:
    status, expected = STATES[name]
    found = sim("modem main", status)
    assert verdicts(found) == expected
    assert all(bool(finding.remedy) == (finding.verdict != OK) for finding in found)


async def test_a_pin_that_was_refused_is_told_apart_from_one_to_be_tried(tmp_path: Path) -> None:
    modem = ModemConfig("main", "/dev/ttyUSB0", pin="1234")
    config = settings(tmp_path, modem)
    asked = replace(WELL, pin=PinState.PIN)
    assert verdicts(sim("modem main", asked, data.pin(config, modem))) == [OK]
    store = await open_store(config.database, now=NOON)

    async def remember(fingerprint: str | None) -> None:
        await store.write(keep_fact, "tried-pin:main", fingerprint)

    await PinTries("main", None, remember).about_to_try("1234")
    await store.close()
    assert verdicts(sim("modem main", asked, data.pin(config, modem))) == [BAD]
    assert data.pin(config, replace(modem, pin="4321")) == Pin.UNTRIED
    assert data.pin(config, replace(modem, pin=None)) == Pin.MISSING


ME = "+447700900000"


async def test_a_stick_is_looked_at_and_left_as_it_was(tmp_path: Path) -> None:
    async with software_network([f"{ME}:e173"], tmp_path) as network:
        await network.text("+447700900123", ME, "keep me")
        before = await network.sim(0)
        [place] = await network.modems()
        found = await asyncio.to_thread(probe.probe, "main", str(place.device))
        assert verdicts(found) == [OK, OK, OK, OK]
        assert before["storages"]["SM"].keys() == (await network.sim(0))["storages"]["SM"].keys()


async def test_a_pin_is_never_entered_by_the_doctor(tmp_path: Path) -> None:
    async with software_network([f"{ME}:sim800:1234"], tmp_path) as network:
        tries = (await network.sim(0))["pin_tries"]
        [place] = await network.modems()
        found = await asyncio.to_thread(probe.probe, "main", str(place.device), Pin.UNTRIED)
        assert verdicts(found) == [OK]
        assert (await network.sim(0))["pin_tries"] == tries
        assert (await network.log(0))["commands"].get("+CPIN=", 0) == 0


async def test_a_stick_that_hangs_does_not_hang_the_doctor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 1.0)
    async with software_network([f"{ME}:ec25"], tmp_path) as network:
        await network.fault(0, "hang", times=None)
        [place] = await network.modems()
        found = await asyncio.to_thread(probe.probe, "main", str(place.device))
        assert verdicts(found) == [BAD]
        assert "Pull the stick out" in found[0].remedy


def test_what_is_no_modem_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    [finding] = probe.probe("main", str(tmp_path / "file"))
    assert finding.verdict == BAD
    assert "no serial line" in finding.words
