"""A file taken over stands whole, or the one before it does; one step back leads to what was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.community import Community
from gateway.community_import import ImportRefused, preview, take_back, take_over, undoable
from gateway.community_lifts import LiftSchemeError
from tests.village import ASHBY

CLOSED = b"date,label\n2026-12-24,Christmas Eve\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a community's folder that may be changed."""
    shutil.copytree(ASHBY, tmp_path / "community")
    return tmp_path / "community"


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _fails(_community: Community) -> None:
    raise LiftSchemeError("The minibus is in two places at once.")


def _nothing(_community: Community) -> None:
    pass


def test_a_look_changes_nothing_and_counts_what_would(folder: Path) -> None:
    before = _files(folder)
    seen = preview(folder, "closed_days.csv", CLOSED)
    assert not seen.mistakes
    assert seen.rows_after == 1
    assert "2026-12-24, Christmas Eve" in seen.come
    assert _files(folder) == before


def test_where_loading_fails_the_old_file_is_back(folder: Path, tmp_path: Path) -> None:
    before = _files(folder)
    with pytest.raises(LiftSchemeError):
        take_over(folder, tmp_path / "undo", "closed_days.csv", CLOSED, _fails)
    assert _files(folder) == before
    assert undoable(tmp_path / "undo") == ""


def test_a_file_that_was_not_there_goes_again_with_one_step_back(folder: Path, tmp_path: Path) -> None:
    (folder / "closed_days.csv").unlink()
    before, undo = _files(folder), tmp_path / "undo"
    take_over(folder, undo, "closed_days.csv", CLOSED, _nothing)
    assert undoable(undo) == "closed_days.csv"
    take_back(folder, undo, _nothing)
    assert _files(folder) == before
    with pytest.raises(ImportRefused):
        take_back(folder, undo, _nothing)


def test_only_the_last_import_is_taken_back(folder: Path, tmp_path: Path) -> None:
    undo = tmp_path / "undo"
    take_over(folder, undo, "closed_days.csv", CLOSED, _nothing)
    kept = _files(folder)
    places = (folder / "places.csv").read_bytes() + b"old_halt,Old Halt,,,\n"
    take_over(folder, undo, "places.csv", places, _nothing)
    assert len(take_back(folder, undo, _nothing).places) == kept["places.csv"].count(b"\n") - 1
    assert _files(folder) == kept


def test_a_mistake_is_told_without_the_place_it_was_looked_at_in(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        take_over(folder, tmp_path / "undo", "closed_days.csv", b"date,label\nsoon,Never\n", _nothing)
    [mistake] = refused.value.mistakes
    assert mistake.startswith("closed_days.csv, line 2: date")
