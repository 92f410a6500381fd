"""Prints the table of a benchmark run, with the machine and its noise."""

from __future__ import annotations

import pytest

from tests.benchmarks.machine import Usage, describe
from tests.benchmarks.table import ROWS

BEGIN = Usage.now()


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
