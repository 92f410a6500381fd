"""The command line: help with examples, one line for an error, an exit status that means something."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import FlowsError
from gateway import cli
from gateway.commands import backup, exits
from gateway.errors import ConfigError, GatewayError
from gateway.version import VERSION
from modem.errors import LinkDown

COMMANDS = (
    "run",
    "demo",
    "chat",
    "doctor",
    "flows",
    "flows check",
    "community check",
    "flows draw",
    "models",
    "models list",
    "models get",
    "models add",
    "models check",
    "prompts",
    "prompts list",
    "prompts add",
    "invite",
    "tokens",
    "tokens add",
    "tokens list",
    "tokens revoke",
    "backup",
    "count",
)
# What a command needs only once it works, and what makes starting slow.
SLOW = ("asyncio", "aiohttp", "gammu", "phonenumbers", "transitions", "yaml", "sqlite3", "babel", "rapidfuzz")


def plainline(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_version_is_told_without_loading_what_is_slow() -> None:
    script = (
        "import sys\nfrom gateway.cli import run_command\n"
        "try:\n    run_command(['--version'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print([name for name in {SLOW!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"plainline {VERSION}\n[]\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps_with_an_example_and_its_exit_statuses(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.run_command([*command.split(), "--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    assert f"example:\n  plainline {command}" in told.replace("sudo -u plainline ", "")
    assert "exit statuses:\n  " in told


def test_every_command_is_tested_for_its_help() -> None:
    [chosen] = [action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert set(chosen.choices) == {command.split()[0] for command in COMMANDS}


WRONG_USES: tuple[tuple[str, ...], ...] = (
    (),
    ("fly",),
    ("--colour",),
    ("chat",),
    ("chat", "--from", "07700900123"),
    ("chat", "--from", "+447700900123", "--wait", "0"),
    ("chat", "--from", "+447700900123", "--wait", "long"),
    ("backup",),
    ("flows",),
    ("flows", "draw"),
)


@pytest.mark.parametrize("arguments", WRONG_USES)
def test_wrong_use_is_status_2_and_says_how_it_is_used(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.run_command(list(arguments))
    assert end.value.code == exits.USAGE
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("plainline: ")
    assert said.endswith(" --help\n")


ERRORS: tuple[tuple[BaseException, int, str], ...] = (
    (ConfigError("line 3 is wrong"), exits.SETTINGS, "plainline: line 3 is wrong\n"),
    (GatewayError("the disk is full"), exits.FAILED, "plainline: the disk is full\n"),
    (FlowsError("the flow is wrong"), exits.FAILED, "plainline: the flow is wrong\n"),
    (LinkDown("the stick is gone"), exits.FAILED, "plainline: the stick is gone\n"),
    (KeyboardInterrupt(), exits.INTERRUPTED, ""),
)


@pytest.mark.parametrize(("error", "status", "words"), ERRORS)
def test_an_error_is_one_line_and_a_status(
    error: BaseException,
    status: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(backup, "run", failing_with(error))
    assert cli.run_command(["backup", "x"]) == status
    assert capsys.readouterr().err == words


def test_a_fault_of_our_own_is_one_line_without_what_it_was_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backup, "run", failing_with(ValueError("my husband fell")))
    assert cli.run_command(["backup", "x"]) == exits.FAULT
    told = capsys.readouterr().err
    assert told.startswith("plainline: this is a fault of Plainline itself (ValueError at ")
    assert "test_cli.py" in told
    assert told.count("\n") == 1
    assert "husband" not in told


def failing_with(error: BaseException) -> object:
    def run(_options: argparse.Namespace) -> int:
        raise error

    return run


@pytest.mark.parametrize("command", ["run", "doctor", "backup x", "chat --from +447700900123"])
def test_without_settings_a_command_says_where_they_may_be(command: str, tmp_path: Path) -> None:
    done = plainline(*command.split(), folder=tmp_path)
    assert done.returncode == exits.SETTINGS
    assert done.stderr == (
        "plainline: There is no plainline.toml here. Name your settings with --config FILE, "
        "or start with: plainline demo\n"
    )


def test_a_mistake_in_the_settings_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "plainline.toml").write_text("data = 3\n")
    done = plainline("run", folder=tmp_path)
    assert (done.returncode, done.stdout) == (exits.SETTINGS, "")
    assert done.stderr.startswith("plainline: plainline.toml, line 1: data must be a text")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    piped = f"{sys.executable} -u -m gateway --help | true"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stderr == ""


def test_a_flow_is_drawn_as_mermaid() -> None:
    done = plainline("flows", "draw", "lift")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("stateDiagram-v2\n")


def test_a_flow_that_is_not_there_is_answered_with_those_that_are() -> None:
    done = plainline("flows", "draw", "lfit")
    assert (done.returncode, done.stdout) == (exits.FAILED, "")
    assert done.stderr.startswith("plainline: no flow lfit. There are: ")
    assert "lift" in done.stderr


def test_mistakes_in_flows_are_named_as_seen_from_here(tmp_path: Path) -> None:
    (tmp_path / "mine" / "tea").mkdir(parents=True)
    (tmp_path / "mine" / "tea" / "flow.yaml").write_text("flow: tea\nversion: 1\nstart: nowhere\nsteps: {}\n")
    done = plainline("flows", "check", str(tmp_path / "mine"), folder=tmp_path)
    assert done.returncode == exits.FAILED
    assert "\nmine/tea/flow.yaml:" in f"\n{done.stdout}"
    assert done.stdout.endswith(" to put right.\n")
