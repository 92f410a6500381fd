"""Modems: what each has been through, in words, and what the network says of its credit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, expect

from gateway.modem_story import SIGNAL_EVERY, ModemStory
from modem.driver import Network, PinState, Status
from tests.village import MONDAY
from tests.web.axe import axe
from tests.web.running import coordinators_page, running_town
from tests.web.site import dashboard

OURS = "+447700900000"


async def test_the_credit_is_asked_and_a_modem_that_falls_out_is_told_of(
    tmp_path: Path, browser: Browser
) -> None:
    async with running_town(tmp_path) as town, coordinators_page(town.gateway, browser) as page:
        await town.simulator.set(OURS, balances={"*100#": "Your credit is 4.20 <b>GBP</b>"})
        await page.goto("/modems")
        await expect(page.get_by_role("heading", name="m0 ready")).to_be_visible()
        await page.get_by_label("Code for the credit").fill("*100#")
        await page.get_by_role("button", name="Ask").click()
        await expect(page.get_by_text("Your credit is 4.20 <b>GBP</b>")).to_be_visible()
        await axe(page)
        await town.simulator.unplug(OURS)
        await expect(page.get_by_text("not plugged in").first).to_be_visible(timeout=15_000)
        await town.simulator.replug(OURS)
        await expect(page.get_by_role("heading", name="m0 ready")).to_be_visible(timeout=20_000)


async def test_a_code_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        assert "No modem is attached." in (await client.get("/modems")).text
        assert (await client.post("/modems/m0/balance", {"code": "*100#"})).status == 404


def test_a_day_of_signal_is_kept_and_no_more() -> None:
    story = ModemStory()
    for minute in range(3 * 24 * 60):
        status = Status(PinState.READY, Network.HOME, signal=minute % 100)
        story.saw(status, MONDAY + timedelta(minutes=minute))
    assert len(story.signals) == timedelta(days=1) / SIGNAL_EVERY
    assert story.signals[-1].at - story.signals[0].at < timedelta(days=1)
