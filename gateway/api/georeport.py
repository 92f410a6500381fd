"""The public board as Open311 GeoReport v2: services, requests, one request, in JSON and XML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from gateway.api.kinds import Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import Problem, Refused
from gateway.formats import open311
from gateway.store import public_issues
from gateway.store.database import Tx

# "The default query limit is a span of 90 days or first 1000 requests": GeoReport v2.
SPAN = timedelta(days=90)
MOST_ISSUES = 1000

Media = Literal["json", "xml"]
MEDIA = {"json": "application/json", "xml": "text/xml"}


@dataclass(frozen=True, slots=True)
class ServicesQuery:
    """GeoReport's common argument. This gateway serves one jurisdiction, so it changes nothing."""

    jurisdiction_id: Annotated[str, Words(200)] | None = None


@dataclass(frozen=True, slots=True)
class IssuesQuery:
    """Which issues: by ids, or by kind, state and when they were put up."""

    jurisdiction_id: Annotated[str, Words(200)] | None = None
    service_request_id: Annotated[str, Words(2000, 0, "^[0-9, ]*$")] | None = None
    service_code: Annotated[str, Words(200)] | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    status: Annotated[str, Words(20, 0, "^((open|closed)(,(open|closed))?)?$")] | None = None


@dataclass(frozen=True, slots=True)
class IssuePath:
    """Which issue."""

    service_request_id: Annotated[str, Words(18, 1, "^[0-9]+$")]


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of issue that can be put up: GeoReport's service."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue on the public board: GeoReport's service request."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: str
    requested_datetime: datetime
    updated_datetime: datetime
    address: str


def georeport_errors(media: str, problem: Problem) -> str:
    """Give a problem in GeoReport's own form."""
    return open311.errors("xml" if "xml" in media else "json", problem.status, problem.detail)


def list_services(tx: Tx, call: Call) -> list[open311.Record]:
    """Give the kinds of issue."""
    return open311.services(public_issues.services(tx, call.room.turns.community.language))


def list_issues(tx: Tx, call: Call) -> list[open311.Record]:
    """Give public issues, the newest first."""
    query: IssuesQuery = call.query
    language = call.room.turns.community.language
    if query.service_request_id:
        ids = [int(part) for part in re.findall(r"[0-9]{1,18}", query.service_request_id)]
        found = [issue for one in ids[:MOST_ISSUES] if (issue := public_issues.issue(tx, one, language))]
        return open311.requests(found)
    end = query.end_date or (query.start_date + SPAN if query.start_date else call.now)
    start = query.start_date or _before(end)
    if end < start:
        raise Refused(400, "bad_query", "end_date is before start_date.")
    found = public_issues.issues(
        tx,
        language,
        since=max(start, _before(end)),
        until=end,
        service=query.service_code or None,
        states=tuple(query.status.split(",")) if query.status else ("open", "closed"),
        limit=MOST_ISSUES,
    )
    return open311.requests(found)


def read_issue(tx: Tx, call: Call) -> list[open311.Record]:
    """Give one public issue."""
    path: IssuePath = call.path
    found = public_issues.issue(tx, int(path.service_request_id), call.room.turns.community.language)
    if found is None:
        raise Refused(404, "not_found", "service_request_id was not found")
    return open311.requests([found])


def _before(moment: datetime) -> datetime:
    try:
        return moment - SPAN
    except OverflowError:
        return moment


def _pair(media: Media, root: str, id: str, path: str, work: Any, **more: Any) -> Operation:  # noqa: A002
    """Give an operation in one of its two forms; XML is made from the very same records."""

    def as_xml(tx: Tx, call: Call) -> str:
        return open311.to_xml(root, work(tx, call))

    return Operation(
        id=f"{id}{media.capitalize()}",
        method="GET",
        path=f"/open311/v2{path}.{media}",
        tag="public issue",
        work=as_xml if media == "xml" else work,
        media=MEDIA[media],
        error_media=MEDIA[media],
        **(more | ({"answer": str} if media == "xml" else {})),
    )


def _both(root: str, id: str, path: str, work: Any, **more: Any) -> tuple[Operation, Operation]:  # noqa: A002
    return _pair("json", root, id, path, work, **more), _pair("xml", root, id, path, work, **more)


OPERATIONS = (
    *_both(
        "services",
        "openServices",
        "/services",
        list_services,
        summary="List the kinds of public issue",
        answer=list[Service],
        query=ServicesQuery,
    ),
    *_both(
        "service_requests",
        "openIssues",
        "/requests",
        list_issues,
        summary="List public issues",
        answer=list[Issue],
        query=IssuesQuery,
        about="Only what stands on the public board. Requests for help are personal and never here.",
    ),
    *_both(
        "service_requests",
        "openIssue",
        "/requests/{service_request_id}",
        read_issue,
        summary="Read one public issue",
        answer=list[Issue],
        params=IssuePath,
        query=ServicesQuery,
    ),
)
