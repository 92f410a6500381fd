"""The first visit: once, and only for whoever has the code; there is no default password anywhere."""

from __future__ import annotations

import asyncio
import stat
from datetime import timedelta
from pathlib import Path

from gateway.store.accounts import Role, accounts
from gateway.store.database import Tx
from tests.web.site import PASSWORD, Dashboard, dashboard

TYPED = {"name": "Maria Hill", "login": "maria", "password": PASSWORD, "again": PASSWORD}


def first(d: Dashboard, **changed: str) -> dict[str, str]:
    """Give what somebody types who has the code."""
    return TYPED | {"code": d.gateway.setup_code} | changed


async def test_the_code_lies_in_a_file_for_its_owner_alone_until_it_is_used(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        file = tmp_path / "setup-code"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text().strip() == d.gateway.setup_code
        client = await d.anybody()
        answer = await client.post("/first", first(d))
        assert (answer.status, answer.location) == (303, "/")
        assert not file.exists()
        assert (await client.get("/")).status == 200


async def test_everything_leads_to_the_first_visit_while_there_is_nobody(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.anybody()
        assert (await client.get("/")).location == "/login"
        assert (await client.get("/login")).location == "/first"


async def test_without_the_code_nobody_becomes_anything_and_guessing_gets_slow(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.anybody()
        for _ in range(5):
            assert (await client.post("/first", first(d, code="AAAA-AAAA"))).status == 422
        assert (await client.post("/first", first(d))).status == 429
        assert await d.store.read(accounts) == []
        d.village.hands.pass_time(timedelta(seconds=3))
        assert (await client.post("/first", first(d))).status == 303


async def test_two_at_the_same_moment_make_one_coordinator(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        clients = [await d.anybody() for _ in range(4)]
        await asyncio.gather(
            *(client.post("/first", first(d, login=f"maria{place}")) for place, client in enumerate(clients))
        )
        assert len(await d.store.read(accounts)) == 1
        assert [(await client.get("/")).status for client in clients].count(200) == 1


async def test_it_is_over_once_there_is_somebody(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        code = d.gateway.setup_code
        await d.account(Role.COORDINATOR)
        client = await d.anybody()
        assert (await client.get("/first")).location == "/login"
        assert (await client.post("/first", first(d, code=code))).location == "/login"
        assert [one.login for one in await d.store.read(accounts)] == ["coordinator"]


async def test_a_password_is_refused_that_is_easily_guessed_and_what_was_typed_is_kept(
    tmp_path: Path,
) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.anybody()
        for password in ("2short", "aaaaaaaaaaaa", "maria-maria-maria", "aaaaaabbbbbb", "ababababab"):
            answer = await client.post("/first", first(d, password=password, again=password))
            assert answer.status == 422
            assert 'value="Maria Hill"' in answer.text
            assert password not in answer.text
        assert (await client.post("/first", first(d, again="another password"))).status == 422
        assert await d.store.read(accounts) == []


async def test_what_nobody_asked_for_has_no_effect(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.anybody()
        await client.post("/first", first(d, role="observer", id="77", totp_secret="x", ended_at="1970"))
        (account,) = await d.store.read(accounts)
        assert (account.id, account.role, account.totp_secret) == (1, Role.COORDINATOR, "")


async def test_the_password_lies_nowhere_in_the_database(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.anybody()
        await client.post("/first", first(d))
        (account,) = await d.store.read(accounts)
        assert account.password_hash.startswith("$argon2id$")
        kept = await d.store.read(_everything)
        assert client.token
        assert client.token not in kept
        assert PASSWORD not in kept
        assert "maria" in kept


def _everything(tx: Tx) -> str:
    tables = [row[0] for row in tx.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return "\n".join(str(tuple(row)) for table in tables for row in tx.all(f"SELECT * FROM {table}"))
