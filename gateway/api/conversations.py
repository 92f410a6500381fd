"""Starting a flow with somebody who agreed to it, and the record that they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from gateway.api.kinds import Described, FlowName, PersonId, Words
from gateway.api.messages import afford, reachable
from gateway.api.operations import Call, Operation
from gateway.api.people import person_row
from gateway.api.problems import Refused, not_found
from gateway.services import outside
from gateway.store import consents
from gateway.store.consents import FlowConsent
from gateway.store.database import Tx

# What a flow's opening may take at most.
OPENING_PARTS = 2


@dataclass(frozen=True, slots=True)
class ConsentPath:
    """Whose consent, to which flow."""

    id: PersonId
    flow: FlowName


@dataclass(frozen=True, slots=True)
class NewConsent:
    """How a person agreed to be asked, and on which day."""

    how: Annotated[str, Words(200, 3, example="In person at the village hall, on paper")]
    given_on: date


@dataclass(frozen=True, slots=True)
class Consent:
    """That a person agreed to be asked something by another system."""

    person: PersonId
    flow: FlowName
    how: str
    given_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A flow to start with somebody."""

    person: PersonId
    flow: FlowName


@dataclass(frozen=True, slots=True)
class Conversation:
    """What came of it: `active`, or how it ended at once."""

    person: PersonId
    flow: FlowName
    version: int
    status: Annotated[str, Described("`active` while the person may answer.")]


def record_consent(tx: Tx, call: Call) -> Consent:
    """Keep that somebody agreed; a newer one takes the place of an older."""
    path: ConsentPath = call.path
    new: NewConsent = call.body
    row = person_row(tx, call, path.id)
    _flow(call, path.flow)
    if new.given_on > call.now.astimezone(call.room.turns.community.zone).date():
        raise Refused(422, "in_future", "Nobody can have agreed on a day that is still to come.")
    assert call.token is not None  # noqa: S101 - the operation asks for a scope
    consent = FlowConsent(row["id"], path.flow, new.how, new.given_on, call.token.id, call.now)
    outside.record_consent(tx, consent, call.now)
    return Consent(path.id, path.flow, new.how, new.given_on, call.now)


def withdraw_consent(tx: Tx, call: Call) -> None:
    """Forget that somebody agreed."""
    path: ConsentPath = call.path
    row = person_row(tx, call, path.id)
    assert call.token is not None  # noqa: S101 - the operation asks for a scope
    if not outside.withdraw_consent(tx, row["id"], path.flow, call.token.id, call.now):
        raise not_found("consent")


def start_conversation(tx: Tx, call: Call) -> Conversation:
    """Start a flow with somebody who agreed to it and is in no conversation; raises Refused."""
    new: NewConversation = call.body
    row = person_row(tx, call, new.person)
    version = _flow(call, new.flow)
    reachable(call, row)
    if consents.consent(tx, row["id"], new.flow) is None:
        raise Refused(403, "no_consent", "This person has not agreed to that flow. Record it first.")
    afford(tx, call, row["number"], OPENING_PARTS)
    assert call.token is not None  # noqa: S101 - the operation asks for a scope
    status = outside.start_flow(tx, call.room.turns, row["id"], new.flow, call.token.id, call.now)
    if status is None:
        raise Refused(409, "busy", "This person is in a conversation. Try again when it has ended.")
    return Conversation(new.person, new.flow, version, status)


def _flow(call: Call, name: str) -> int:
    """Give the version of a flow that may be started from outside; raises Refused."""
    flow = call.room.turns.library.flows.get(name)
    if flow is None or flow.secret or flow.given:
        raise not_found("flow that can be started from outside")
    return flow.version


OPERATIONS = (
    Operation(
        "recordConsent",
        "PUT",
        "/people/{id}/consents/{flow}",
        "Record that a person agreed to a flow",
        "conversation",
        Consent,
        scope="flows:start",
        work=record_consent,
        params=ConsentPath,
        body=NewConsent,
    ),
    Operation(
        "withdrawConsent",
        "DELETE",
        "/people/{id}/consents/{flow}",
        "Record that a person agrees no more",
        "conversation",
        None,
        scope="flows:start",
        work=withdraw_consent,
        params=ConsentPath,
        status=204,
    ),
    Operation(
        "startConversation",
        "POST",
        "/conversations",
        "Start a flow with a person who agreed to it",
        "conversation",
        Conversation,
        scope="flows:start",
        work=start_conversation,
        body=NewConversation,
        status=201,
        errors=(404, 409),
        about="Nobody is interrupted: while a person is in a conversation this answers 409.",
    ),
)
