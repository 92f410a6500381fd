"""`plainline tokens` makes, lists and takes back tokens, beside a gateway that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import cli
from gateway.commands import exits

SETTINGS = """
data = "data"
[[modem]]
name = "main"
device = "software"
[limits]
allowed_countries = ["GB"]
"""


@pytest.fixture
def settings(tmp_path: Path) -> str:
    """Write settings and give where they are."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "plainline.toml"
    path.write_text(SETTINGS)
    return str(path)


def plainline(settings: str, *arguments: str) -> int:
    """Run a part of the command."""
    return cli.run_command(["tokens", *arguments, "--config", settings])


def test_a_token_is_shown_once_and_listed_without_itself(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plainline(settings, "add", "Council cases", "requests:read", "--days", "90") == exits.DONE
    token = capsys.readouterr().out.splitlines()[-1]
    assert re.fullmatch(r"plt_[A-Za-z0-9_-]{43}", token)
    assert plainline(settings, "list") == exits.DONE
    listed = capsys.readouterr().out
    assert f"1  {token[:8]}...  Council cases: requests:read, until" in listed
    assert "never used" in listed
    assert token not in listed


def test_a_revoked_token_is_listed_as_such(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    plainline(settings, "add", "x", "polls:read")
    assert plainline(settings, "revoke", "1") == exits.DONE
    assert plainline(settings, "revoke", "1") == exits.FAILED
    plainline(settings, "list")
    assert ", revoked" in capsys.readouterr().out


def test_a_scope_that_is_not_there_is_told_with_those_that_are(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plainline(settings, "add", "x", "everything") == exits.FAILED
    told = capsys.readouterr().err
    assert "everything" in told
    assert "requests:read" in told


def test_who_does_not_drive_has_no_calendar(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert plainline(settings, "add", "x", "--driver", "+447700900123") == exits.FAILED
    assert "+447700900123" not in capsys.readouterr().err


def test_without_tokens_the_list_says_how_to_make_one(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plainline(settings, "list") == exits.DONE
    assert "plainline tokens add" in capsys.readouterr().out
