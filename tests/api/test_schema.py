"""One description: what the document allows is what the gateway takes, and the other way round."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.api.document import openapi
from gateway.api.door import PREFIX
from gateway.api.operations import Operation
from gateway.api.reading import Wrong, read_query, read_shape
from gateway.api.requests import NextState, RequestState
from gateway.api.table import OPERATIONS
from gateway.services.help_lifecycle import LIFECYCLE
from gateway.services.outside import REQUEST_MOVES
from tests.api.asking import Asker

DOCUMENT = openapi(OPERATIONS, PREFIX)
EXAMPLES, EXAMPLES_SOAKED = 30, 1_000
BODIES = [operation for operation in OPERATIONS if operation.body is not None]
GOOD: Mapping[str, Any] = {
    "RequestMove": {"state": "done", "reference": "CASE-7"},
    "TripMove": {"state": "booked"},
    "ProviderOrderConfirmation": {
        "providerOrderConfirmation": {
            "tripTicketId": "x",
            "scheduledPickupTime": {"@time": "2026-03-03T10:45:00+00:00"},
            "scheduledPickupPoint": {},
            "scheduledDropoffPoint": {},
        }
    },
    "Lookup": {"number": "+447700900123"},
    "NewText": {"person": "p" + "0" * 32, "body": "The van\ncomes."},
    "NewConsent": {"how": "on paper", "given_on": "2026-03-01"},
    "NewConversation": {"person": "p" + "a" * 32, "flow": "lift"},
    "AskedVolunteers": {"people": ["p" + "0" * 32]},
    "RequestHelper": {"person": "p" + "0" * 32},
    "RequestDetails": {"category": "shopping", "urgency": "today", "area": "", "wanted_on": None},
    "RunPlan": {
        "date": "2026-03-03",
        "vehicle": "minibus",
        "driver": "p" + "0" * 32,
        "starts": "09:00",
        "ends": "12:30",
    },
    "TripRun": {"run": 1},
    "NewPoll": {
        "question": [{"language": "en", "text": "Which tree?"}],
        "options": [{"labels": [{"language": "en", "text": "Oak"}]}],
        "opens_at": "2026-03-03T09:00:00Z",
        "closes_at": "2026-03-20T18:00:00Z",
        "method": "ranked",
        "secret": True,
        "tie_rule": "lot",
        "quorum": 0,
        "seats": 1,
        "announce": False,
        "publish": "at_close",
    },
    "NewMember": {"name": "Zoe Marsh", "number": "07700 900777"},
    "PollMove": {"state": "closed"},
    "PollClose": {"closes_at": "2026-03-30T18:00:00Z"},
    "Lot": {"seed": "4 2 6 1"},
    "PaperVote": {"member": 1, "how": "post", "options": ["pond"], "scores": [], "words": ""},
    "BltFile": {"blt": '1 1\n1 1 0\n0\n"Oak"\n', "method": "ranked", "order": "1"},
    "IdeaMove": {"state": "listed", "what": "Mend the bench", "place": "", "enough": 3, "outcome": ""},
    "Meeting": {"meets_at": "2026-03-10T18:00:00Z", "where": "The church hall"},
    "NewShift": {
        "what": "Phone desk",
        "starts_at": "2026-03-04T14:00:00Z",
        "ends_at": "2026-03-04T17:00:00Z",
        "duty": True,
    },
    "ShiftHolder": {"person": "p" + "0" * 32},
    "NewAnnouncement": {
        "category": "events",
        "words": [{"language": "en", "text": "Fair on Saturday."}],
        "groups": ["volunteers"],
        "area": "",
        "language": "",
    },
    "ReferralMove": {"state": "given"},
    "ReferralTime": {"time": "tuesday@2026-03-03", "address": "12 Mill Lane"},
    "Pause": {"until": "2026-03-10T18:00:00Z"},
    "Bearing": {"weekly_offers": 3},
    "EnrolmentDecision": {"state": "approved"},
}
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=40)
    | st.sampled_from(
        ["done", "p" + "0" * 32, "2026-02-30", "2026-03-01", "lift", "+447700900123", "\x00", ""]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def validator(shape: type) -> Draft202012Validator:
    """Give a judge of a body that knows nothing of our reader."""
    schema = copy.deepcopy(DOCUMENT["components"]["schemas"][shape.__name__])
    schema["components"] = DOCUMENT["components"]
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def takes(shape: type, value: Any) -> bool:
    """Say whether our reader takes a value."""
    try:
        read_shape(shape, value)
    except Wrong:
        return False
    return True


async def test_the_document_is_openapi_and_served_to_anybody(system: Asker) -> None:
    answer = await system.get("/openapi.json", token="")
    assert answer.status == 200
    assert answer.json == DOCUMENT
    assert list(OpenAPIV31SpecValidator(answer.json).iter_errors()) == []


def test_every_operation_is_in_the_document_with_words() -> None:
    described = {
        operation["operationId"]: operation
        for path in DOCUMENT["paths"].values()
        for operation in path.values()
    }
    assert described.keys() == {operation.id for operation in OPERATIONS}
    assert all(operation["summary"] for operation in described.values())
    assert all(schema.get("description") for schema in DOCUMENT["components"]["schemas"].values())


def test_no_object_of_ours_may_hold_what_the_document_does_not_name() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert schema["additionalProperties"] is False, name


@pytest.mark.parametrize("operation", BODIES, ids=lambda operation: operation.id)
def test_a_good_body_is_taken_and_one_name_more_is_not(operation: Operation) -> None:
    assert operation.body is not None
    good = GOOD[operation.body.__name__]
    judge = validator(operation.body)
    assert judge.is_valid(good)
    assert takes(operation.body, good)
    for more in ("id", "resident_id", "told", "__class__", "scopes"):
        assert not takes(operation.body, {**good, more: 1}), more
    for name in good:
        if name in DOCUMENT["components"]["schemas"][operation.body.__name__].get("required", ()):
            assert not takes(operation.body, {key: value for key, value in good.items() if key != name})


@pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(EXAMPLES_SOAKED, marks=pytest.mark.soak)])
@pytest.mark.parametrize("operation", BODIES, ids=lambda operation: operation.id)
def test_the_reader_takes_just_what_the_document_allows(operation: Operation, examples: int) -> None:
    assert operation.body is not None
    shape, good, judge = operation.body, GOOD[operation.body.__name__], validator(operation.body)

    @settings(max_examples=examples, deadline=None)
    @given(st.sampled_from(sorted(good)), JUNK)
    def agrees(name: str, junk: Any) -> None:
        for value in ({**good, name: junk}, junk):
            # Python's $ matches before a last line break, ECMA's does not: the document means ECMA's.
            if "\\n" not in json.dumps(junk):
                assert takes(shape, value) == judge.is_valid(value), value

    agrees()


def test_a_query_is_read_as_strictly_as_a_body() -> None:
    shape = next(operation.query for operation in OPERATIONS if operation.id == "listTrips")
    assert read_query(shape, [("limit", "7"), ("date", "2026-03-02")])
    for pairs in (
        [("limit", "0")],
        [("limit", "201")],
        [("limit", "٧")],
        [("limit", "7.5")],
        [("limit", "")],
        [("limit", "9" * 400)],
        [("limit", "7"), ("limit", "7")],
        [("date", "2026-02-30")],
        [("state", "asleep")],
        [("colour", "red")],
        [("cursor", "a b")],
    ):
        with pytest.raises(Wrong):
            read_query(shape, pairs)


def test_every_state_of_a_request_is_in_the_document() -> None:
    assert set(get_args(RequestState)) == set(LIFECYCLE.states)
    assert set(get_args(NextState)) == set(REQUEST_MOVES)
