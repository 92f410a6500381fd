"""`plainline flows`: check the flows, or draw one."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, find_settings

if TYPE_CHECKING:
    from flows.errors import Problem
    from flows.library import Library
    from gateway.commands.command import Commands


def add(commands: Commands) -> None:
    """Add the command with its two parts."""
    parser = add_command(
        commands,
        "flows",
        check,
        summary="check the flows, or draw one",
        example="plainline flows check my-flows\nplainline flows draw lift",
        statuses="see: plainline flows check --help, plainline flows draw --help",
    )
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    checking = add_command(
        parts,
        "check",
        check,
        summary="look for mistakes in the flows, and name each with file and line",
        example="plainline flows check my-flows",
        statuses="0  no mistake\n1  mistakes, one a line\n2  wrong use\n3  a mistake in the settings",
    )
    checking.add_argument(
        "folders", nargs="*", type=Path, metavar="DIR", help="your folder of flows, checked with Plainline's"
    )
    checking.add_argument(
        "--speech",
        action="store_true",
        help="look also for words that the speech models which are here cannot hear",
    )
    add_config(checking)
    drawing = add_command(
        parts,
        "draw",
        draw,
        summary="print a flow as a Mermaid diagram",
        example="plainline flows draw lift > lift.mmd",
        statuses="0  drawn\n1  there is no such flow, or it has mistakes\n2  wrong use",
    )
    drawing.add_argument("name", metavar="NAME", help="the flow's name, like lift")
    drawing.add_argument(
        "folders", nargs="*", type=Path, metavar="DIR", help="your folder of flows, if it is one of yours"
    )


def check(options: argparse.Namespace) -> int:
    """Print every mistake with file and line."""
    from gateway.flow_check import check_flows

    library, problems = check_flows(options.folders)
    if options.speech:
        problems += _unheard(options, library)
    for problem in problems:
        print(_from_here(problem))
    if problems:
        print(f"{len(problems)} to put right.")
        return exits.FAILED
    print(f"{len(library.flows)} flows in {', '.join(library.languages)}: no mistakes.")
    return exits.DONE


def draw(options: argparse.Namespace) -> int:
    """Print one flow as Mermaid text."""
    from flows.draw import draw as mermaid
    from flows.library import BUILT_IN, load_library

    library = load_library((BUILT_IN, *options.folders))
    if options.name not in library.flows:
        for problem in library.problems:
            print(_from_here(problem), file=sys.stderr)
        print(f"plainline: no flow {options.name}. There are: {', '.join(library.flows)}.", file=sys.stderr)
        return exits.FAILED
    print(mermaid(library.flow(options.name)).rstrip())
    return exits.DONE


def _unheard(options: argparse.Namespace, library: Library) -> list[Problem]:
    """What the flows listen for and the models that are here cannot hear."""
    import asyncio

    from gateway.config import load_config
    from gateway.speech_check import check_models
    from modem.speech.models import ModelFolder

    models = ModelFolder(load_config(find_settings(options.config)).models).installed()
    if not models:
        print("No speech model is here to check with. Bring one here, for English: plainline models get en")
    _, problems = asyncio.run(check_models(models, library, ()))
    return problems


def _from_here(problem: Problem) -> str:
    """Say where a problem stands as seen from the current folder."""
    place = Path(problem.path)
    nearer = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    return str(replace(problem, path=str(nearer)))
