"""Prints the table of a benchmark run, with the machine and its noise."""

from __future__ import annotations

import compileall
from pathlib import Path

import pytest

from tests.benchmarks.machine import Usage, describe
from tests.benchmarks.table import ROWS

BEGIN = Usage.now()
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """Compile the packages as installing does, so that no start has to."""
    for package in ("flows", "gateway", "modem"):
        assert compileall.compile_dir(ROOT / package, quiet=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured, if anything was."""
    if not ROWS:
        return
    say = terminalreporter.write_line
    say("")
    say(f"{describe()}. Other processes used {Usage.now().noise_since(BEGIN)} of the machine meanwhile.")
    say("")
    say("| What | Measured | Aim |")
    say("| --- | --- | --- |")
    for row in ROWS:
        say(str(row))
