"""Everything an organiser may see as CSV or JSON, piece by piece, however much it is."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gateway.store import api_read
from gateway.store.api_read import Page
from gateway.store.database import Row, Store, Tx
from gateway.store.packed import pack

Cell: TypeAlias = str | int | None
Form: TypeAlias = Literal["csv", "json"]

ROWS_AT_ONCE = 500
# A spreadsheet takes what begins so for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Dataset:
    """One kind of record: which columns it has, and how a page of it is read."""

    columns: Sequence[str]
    page: Callable[[Tx, int, int], Page]


PERSON = "resident_id"
DATASETS: Mapping[str, Dataset] = {
    "people": Dataset(
        ("id", "number", "name", "language", "stopped", "volunteer", "driver", "coordinator", "created_at"),
        api_read.person_page,
    ),
    "requests": Dataset(
        (
            "id",
            "code",
            "state",
            PERSON,
            "language",
            "what",
            "category",
            "urgency",
            "wanted_on",
            "area",
            "opened_at",
            "changed_at",
            "closed_at",
        ),
        api_read.request_page,
    ),
    "trips": Dataset(
        (
            "id",
            "code",
            "state",
            PERSON,
            "pickup",
            "dropoff",
            "date",
            "time",
            "starts_at",
            "ends_at",
            "seats",
            "wheelchairs",
            "vehicle",
            "requested_at",
            "changed_at",
        ),
        api_read.trip_page,
    ),
    "polls": Dataset(
        ("id", "key", "state", "method", "secret", "quorum", "opens_at", "closes_at", "members", "voted"),
        api_read.poll_page,
    ),
    "received": Dataset(("id", PERSON, "body", "state", "received_at"), api_read.received_page),
    "sent": Dataset(("id", PERSON, "body", "state", "parts", "created_at", "ended_at"), api_read.sent_page),
    "calls": Dataset(
        ("id", PERSON, "direction", "purpose", "began_at", "answered_at", "ended_at", "how"),
        api_read.call_page,
    ),
}
"""What can be exported. Votes, recordings and what was written about a vote cannot."""


async def pieces(store: Store, name: str, form: Form, person: Callable[[int], str]) -> AsyncIterator[bytes]:
    """Give a dataset as bytes, a page at a time; `person` gives the id a resident goes by outside."""
    dataset = DATASETS[name]
    header = [_title(column) for column in dataset.columns]
    after: int | None = 0
    first = True
    yield _csv([header]) if form == "csv" else b"["
    while after is not None:
        page = await store.read(dataset.page, after, ROWS_AT_ONCE)
        records = [_cells(name, dataset, row, person) for row in page.rows]
        if records:
            yield _csv(records) if form == "csv" else _json(header, records, first=first)
            first = False
        after = page.more_after
    if form == "json":
        yield b"\n]\n"


def safe(cell: Cell) -> Cell:
    """Give a cell that no spreadsheet takes for a formula: what looks like one gets a ' before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _title(column: str) -> str:
    return "person" if column == PERSON else column


def _cells(name: str, dataset: Dataset, row: Row, person: Callable[[int], str]) -> list[Cell]:
    return [_cell(name, column, row[column], person) for column in dataset.columns]


def _cell(name: str, column: str, value: Cell, person: Callable[[int], str]) -> Cell:
    if column == PERSON or (name == "people" and column == "id"):
        return person(int(value)) if value is not None else None
    if name == "people" and column in ("volunteer", "driver", "coordinator"):
        return int(bool(value))
    return value


def _csv(records: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in record] for record in records)
    return text.getvalue().encode()


def _json(header: Sequence[str], records: Sequence[Sequence[Cell]], *, first: bool) -> bytes:
    lines = ",\n".join(pack(dict(zip(header, record, strict=True))) for record in records)
    return ("\n" if first else ",\n").encode() + lines.encode()
