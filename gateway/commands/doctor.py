"""`plainline doctor`: what is wrong, and what to do."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, find_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.commands.command import Commands
    from gateway.config import Config
    from gateway.doctor.finding import Finding


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "doctor",
        run,
        summary="look at modem, SIM, network, clock, disk, database and flows, and say what to do",
        example="sudo -u plainline plainline doctor --config /etc/plainline/plainline.toml\n"
        "sudo -u plainline plainline doctor --audio --config /etc/plainline/plainline.toml",
        statuses="0  nothing is bad (a line that says look may still deserve one)\n"
        "1  something is bad, or could not be looked at (--audio while the gateway runs)\n"
        "2  wrong use\n3  a mistake in the settings",
    )
    parser.add_argument(
        "--audio",
        nargs="?",
        const="",
        metavar="MODEM",
        help="instead, measure the sound of a modem in a call that you make to it: level, noise, echo and "
        "delay; where the echo allows, callers may interrupt by voice from then on",
    )
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Print one line for each thing looked at, as soon as it is known."""
    from gateway.config import load_config
    from gateway.doctor.finding import Verdict

    worst = exits.DONE
    for finding in _findings(load_config(find_settings(options.config)), options.audio):
        print(finding, flush=True)
        if finding.verdict == Verdict.BAD:
            worst = exits.FAILED
    return worst


def _findings(config: Config, audio: str | None) -> Iterable[Finding]:
    if audio is None:
        from gateway.doctor.examine import examine

        return examine(config)
    import asyncio

    from gateway.doctor.audio import examine_audio

    return asyncio.run(examine_audio(config, audio, lambda words: print(words, flush=True)))
