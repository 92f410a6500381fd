"""The little network carries texts between phones and modems, whole, once and in order."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from gsmmodem.pdu import Concatenation, decodeSmsPdu

from modem.virtual.client import SimulatorError
from modem.virtual.network import REAL, Network
from modem.virtual.phone import Received
from tests.modem.virtual_bench import ANN, BEN, MODEM, Bench, bench, send, submit_to

OTHER = "+447700900001"


async def stored(b: Bench, modem: str = MODEM) -> list[dict[str, object]]:
    """What lies on a SIM, decoded by a library that is not ours."""
    slots = (await b.simulator.sim(modem))["storages"]["SM"]
    return [decodeSmsPdu(slot["pdu"]) for slot in slots.values()]


def part(message: dict[str, object]) -> tuple[int, int, int]:
    """(reference, total, number) of a decoded part."""
    header = message["udh"]
    assert isinstance(header, list)
    found = next(element for element in header if isinstance(element, Concatenation))
    return found.reference, found.parts, found.number


async def test_phones_text_each_other(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        ann, ben = await b.simulator.phone(ANN), await b.simulator.phone(BEN)
        await ann.text(BEN, "hi Ben")
        got = await ben.next()
        assert (got.sender, got.to, got.body) == (ANN, BEN, "hi Ben")


@pytest.mark.parametrize("body", ["a" * 400, "é€{}[]~|^\\" * 30, "日本語" * 60, "😀" * 80, "x" * 161])
async def test_a_long_text_arrives_whole(tmp_path: Path, body: str) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.text(ANN, BEN, body)
        assert (await (await b.simulator.phone(BEN)).next()).body == body
        await b.simulator.text(ANN, MODEM, body)
        await b.line.until("+CMTI")
        text = "".join(str(message["text"]) for message in await stored(b))
        assert text.encode("utf-16", "surrogatepass").decode("utf-16") == body


async def test_parts_come_in_the_order_asked_for_with_gaps_and_repetitions(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.text(ANN, MODEM, "x" * 400, reference=77, parts=[2, 0, 0])
        await b.line.until("+CMTI")
        assert [part(m) for m in await stored(b)] == [(77, 3, 3), (77, 3, 1), (77, 3, 1)]


async def test_wide_references(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.text(ANN, MODEM, "y" * 200, reference=0x1234, wide=True)
        await b.line.until("+CMTI")
        assert [part(m) for m in await stored(b)] == [(0x1234, 2, 1), (0x1234, 2, 2)]


async def test_the_service_centre_time_can_be_chosen(tmp_path: Path) -> None:
    at = datetime(2031, 2, 28, 23, 59, 58, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    async with bench(tmp_path) as b:
        await b.simulator.text(ANN, MODEM, "hello", smsc_time=at)
        await b.line.until("+CMTI")
        assert (await stored(b))[0]["time"] == at


@pytest.mark.parametrize(
    "sender", ["VODAFONE", "Bank 24/7", "Ünïted", "60300", "+15551234567", "07700900123"]
)
async def test_senders_of_every_kind(tmp_path: Path, sender: str) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.text(sender.replace("ï", "i"), MODEM, "hello")
        await b.line.until("+CMTI")
        assert (await stored(b))[0]["number"] == sender.replace("ï", "i")


async def test_a_raw_pdu_is_stored_as_it_is(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.text("", MODEM, raw_pdu="07914477FFFF")
        await b.line.until("+CMTI")
        assert (await b.line.at("AT+CMGR=1"))[1] == "07914477FFFF"


async def test_a_national_number_reaches_the_phone_of_that_country(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        ben = await b.simulator.phone(BEN)
        await b.simulator.text(ANN, "07700900456", "one")
        await b.simulator.text(ANN, "00447700900456", "two")
        assert [(await ben.next()).body, (await ben.next()).body] == ["one", "two"]


async def test_a_text_from_a_modem_is_reported_after_it_was_taken(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        ann = await b.simulator.phone(ANN)
        assert await send(b, "hello") == ["+CMGS: 1", "OK"]
        assert (await b.line.line()).startswith("+CDS: ")
        report = decodeSmsPdu(await b.line.line())
        assert (report["type"], report["number"], report["reference"], report["status"]) == (
            "SMS-STATUS-REPORT",
            ANN,
            1,
            0,
        )
        assert (await ann.next()).sender == MODEM
        assert (await b.simulator.log(0))["reports"] == 1


async def test_reports_can_be_stored(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.line.at("AT+CNMI=2,1,0,2,0")
        await send(b, "hello")
        assert await b.line.until("+CDSI") == '+CDSI: "SM",1'


async def test_no_report_for_a_text_that_asked_for_none(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        length, octets = submit_to(ANN, "quiet", report=False)
        assert await b.line.at(f"AT+CMGS={length}") == [">"]
        b.line.type(octets + "\x1a")
        assert await b.line.answer() == ["+CMGS: 1", "OK"]
        assert (await (await b.simulator.phone(ANN)).next()).body == "quiet"
        assert (await b.simulator.log(0))["reports"] == 0


async def test_a_phone_switched_off_gets_its_texts_later_and_a_number_nobody_has_never(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as b:
        ann = await b.simulator.phone(ANN)
        await ann.switch("off")
        await send(b, "held")
        with pytest.raises(TimeoutError):
            await b.line.line(0.1)
        await ann.switch("on")
        assert (await ann.next()).body == "held"
        assert (await b.line.line()).startswith("+CDS")
        assert decodeSmsPdu(await b.line.line())["status"] == 0
        await ann.switch("unknown")
        await send(b, "lost")
        await b.line.until("+CDS")
        assert decodeSmsPdu(await b.line.line())["status"] == 0x43


async def test_two_modems_of_one_network_text_each_other(tmp_path: Path) -> None:
    async with bench(tmp_path, f"{MODEM}:sim800", f"{OTHER}:ec25") as b:
        length, octets = submit_to(OTHER, "hello neighbour")
        assert await b.line.at(f"AT+CMGS={length}") == [">"]
        b.line.type(octets + "\x1a")
        await b.line.until("+CDS")
        message = (await stored(b, OTHER))[0]
        assert (message["number"], message["text"]) == (MODEM, "hello neighbour")


async def test_nothing_is_delivered_while_the_modem_is_out_of_reach(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.set(0, registration="denied")
        await b.simulator.text(ANN, MODEM, "hello")
        assert (await b.simulator.sim(0))["waiting"] == 1
        length, octets = submit_to(ANN, "no")
        assert await b.line.at(f"AT+CMGS={length}") == [">"]
        b.line.type(octets + "\x1a")
        assert await b.line.answer() == ["+CMS ERROR: 331"]
        await b.simulator.set(0, registration="home")
        assert await b.line.until("+CMTI")


async def test_a_text_can_be_handed_over_without_being_stored(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.line.at("AT+CNMI=2,2,0,0,0")
        await b.simulator.text(ANN, MODEM, "direct")
        assert (await b.line.line()).startswith("+CMT: ,")
        assert decodeSmsPdu(await b.line.line())["text"] == "direct"


async def test_a_phone_can_answer_by_itself(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        ann, ben = await b.simulator.phone(ANN), await b.simulator.phone(BEN)

        def countdown(text: Received) -> str | None:
            return str(int(text.body) - 1) if int(text.body) else None

        ann.reply_with(countdown)
        ben.reply_with(countdown)
        await ann.text(BEN, "5")
        assert [(await ben.next()).body for _ in range(3)] == ["5", "3", "1"]
        assert [(await ann.next()).body for _ in range(3)] == ["4", "2", "0"]


async def test_what_comes_while_nobody_holds_the_phone_is_there_later(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.text(ANN, BEN, "early")
        assert (await (await b.simulator.phone(BEN)).next()).body == "early"


def test_a_real_network_takes_two_to_four_seconds_the_same_ones_for_one_seed() -> None:
    paces = [
        [network.pace() for _ in range(50)] for network in (Network(REAL, seed=4), Network(REAL, seed=4))
    ]
    assert paces[0] == paces[1]
    assert all(2 <= pace <= 4 for pace in paces[0])
    assert len(set(paces[0])) == 50


async def test_the_pace_can_be_changed_while_it_runs(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        await b.simulator.pace("real")
        await b.simulator.text(ANN, MODEM, "slow")
        length, octets = submit_to(ANN, "slow")
        assert await b.line.at(f"AT+CMGS={length}") == [">"]
        b.line.type(octets + "\x1a")
        with pytest.raises(TimeoutError):
            await b.line.line(0.15)
        with pytest.raises(SimulatorError):
            await b.simulator.pace("brisk")
        await b.simulator.pace("at once")
        await b.simulator.text(ANN, BEN, "quick")
        assert (await (await b.simulator.phone(BEN)).next(0.5)).body == "quick"


async def test_a_request_nobody_knows_is_refused_and_the_connection_goes_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as b:
        for do, values in (("dance", {}), ("set", {"colour": 1}), ("text", {"to": MODEM}), ("press", {})):
            with pytest.raises(SimulatorError):
                await b.simulator.ask(do, **values)
        assert len(await b.simulator.modems()) == 1
