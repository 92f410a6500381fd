"""Another system writes a poll down, writes it anew, and opens it: the same rules as on the page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.asking import ROSE, Asker, deeds


def words(english: str) -> list[dict[str, str]]:
    """Give English words as the API takes them."""
    return [{"language": "en", "text": english}]


TREE: dict[str, Any] = {
    "question": [*words("Which tree shall we plant?"), {"language": "es", "text": "¿Qué árbol?"}],
    "options": [{"labels": words("Oak")}, {"labels": words("Elm")}],
    "opens_at": "2026-03-03T09:00:00Z",
    "closes_at": "2026-03-20T18:00:00Z",
    "announce": False,
}


async def test_a_poll_is_written_down_seen_by_nobody_and_then_voted_in(system: Asker) -> None:
    made = await system.post("/polls", TREE)
    assert (made.status, made.json["state"], made.json["members"]) == (201, "draft", 0)
    assert made.json["opens_at"] == "2026-03-03T09:00:00.000Z"
    assert made.json["question"]["es"] == "¿Qué árbol?"
    key = made.json["key"]
    assert "tree" not in " ".join(await system.village.text(ROSE, "VOTE"))
    await system.village.text(ROSE, "MENU")
    assert (await system.post(f"/polls/{key}/state", {"state": "open"})).json["state"] == "open"
    assert "Which tree" in " ".join(await system.village.text(ROSE, "VOTE"))
    late = await system.ask("PUT", f"/polls/{key}", json=TREE)
    assert (late.status, late.code) == (409, "forbidden_move")
    assert await deeds(system) == [("api.poll_written", 1), ("api.poll_moved", 1)]


async def test_a_poll_that_is_not_open_is_written_anew_and_is_a_draft_again(system: Asker) -> None:
    key = (await system.post("/polls", TREE)).json["key"]
    await system.post(f"/polls/{key}/state", {"state": "scheduled"})
    change = {**TREE, "options": [*TREE["options"], {"labels": words("Ash")}], "method": "ranked"}
    changed = await system.ask("PUT", f"/polls/{key}", json=change)
    assert (changed.json["state"], len(changed.json["options"])) == ("draft", 3)
    kinds = [kind for kind, _ in await system.village.events() if kind.startswith("poll.")]
    assert kinds == ["poll.drafted", "poll.scheduled", "poll.changed"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"options": TREE["options"][:1]}, "bad_poll"),
        ({"options": [{"labels": words("Oak")}, {"labels": words("oak ")}]}, "bad_poll"),
        ({"options": [{"labels": []}, {"labels": []}]}, "bad_poll"),
        ({"question": []}, "bad_poll"),
        ({"question": words("  ")}, "bad_poll"),
        ({"question": [{"language": "xx", "text": "?"}]}, "bad_poll"),
        ({"method": "consent", "options": [], "secret": True}, "bad_poll"),
        ({"seats": 2}, "bad_poll"),
        ({"closes_at": "2026-03-02T09:00:00Z"}, "bad_times"),
        ({"closes_at": "9999-12-31T23:59:59Z"}, "bad_times"),
        ({"opens_at": "2026-03-21T09:00:00Z"}, "bad_times"),
        ({"method": "coin"}, "bad_body"),
    ],
)
async def test_a_poll_that_contradicts_itself_is_not_kept(
    system: Asker, change: dict[str, Any], code: str
) -> None:
    before = (await system.get("/polls?limit=200")).json
    refused = await system.post("/polls", {**TREE, **change})
    assert (refused.status, refused.code) == (422, code)
    assert b"oak" not in refused.raw.lower()
    assert (await system.get("/polls?limit=200")).json == before
