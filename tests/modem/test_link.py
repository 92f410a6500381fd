"""The gateway's side of a modem: texts through the process, and a life in which nothing stays broken."""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from modem import driver, errors
from modem.link import LinkState, Patience
from tests.modem.linked import OURS, RESIDENT, Linked, simulated


def proc(pid: int | None) -> str:
    """What the system knows of a process, "" when it has ended."""
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return ""


async def test_texts_go_both_ways(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        assert linked.states == [LinkState.OPENING, LinkState.READY]
        resident_kilobytes = int(proc(linked.link.pid).split("VmRSS:")[1].split()[0])
        assert resident_kilobytes < 25_000
        resident = await simulator.phone(RESIDENT)
        before = time.monotonic()
        await resident.text(OURS, "HELP € 👍")
        await linked.until(lambda linked: linked.bodies)
        (inbox,) = linked.events(driver.Inbox)
        assert before <= inbox.noticed <= time.monotonic()
        (part,) = linked.parts
        assert (part.sender, part.body) == (RESIDENT, "HELP € 👍")

        await linked.link.send(driver.Send("m1", RESIDENT, "What is it about?", 1))
        assert (await resident.next()).body == "What is it about?"
        await linked.until(lambda linked: linked.events(driver.Sent) and linked.events(driver.Report))
        (sent,) = linked.events(driver.PartSent)
        (report,) = linked.events(driver.Report)
        assert (sent.id, sent.part) == ("m1", 0)
        assert (report.reference, report.outcome) == (sent.reference, "delivered")

        await linked.link.delete([part, *(replace(part, place=place) for place in ("SM:19", "nonsense", ""))])
        await linked.link.raw("AT")
        while (await simulator.sim(0))["storages"]["SM"]:
            await linked.link.raw("AT")


async def test_a_text_in_the_place_of_another_is_not_deleted_in_its_stead(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        for body in ("the later one", "another"):
            await simulator.text(RESIDENT, OURS, body)
        await linked.until(lambda linked: len(linked.bodies) == 2)
        later, another = linked.parts
        await linked.link.delete([replace(later, raw="07" + later.raw), another])
        while len(left := (await simulator.sim(0))["storages"]["SM"]) > 1:
            await linked.link.raw("AT")
        assert [f"SM:{place}" for place in left] == [later.place]


async def test_a_command_is_answered_or_refused_with_its_number(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        with pytest.raises(errors.LinkDown):
            await linked.link.raw("AT+CSQ")
        await linked.ready()
        assert await linked.link.raw("AT+CSQ") == ["+CSQ: 20,99"]
        await simulator.fault(0, "error", command="+CSQ", code=100)
        with pytest.raises(errors.Refused) as refused:
            await linked.link.raw("AT+CSQ")
        assert (refused.value.kind, refused.value.code) == ("CME", 100)


async def test_a_call_comes_through(tmp_path: Path) -> None:
    async with simulated(tmp_path, "sim7600") as (simulator, device), Linked(device) as linked:
        await linked.ready()
        await simulator.ask("ring", number=RESIDENT, to=OURS)
        await linked.until(lambda linked: linked.events(driver.Ringing))
        await linked.link.answer()
        await simulator.ask("press", number=RESIDENT, keys="5")
        await linked.until(lambda linked: linked.events(driver.Tone))
        await linked.link.hang_up()
        await linked.until(lambda linked: linked.events(driver.CallEnded))


async def test_without_a_device_nothing_can_be_sent_and_the_words_say_why(tmp_path: Path) -> None:
    async with Linked(str(tmp_path / "no-modem")) as linked:
        with pytest.raises(errors.LinkDown, match="not plugged in"):
            await linked.link.send(driver.Send("m1", RESIDENT, "secret", 1))
        assert linked.link.state is LinkState.ABSENT


async def test_a_stick_may_be_pulled_out_and_put_in_again(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        await simulator.unplug(0)
        lost = await linked.change(LinkState.LOST)
        assert "gone" in lost.why
        await linked.change(LinkState.ABSENT)
        assert "not plugged in" in linked.link.explain()
        await simulator.text(RESIDENT, OURS, "while you were out")
        await simulator.replug(0)
        await linked.until(lambda linked: linked.bodies == ["while you were out"])
        assert linked.link.state is LinkState.READY


async def test_without_a_network_texts_wait_and_the_words_say_since_when(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        await simulator.set(0, registration="searching")
        await linked.change(LinkState.SEARCHING)
        assert "lost the network at 12:00" in linked.link.explain()
        with pytest.raises(errors.LinkDown):
            await linked.link.send(driver.Send("m1", RESIDENT, "hello", 1))
        await simulator.set(0, registration="home")
        await linked.ready()


async def test_after_a_restart_everything_on_the_sim_is_announced_again(tmp_path: Path) -> None:
    async with simulated(tmp_path, "ec25") as (simulator, device):
        for number in range(60):
            await simulator.text(RESIDENT, OURS, f"text {number}")
        for _ in range(2):
            async with Linked(device) as linked:
                await linked.until(lambda linked: len(linked.bodies) >= 50)
                assert len(set(linked.bodies)) == len(linked.bodies)


async def test_what_was_announced_is_announced_again_only_when_asked(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        await simulator.text(RESIDENT, OURS, "first")
        await linked.until(lambda linked: linked.bodies == ["first"])
        await simulator.text(RESIDENT, OURS, "second")
        await linked.until(lambda linked: linked.bodies == ["first", "second"])
        await linked.link.reread()
        await linked.until(lambda linked: linked.bodies == ["first", "second", "first", "second"])


async def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        first = linked.link.pid
        assert first
        os.kill(first, signal.SIGKILL)
        await linked.change(LinkState.WAITING)
        await linked.ready()
        assert linked.link.pid not in (None, first)
        await simulator.text(RESIDENT, OURS, "still here")
        await linked.until(lambda linked: linked.bodies == ["still here"])


async def test_a_process_that_stands_still_is_killed(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (_, device), Linked(device, patience=Patience(silent=1.5)) as linked:
        await linked.ready()
        first = linked.link.pid
        assert first
        os.kill(first, signal.SIGSTOP)
        lost = await linked.change(LinkState.LOST)
        assert "stopped answering" in lost.why
        await linked.ready()
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


async def test_a_text_that_was_begun_when_the_modem_hung_is_uncertain_and_the_next_one_is_not_sent(
    tmp_path: Path,
) -> None:
    async with (
        simulated(tmp_path) as (simulator, device),
        Linked(device, patience=Patience(call=1.0)) as linked,
    ):
        await linked.ready()
        await simulator.fault(0, "hang", command="+CMGS", taken=True)
        await linked.link.send(driver.Send("begun", RESIDENT, "hello", 1))
        await linked.link.send(driver.Send("queued", RESIDENT, "hello again", 2))
        await linked.until(lambda linked: len(linked.events(driver.SendFailed)) == 2)
        certain = {failed.id: failed.certain for failed in linked.events(driver.SendFailed)}
        assert certain == {"begun": False, "queued": True}
        assert all(failed.retryable for failed in linked.events(driver.SendFailed))
        await simulator.clear(0)
        await linked.ready()
        assert len((await simulator.log(0))["taken"]) == 1


async def test_a_modem_that_restarts_by_itself_is_opened_again(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        await simulator.say(0, "RDY")
        await linked.change(LinkState.LOST)
        await linked.ready()
        await simulator.text(RESIDENT, OURS, "still noticed")
        await linked.until(lambda linked: linked.bodies == ["still noticed"])


async def test_the_process_ends_with_the_gateway(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (_, device):
        async with Linked(device) as linked:
            await linked.ready()
            worker = linked.link.pid
        assert worker
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


async def test_an_orphan_process_ends_by_itself(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (_, device):
        script = (
            "import asyncio, os, random, sys\n"
            "from datetime import datetime\n"
            "from modem.link import Link, LinkSettings, LinkState\n"
            "async def remember(_): ...\n"
            "async def main():\n"
            "    link = Link(LinkSettings('one', sys.argv[1]), random=random.Random(1),"
            " now=datetime.now, remember_pin=remember)\n"
            "    await link.start()\n"
            "    async for _ in link.events():\n"
            "        if link.state is LinkState.READY:\n"
            "            print(link.pid, flush=True)\n"
            "            os.kill(os.getpid(), 9)\n"
            "asyncio.run(main())\n"
        )
        gateway = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", script, device), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await gateway.communicate()
        worker = os.pidfd_open(int(output)) if proc(int(output)) else -1
        # A process's descriptor is readable once it has ended.
        assert worker < 0 or await asyncio.to_thread(select.select, [worker], [], [], 5.0) != ([], [], [])


async def test_of_several_messages_at_once_each_fares_as_it_must(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device), Linked(device) as linked:
        await linked.ready()
        resident = await simulator.phone(RESIDENT)
        await linked.link.send(driver.Send("long", RESIDENT, "x" * 9000, 1))
        for number in range(30):
            await linked.link.send(driver.Send(f"m{number}", RESIDENT, f"text {number}", number))
        await linked.until(lambda linked: len(linked.events(driver.Sent)) == 30)
        assert [sent.id for sent in linked.events(driver.Sent)] == [f"m{number}" for number in range(30)]
        assert {(await resident.next()).body for _ in range(30)} == {f"text {number}" for number in range(30)}
        (failed,) = linked.events(driver.SendFailed)
        assert (failed.id, failed.retryable, failed.certain) == ("long", False, True)


async def test_a_modem_that_cannot_be_opened_is_tried_ever_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("modem.link.SHORTEST_WAIT_SECONDS", 0.01)
    drawn: list[float] = []

    class Dice(random.Random):
        def uniform(self, a: float, b: float) -> float:
            drawn.append(super().uniform(a, b))
            return drawn[-1]

    async with Linked("/dev/null", dice=Dice(3)) as linked:
        await linked.until(lambda linked: linked.states.count(LinkState.WAITING) == 4)
        assert "no serial line" in linked.link.explain()
    assert len(set(drawn)) == len(drawn) >= 4
    assert all(0.5 <= part <= 1.0 for part in drawn)
