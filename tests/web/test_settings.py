"""Settings: a list is looked at, taken over and taken back, and one with a mistake changes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, FilePayload, Page, expect

from gateway.store.accounts import Role
from gateway.store.lift_runs import drivers
from gateway.web.context import STAGED
from gateway.web.sweep import STAGED_KEPT, drop_staged
from tests.web.axe import axe
from tests.web.pages import in_a_folder
from tests.web.site import Answer, Client, Dashboard, dashboard

HALT = 'old_halt,"Old <b>Halt</b>",the halt|old stop,,\n'
ADA = "+447700900123"


async def look(page: Page, name: str, content: str) -> None:
    """Choose a file for a list and look at what it would do."""
    await page.goto("/settings")
    await page.get_by_label("Which list?").select_option(value=name)
    held = FilePayload(name="saved.csv", mimeType="text/csv", buffer=content.encode())
    await page.get_by_label("The file").set_input_files(files=[held])
    await page.get_by_role("button", name="Look at it first").click()


def listed(d: Dashboard, name: str) -> Path:
    """Give a file of the community's folder."""
    assert d.gateway.folder is not None
    return d.gateway.folder / name


async def test_new_places_count_at_once_and_are_taken_back_with_one_step(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        await in_a_folder(d)
        page = (await d.page(browser, width=360, javascript=False)).page
        before = listed(d, "places.csv").read_text(encoding="utf-8")
        await look(page, "places.csv", before + HALT)
        await expect(page.get_by_text("Old <b>Halt</b>").first).to_be_visible()
        assert listed(d, "places.csv").read_text(encoding="utf-8") == before
        await page.get_by_role("button", name="Take it over").click()
        await expect(page.get_by_text("It counts from now on.")).to_be_visible()
        await d.village.text(ADA, "LIFT")
        [reply] = await d.village.text(ADA, "the halt")
        assert "don't know that place" not in reply
        await page.get_by_role("button", name="Put the one before back").click()
        await expect(page.get_by_text("The list from before is back.")).to_be_visible()
        assert listed(d, "places.csv").read_text(encoding="utf-8") == before
        await expect(page.get_by_role("button", name="Put the one before back")).to_have_count(0)
        log = (await (await d.client()).get("/log")).text
        assert "took over a list (file:places.csv)" in log
        assert "put the list from before back" in log


async def test_a_list_with_mistakes_is_told_of_line_by_line_and_changes_nothing(
    tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as d:
        await in_a_folder(d)
        watched = await d.page(browser)
        page = watched.page
        before = await d.store.read(drivers)
        kept = listed(d, "drivers.csv").read_bytes()
        wrong = "number,name\n12,Eve <b>Moss</b>\n13,Abe Lund\n"
        await look(page, "drivers.csv", wrong)
        page_alert = page.get_by_role("alert")
        await expect(page_alert).to_contain_text("drivers.csv, line 2: number is no telephone number")
        await expect(page_alert).to_contain_text("drivers.csv, line 3")
        await expect(page.get_by_role("button", name="Take it over")).to_have_count(0)
        assert await d.store.read(drivers) == before
        assert listed(d, "drivers.csv").read_bytes() == kept
        await axe(page)
        watched.complaints.clear()  # the browser tells of the answer's status, which is the right one


async def test_a_pin_is_shown_on_no_page_and_a_file_nobody_looked_at_is_not_taken(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await in_a_folder(d)
        client = await d.client()
        rows = "name,number,pin\nRose Hill,07700 900123,4711\n"
        answer = await upload(client, "members.csv", rows)
        assert answer.status == 200
        assert "This is what would change" in answer.text
        assert "4711" not in answer.text
        taken = await client.post("/settings/take-over", {"list": "members.csv", "digest": "0" * 64})
        assert "Look at yours again first" in (await client.get(taken.location)).text
        assert "4711" not in listed(d, "members.csv").read_text(encoding="utf-8")


async def test_where_nothing_can_be_written_the_page_says_so(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client()
        assert "names no folder" in (await client.get("/settings")).text
        assert (await upload(client, "places.csv", "key,label\n")).status == 422
        d.gateway.folder = tmp_path / "gone"
        assert f"may not write to the folder {tmp_path / 'gone'}" in (await client.get("/settings")).text


async def test_a_body_that_is_no_form_is_refused_in_words(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await in_a_folder(d)
        client = await d.client()
        headers = {"Origin": client.address, "Sec-Fetch-Site": "same-origin"}
        part = b'--q\r\nContent-Disposition: form-data; name="list"; filename="\xff"\r\n\r\n\xff\r\n--q'
        for kind, body in (
            ("multipart/form-data", b"a=b"),
            ("multipart/form-data; boundary=q", part),
            ("multipart/form-data; boundary=q", part.replace(b'name="list"; filename="\xff"', b"=;;name*=")),
            ("application/json", b"{"),
            ("text/csv; charset=bogus", b"key,label"),
        ):
            sent = headers | {"Content-Type": kind}
            assert (await client._ask("POST", "/settings/look", data=body, headers=sent)).status == 422


async def test_a_file_that_was_looked_at_and_left_is_nowhere(tmp_path: Path, browser: Browser) -> None:
    async with dashboard(tmp_path) as d:
        await in_a_folder(d)
        page = (await d.page(browser)).page
        new = listed(d, "places.csv").read_text(encoding="utf-8") + HALT
        await look(page, "places.csv", new)
        assert len(d.site[STAGED]) == 1
        assert await asyncio.to_thread(_holding, tmp_path, b"old_halt") == []
        await page.get_by_role("button", name="Leave it as it is").click()
        await expect(page.get_by_text("Old <b>Halt</b>")).to_have_count(0)
        assert not d.site[STAGED]
        await look(page, "places.csv", new)
        drop_staged(d.site, d.now + STAGED_KEPT)
        assert d.site[STAGED]
        drop_staged(d.site, d.now + STAGED_KEPT + timedelta(seconds=1))
        await page.get_by_role("button", name="Take it over").click()
        await expect(page.get_by_role("alert")).to_be_visible()
        assert "old_halt" not in listed(d, "places.csv").read_text(encoding="utf-8")


def _holding(folder: Path, words: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]


async def test_only_a_coordinator_takes_lists_over(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await in_a_folder(d)
        organiser = await d.client(Role.ORGANISER)
        assert "Ann Whitlock" in (await organiser.get("/settings")).text
        assert "Look at it first" not in (await organiser.get("/settings")).text
        assert (await upload(organiser, "places.csv", "key,label\n")).status == 403
        assert (await organiser.post("/settings/take-back")).status == 403


async def upload(client: Client, name: str, content: str) -> Answer:
    """Send a file as the page's form would."""
    form = aiohttp.FormData()
    form.add_field("list", name)
    form.add_field("file", content, filename=name, content_type="text/csv")
    headers = {"Origin": client.address, "Sec-Fetch-Site": "same-origin"}
    return await client._ask("POST", "/settings/look", data=form, headers=headers)
