"""Texts: those that came, those that go, and one to send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from flows.gsm7 import parts
from flows.render import PARTS_MAX
from gateway import policy
from gateway.api.kinds import LINES, Described, Id, PersonId, Words
from gateway.api.operations import Call, Operation
from gateway.api.people import PageQuery, person_row
from gateway.api.problems import Refused
from gateway.policy import Verdict
from gateway.services import outside
from gateway.store import api_read
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that came in: handled, ignored, double, incomplete or failed. An erased one is empty."""

    id: Id
    person: PersonId
    body: str
    state: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """Texts that came in, oldest first, and the cursor of the next page."""

    items: list[ReceivedText]
    next: str | None


@dataclass(frozen=True, slots=True)
class SentText:
    """A text that goes out: queued, sending, sent, delivered, failed, uncertain, expired or held."""

    id: Id
    person: PersonId
    body: str
    state: str
    parts: Annotated[int, Described("What it costs: texts on the network's bill.")]
    queued_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SentPage:
    """Texts that went out, oldest first, and the cursor of the next page."""

    items: list[SentText]
    next: str | None


@dataclass(frozen=True, slots=True)
class NewText:
    """A text to send, of two parts at most."""

    person: PersonId
    body: Annotated[str, Words(306, 1, LINES, example="The library van comes on Thursday at 3pm.")]


def list_received(tx: Tx, call: Call) -> ReceivedPage:
    """Give a page of texts that came in."""
    query: PageQuery = call.query
    page = api_read.received_page(tx, call.begins("listReceived", {}), query.limit)
    items = [
        ReceivedText(
            row["id"],
            call.person(row["resident_id"]),
            row["body"],
            row["state"],
            from_text(row["received_at"]),
        )
        for row in page.rows
    ]
    return ReceivedPage(items, call.next("listReceived", {}, page.more_after))


def list_sent(tx: Tx, call: Call) -> SentPage:
    """Give a page of texts that went out or wait to."""
    query: PageQuery = call.query
    page = api_read.sent_page(tx, call.begins("listSent", {}), query.limit)
    return SentPage([_view(call, row) for row in page.rows], call.next("listSent", {}, page.more_after))


def send_text(tx: Tx, call: Call) -> SentText:
    """Queue a text to somebody who is known, may be texted and did not say STOP; raises Refused."""
    text: NewText = call.body
    row = person_row(tx, call, text.person)
    if not text.body.strip():
        raise Refused(422, "no_words", "The text is empty.")
    cost = parts(text.body)
    if cost > PARTS_MAX:
        raise Refused(422, "too_many_parts", f"The text takes {cost} parts; {PARTS_MAX} may be sent.")
    reachable(call, row)
    afford(tx, call, row["number"], cost)
    assert call.token is not None  # noqa: S101 - the operation asks for a scope
    text_id = outside.send_text(tx, row["id"], row["number"], text.body, cost, call.token.id, call.now)
    sent = api_read.sent_row(tx, text_id)
    if sent is None:  # somebody who is voting just now: what goes to them is not shown
        return SentText(text_id, text.person, "", "queued", cost, call.now, None)
    return _view(call, sent)


def reachable(call: Call, person: Row) -> None:
    """Raise Refused for somebody who said STOP, or whose number may not be texted."""
    if person["stopped"]:
        raise Refused(403, "stopped", "This person said STOP. Only they can start again.")
    region = call.room.turns.community.region
    verdict = policy.judge(person["number"], region, call.room.countries, call.room.own)
    if verdict is not Verdict.ORDINARY:
        raise Refused(403, "not_allowed", f"This number may not be texted: {verdict.value}.")


def afford(tx: Tx, call: Call, number: str, cost: int) -> None:
    """Raise Refused where today's cap, or the hour's for one number, is used up."""
    budget = outside.Budget(
        call.room.limits.texts_per_day,
        call.room.limits.texts_per_number_per_hour,
        call.room.turns.community.zone,
    )
    wait = outside.wait_for_budget(tx, budget, number, cost, call.now)
    if wait:
        raise Refused(
            429,
            "cap_reached",
            "The texts that may be sent today, or to this number within the hour, are used up.",
            (),
            {"Retry-After": str(wait)},
        )


def _view(call: Call, row: Row) -> SentText:
    return SentText(
        id=row["id"],
        person=call.person(row["resident_id"]),
        body=row["body"],
        state=row["state"],
        parts=row["parts"],
        queued_at=from_text(row["created_at"]),
        ended_at=from_text(row["ended_at"]) if row["ended_at"] else None,
    )


OPERATIONS = (
    Operation(
        "listReceived",
        "GET",
        "/messages/received",
        "List texts that came in",
        "message",
        ReceivedPage,
        scope="messages:read",
        work=list_received,
        query=PageQuery,
        about="What is being written about a vote is left out.",
    ),
    Operation(
        "listSent",
        "GET",
        "/messages/sent",
        "List texts that go out",
        "message",
        SentPage,
        scope="messages:read",
        work=list_sent,
        query=PageQuery,
        about="What is being written about a vote is left out.",
    ),
    Operation(
        "sendText",
        "POST",
        "/messages/sent",
        "Send a text to a person",
        "message",
        SentText,
        scope="messages:write",
        work=send_text,
        body=NewText,
        status=202,
        errors=(404,),
        about="Only to somebody who is known, in an allowed country, who did not say STOP, and within the "
        "day's cap.",
    ),
)
