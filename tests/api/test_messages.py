"""Texts are read without votes among them, and sent only to those who may be texted."""

from __future__ import annotations

from pathlib import Path

from gateway.config import Limits
from gateway.store import people
from tests.api.asking import ROSE, Asker, asker


async def test_a_text_goes_to_somebody_who_is_known(system: Asker) -> None:
    await system.village.text(ROSE, "MENU")
    await system.village.sent()
    person = await system.person()
    answer = await system.post("/messages/sent", {"person": person, "body": "The van comes at 3pm."})
    assert (answer.status, answer.json["state"], answer.json["parts"]) == (202, "queued", 1)
    assert await system.village.sent() == [(ROSE, "The van comes at 3pm.")]
    assert system.woken
    assert (await system.get("/messages/sent?limit=200")).json["items"][-1]["id"] == answer.json["id"]


async def test_nobody_who_said_stop_is_texted(system: Asker) -> None:
    await system.village.text(ROSE, "STOP")
    await system.village.sent()
    answer = await system.post("/messages/sent", {"person": await system.person(), "body": "Hello"})
    assert (answer.status, answer.code) == (403, "stopped")
    assert await system.village.sent() == []


async def test_no_costly_number_is_texted_however_it_came_to_be_known(system: Asker) -> None:
    for number in ("+33612345678", "+449098790000", "+447700900000"):
        await system.village.store.write(people.meet, number, system.village.hands.now)
        answer = await system.post("/messages/sent", {"person": await system.person(number), "body": "Hello"})
        assert (answer.status, answer.code) == (403, "not_allowed"), number
    assert await system.village.sent() == []


async def test_the_days_cap_holds_for_other_systems_too(tmp_path: Path) -> None:
    async with asker(tmp_path, limits=Limits(("GB",), texts_per_day=4)) as system:
        await system.village.text(ROSE, "MENU")
        person = await system.person()
        answers = [
            await system.post("/messages/sent", {"person": person, "body": f"News {n}"}) for n in range(5)
        ]
        assert answers[-1].status == 429
        assert answers[-1].code == "cap_reached"
        assert int(answers[-1].headers["Retry-After"]) > 0
        queued = len(await system.village.sent())
        assert queued <= 4


async def test_one_number_hears_so_much_an_hour(tmp_path: Path) -> None:
    async with asker(tmp_path, limits=Limits(("GB",), texts_per_number_per_hour=3)) as system:
        await system.village.text(ROSE, "MENU")
        person = await system.person()
        statuses = [
            (await system.post("/messages/sent", {"person": person, "body": f"News {n}"})).status
            for n in range(4)
        ]
        assert statuses[-1] == 429


async def test_a_text_of_more_than_two_parts_is_refused(system: Asker) -> None:
    await system.village.text(ROSE, "MENU")
    person = await system.person()
    too_long = await system.post("/messages/sent", {"person": person, "body": "é\u4e00" * 100})
    assert (too_long.status, too_long.code) == (422, "too_many_parts")
    assert (await system.post("/messages/sent", {"person": person, "body": " \n "})).code == "no_words"


async def test_what_is_being_written_about_a_vote_is_nobodys_to_read(system: Asker) -> None:
    await system.village.text(ROSE, "MENU")
    before = (await system.get("/messages/received?limit=200")).json["items"]
    hidden = 0
    for words in ("VOTE", "2", "1", "1"):
        await system.village.text(ROSE, words)
        talk = await system.village.store.read(lambda tx: tx.one("SELECT first_outbound FROM vote_talk"))
        if talk is not None:
            hidden += 1
            sent = (await system.get("/messages/sent?limit=200")).json["items"]
            assert (await system.get("/messages/received?limit=200")).json["items"] == before
            assert max(item["id"] for item in sent) < talk["first_outbound"]
    assert hidden >= 2


async def test_another_systems_text_is_in_the_log_without_its_words(system: Asker) -> None:
    await system.village.text(ROSE, "MENU")
    await system.post("/messages/sent", {"person": await system.person(), "body": "Call about your gate"})
    rows = await system.village.store.read(lambda tx: tx.all("SELECT action, subject, detail FROM journal"))
    assert [row["action"] for row in rows] == ["api.token_made", "api.text_sent"]
    assert "gate" not in "".join(row["detail"] for row in rows)
    assert ROSE not in "".join(row["subject"] + row["detail"] for row in rows)
