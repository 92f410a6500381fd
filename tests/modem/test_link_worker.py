"""The modem process's loop, run in a thread to hurry its clockwork."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from modem import driver, wire
from modem.worker import Worker
from tests.modem.linked import OURS, RESIDENT, simulated

E = TypeVar("E")


class Gateway:
    """The gateway's end of the socket."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def say(self, message: wire.ToModem) -> None:
        self._end.send(wire.encode(message))

    def hear(self, kind: type[E]) -> E:
        """The next message of a kind, others passed over."""
        while True:
            datagram = self._end.recv(wire.LONGEST)
            assert datagram, "the worker is gone"
            message = wire.decode(datagram)
            if isinstance(message, kind):
                return message


@contextmanager
def working(device: str, inbox_seconds: float = 20.0) -> Iterator[Gateway]:
    """Run a worker on `device` until the gateway's end is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(10)

    def run() -> None:
        with pytest.raises(SystemExit):
            Worker(theirs).run()

    thread = threading.Thread(target=run)
    thread.start()
    gateway = Gateway(ours)
    gateway.say(wire.Configure(device, 115200, inbox_seconds))
    try:
        yield gateway
    finally:
        ours.shutdown(socket.SHUT_WR)
        thread.join()
        ours.close()
        theirs.close()


async def test_a_text_whose_notice_got_lost_is_found_by_looking(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device):
        with working(device, inbox_seconds=0.1) as gateway:
            await asyncio.to_thread(gateway.hear, driver.Status)
            await simulator.fault(0, "lost_line", line="+CMTI")
            await simulator.text(RESIDENT, OURS, "unnoticed")
            inbox = await asyncio.to_thread(gateway.hear, driver.Inbox)
            assert [part.body for part in inbox.parts] == ["unnoticed"]


async def test_the_heart_beats_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (_, device):
        with working(device) as gateway:
            await asyncio.to_thread(gateway.hear, driver.Status)
            first = await asyncio.to_thread(gateway.hear, wire.Beat)
            second = await asyncio.to_thread(gateway.hear, wire.Beat)
            assert (first.call, second.call) == ("", "")
            assert second.since >= first.since


async def test_room_is_made_on_the_sim_while_texts_go_out(tmp_path: Path) -> None:
    async with simulated(tmp_path) as (simulator, device):
        with working(device) as gateway:
            await asyncio.to_thread(gateway.hear, driver.Status)
            for number in range(20):
                gateway.say(driver.Send(f"m{number}", RESIDENT, "notice", number))
            gateway.say(wire.Delete(tuple(f"SM:{place}" for place in range(1, 11)), ("",) * 10))
            sent = await asyncio.to_thread(gateway.hear, driver.Sent)
            while sent.id != "m19":
                sent = await asyncio.to_thread(gateway.hear, driver.Sent)
            assert (await simulator.log(0))["commands"]["+CMGD="] == 10


async def test_a_modem_that_misses_one_answer_is_woken_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modem.storage._READ", 0.3)
    async with simulated(tmp_path) as (simulator, device):
        with working(device) as gateway:
            await asyncio.to_thread(gateway.hear, driver.Status)
            await simulator.fault(0, "silent", command="+CMGR")
            await simulator.text(RESIDENT, OURS, "read again")
            inbox = await asyncio.to_thread(gateway.hear, driver.Inbox)
            assert [part.body for part in inbox.parts] == ["read again"]
