"""The public board in GeoReport v2; requests for help are personal and never on it."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from gateway.formats import open311
from gateway.store.public_issues import PublicIssue, PublicService
from tests.api.asking import Asker

LAMP = PublicIssue(
    12,
    PublicService("idea", "Somebody should", "What could be done in the village"),
    "Mend the lamp <by the pond> & paint it \x0b",
    "Duck pond",
    True,
    "",
    datetime(2026, 3, 1, 9, tzinfo=UTC),
    datetime(2026, 3, 2, 9, tzinfo=UTC),
)


def test_an_issue_has_the_fields_of_georeport_in_both_forms() -> None:
    [record] = open311.requests([LAMP])
    assert record["status"] == "open"
    assert record["requested_datetime"] == "2026-03-01T09:00:00+00:00"
    root = ET.fromstring(open311.to_xml("service_requests", [record]))
    [request] = root
    assert (root.tag, request.tag) == ("service_requests", "request")
    assert {field.tag: field.text or "" for field in request} == {
        **record,
        "description": "Mend the lamp <by the pond> & paint it ",  # what XML cannot hold is left out
    }


def test_a_kind_of_issue_has_the_fields_of_georeport() -> None:
    [service] = ET.fromstring(open311.to_xml("services", open311.services([LAMP.service])))
    assert {field.tag: field.text for field in service}["metadata"] == "false"
    assert [field.tag for field in service] == [
        "service_code",
        "service_name",
        "description",
        "metadata",
        "type",
        "keywords",
        "group",
    ]


@pytest.mark.parametrize("path", ["services", "requests", "requests/1", "requests/2"])
async def test_no_request_for_help_is_ever_public(system: Asker, path: str) -> None:
    await system.request_of()
    await system.request_of("+447700900124", "HELP there is a hole in Mill Lane")
    for form in ("json", "xml"):
        answer = await system.get(f"/open311/v2/{path}.{form}", token="")
        assert answer.status in (200, 404)
        assert b"gate" not in answer.raw
        assert b"Mill Lane" not in answer.raw


async def test_the_board_is_read_without_a_token_and_may_be_empty(system: Asker) -> None:
    assert (await system.get("/open311/v2/services.json", token="")).json[0]["service_code"] == "idea"
    answer = await system.get(
        "/open311/v2/requests.xml?status=open,closed&start_date=2026-01-01T00:00:00Z", token=""
    )
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert ET.fromstring(answer.raw).tag == "service_requests"


async def test_errors_are_georeports_own(system: Asker) -> None:
    answer = await system.get("/open311/v2/requests/99.json", token="")
    assert answer.json == [{"code": "404", "description": "service_request_id was not found"}]
    answer = await system.get("/open311/v2/requests/99.xml", token="")
    assert [field.tag for field in ET.fromstring(answer.raw)[0]] == ["code", "description"]
    answer = await system.get("/open311/v2/requests.json?status=asleep", token="")
    assert (answer.status, answer.json[0]["code"]) == (400, "400")


async def test_what_a_coordinator_let_through_is_public_and_nothing_else(system: Asker) -> None:
    village = system.village
    await village.text("+447700900123", "SOMEBODY should mend the bench")
    await village.text("+447700900123", "SOMEBODY should paint my neighbour's house")
    assert (await system.get("/open311/v2/requests.json", token="")).json == []
    await village.text("+447700900001", "LET 1")
    [issue] = (await system.get("/open311/v2/requests.json", token="")).json
    assert (issue["service_request_id"], issue["status"], issue["description"]) == (
        "1",
        "open",
        "mend the bench",
    )
    assert (await system.get("/open311/v2/requests/2.json", token="")).status == 404
    [service] = (await system.get("/open311/v2/services.json", token="")).json
    assert service["service_code"] == issue["service_code"] == "idea"
    assert (await system.get("/open311/v2/requests.json?status=closed", token="")).json == []
