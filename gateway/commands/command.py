"""What the commands have in common: their help and where their settings are found."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import ConfigError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

PLACES = (Path("plainline.toml"), Path("demo-data/plainline.toml"))


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    *,
    summary: str,
    example: str,
    statuses: str,
) -> argparse.ArgumentParser:
    """Add a command whose help ends with an example and the exit statuses."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"example:\n{_indent(example)}\n\nexit statuses:\n{_indent(statuses)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add `--config FILE`."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the settings (otherwise ./plainline.toml, or else ./demo-data/plainline.toml)",
    )


def find_settings(named: Path | None) -> Path:
    """Give the settings file that was named, or the one in its usual place. Raises ConfigError."""
    if named is not None:
        return named
    for place in PLACES:
        if place.is_file():
            return place
    raise ConfigError(
        "There is no plainline.toml here. Name your settings with --config FILE, "
        "or start with: plainline demo"
    )


def e164_number(typed: str) -> str:
    """Read a number that was typed, with + and its country code."""
    number = re.sub(r"[\s()-]", "", typed)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        raise argparse.ArgumentTypeError("a number has + and its country code, like +447700900123")
    return number


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines())
