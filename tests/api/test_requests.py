"""A case system closes a request, and the resident hears of it in their language."""

from __future__ import annotations

import pytest

from gateway.store import people
from gateway.store.database import Tx
from tests.api.asking import ROSE, Asker


async def test_a_request_is_listed_under_a_pseudonym_and_without_words(system: Asker) -> None:
    await system.request_of()
    token = await system.let_in("requests:read")
    answer = await system.get("/requests", token=token)
    assert answer.status == 200
    [item] = answer.json["items"]
    assert (item["state"], item["what"], item["area"]) == ("new", None, None)
    assert item["person"].startswith("p")
    assert b"gate" not in answer.raw
    assert b"7700900" not in answer.raw


async def test_who_may_know_people_reads_their_words_too(system: Asker) -> None:
    request = await system.request_of()
    answer = await system.get(f"/requests/{request}")
    assert answer.json["what"] == "my gate is broken"


def speaks(tx: Tx, number: str, language: str) -> None:
    resident = people.resident_by_number(tx, number)
    assert resident is not None
    people.set_language(tx, resident.id, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "is closed as done"),
        ("es", "se cierra como hecho"),
        ("ko", "끝난 것으로 닫았습니다"),
    ],
)
async def test_the_resident_hears_in_their_language_that_it_is_done(
    system: Asker, language: str, words: str
) -> None:
    request = await system.request_of()
    await system.village.store.write(speaks, ROSE, language)
    await system.village.sent()
    moved = await system.post(f"/requests/{request}/state", {"state": "done", "reference": "CASE-7"})
    assert (moved.status, moved.json["told"], moved.json["request"]["state"]) == (200, True, "done")
    [(number, text)] = await system.village.sent()
    assert number == ROSE
    assert words in text
    assert moved.json["request"]["code"] in text
    [told] = [data for kind, data in await system.village.events() if kind == "help.done"]
    assert (told["reference"], told["token"]) == ("CASE-7", 1)
    assert system.woken


async def test_a_move_that_cannot_be_made_answers_409_and_changes_nothing(system: Asker) -> None:
    request = await system.request_of()
    await system.post(f"/requests/{request}/state", {"state": "done"})
    await system.village.sent()
    again = await system.post(f"/requests/{request}/state", {"state": "looking"})
    assert (again.status, again.code) == (409, "forbidden_move")
    assert (await system.get(f"/requests/{request}")).json["state"] == "done"
    assert await system.village.sent() == []


async def test_nobody_hears_after_stop_but_the_request_moves(system: Asker) -> None:
    request = await system.request_of()
    await system.village.text(ROSE, "STOP")
    await system.village.sent()
    moved = await system.post(f"/requests/{request}/state", {"state": "failed"})
    assert (moved.json["request"]["state"], moved.json["told"]) == ("failed", False)
    assert await system.village.sent() == []


async def test_only_what_is_asked_for_is_listed(system: Asker) -> None:
    first = await system.request_of()
    await system.request_of("+447700900124", "HELP bread please")
    await system.post(f"/requests/{first}/state", {"state": "looking"})
    listed = (await system.get("/requests?state=looking")).json["items"]
    assert [item["id"] for item in listed] == [first]


async def test_pages_follow_each_other_and_end(system: Asker) -> None:
    for number in range(5):
        await system.request_of(f"+4477009002{number:02}", "HELP carry my logs")
    seen: list[int] = []
    path = "/requests?limit=2"
    while path:
        page = (await system.get(path)).json
        seen += [item["id"] for item in page["items"]]
        path = f"/requests?limit=2&cursor={page['next']}" if page["next"] else ""
    assert seen == sorted(seen)
    assert len(seen) == 5


async def test_a_cursor_that_was_tampered_with_is_refused(system: Asker) -> None:
    for number in range(3):
        await system.request_of(f"+4477009002{number:02}", "HELP carry my logs")
    cursor = (await system.get("/requests?limit=1")).json["next"]
    body, _, seal = cursor.partition(".")
    for wrong in (f"x{cursor}", body, f"{body}.", f"OTk.{seal}", cursor[:-1], f"{cursor}A"):
        answer = await system.get(f"/requests?limit=1&cursor={wrong}")
        assert (answer.status, answer.code) in ((400, "bad_cursor"), (400, "bad_query")), wrong
    other = await system.get(f"/requests?limit=1&state=new&cursor={cursor}")
    assert (other.status, other.code) == (400, "bad_cursor")
    elsewhere = await system.get(f"/trips?limit=1&cursor={cursor}")
    assert (elsewhere.status, elsewhere.code) == (400, "bad_cursor")
