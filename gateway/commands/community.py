"""`plainline community`: look for mistakes in a community's folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command

if TYPE_CHECKING:
    from gateway.commands.command import Commands


def add(commands: Commands) -> None:
    """Add the command with its part."""
    parser = add_command(
        commands,
        "community",
        check,
        summary="look for mistakes in your community's folder",
        example="plainline community check community",
        statuses="see: plainline community check --help",
    )
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    checking = add_command(
        parts,
        "check",
        check,
        summary="look for mistakes in a folder of places, people and polls, and name each with file and line",
        example="plainline community check community",
        statuses="0  no mistake\n1  mistakes, one a line\n2  wrong use",
    )
    checking.add_argument("folder", type=Path, metavar="FOLDER", help="the folder with community.toml")


def check(options: argparse.Namespace) -> int:
    """Print every mistake with file and line, or what the folder holds."""
    from gateway.community import load_community
    from gateway.community_check import community_mistakes

    mistakes = community_mistakes(options.folder)
    for mistake in mistakes:
        print(mistake)
    if mistakes:
        print(f"{len(mistakes)} to put right. Nothing was changed.")
        return exits.FAILED
    found = load_community(options.folder)
    print(
        f"{found.name}: {len(found.places)} places, {len(found.coordinators)} coordinators, "
        f"{len(found.volunteers)} volunteers, {len(found.drivers)} drivers, {len(found.members)} members, "
        f"{len(found.polls)} polls. No mistakes."
    )
    return exits.DONE
