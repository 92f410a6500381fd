"""Pages stay quick when the database has grown: none reads a table of years from end to end."""

from __future__ import annotations

from pathlib import Path

from gateway.store.accounts import Role
from tests.store.plans import shape, slow_statements
from tests.web.pages import PAGES, lively
from tests.web.site import dashboard


async def test_no_page_reads_all_that_ever_was(tmp_path: Path) -> None:
    async with dashboard(tmp_path) as d:
        await lively(d)
        clients = {role: await d.client(role) for role in Role}
        seen: set[str] = set()
        for connection in (d.store._writer, d.store._reader):
            await connection.set_trace_callback(seen.add)
        for shown in PAGES:
            path = await shown.prepare(d) if shown.prepare else None
            client = clients[shown.role] if shown.role else await d.anybody()
            assert (await client.get(path or shown.path)).status in {200, 303, 404}
        statements = {shape(sql): sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
        assert len(statements) > 20
        slow = await d.store.read(slow_statements, sorted(statements.values()))
        assert slow == [], "\n".join(f"{plan}: {sql}" for plan, sql in slow)
