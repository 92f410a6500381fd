"""`plainline count`: count the ballots of a BLT file, as the gateway counts a vote."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command
from gateway.errors import GatewayError

if TYPE_CHECKING:
    from gateway.commands.command import Commands
    from gateway.counting import Count


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "count",
        run,
        summary="count the ballots of a BLT file round by round, as a vote is counted, to check a report",
        example="plainline count ballots.blt\nplainline count --method approval ballots.blt",
        statuses="0  counted\n1  the file cannot be read, or holds a mistake\n2  wrong use",
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the ballots, from a report or another program"
    )
    parser.add_argument(
        "--method",
        choices=("plurality", "approval", "score", "ranked"),
        default="ranked",
        help="how to count (ranked if not given)",
    )
    parser.add_argument(
        "--order",
        metavar="NUMBERS",
        default="",
        help="who is stronger among equals, such as 2,1,3; a tie stops the count if not given",
    )


def run(options: argparse.Namespace) -> int:
    """Count and print every round."""
    from gateway.counting.blt import hash_of, read_blt
    from gateway.counting.recount import numbers_of, recount

    try:
        source = options.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise GatewayError(
            f"{options.file} cannot be read as a text file. Check its name and rights."
        ) from None
    election = read_blt(source)
    numbers = numbers_of(election)
    names = dict(zip(numbers, election.options, strict=True))
    order = [part.strip() for part in options.order.split(",")] if options.order else []
    if order and sorted(order) != sorted(numbers):
        raise GatewayError("--order must name every option once, by number, such as 2,1,3.")
    counted = recount(election, options.method, order)
    print(election.title or options.file.name)
    for line in _show(counted, names):
        print(line)
    print(f"sha256 {hash_of(source)}")
    return exits.DONE


def _show(counted: Count, names: Mapping[str, str]) -> Iterator[str]:
    from gateway.counting.model import exact

    if counted.quota:
        yield f"quota {exact(counted.quota)}"
    for number, part in enumerate(counted.rounds, 1):
        yield f"\nround {number}"
        for key in sorted(part.votes, key=lambda key: -part.votes[key]):
            yield f"  {names[key]:34} {exact(part.votes[key])}"
        if part.exhausted:
            yield f"  {'count no more':34} {exact(part.exhausted)}"
        for words, keys in (("equal", part.tie), ("elected", part.elected)):
            if keys:
                yield f"{words}: {', '.join(names[key] for key in keys)}"
        if part.surplus_of:
            yield f"surplus of {names[part.surplus_of]} passes on at {exact(part.worth)}"
        if part.out:
            yield f"out: {names[part.out]}"
    if counted.tied:
        yield "\na tie stops the count here"
    yield f"\nresult: {', '.join(names[key] for key in counted.winners) or 'nobody'}"
