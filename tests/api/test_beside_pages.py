"""The API lies beside the pages and shares nothing with them: no cookie opens it, its errors are no pages."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from gateway.api.scopes import SCOPES
from gateway.api.tokens import new_token
from gateway.config_http import HttpConfig
from gateway.store.accounts import Role
from tests.api.asking import ROSE
from tests.web.site import Dashboard, dashboard

PROBLEM = "application/problem+json"


async def token_for(d: Dashboard) -> dict[str, str]:
    """Make a token that may do everything, and give the header that shows it."""
    token = await d.store.write(new_token, "test", tuple(SCOPES), 1, d.now)
    return {"Authorization": f"Bearer {token}"}


async def test_another_system_moves_a_request_without_cookie_or_origin(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d, aiohttp.ClientSession() as session:
        await d.village.text(ROSE, "HELP my gate is broken")
        header = await token_for(d)
        async with session.get(f"{d.address}/api/v1/requests", headers=header) as answer:
            [request] = (await answer.json())["items"]
        move = {"state": "looking"}
        path = f"{d.address}/api/v1/requests/{request['id']}/state"
        evil = {**header, "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        async with session.post(path, json=move, headers=evil) as answer:
            assert answer.status == 200
            assert "Set-Cookie" not in answer.headers


async def test_somebody_who_is_signed_in_is_nobody_to_the_api(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        coordinator = await d.client(Role.COORDINATOR)
        answer = await coordinator.get("/api/v1/people")
        assert (answer.status, json.loads(answer.text)["code"]) == (401, "no_token")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/", "/api/v1/requests/1/2/3"])
async def test_what_is_not_there_is_no_page(tmp_path: Path, path: str) -> None:
    async with dashboard(tmp_path) as d, aiohttp.ClientSession() as session:
        for method in ("GET", "POST"):
            async with session.request(method, d.address + path) as answer:
                assert (answer.status, answer.content_type) == (404, PROBLEM)


async def test_ten_megabytes_end_as_a_problem_here_too(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d, aiohttp.ClientSession() as session:
        header = await token_for(d) | {"Content-Type": "application/json"}
        path = f"{d.address}/api/v1/messages/sent"
        try:
            async with session.post(path, data=io.BytesIO(b" " * 10_000_000), headers=header) as answer:
                assert (answer.status, answer.content_type) == (413, PROBLEM)
        except aiohttp.ClientConnectionError:
            pass  # it was told, and the line closed, while we were still sending


async def test_no_page_lies_below_the_api(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d, aiohttp.ClientSession() as session:
        for path in ("/api/v1/%2e%2e/%2e%2e/login", "/api/v1//login", "/api/v1/..%2f..%2flogin"):
            url = URL(d.address + path, encoded=True)
            async with session.get(url, allow_redirects=False) as answer:
                assert (answer.status, answer.content_type) == (404, PROBLEM), path


async def test_the_numbers_are_openmetrics_and_about_nobody(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d, aiohttp.ClientSession() as session:
        await d.village.text(ROSE, "HELP my gate is broken")
        async with session.get(f"{d.address}/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
            text = await answer.text()
    assert text.endswith("\n# EOF\n")
    assert "plainline_texts_received_total 1\n" in text
    assert "plainline_requests_open 1\n" in text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(
        re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.]+', line) for line in lines
    )
    families = re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)
    assert len(families) == len(set(families))
    for word in (ROSE[1:], "gate", "Rose", "Ashby"):
        assert word not in text


async def test_the_numbers_are_for_this_machine_alone_unless_opened(tmp_path: Path) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    async with dashboard(tmp_path) as d, aiohttp.ClientSession() as session:
        for path in ("/metrics", "/healthz"):
            async with session.get(d.address + path, headers=forwarded) as answer:
                assert answer.status == 404


async def test_the_numbers_may_be_opened_to_others(tmp_path: Path) -> None:
    opened = HttpConfig(port=0, open_health=True)
    async with (
        dashboard(tmp_path, http=opened) as d,
        aiohttp.ClientSession() as session,
        session.get(f"{d.address}/metrics", headers={"X-Forwarded-For": "203.0.113.7"}) as answer,
    ):
        assert answer.status == 200
