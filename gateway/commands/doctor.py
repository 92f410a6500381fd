"""`plainline doctor`: what is wrong, and what to do."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, find_settings

if TYPE_CHECKING:
    from gateway.commands.command import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "doctor",
        run,
        summary="look at modem, SIM, network, clock, disk, database and flows, and say what to do",
        example="sudo -u plainline plainline doctor --config /etc/plainline/plainline.toml",
        statuses="0  nothing is bad (a line that says look may still deserve one)\n"
        "1  something is bad\n2  wrong use\n3  a mistake in the settings",
    )
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Print one line for each thing looked at, as soon as it is known."""
    from gateway.config import load_config
    from gateway.doctor.examine import examine
    from gateway.doctor.finding import Verdict

    worst = exits.DONE
    for finding in examine(load_config(find_settings(options.config))):
        print(finding, flush=True)
        if finding.verdict == Verdict.BAD:
            worst = exits.FAILED
    return worst
