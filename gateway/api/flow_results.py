"""FLOIP Flow Results by API: packages, their descriptors and their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from flows.model import Flow
from gateway.api.kinds import Described, Whole, Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused, not_found
from gateway.formats import floip
from gateway.store import flow_results
from gateway.store.database import Tx
from gateway.store.flow_results import FlowPackage

PAGE_SIZE = 200
PATH = "/flow-results/packages"
JSON_API = "application/vnd.api+json"
RowId = Annotated[str, Words(15, 15, "^[0-9]{12}-[0-9]{2}$")]


@dataclass(frozen=True, slots=True)
class PackagePath:
    """Which package."""

    id: Annotated[
        str,
        Words(36, 36, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", "uuid"),
    ]


@dataclass(frozen=True, slots=True)
class ResponsesQuery:
    """Which rows, in the words of the Flow Results API."""

    since: datetime | None = field(default=None, metadata={"name": "filter[start-timestamp]"})
    until: datetime | None = field(default=None, metadata={"name": "filter[end-timestamp]"})
    size: Annotated[int, Whole(1, 1000), Described("How many conversations a page covers.")] = field(
        default=PAGE_SIZE, metadata={"name": "page[size]"}
    )
    after: RowId | None = field(default=None, metadata={"name": "page[afterCursor]"})


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of a package in a list."""

    title: str
    name: str
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class PackageSummary:
    """A package in a list."""

    type: str
    id: str
    attributes: Summary


@dataclass(frozen=True, slots=True)
class Links:
    """Where this is, and where it goes on."""

    self: str
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class PackageList:
    """All packages: one for each version of a flow."""

    links: Links
    data: list[PackageSummary]


@dataclass(frozen=True, slots=True)
class SelfLink:
    """Where this is."""

    self: str


@dataclass(frozen=True, slots=True)
class DescribedPackage:
    """A package with its descriptor."""

    type: str
    id: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PackageDescriptor:
    """A package's descriptor, in the envelope of JSON:API."""

    links: SelfLink
    data: DescribedPackage


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of seven columns: timestamp, row, contact, session, question, response, metadata."""

    responses: list[Any]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The package the rows belong to."""

    links: SelfLink


@dataclass(frozen=True, slots=True)
class Relationships:
    """What the rows belong to, and where they go on."""

    descriptor: Descriptor
    links: Links


@dataclass(frozen=True, slots=True)
class ResponsesData:
    """The rows of a package."""

    type: str
    id: str
    attributes: Rows
    relationships: Relationships


@dataclass(frozen=True, slots=True)
class Responses:
    """The rows of a package, in the envelope of JSON:API."""

    data: ResponsesData


def list_packages(tx: Tx, call: Call) -> PackageList:
    """Give all packages."""
    found = [package for package in flow_results.packages(tx) if _flow(call, package) is not None]
    return PackageList(
        Links(f"{call.base}{PATH}", None, None),
        [
            PackageSummary(
                "packages",
                package.id,
                Summary(
                    f"{package.flow}, version {package.version}",
                    floip.name_of(package),
                    package.created_at,
                    package.created_at,
                ),
            )
            for package in found
        ],
    )


def read_package(tx: Tx, call: Call) -> PackageDescriptor:
    """Give a package's descriptor."""
    package, flow = _package(tx, call)
    here = f"{call.base}{PATH}/{package.id}"
    described = floip.descriptor(
        package,
        flow,
        call.room.turns.library,
        call.room.turns.community.language,
        f"{here}/responses",
    )
    return PackageDescriptor(SelfLink(here), DescribedPackage("packages", package.id, described))


def read_responses(tx: Tx, call: Call) -> Responses:
    """Give rows of a package, from whole conversations."""
    package, flow = _package(tx, call)
    query: ResponsesQuery = call.query
    if query.since and query.until and query.until < query.since:
        raise Refused(400, "bad_query", "filter[end-timestamp] is before filter[start-timestamp].")
    found = flow_results.results_after(
        tx,
        package.flow,
        package.version,
        after=floip.result_of(query.after) if query.after else 0,
        limit=query.size,
        since=query.since,
        until=query.until,
    )
    rows = [
        row
        for one in found
        for row in floip.rows(one, call.secrets.contact(package.id, one.resident_id), flow)
    ]
    here = f"{call.base}{PATH}/{package.id}"
    more = _next(here, query, found[-1].id) if len(found) == query.size else None
    return Responses(
        ResponsesData(
            "responses",
            package.id,
            Rows(rows),
            Relationships(
                Descriptor(SelfLink(here)),
                Links(f"{here}/responses", more, None),
            ),
        )
    )


def _next(here: str, query: ResponsesQuery, last: int) -> str:
    """Give where the next page is: after the last row the last conversation could have had."""
    values: dict[str, str | int] = {"page[size]": query.size, "page[afterCursor]": floip.row_id(last, 99)}
    if query.since:
        values["filter[start-timestamp]"] = floip.stamp(query.since)
    if query.until:
        values["filter[end-timestamp]"] = floip.stamp(query.until)
    return f"{here}/responses?{urlencode(values)}"


def _package(tx: Tx, call: Call) -> tuple[FlowPackage, Flow]:
    path: PackagePath = call.path
    package = flow_results.package_by_id(tx, path.id)
    flow = _flow(call, package) if package else None
    if package is None or flow is None:
        raise not_found("package")
    return package, flow


def _flow(call: Call, package: FlowPackage) -> Flow | None:
    """Give the flow of a package, None for one that is gone or keeps no results any more."""
    flow = call.room.turns.library.versions.get((package.flow, package.version))
    return flow if flow is not None and flow.results and not flow.secret else None


OPERATIONS = (
    Operation(
        "listPackages",
        "GET",
        PATH,
        "List results packages (FLOIP Flow Results 1.1.0)",
        "results package",
        PackageList,
        scope="results:read",
        work=list_packages,
        media=JSON_API,
    ),
    Operation(
        "readPackage",
        "GET",
        PATH + "/{id}",
        "Read the descriptor of a results package",
        "results package",
        PackageDescriptor,
        scope="results:read",
        work=read_package,
        params=PackagePath,
        media=JSON_API,
    ),
    Operation(
        "readResponses",
        "GET",
        PATH + "/{id}/responses",
        "Read the rows of a results package",
        "results package",
        Responses,
        scope="results:read",
        work=read_responses,
        params=PackagePath,
        query=ResponsesQuery,
        media=JSON_API,
        about="A conversation shows up once it is over: ask again after the last row you have.",
    ),
)
