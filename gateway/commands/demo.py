"""`plainline demo`: the gateway on the software modem, with a sample community."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command

if TYPE_CHECKING:
    from gateway.commands.command import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(
        commands,
        "demo",
        run,
        summary="run the gateway on a modem made of software, with the sample community Ashby",
        example="plainline demo\nplainline chat --from +447700900123    (in another terminal)",
        statuses="0  stopped as asked\n1  could not start or go on; the last line says why\n"
        "2  wrong use\n3  a mistake in demo-data/plainline.toml\n70 a fault of Plainline itself",
    )


def run(_options: argparse.Namespace) -> int:
    """Prepare ./demo-data and serve until SIGTERM or SIGINT."""
    import asyncio

    from gateway.config import load_config
    from gateway.demo import prepare_demo, run_demo
    from gateway.logs import configure_logs

    config = load_config(prepare_demo())
    configure_logs(config.log_level)
    # After the settings, so that a mistake in them is told at once.
    from gateway.app import serve

    asyncio.run(run_demo(config, serve))
    return exits.DONE
