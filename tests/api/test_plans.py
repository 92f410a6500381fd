"""The API stays quick when the database has grown: it reads by index, a page at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flows.library import BUILT_IN, load_library
from gateway.api.table import OPERATIONS
from gateway.services import BINDING
from gateway.store.activity import activity
from tests.api.asking import ROSE, Asker, asker, book
from tests.store.plans import shape, slow_statements

LIBRARY = load_library((BUILT_IN, Path(__file__).parent / "flows"), BINDING)


async def test_no_operation_reads_all_that_ever_was(tmp_path: Path) -> None:
    async with asker(tmp_path, library=LIBRARY) as system:
        request, trip = await system.request_of(), await book(system)
        for words in ("SURVEY", "yes", "34", "wood", "STOP", "START"):
            await system.village.text("+447700900130", words)
        seen: set[str] = set()
        for connection in (system.village.store._writer, system.village.store._reader):
            await connection.set_trace_callback(seen.add)
        await use_everything(system, request, trip)
        now = system.village.hands.now
        await system.village.store.read(activity, now, now + timedelta(days=1))
        statements = {shape(sql): sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
        assert len(statements) > 40
        slow = await system.village.store.read(slow_statements, sorted(statements.values()))
        assert slow == [], "\n".join(f"{plan}: {sql}" for plan, sql in slow)


async def use_everything(system: Asker, request: int, trip: int) -> None:
    """Use every operation there is."""
    person = await system.person()
    other = await system.person("+447700900130")
    package = (await system.get("/flow-results/packages")).json["data"][0]["id"]
    texts = {"person": person, "body": "The van comes at 3pm."}
    await system.post("/messages/sent", texts, headers={"Idempotency-Key": "k"})
    agreed = {"how": "by post", "given_on": "2026-03-01"}
    await system.ask("PUT", f"/people/{other}/consents/lift", json=agreed)
    await system.post("/conversations", {"person": other, "flow": "lift"})
    await system.ask("DELETE", f"/people/{other}/consents/lift")
    await system.post(f"/requests/{request}/state", {"state": "done"})
    for operation in OPERATIONS:
        path = operation.path.replace("{dataset}", "people").replace("{key}", "bench")
        path = path.replace("{service_request_id:[0-9]+}", "1").replace("{secret}", "x" * 43)
        number = str(trip if "/trips" in path else package if "flow-results" in path else request)
        path = path.replace("{id}", person if "/people" in path else number)
        if operation.method == "GET":
            assert (await system.get(path)).status < 500, path
    await system.post(f"/trips/{trip}/state", {"state": "cancelled"})
    assert (await system.get(f"/people/{await system.person(ROSE)}")).status == 200
