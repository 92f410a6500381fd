"""Exports: everything an organiser may see, as CSV or JSON, streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from gateway.api.operations import Call, Operation, Stream
from gateway.formats import export
from gateway.store.journal import journal

DatasetName = Literal["people", "requests", "trips", "polls", "received", "sent", "calls"]


@dataclass(frozen=True, slots=True)
class ExportPath:
    """What is exported."""

    dataset: DatasetName


def export_csv(call: Call) -> Stream:
    """Give a dataset as CSV."""
    return _stream(call, "csv")


def export_json(call: Call) -> Stream:
    """Give a dataset as JSON."""
    return _stream(call, "json")


def _stream(call: Call, form: export.Form) -> Stream:
    path: ExportPath = call.path
    return Stream(_pieces(call, path.dataset, form), f"{path.dataset}.{form}")


async def _pieces(call: Call, dataset: str, form: export.Form) -> AsyncIterator[bytes]:
    assert call.token is not None  # noqa: S101 - the operation asks for a scope
    store = call.room.store
    await store.write(journal, None, "api.exported", f"export:{dataset}", call.now, token=call.token.id)
    async for piece in export.pieces(store, dataset, form, call.person):
        yield piece


_ABOUT = "Numbers, names and words as they are: keep it safe. Votes and recordings are not in it."
OPERATIONS = (
    Operation(
        "exportCsv",
        "GET",
        "/exports/{dataset}.csv",
        "Export a dataset as CSV",
        "export",
        str,
        scope="export:read",
        stream=export_csv,
        params=ExportPath,
        media="text/csv",
        about=_ABOUT + " What a spreadsheet would take for a formula begins with an apostrophe.",
    ),
    Operation(
        "exportJson",
        "GET",
        "/exports/{dataset}.json",
        "Export a dataset as JSON",
        "export",
        list[dict[str, Any]],
        scope="export:read",
        stream=export_json,
        params=ExportPath,
        about=_ABOUT,
    ),
)
