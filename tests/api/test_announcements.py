"""Another system tells a group something: looked at first with its price, counted, and stopped."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Limits
from gateway.price import Price
from tests.api.asking import LIMITS, Asker, asker, deeds

FAIR = {
    "category": "events",
    "words": [
        {"language": "en", "text": "Fair on Saturday."},
        {"language": "es", "text": "Feria el sábado."},
    ],
    "groups": ["volunteers"],
}


async def test_it_is_looked_at_first_with_what_it_costs_and_nothing_is_sent(tmp_path: Path) -> None:
    limits = Limits(LIMITS.allowed_countries, text_price=Price(Decimal("0.05"), "GBP"))
    async with asker(tmp_path, limits=limits) as system:
        seen = (await system.post("/announcement-preview", FAIR)).json
        assert (seen["reached"], seen["calls"]) == (6, 0)
        assert seen["price"] == {"amount": str(Decimal("0.05") * seen["parts"]), "currency": "GBP"}
        readings = {one["language"]: one for one in seen["readings"]}
        assert sum(one["readers"] for one in readings.values()) == 6
        assert "Feria el sábado." in readings["es"]["texts"][0]
        assert "STOP EVENTS" in readings["en"]["texts"][0]
        assert await system.village.sent() == []
        assert (await system.get("/announcements")).json["items"] == []


async def test_it_goes_out_and_is_counted(system: Asker) -> None:
    sent = await system.post("/announcements", FAIR)
    assert (sent.status, sent.json["state"]) == (201, "sending")
    assert sent.json["told"] == {"waiting": 6, "told": 0, "skipped": 0}
    await system.village.move_to(system.village.hands.now)
    assert len(await system.village.sent()) == 6
    told = (await system.get(f"/announcements/{sent.json['id']}")).json
    assert (told["state"], told["told"]) == ("sent", {"waiting": 0, "told": 6, "skipped": 0})
    assert [kind for kind, _ in await system.village.events()] == [
        "announcement.sending",
        "announcement.sent",
    ]
    assert await deeds(system) == [("api.announced", 1)]


async def test_it_is_sent_once_for_each_key(system: Asker) -> None:
    key = {"Idempotency-Key": "fair"}
    first = await system.post("/announcements", FAIR, headers=key)
    again = await system.post("/announcements", FAIR, headers=key)
    assert first.json["id"] == again.json["id"]
    assert len((await system.get("/announcements")).json["items"]) == 1


async def test_it_is_stopped_once(system: Asker) -> None:
    made = (await system.post("/announcements", FAIR)).json["id"]
    assert (await system.post(f"/announcements/{made}/cancel")).json["state"] == "stopped"
    await system.village.move_to(system.village.hands.now)
    assert await system.village.sent() == []
    again = await system.post(f"/announcements/{made}/cancel")
    assert (again.status, again.code) == (409, "forbidden_move")
    assert await deeds(system) == [("api.announced", 1), ("api.announcement_stopped", 1)]


async def test_who_stopped_a_kind_is_not_reached(system: Asker) -> None:
    await system.village.text("+447700900021", "STOP EVENTS")
    assert (await system.post("/announcement-preview", FAIR)).json["reached"] == 5
    nobody = await system.post("/announcements", {**FAIR, "groups": ["asked"]})
    assert (nobody.status, nobody.code) == (409, "nobody")
    assert await deeds(system) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"words": []}, "bad_words"),
        ({"words": [{"language": "es", "text": "Feria"}]}, "bad_words"),
        ({"words": [{"language": "en", "text": "A"}, {"language": "en", "text": "B"}]}, "bad_words"),
        ({"words": [{"language": "en", "text": "A"}, {"language": "xx", "text": "B"}]}, "bad_words"),
        ({"words": [{"language": "en", "text": " "}]}, "bad_words"),
        ({"groups": []}, "no_groups"),
        ({"groups": ["everybody"]}, "bad_body"),
        ({"language": "xx"}, "no_language"),
        ({"category": "gossip"}, "bad_body"),
    ],
)
async def test_what_cannot_be_sent_is_not(system: Asker, change: dict[str, Any], code: str) -> None:
    for path in ("/announcements", "/announcement-preview"):
        answer = await system.post(path, {**FAIR, **change})
        assert (answer.status, answer.code) == (422, code)
    assert (await system.get("/announcements")).json["items"] == []


async def test_who_may_read_may_not_send(system: Asker) -> None:
    token = await system.let_in("announcements:read")
    for path in ("/announcements", "/announcement-preview"):
        assert (await system.post(path, FAIR, token=token)).status == 403
