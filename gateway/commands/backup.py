"""`plainline backup`: a checked copy of the database, while the gateway runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, find_settings

if TYPE_CHECKING:
    from gateway.commands.command import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "backup",
        run,
        summary="copy the database to FILE, also while the gateway runs, and check the copy",
        example="plainline backup /media/stick/plainline-monday.db",
        statuses="0  FILE is a whole and checked copy\n1  no copy was made; FILE is as it was before\n"
        "2  wrong use\n3  a mistake in the settings",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to; it holds what residents wrote")
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there already")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Copy, check, then put the copy in its place."""
    from gateway.config import load_config
    from gateway.store.backup import back_up

    config = load_config(find_settings(options.config))
    size = back_up(config.database, options.file, replace=options.force)
    print(f"{options.file}: {size / 1e6:.1f} MB, checked. It holds what residents wrote: keep it safe.")
    return exits.DONE
