"""`plainline run`: the gateway, until it is told to stop."""

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
        "run",
        run,
        summary="run the gateway until it is told to stop (SIGTERM or Ctrl-C)",
        example="plainline run --config /etc/plainline/plainline.toml",
        statuses="0  stopped as asked\n1  could not start or go on; the last line says why\n"
        "2  wrong use\n3  a mistake in the settings\n70 a fault of Plainline itself",
    )
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    import asyncio

    from gateway.config import load_config
    from gateway.logs import configure_logs

    config = load_config(find_settings(options.config))
    configure_logs(config.log_level)
    # After the settings, so that a mistake in them is told at once.
    from gateway.app import serve
    from gateway.web.welcome import how_to_enter

    asyncio.run(serve(config, lambda gateway: print(how_to_enter(gateway), flush=True)))
    return exits.DONE
