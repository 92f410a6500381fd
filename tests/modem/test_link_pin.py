"""A SIM has three tries for its PIN: one is spent by us at most, whatever crashes when."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from modem import errors
from modem.link import LinkState
from tests.modem.linked import Linked, simulated


async def test_the_right_pin_opens_the_sim(tmp_path: Path) -> None:
    async with simulated(tmp_path, "sim800:1234") as (_, device), Linked(device, pin="1234") as linked:
        await linked.ready()
        assert linked.states == [LinkState.OPENING, LinkState.PIN, LinkState.READY]
        assert len(linked.written) == 2
        assert linked.written[-1] is None
        assert "1234" not in str(linked.written)


async def test_a_wrong_pin_is_tried_once_and_not_after_restarts(tmp_path: Path) -> None:
    async with simulated(tmp_path, "e173:1234") as (simulator, device):
        async with Linked(device, pin="4321") as linked:
            await linked.until(lambda linked: "refused its PIN" in linked.link.explain())
            worker = linked.link.pid
            assert worker
            os.kill(worker, signal.SIGKILL)
            await linked.until(lambda linked: linked.states.count(LinkState.PIN) == 2)
            assert "refused its PIN" in linked.link.explain()
        assert (await simulator.sim(0))["pin_tries"] == 2
        (tried,) = linked.written
        async with Linked(device, pin="4321", tried_pin=tried) as again:
            await again.change(LinkState.PIN)
            assert "refused its PIN" in again.link.explain()
        assert (await simulator.sim(0))["pin_tries"] == 2
        async with Linked(device, pin="1234", tried_pin=tried) as changed:
            await changed.ready()


async def test_a_crash_between_the_try_and_its_answer_does_not_spend_another(tmp_path: Path) -> None:
    async with simulated(tmp_path, "sim800:1234") as (simulator, device):

        async def lose_the_answer() -> None:
            await simulator.fault(0, "mute", command="+CPIN")

        async with Linked(device, pin="4321", before_pin=lose_the_answer) as linked:
            await linked.until(lambda linked: linked.written)
            (tried,) = linked.written
            while (await simulator.sim(0))["pin_tries"] == 3:
                pass
        async with Linked(device, pin="4321", tried_pin=tried) as again:
            await again.until(lambda again: "refused its PIN" in again.link.explain())
        assert (await simulator.sim(0))["pin_tries"] == 2


async def test_the_operator_may_try_another_pin_by_hand(tmp_path: Path) -> None:
    async with simulated(tmp_path, "sim800:1234") as (simulator, device), Linked(device) as linked:
        await linked.change(LinkState.PIN)
        assert "asks for its PIN" in linked.link.explain()
        with pytest.raises(errors.Refused):
            await linked.link.enter_pin("9999")
        await linked.link.enter_pin("1234")
        await linked.ready()
        assert (await simulator.sim(0))["pin_tries"] == 3


async def test_what_is_no_pin_never_reaches_the_sim(tmp_path: Path) -> None:
    async with (
        simulated(tmp_path, "sim800:1234") as (simulator, device),
        Linked(device, pin="12 4") as linked,
    ):
        await linked.until(lambda linked: "refused its PIN" in linked.link.explain())
        assert (await simulator.sim(0))["pin_tries"] == 3


async def test_a_blocked_sim_is_left_alone(tmp_path: Path) -> None:
    async with simulated(tmp_path, "sim800:1234") as (simulator, device):
        async with Linked(device) as linked:
            await linked.change(LinkState.PIN)
            for _ in range(3):
                with pytest.raises(errors.Refused):
                    await linked.link.enter_pin("0000")
        assert (await simulator.sim(0))["pin_tries"] == 0
        async with Linked(device, pin="1234") as blocked:
            await blocked.until(lambda blocked: "blocked" in blocked.link.explain())
