"""`plainline community check`: every mistake at once, in the words of whoever has to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.cli import run_command
from gateway.community_check import FILES, community_mistakes
from tests.village import ASHBY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give Ashby's folder, to be spoilt."""
    return Path(shutil.copytree(ASHBY, tmp_path / "ashby"))


def append(path: Path, line: str) -> None:
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")


def test_ashby_has_none_and_every_file_of_it_is_known(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert community_mistakes(folder) == []
    assert {path.name for path in folder.iterdir()} <= FILES
    assert run_command(["community", "check", str(folder)]) == 0
    assert "No mistakes." in capsys.readouterr().out


def test_mistakes_of_many_files_are_told_at_once_with_file_and_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = (folder / "community.toml").read_text("utf-8")
    settings = settings.replace('"Europe/London"', '"Europe/Ashby"').replace('"GB"', '"England"')
    (folder / "community.toml").write_text(settings, "utf-8")
    append(folder / "members.csv", "not a number,Somebody,12")
    append(folder / "members.csv", "07700 900999,,")
    append(folder / "vehicles.csv", "bus,A bus,many,1,1")
    (folder / "vehicels.csv").write_text("key,label\n", "utf-8")
    mistakes = community_mistakes(folder)
    told = "\n".join(mistakes)
    for words in (
        "Europe/London",
        "two capital letters",
        "members.csv, line",
        "vehicels.csv",
        "vehicles.csv, line",
    ):
        assert words in told, words
    assert sum("members.csv" in mistake and "line" in mistake for mistake in mistakes) >= 2
    assert run_command(["community", "check", str(folder)]) == 1
    assert "to put right. Nothing was changed." in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    (mistake,) = community_mistakes(tmp_path / "nowhere")
    assert "community.toml" in mistake
