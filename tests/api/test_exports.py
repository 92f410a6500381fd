"""Everything an organiser may see leaves as CSV or JSON, however much it is, and runs in no spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from gateway.formats.export import DATASETS, ROWS_AT_ONCE, safe
from gateway.store import people
from gateway.store.database import Tx
from tests.api.asking import ROSE, Answer, Asker, book


def table(answer: Answer) -> list[dict[str, str]]:
    """Read a CSV export as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(answer.raw.decode(), newline="")))


@pytest.mark.parametrize("dataset", sorted(DATASETS))
async def test_both_forms_hold_the_same_records(system: Asker, dataset: str) -> None:
    await system.request_of()
    await book(system)
    as_csv = await system.get(f"/exports/{dataset}.csv")
    as_json = await system.get(f"/exports/{dataset}.json")
    assert as_csv.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert as_csv.headers["Content-Disposition"] == f'attachment; filename="{dataset}.csv"'
    records: list[dict[str, Any]] = as_json.json
    assert [record["id"] for record in records] == [
        int(row["id"]) if row["id"].isdecimal() else row["id"] for row in table(as_csv)
    ]


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "＝1+1"]
)
async def test_no_word_of_a_resident_is_a_formula(system: Asker, words: str) -> None:
    assert safe(words) == f"'{words}"
    await system.village.text(ROSE, "MENU")

    def rename(tx: Tx) -> None:
        resident = people.resident_by_number(tx, ROSE)
        assert resident is not None
        people.set_name(tx, resident.id, words)

    await system.village.store.write(rename)
    cells = [cell for row in table(await system.get("/exports/people.csv")) for cell in row.values()]
    assert f"'{words}" in cells
    assert not any(str(cell).startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in cells)
    names = [person["name"] for person in (await system.get("/exports/people.json")).json]
    assert words in names


async def test_more_records_than_are_read_at_once_arrive_in_order(system: Asker) -> None:
    def crowd(tx: Tx) -> None:
        for number in range(ROWS_AT_ONCE + 50):
            people.meet(tx, f"+44770091{number:04}", system.village.hands.now)

    await system.village.store.write(crowd)
    rows = (await system.get("/exports/people.json")).json
    numbers = [row["number"] for row in rows if row["number"].startswith("+44770091")]
    assert len(numbers) == ROWS_AT_ONCE + 50
    assert numbers == sorted(numbers)
    assert len({row["id"] for row in rows}) == len(rows)


async def test_an_export_is_in_the_log(system: Asker) -> None:
    await system.get("/exports/people.csv")
    rows = await system.village.store.read(lambda tx: tx.all("SELECT action, subject FROM journal"))
    assert ("api.exported", "export:people") in [tuple(row) for row in rows]


async def test_results_of_a_poll_and_ballots_are_in_no_export(system: Asker) -> None:
    for dataset in DATASETS:
        answer = await system.get(f"/exports/{dataset}.json")
        for record in answer.json:
            assert not {"result", "marks", "votes", "options"} & record.keys()
