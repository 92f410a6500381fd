"""Webhooks stay quick when there have been many: no statement reads all that was ever delivered."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.store import webhook_sources
from gateway.webhooks import endpoints, lane, sources
from tests.store.plans import shape, slow_statements
from tests.webhooks.receiver import receiver
from tests.webhooks.sending import sending


async def test_no_statement_about_webhooks_reads_all_that_ever_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "SETTLE_SECONDS", 0.01)
    seen: set[str] = set()
    async with receiver() as cases, sending(tmp_path) as out:
        store = out.village.store
        for connection in (store._writer, store._reader):
            await connection.set_trace_callback(seen.add)
        endpoint = await out.add(cases.url, ["help.*"], ["name", "words"])
        cases.answers.extend([500, 500, 500, 204, 410])
        for subject in ("help:1", "help:1", "help:2"):
            await out.happen("help.opened", subject)
        async with asyncio.timeout(20):
            while (await out.endpoint(endpoint.id)).state == "on":
                out.pass_time(timedelta(minutes=8))
                await asyncio.sleep(0.05)
        await out.do(endpoints.switch_on, endpoint.id)
        await out.do(endpoints.send_test, endpoint.id)
        await out.settled(endpoint.id)
        for state in ("", "failed", "waiting"):
            await out.deliveries(endpoint.id, state)
        await out.do(endpoints.replay_failed, endpoint.id)
        now = out.village.hands.now
        await store.write(endpoints.replay, endpoint.id, [1, 2, 3], now)
        await store.write(endpoints.replay_since, endpoint.id, now - timedelta(days=3), now)
        await out.settled(endpoint.id)
        out.pass_time(timedelta(days=20))
        await out.webhooks.keep_up()
        await out.do(endpoints.remove_endpoint, endpoint.id)
        await out.gone_from_store(endpoint.id)
        source = await store.write(sources.add_source, "cases", sources.SCOPES, now)
        await store.write(webhook_sources.keep_answer, source, "msg", "{}", now)
        await store.read(webhook_sources.kept_answer, source, "msg")
        await store.write(webhook_sources.forget_answers, now, 10)
        statements = {shape(sql): sql for sql in seen if sql.startswith(("SELECT", "UPDATE", "DELETE"))}
        about = [sql for sql in statements.values() if "webhook" in sql or "FROM event" in sql]
        assert len(about) > 25
        slow = await store.read(slow_statements, sorted(about))
    assert slow == [], "\n".join(f"{plan}: {sql}" for plan, sql in slow)
