"""Each token may ask so often; what is left is told on every answer."""

from __future__ import annotations

from gateway.api.pace import MOST_KNOWN, Pace
from gateway.api.serving import REQUESTS_A_MINUTE
from tests.api.asking import Asker


async def test_who_asks_too_often_waits_and_another_does_not(system: Asker) -> None:
    other = await system.let_in("polls:read")
    for left in range(REQUESTS_A_MINUTE, 0, -1):
        answer = await system.get("/polls?limit=1")
        assert answer.headers["RateLimit"].startswith(f'"token";r={left - 1};t=')
    assert answer.headers["RateLimit-Policy"] == f'"token";q={REQUESTS_A_MINUTE};w=60'
    refused = await system.get("/polls")
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too_many", "1")
    assert (await system.get("/polls", token=other)).status == 200
    system.steady[0] += 1
    assert (await system.get("/polls")).status == 200


def test_only_so_many_are_remembered() -> None:
    pace = Pace("public", 2, 60, lambda: 0.0)
    for who in range(MOST_KNOWN * 2):
        pace.take(who)
    assert len(pace._left) == MOST_KNOWN


def test_a_bucket_never_holds_more_than_its_quota() -> None:
    now = [0.0]
    pace = Pace("token", 10, 60, lambda: now[0])
    pace.take("a")
    now[0] = 1e6
    assert [pace.take("a").granted for _ in range(11)] == [True] * 10 + [False]
