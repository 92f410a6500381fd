"""What the driver does when texts, answers or the network misbehave; one modem serves all these tests."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from modem import driver, errors
from tests.modem.plugged import OURS, RESIDENT, Plugged, plugged

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plugged]:
    """A modem that is opened once, because that takes half a second."""
    async with plugged(tmp_path_factory.mktemp("modem"), "ec25") as here:
        await here.do(lambda modem: modem.open())
        yield here


@pytest_asyncio.fixture(loop_scope="module")
async def here(shared: Plugged) -> Plugged:
    """The shared modem with nothing on its SIM, no fault and a network."""
    await shared.reset()
    return shared


async def test_of_many_notices_at_once_none_is_lost(here: Plugged) -> None:
    for number in range(40):
        await here.resident.text(OURS, f"text {number}")
    await here.until(lambda here: len(here.bodies) >= 40)
    assert sorted(here.bodies) == sorted(f"text {number}" for number in range(40))


async def test_what_awaits_deletion_is_announced_once_unless_asked_again(here: Plugged) -> None:
    await here.resident.text(OURS, "first")
    await here.until(lambda here: here.bodies)
    assert await here.do(lambda modem: modem.inbox()) == []
    await here.resident.text(OURS, "second")
    await here.until(lambda here: here.bodies == ["first", "second"])
    (again,) = await here.do(lambda modem: modem.inbox(True))
    assert isinstance(again, driver.Inbox)
    assert [part.body for part in again.parts] == ["first", "second"]


async def test_a_notice_that_got_lost_costs_no_text(here: Plugged) -> None:
    await here.simulator.fault(0, "lost_line", line="+CMTI")
    await here.resident.text(OURS, "unnoticed")
    (inbox,) = await here.do(lambda modem: modem.inbox())
    assert isinstance(inbox, driver.Inbox)
    assert [part.body for part in inbox.parts] == ["unnoticed"]


async def test_a_broken_message_is_kept_raw_and_can_be_deleted(here: Plugged) -> None:
    await here.simulator.text(RESIDENT, OURS, raw_pdu="07914477790784040C91")
    await here.resident.text(OURS, "after it")
    await here.until(lambda here: here.bodies)
    (broken,) = [each for inbox in here.events(driver.Inbox) for each in inbox.broken]
    assert broken.raw == "07914477790784040C91"
    await here.do(lambda modem: modem.delete(broken.place))
    (inbox,) = await here.do(lambda modem: modem.inbox(True))
    assert isinstance(inbox, driver.Inbox)
    assert inbox.broken == ()


async def test_parts_of_a_long_text_come_in_any_order_and_doubled(here: Plugged) -> None:
    await here.simulator.text(
        RESIDENT, OURS, "x" * 153 + "y" * 153 + "z" * 9, parts=[2, 0, 2, 1], reference=7
    )
    await here.until(lambda here: len(here.parts) == 4)
    assert [(part.reference, part.total, part.number) for part in here.parts] == [
        (7, 3, number) for number in (3, 1, 3, 2)
    ]


async def test_the_networks_error_number_is_told_even_beside_another_line(here: Plugged) -> None:
    for code in (21, 38, 322, 332, 500, 9999):
        await here.simulator.fault(0, "error", command="+CMGS", code=code)
        await here.simulator.fault(0, "glue", command="+CMGS", line="+QIND: SMS DONE")
        (failed,) = await here.do(lambda modem: list(modem.send(driver.Send("m", RESIDENT, "hello", 1))))
        assert isinstance(failed, driver.SendFailed)
        cause = errors.explain("CMS", code)
        assert (failed.code, failed.retryable, failed.certain) == (code, cause.retryable, cause.certain)


async def test_a_long_text_is_resumed_at_the_part_that_failed(here: Plugged) -> None:
    text = "a" * 153 + "b" * 153 + "c" * 50
    sending = here.modem.send(driver.Send("m", RESIDENT, text, 5))
    assert isinstance(await here.do(lambda _: next(sending)), driver.PartSent)
    await here.simulator.fault(0, "error", command="+CMGS", code=500)
    failed = await here.do(lambda _: next(sending))
    assert isinstance(failed, driver.SendFailed)
    assert failed.part == 1
    again = await here.do(lambda modem: list(modem.send(driver.Send("m", RESIDENT, text, 5, first_part=1))))
    assert [event.part for event in again if isinstance(event, driver.PartSent)] == [1, 2]
    assert (await here.resident.next()).body == text


async def test_no_answer_after_the_text_leaves_it_uncertain(
    here: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modem.gammu_driver._NETWORK", 0.5)
    await here.simulator.fault(0, "mute", command="+CMGS")
    sending = here.modem.send(driver.Send("m", RESIDENT, "hello", 1))
    failed = await here.do(lambda _: next(sending))
    assert isinstance(failed, driver.SendFailed)
    assert not failed.certain
    with pytest.raises(errors.Silent):
        await here.do(lambda _: next(sending))
    await here.do(lambda modem: modem.wake())
    assert (await here.resident.next()).body == "hello"


async def test_no_prompt_leaves_a_text_surely_unsent(here: Plugged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modem.gammu_driver._PROMPT", 0.3)
    taken = (await here.simulator.log(0))["taken"]
    await here.simulator.fault(0, "silent", command=">")
    sending = here.modem.send(driver.Send("m", RESIDENT, "hello", 1))
    failed = await here.do(lambda _: next(sending))
    assert isinstance(failed, driver.SendFailed)
    assert failed.certain
    await here.do(lambda modem: modem.wake())
    assert (await here.simulator.log(0))["taken"] == taken


async def test_an_answer_that_comes_late_is_not_taken_for_the_next(
    here: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modem.storage._READ", 0.3)
    await here.simulator.fault(0, "delay", command="+CMGR", ms=400)
    await here.resident.text(OURS, "slow")
    with pytest.raises(errors.Silent):
        await here.until(lambda here: here.bodies)
    await here.do(lambda modem: modem.wake())
    (inbox,) = await here.do(lambda modem: modem.inbox())
    assert isinstance(inbox, driver.Inbox)
    assert [part.body for part in inbox.parts] == ["slow"]
    assert (await here.do(lambda modem: modem.status())).network is driver.Network.HOME


async def test_a_caller_who_hides_the_number_is_announced_without_one(here: Plugged) -> None:
    await here.simulator.ask("ring", number=RESIDENT, to=OURS, withheld=True)
    await here.until(lambda here: here.events(driver.Ringing))
    assert here.events(driver.Ringing) == [driver.Ringing(None)]
    await here.do(lambda modem: modem.hang_up())


async def test_answering_or_dialling_where_nobody_is_fails_at_once(here: Plugged) -> None:
    began = time.monotonic()
    with pytest.raises(errors.Refused):
        await here.do(lambda modem: modem.answer())
    await here.simulator.set(0, registration="searching")
    with pytest.raises(errors.Refused):
        await here.do(lambda modem: modem.dial(RESIDENT))
    # libgammu takes 40 s for the one and 100 s for the other.
    assert time.monotonic() - began < 5


async def test_a_command_that_hides_another_is_refused(here: Plugged) -> None:
    assert await here.do(lambda modem: modem.raw("AT+CSQ")) == ["+CSQ: 20,99"]
    with pytest.raises(errors.Refused):
        await here.do(lambda modem: modem.raw("AT+CSQ\rAT+CMGD=1,4"))
    with pytest.raises(errors.Refused):
        await here.do(lambda modem: modem.dial("1;+CMGD=1,4"))


async def test_texts_survive_a_bad_line(here: Plugged) -> None:
    noises: list[dict[str, Any]] = [
        {"kind": "one_byte", "ms": 1, "times": 4},
        {"kind": "garbage", "command": "+CMGR"},
        {"kind": "double_line", "line": "+CMGR"},
        {"kind": "double_line", "line": "07"},
        {"kind": "double_delivery"},
    ]
    for number, noise in enumerate(noises):
        await here.simulator.fault(0, **noise)
        await here.resident.text(OURS, f"text {number}")
        await here.until(lambda here: f"text {number}" in here.bodies)  # noqa: B023
        await here.simulator.clear(0)
    assert len(set(here.bodies)) == len(noises)
