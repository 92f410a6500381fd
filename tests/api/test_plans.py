"""The API stays quick when the database has grown: it reads by index, a page at a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gateway.api.table import OPERATIONS
from gateway.store.activity import activity
from tests.api.asking import ROSE, TOM, Asker, asker, book, with_surveys
from tests.api.test_poll_drafts import TREE
from tests.store.plans import shape, slow_statements


async def test_no_operation_reads_all_that_ever_was(tmp_path: Path) -> None:
    async with asker(tmp_path, library=with_surveys()) as system:
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
    ann = await system.person("+447700900021")
    package = (await system.get("/flow-results/packages")).json["data"][0]["id"]
    texts = {"person": person, "body": "The van comes at 3pm."}
    await system.post("/messages/sent", texts, headers={"Idempotency-Key": "k"})
    agreed = {"how": "by post", "given_on": "2026-03-01"}
    await system.ask("PUT", f"/people/{other}/consents/lift", json=agreed)
    await system.post("/conversations", {"person": other, "flow": "lift"})
    await system.ask("DELETE", f"/people/{other}/consents/lift")
    await system.post(f"/requests/{request}/state", {"state": "done"})
    await use_services(system)
    for operation in OPERATIONS:
        path = operation.path.replace("{dataset}", "people").replace("{key}", "bench")
        path = path.replace("{service_request_id:[0-9]+}", "1").replace("{secret}", "x" * 43)
        path = path.replace("/trip-counts", "/trip-counts?first=2026-03-01&last=2026-03-31")
        path = "/runs?date=2026-03-03" if path == "/runs" else path
        number = str(trip if "/trips" in path else package if "flow-results" in path else request)
        path = path.replace("{id}", ann if "/volunteers" in path else person if "/people" in path else number)
        if operation.method == "GET":
            assert (await system.get(path)).status < 500, path
    await system.post(f"/trips/{trip}/state", {"state": "cancelled"})
    assert (await system.get(f"/people/{await system.person(ROSE)}")).status == 200


async def use_services(system: Asker) -> None:
    """Move one record of every community service on its way."""
    ann, tom = await system.person("+447700900021"), await system.person(TOM)
    await system.village.text(ROSE, "SOMEBODY should mend the bench")
    for state in ("listed", "planned"):
        await system.post("/ideas/1/state", {"state": state})
    meeting = {"meets_at": "2026-03-10T18:00:00Z", "where": "The hall"}
    await system.ask("PUT", "/ideas/1/meeting", json=meeting)
    desk = {"what": "Desk", "starts_at": "2026-03-04T14:00:00Z", "ends_at": "2026-03-04T17:00:00Z"}
    await system.post("/shifts", desk)
    for deed in ("assign", "release", "cancel"):
        await system.post(f"/shifts/1/{deed}", {"person": ann} if deed == "assign" else None)
    fair = {"category": "news", "words": [{"language": "en", "text": "Fair."}], "groups": ["volunteers"]}
    for path in ("/announcement-preview", "/announcements"):
        await system.post(path, fair)
    await system.post("/announcements/1/cancel")
    for words in ("FOODBANK", "2", "3", "vegan", "no", "microwave", "no", "I collect it", "1"):
        await system.village.text("+447700900124", words)
    await system.ask("PUT", "/referrals/1/time", json={"time": "friday@2026-03-06"})
    await system.post("/referrals/1/state", {"state": "given"})
    await system.post(f"/volunteers/{ann}/pause", {})
    await system.post(f"/volunteers/{ann}/resume")
    await system.ask("PUT", f"/volunteers/{ann}/limits", json={"weekly_offers": 2})
    run = {"date": "2026-03-03", "vehicle": "minibus", "driver": tom, "starts": "17:10", "ends": "18:00"}
    made = (await system.post("/runs", run)).json["id"]
    await system.ask("PUT", f"/runs/{made}", json={**run, "ends": "19:00"})
    await system.ask("PUT", "/trips/1/run", json={"run": made})
    await system.ask("DELETE", f"/runs/{made}")
    paper = {"member": 2, "how": "post", "options": ["pond"], "scores": []}
    await system.post("/polls/bench/papers", paper)
    draft = (await system.post("/polls", TREE)).json["key"]
    await system.ask("PUT", f"/polls/{draft}", json=TREE)
    await system.post("/members", {"name": "Max Marsh", "number": "+447700900778"})
    for words in ("JOIN", "Zoe Marsh", "2", "1"):
        await system.village.text("+447700900777", words)
    await system.post("/enrolments/1/state", {"state": "approved"})
    for deed in ("pin", "leave"):
        await system.post(f"/members/1/{deed}")
    request = await system.request_of("+447700900125", "HELP carry my logs")
    await system.post(f"/requests/{request}/offers", {"people": [ann]})
    details = {"category": "shopping", "urgency": "today"}
    await system.ask("PUT", f"/requests/{request}/details", json=details)
    await system.post(f"/requests/{request}/assign", {"person": ann})
    await system.post(f"/requests/{request}/release")
    await system.post("/polls/bench/state", {"state": "closed"})
