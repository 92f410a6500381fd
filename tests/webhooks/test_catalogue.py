"""The catalogue names every event the code writes, and no webhook says more than it may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from flows.library import BUILT_IN
from flows.transcript import Clock, From, Line, Says, read_transcript
from gateway.api.secrets import Secrets
from gateway.services import (
    announcements,
    board,
    help_foodbank,
    help_lifecycle,
    membership,
    polls,
    shifts,
    trip_moves,
)
from gateway.store.database import Tx
from gateway.store.webhook_deliveries import Parcel
from gateway.webhooks.catalogue import (
    EVENT_TYPES,
    example,
    offered_fields,
    schema,
    unknown_types,
    wants,
)
from gateway.webhooks.fields import FIELDS, KINDS, LOOKED_UP
from gateway.webhooks.payload import body_of, webhook_id
from tests.api.asking import asker
from tests.village import MONDAY, Village, ashby
from tests.webhooks.written import written

ADD = (
    "Every type of event has a line in gateway/webhooks/events_of_services.py (help, lifts, votes, ...) or "
    "events_of_gateway.py: what it means in one sentence, how its subject begins, the state its subject "
    "is in now, and which of its fields an organiser may have sent. A new field gets a line in fields.py, "
    "and both get their words in gateway/web/texts/{en,es,ko}/events.toml."
)
SECRETS = Secrets(b"k" * 32)
# What would tell of a choice, or of who objects.
CHOICES = {
    "choice",
    "winner",
    "winners",
    "tied",
    "option",
    "options",
    "marks",
    "step",
    "member",
    "how",
    "seed",
}


def test_every_event_the_code_writes_is_in_the_catalogue() -> None:
    places = written()
    assert len(places) > 60
    missing = {
        f"{place.type} ({place.where})"
        for place in places
        if not any(place.fits(known) for known in EVENT_TYPES)
    }
    assert not missing, f"{sorted(missing)}\n{ADD}"


def test_nothing_is_in_the_catalogue_that_no_code_writes() -> None:
    places = written()
    superfluous = [known for known in EVENT_TYPES if not any(place.fits(known) for place in places)]
    assert not superfluous, f"No code writes {superfluous} any more: take the lines out of the catalogue."


@pytest.mark.parametrize(
    ("family", "machine", "first"),
    [
        ("help", help_lifecycle.LIFECYCLE, {"new"}),
        ("lift", trip_moves.LIFECYCLE, set()),
        ("foodbank", help_foodbank.LIFECYCLE, set()),
        ("board", board.LIFECYCLE, set()),
    ],
)
def test_every_state_of_what_moves_by_a_lifecycle_has_its_event(
    family: str, machine: Any, first: set[str]
) -> None:
    """Their types are put together from the state, so that reading the code does not show them."""
    missing = {f"{family}.{state}" for state in set(machine.states) - first} - set(EVENT_TYPES)
    assert not missing, f"{sorted(missing)}\n{ADD}"


@pytest.mark.parametrize(
    ("about", "machine", "untold"),
    [
        ("help", help_lifecycle.LIFECYCLE, set()),
        ("trip", trip_moves.LIFECYCLE, set()),
        ("referral", help_foodbank.LIFECYCLE, set()),
        ("board", board.LIFECYCLE, set()),
        ("shift", shifts.LIFECYCLE, set()),
        ("announcement", announcements.LIFECYCLE, set()),
        ("enrolment", membership.LIFECYCLE, set()),
        ("poll", polls.LIFECYCLE, {"copied"}),  # a state that stands in backups alone
    ],
)
def test_every_state_a_record_can_reach_is_told_by_an_event_about_it(
    about: str, machine: Any, untold: set[str]
) -> None:
    told = {kind.state for kind in EVENT_TYPES.values() if about in kind.subjects}
    assert set(machine.states) - told == untold, ADD


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_example_fits_its_schema(name: str) -> None:
    kind = EVENT_TYPES[name]
    Draft202012Validator.check_schema(schema(kind))
    validator = Draft202012Validator(schema(kind), format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate(example(kind))
    for wrong in ({}, {**example(kind), "type": "other"}, {**example(kind), "timestamp": 5}):
        assert not validator.is_valid(wrong)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_line_of_the_catalogue_is_whole(name: str) -> None:
    kind = EVENT_TYPES[name]
    assert kind.words.endswith(".")
    assert set(kind.subjects) <= set(KINDS)
    assert {*kind.sent, *kind.offered} <= set(FIELDS)
    assert not any(FIELDS[field].personal for field in kind.sent)
    if LOOKED_UP & set(kind.offered):
        assert set(kind.subjects) <= {"help", "trip", "resident"}


def test_every_field_is_of_use_to_some_event() -> None:
    used = {field for kind in EVENT_TYPES.values() for field in (*kind.sent, *kind.offered)}
    assert set(FIELDS) == used


def test_no_event_of_a_vote_may_carry_a_choice_or_a_person() -> None:
    for kind in EVENT_TYPES.values():
        if kind.subjects[0] in ("poll", "member"):
            assert not CHOICES & {*kind.sent, *kind.offered}, kind.type
            assert not any(FIELDS[field].personal for field in kind.offered), kind.type
    assert not CHOICES & set(FIELDS) - {"how"}
    assert [kind.type for kind in EVENT_TYPES.values() if "how" in kind.offered] == ["call.ended"]
    for objection in ("objection.raised", "objection.withdrawn"):
        assert not wants(["*", "objection.*", objection], objection)
        assert unknown_types([objection]) == [objection]


async def test_the_api_serves_the_catalogue(tmp_path: Path) -> None:
    async with asker(tmp_path) as system:
        answer = await system.get("/events", token="")
    assert answer.status == 200
    events = answer.json["events"]
    assert [event["type"] for event in events] == [k for k, v in EVENT_TYPES.items() if not v.private]
    for event in events:
        Draft202012Validator(event["schema"]).validate(event["example"])


def test_what_may_be_ticked_follows_from_what_is_told() -> None:
    assert offered_fields(["poll.closed"]) == ["roll", "voted"]
    assert "words" in offered_fields(["help.*"])
    assert "words" not in offered_fields(["lift.*"])
    assert set(offered_fields(["*"])) == {f for k in EVENT_TYPES.values() if not k.private for f in k.offered}


def test_an_id_is_the_same_for_ever_and_no_other_event_has_it() -> None:
    one = webhook_id(b"key", 7, "help.opened", MONDAY)
    assert one == webhook_id(b"key", 7, "help.opened", MONDAY)
    others = {
        webhook_id(b"other", 7, "help.opened", MONDAY),
        webhook_id(b"key", 8, "help.opened", MONDAY),
        webhook_id(b"key", 7, "help.done", MONDAY),
        webhook_id(b"key", 7, "help.opened", MONDAY.replace(hour=3)),
    }
    assert len(others | {one}) == 5
    assert "." not in one


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> list[Parcel]:
    """The events of transcripts of every third flow, and of votes, as they are when they go out."""
    tales = {path.parent.parent: path for path in sorted(BUILT_IN.glob("*/transcripts/*.txt"))}
    chosen = {*list(tales.values())[::3], *sorted(BUILT_IN.glob("vote/transcripts/*.txt"))[::2]}
    tellings = [read_transcript(str(tale), tale.read_text(encoding="utf-8")) for tale in sorted(chosen)]
    return asyncio.run(_live_all(tellings, tmp_path_factory))


async def _live_all(tellings: list[list[Line]], folders: pytest.TempPathFactory) -> list[Parcel]:
    parcels: list[Parcel] = []
    for lines in tellings:
        async with ashby(folders.mktemp("lived")) as village:
            await _live(village, lines)
            parcels += await village.store.read(_parcels)
    return parcels


async def _live(village: Village, lines: list[Line]) -> None:
    number = "+447700900123"
    for line in lines:
        if isinstance(line, From):
            number = line.number
        elif isinstance(line, Clock):
            moment = line.at.replace(tzinfo=village.community.zone).astimezone(UTC)
            if moment > village.hands.now:
                await village.move_to(moment)
        elif isinstance(line, Says):
            await village.text(number, line.body)


def _parcels(tx: Tx) -> list[Parcel]:
    from gateway.store import webhook_deliveries as deliveries

    happenings = deliveries.events_after(tx, 0, 1_000_000)
    rows = ({"id": 0, "event_id": one.id, "attempts": 0, "began_at": None} for one in happenings)
    return [deliveries._parcel(tx, row, LOOKED_UP) for row in rows]  # type: ignore[arg-type]


def said(parcel: Parcel, ticked: frozenset[str] | set[str]) -> Mapping[str, Any]:
    body: Mapping[str, Any] = json.loads(body_of(parcel, ticked, SECRETS))
    return body


def test_every_event_that_was_lived_fits_its_schema(lived: list[Parcel]) -> None:
    seen = set()
    for parcel in lived:
        kind = EVENT_TYPES.get(parcel.type)
        assert kind is not None, f"{parcel.type} is not in the catalogue.\n{ADD}"
        about = parcel.subject.partition(":")[0]
        assert about in kind.subjects, f"{parcel.type} is about {about}: say so in its line."
        for ticked in (set(FIELDS), set()):
            Draft202012Validator(schema(kind)).validate(said(parcel, ticked))
        seen.add(parcel.type)
    assert len(seen) > 30


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
    elif isinstance(value, str):
        yield value


def test_nothing_of_a_resident_goes_out_unless_it_was_ticked(lived: list[Parcel]) -> None:
    for parcel in lived:
        own = {parcel.looked_up.get("name"), parcel.looked_up.get("number"), parcel.looked_up.get("words")}
        thin = said(parcel, frozenset())
        assert set(thin["data"]) <= {"id", "object", "state", "code", "key"}, parcel.type
        for text in texts_in(thin):
            assert "+44" not in text
            assert text not in own - {None, ""}


def test_no_event_of_a_vote_that_was_lived_says_how_or_who(lived: list[Parcel]) -> None:
    about_votes = [one for one in lived if one.subject.startswith("poll:")]
    assert {"vote.cast", "ballot.cast", "poll.opened"} <= {one.type for one in about_votes}
    for parcel in about_votes:
        data = said(parcel, set(FIELDS))["data"]
        assert set(data) <= {
            "id", "object", "state", "key", "secret", "roll", "voted", "quorate"
        }, parcel.type  # fmt: skip
    for parcel in lived:
        if parcel.data.get("flow") == "vote":
            assert set(said(parcel, set(FIELDS))["data"]) <= {
                "id", "object", "state", "flow", "language", "status", "reason", "count", "name", "number",
            }  # fmt: skip
