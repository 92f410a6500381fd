"""What residents answered leaves as Flow Results 1.1.0: no name, no number, no vote, nothing missed."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.store import people
from tests.api.asking import ROSE, Asker, asker, with_surveys

ANA = "+447700900124"
PATH = "/flow-results/packages"


ANSWERS = ("yes", "34", "wood", "tomorrow", "10.30am", "mill lane", "Rose Hill", "my gate is broken", "2468")


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Asker]:
    """Another system, in a village that is asked a survey."""
    async with asker(tmp_path, library=with_surveys()) as found:
        yield found


async def package(system: Asker, flow: str = "survey") -> str:
    """Give the id of the package of a flow."""
    listed = (await system.get(PATH)).json["data"]
    return next(str(one["id"]) for one in listed if one["attributes"]["name"].startswith(f"{flow}-"))


async def answer_survey(system: Asker, number: str = ROSE) -> None:
    """Answer the survey from end to end."""
    for words in ("SURVEY", *ANSWERS):
        await system.village.text(number, words)


async def rows(system: Asker, query: str = "") -> list[list[Any]]:
    """Give the rows of the survey's package."""
    answer = await system.get(f"{PATH}/{await package(system)}/responses{query}")
    assert answer.status == 200
    found: list[list[Any]] = answer.json["data"]["attributes"]["responses"]
    return found


async def test_a_flow_that_keeps_results_is_a_package_with_a_random_uuid(system: Asker) -> None:
    answer = await system.get(PATH)
    assert answer.headers["Content-Type"] == "application/vnd.api+json"
    names = {one["attributes"]["name"].rpartition("-")[0] for one in answer.json["data"]}
    assert names == {"survey"}  # nothing is kept of a flow that does not say so
    assert all(uuid.UUID(one["id"]).version == 4 for one in answer.json["data"])
    assert (await system.get(PATH)).json == answer.json


async def test_a_descriptor_says_what_the_specification_asks_for(system: Asker) -> None:
    answer = await system.get(f"{PATH}/{await package(system)}")
    described = answer.json["data"]["attributes"]
    assert described["profile"] == "flow-results-package"
    assert described["flow_results_specification_version"] == "1.1.0"
    assert described["created"].endswith("+00:00")
    [resource] = described["resources"]
    assert (resource["access_method"], resource["path"]) == ("api", None)
    assert resource["api_data_url"].endswith(f"{described['id']}/responses")
    assert [field["name"] for field in resource["schema"]["fields"]] == [
        "timestamp",
        "row_id",
        "contact_id",
        "session_id",
        "question_id",
        "response",
        "response_metadata",
    ]
    assert resource["schema"]["language"] == "eng"
    questions = resource["schema"]["questions"]
    assert {name: question["type"] for name, question in questions.items()} == {
        "well": "select_one",
        "age": "numeric",
        "heating": "select_one",
        "day": "date",
        "time": "time",
        "where": "text",
        "name": "text",
        "words": "text",
    }
    assert questions["heating"]["type_options"] == {"choices": ["gas", "wood", "none"]}
    assert questions["age"]["label"] == "How old are you?"
    personal = {name for name, question in questions.items() if question["is_personal_information"]}
    assert personal == {"where", "name", "words"}


async def test_a_conversation_becomes_rows_and_its_resident_a_contact(system: Asker) -> None:
    await answer_survey(system)
    found = await rows(system)
    assert [(row[4], row[5]) for row in found] == [
        ("well", "yes"),
        ("age", 34),
        ("heating", "wood"),
        ("day", "2026-03-03"),
        ("time", "10:30:00"),
        ("where", "Mill Lane"),
        ("name", "Rose Hill"),
        ("words", "my gate is broken"),
    ]
    for timestamp, row, contact, session, _, _, metadata in found:
        assert timestamp.endswith("+00:00")
        assert datetime.fromisoformat(timestamp).tzinfo is not None
        assert re.fullmatch(r"[0-9]{12}-[0-9]{2}", row)
        assert re.fullmatch(r"[0-9a-f]{32}", contact)
        assert session.isdecimal()
        assert metadata == {}
    assert ROSE[3:] not in str(found)
    assert "2468" not in str(found)  # a PIN is nobody's answer


async def test_a_contact_is_the_same_within_a_package_and_another_in_the_next(system: Asker) -> None:
    for number in (ROSE, ROSE, ANA):
        await answer_survey(system, number)
    contacts = [row[2] for row in await rows(system) if row[4] == "well"]
    assert contacts[0] == contacts[1] != contacts[2]
    secrets = await system.api._ready()
    resident = await system.village.store.read(people.resident_by_number, ROSE)
    assert resident is not None
    assert secrets.contact(await package(system), resident.id) == contacts[0]
    assert secrets.contact(str(uuid.uuid4()), resident.id) not in contacts


async def test_what_still_goes_on_is_not_shown_nor_skipped(system: Asker) -> None:
    await system.village.text(ANA, "SURVEY")  # begins first, ends last
    await answer_survey(system)
    known = (await rows(system))[-1][1]
    for words in ANSWERS:
        await system.village.text(ANA, words)
    assert len(await rows(system, f"?page[afterCursor]={known}")) == 8


async def test_what_was_answered_before_somebody_left_is_kept(system: Asker) -> None:
    for words in ("SURVEY", "yes", "34", "STOP"):
        await system.village.text(ROSE, words)
    assert [(row[4], row[5]) for row in await rows(system)] == [("well", "yes"), ("age", 34)]


async def test_nothing_is_kept_of_a_flow_that_does_not_ask_for_it(system: Asker) -> None:
    for words in ("HELP my gate is broken", "STOP"):
        await system.village.text(ROSE, words)
    kept = await system.village.store.read(lambda tx: tx.all("SELECT 1 FROM flow_result"))
    assert kept == []


async def test_results_are_kept_for_a_year(system: Asker) -> None:
    system.token = await system.let_in("results:read", days=1000)
    await answer_survey(system)
    await system.village.move_to(system.village.hands.now + timedelta(days=364))
    assert len(await rows(system)) == 8
    await system.village.move_to(system.village.hands.now + timedelta(days=2))
    assert await rows(system) == []


async def test_pages_hold_whole_conversations_and_lead_on(system: Asker) -> None:
    for number in range(3):
        await answer_survey(system, f"+4477009002{number:02}")
    path: str | None = f"{PATH}/{await package(system)}/responses?page[size]=1"
    seen: list[str] = []
    while path:
        data = (await system.get(path)).json["data"]
        seen += [row[1] for row in data["attributes"]["responses"]]
        following = data["relationships"]["links"]["next"]
        path = following and following.partition("/api/v1")[2]
    assert len(seen) == len(set(seen)) == 24
    assert seen == sorted(seen)
    assert [row[1] for row in await rows(system, f"?page[afterCursor]={seen[15]}")] == seen[16:]


async def test_rows_are_told_apart_by_when_they_ended(system: Asker) -> None:
    await answer_survey(system)
    ended = (await rows(system))[0][0].replace("+", "%2B")
    assert await rows(system, f"?filter[start-timestamp]={ended}") == []
    assert len(await rows(system, f"?filter[end-timestamp]={ended}")) == 8


async def test_no_vote_is_in_any_package(system: Asker) -> None:
    for words in ("VOTE", "1", "1", "YES"):
        await system.village.text(ROSE, words)
    for one in (await system.get(PATH)).json["data"]:
        answer = await system.get(f"{PATH}/{one['id']}/responses")
        assert b"vote" not in answer.raw
        assert b"green" not in answer.raw
