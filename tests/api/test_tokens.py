"""A token opens what its scopes say, until it ends; what is kept of it opens nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.api.tokens import NoToken, new_calendar, new_token, take_back
from gateway.store import tokens
from gateway.store.database import Tx
from tests.api.asking import ROSE, TOM, Asker


async def test_nothing_personal_is_answered_without_a_token(system: Asker) -> None:
    for token in ("", "plt_wrong", "é" * 40, "x" * 5000, f"{system.token}x", system.token[:-1]):
        headers = {"Authorization": f"Bearer {token}"} if token and token.isascii() else {}
        answer = await system.get("/requests", token="", headers=headers)
        assert (answer.status, answer.code) == (401, "no_token")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_only_the_bearer_scheme_is_known(system: Asker) -> None:
    for header in (system.token, f"Basic {system.token}", f"Token {system.token}", "Bearer", "Bearer  "):
        answer = await system.get("/requests", token="", headers={"Authorization": header})
        assert answer.status == 401, header


async def test_a_token_ends(system: Asker) -> None:
    token = await system.let_in("requests:read", days=1)
    assert (await system.get("/requests", token=token)).status == 200
    system.village.hands.pass_time(timedelta(days=1))
    assert (await system.get("/requests", token=token)).status == 401


async def test_a_revoked_token_opens_nothing_from_the_next_request_on(system: Asker) -> None:
    token = await system.let_in("requests:read")
    found = await system.village.store.read(tokens.tokens)
    await system.village.store.write(take_back, found[0].id, system.village.hands.now)
    assert (await system.get("/requests", token=token)).status == 401
    with pytest.raises(NoToken):
        await system.village.store.write(take_back, found[0].id, system.village.hands.now)


async def test_every_operation_needs_its_scope_but_the_public_ones(system: Asker) -> None:
    from gateway.api.table import OPERATIONS

    public = {operation.id for operation in OPERATIONS if operation.scope is None}
    assert public == {
        *(f"open{what}{form}" for what in ("Services", "Issues", "Issue") for form in ("Json", "Xml")),
        "readCalendar",
        "listEvents",
    }
    token = await system.let_in("polls:read")
    for operation in OPERATIONS:
        if operation.scope not in (None, "polls:read"):
            path = (
                operation.path.replace("{dataset}", "trips")
                .replace("{id}", "1")
                .replace("{flow}", "lift")
                .replace("{key}", "bench")
            )
            answer = await system.ask(operation.method, path, json={}, token=token)
            assert (answer.status, answer.code) == (403, "no_scope"), operation.id


async def test_what_is_kept_of_a_token_is_a_hash_and_a_day(system: Asker) -> None:
    await system.get("/requests")
    rows = await system.village.store.read(lambda tx: tx.all("SELECT * FROM api_token"))
    kept = str([tuple(row) for row in rows])
    assert system.token not in kept
    assert system.token[:8] in kept
    [token] = await system.village.store.read(tokens.tokens)
    assert token.last_used_on == "2026-03-02"


async def test_the_day_is_written_down_once_a_day(system: Asker) -> None:
    await system.get("/requests")
    before = await system.village.store.read(_commits)
    for _ in range(5):
        await system.get("/requests")
    assert await system.village.store.read(_commits) == before
    system.village.hands.pass_time(timedelta(days=1))
    await system.get("/requests")
    assert await system.village.store.read(_commits) > before


def _commits(tx: Tx) -> int:
    """Give a number that grows with every commit of another connection."""
    row = tx.one("PRAGMA data_version")
    assert row is not None
    return int(row[0])


async def test_a_token_without_a_scope_or_a_name_is_not_made(system: Asker) -> None:
    now = system.village.hands.now
    for name, scopes, days in (
        ("x", [], 1),
        ("x", ["all"], 1),
        (" ", ["polls:read"], 1),
        ("x", ["polls:read"], 0),
    ):
        with pytest.raises(NoToken):
            await system.village.store.write(new_token, name, scopes, days, now)
    with pytest.raises(NoToken):
        await system.village.store.write(new_calendar, "not a driver", ROSE, 1, now)


async def test_a_calendars_address_is_no_bearer_token_and_a_token_no_address(system: Asker) -> None:
    secret = await system.village.store.write(new_calendar, "Tom", TOM, 30, system.village.hands.now)
    assert (await system.get("/requests", token=secret)).status == 401
    assert (await system.get(f"/calendars/{system.token}.ics", token="")).status == 404
