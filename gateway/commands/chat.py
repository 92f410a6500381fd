"""`plainline chat`: a telephone in the terminal."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, e164_number, find_settings

if TYPE_CHECKING:
    from gateway.commands.command import Commands
    from gateway.config import Config


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "chat",
        run,
        summary="be a telephone: each line typed is a text to the gateway on the software modem",
        example="plainline chat --from +447700900123\n"
        "printf 'LIFT\\n# a comment\\nvillage hall\\n' | plainline chat --from +447700900123",
        statuses="0  every line of the script was answered, or Ctrl-D was typed\n"
        "1  no gateway answers, or a line of the script had no reply in time\n"
        "2  wrong use\n3  a mistake in the settings",
    )
    parser.add_argument(
        "--from", dest="number", type=e164_number, required=True, metavar="NUMBER", help="who you are: +44…"
    )
    parser.add_argument(
        "--to", type=e164_number, metavar="NUMBER", help="whom to text (otherwise the gateway)"
    )
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=10.0,
        metavar="SECONDS",
        help="how long a script waits for each reply (10)",
    )
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Follow the script on standard input, or talk where it is a terminal."""
    import asyncio

    from gateway.config import load_config

    config = load_config(find_settings(options.config))
    asyncio.run(_chat(config, options))
    return exits.DONE


async def _chat(config: Config, options: argparse.Namespace) -> None:
    from gateway.chat import follow_script, open_line, talk
    from gateway.terminal import Prompt, terminal_kept

    async with open_line(config, options.number, options.to) as line:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            await follow_script(line, lambda text: print(text, flush=True), options.wait)
            return
        print(f"You are {options.number}. Each line is a text to {line.to}. Ctrl-D hangs up.")
        with terminal_kept():
            await talk(line, Prompt())


def _seconds(typed: str) -> float:
    try:
        seconds = float(typed)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError("seconds are a number from 0 to 3600, like 10")
    return seconds
