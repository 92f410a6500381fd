"""The log says who did what, and cannot be altered: not from a page, not by a statement gone wrong."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.journal import entries_about, forget_journal, journal, latest_entries
from gateway.web.site import make_site
from gateway.web.sweep import JOURNAL_KEPT, sweep
from tests.village import MONDAY, ashby
from tests.web.site import dashboard
from tests.web.test_accounts import HTTP_SETTINGS


def _fill(tx: Tx, entries: int = 3) -> None:
    for number in range(entries):
        journal(tx, None, "help.moved", f"help:{number}", MONDAY + timedelta(days=number), state="done")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET action = 'nothing'",
        "UPDATE journal SET account_id = NULL WHERE id = 1",
        "DELETE FROM journal",
        "DELETE FROM journal WHERE id = 1",
        "INSERT OR REPLACE INTO journal (id, at, action, subject) VALUES (1, '', '', '')",
    ],
)
async def test_no_statement_alters_it(tmp_path: Path, statement: str) -> None:
    async with ashby(tmp_path) as village:
        await village.store.write(_fill)
        with pytest.raises(sqlite3.IntegrityError, match="log cannot be"):
            await village.store.write(lambda tx: tx.run(statement))
        assert len(await village.store.read(latest_entries)) == 3


async def test_what_became_too_old_is_erased_and_nothing_else(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.store.write(_fill)
        assert await village.store.write(forget_journal, MONDAY + timedelta(days=1)) == 1
        assert [entry.subject for entry in await village.store.read(latest_entries)] == ["help:2", "help:1"]
        await village.store.write(sweep, MONDAY + JOURNAL_KEPT + timedelta(days=1, hours=1))
        assert [entry.subject for entry in await village.store.read(latest_entries)] == ["help:2"]


async def test_no_page_can_alter_it(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        site = make_site(d.gateway, HTTP_SETTINGS)
        paths = [(route.method, route.resource.canonical) for route in site.router.routes() if route.resource]
        methods = {method for method, path in paths if path == "/log" or path.startswith("/log/")}
        assert methods == {"GET", "HEAD"}


async def test_it_tells_in_words_who_did_what_a_page_at_a_time(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        await client.post("/coordinators/invitations", {"name": "Ben", "role": "observer"})
        page = (await client.get("/log")).text
        assert "Maria Hill" in page
        assert "invited somebody as Observer" in page
        await d.store.write(_fill, 60)
        assert "invited" not in (await client.get("/log")).text
        assert "invited" in (await client.get("/log?before=12")).text
        for strange in ("-1", "x", "9" * 40, "١"):
            assert (await client.get("/log", params={"before": strange})).status == 200


async def test_every_deed_on_a_page_is_written_down_once_with_who_did_it(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        client = await d.client(Role.COORDINATOR)
        other = await d.account(Role.OBSERVER)
        await client.post(f"/coordinators/{other}/role", {"role": "organiser"})
        await client.post("/account/language", {"language": "es"})
        await client.post(f"/coordinators/{other}/end", {"sure": "on"})
        entries = await d.store.read(latest_entries)
        assert [(one.who, one.action) for one in reversed(entries)] == [
            ("Maria Hill", "account.role_changed"),
            ("Maria Hill", "account.language_set"),
            ("Maria Hill", "account.ended"),
        ]
        assert len(await d.store.read(entries_about, f"account:{other}")) == 2
