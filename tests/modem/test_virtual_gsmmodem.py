"""python-gsmmodem, a client nobody here wrote, works with every make of software modem."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from gsmmodem.modem import GsmModem, IncomingCall, ReceivedSms, SentSms

from modem.virtual.client import Simulator
from modem.virtual.dialect import DIALECTS
from modem.virtual.process import running
from tests.modem.virtual_bench import ANN, MODEM


async def emptied(simulator: Simulator) -> None:
    """Wait until the client has deleted all: it takes a notice amid an answer for a part of it."""
    async with asyncio.timeout(10):
        while any((await simulator.sim(0))["storages"].values()):  # noqa: ASYNC110 - it is in another process
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("dialect", list(DIALECTS))
async def test_it_sends_receives_reports_and_talks(tmp_path: Path, dialect: str) -> None:
    loop = asyncio.get_running_loop()
    texts: asyncio.Queue[ReceivedSms] = asyncio.Queue()
    calls: asyncio.Queue[IncomingCall] = asyncio.Queue()
    async with running([f"{MODEM}:{dialect}:1234"], tmp_path) as simulator, asyncio.timeout(30):
        device = (await simulator.modems())[0].device
        client = GsmModem(
            str(device),
            smsReceivedCallbackFunc=lambda text: loop.call_soon_threadsafe(texts.put_nowait, text),
            incomingCallCallbackFunc=lambda call: loop.call_soon_threadsafe(calls.put_nowait, call),
        )
        await asyncio.to_thread(client.connect, "1234")
        try:
            assert client.imei == DIALECTS[dialect].imei
            assert (client.networkName, client.signalStrength, client.smsc) == (
                "Plainnet",
                20,
                "+447700900000",
            )
            phone = await simulator.phone(ANN)

            sent = await asyncio.to_thread(client.sendSms, ANN, "Your lift is at nine.", True, 10)
            assert (await phone.next()).body == "Your lift is at nine."
            assert sent.status == SentSms.DELIVERED

            await simulator.fault(0, "lost_line", line="+CDSI", times=None)
            body = "Your lift is at nine. " * 20
            await asyncio.to_thread(client.sendSms, ANN, body)
            assert (await phone.next()).body == body
            await simulator.clear(0)
            await asyncio.to_thread(client.deleteMultipleStoredSms, 4)

            for wanted in ("LIFT tomorrow €5 {ok}", "안녕하세요"):
                await emptied(simulator)
                await phone.text(MODEM, wanted)
                text = await texts.get()
                assert (text.number, text.text) == (ANN, wanted)

            await emptied(simulator)
            ringing = await phone.call(MODEM)
            call = await calls.get()
            await asyncio.to_thread(call.answer)
            await ringing.answered()
            await asyncio.to_thread(call.sendDtmfTone, "7")
            assert await ringing.key() == "7"
            await asyncio.to_thread(call.hangup)
            assert await ringing.ended() == "NO CARRIER"
        finally:
            await asyncio.to_thread(client.close)
