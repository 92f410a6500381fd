"""The command line: which commands there are, and what becomes of their errors."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, NoReturn

from flows.errors import FlowsError
from gateway.commands import (
    backup,
    chat,
    community,
    count,
    demo,
    doctor,
    exits,
    flows,
    invite,
    models,
    prompts,
    run,
    tokens,
)
from gateway.errors import ConfigError, GatewayError
from modem.errors import ModemError

COMMANDS = (run, demo, chat, doctor, flows, community, models, prompts, invite, tokens, backup, count)


def run_command(arguments: list[str]) -> int:
    """Run one command and give its exit status; errors become one line on standard error."""
    try:
        options = parser().parse_args(arguments)
        status: int = options.run(options)
        sys.stdout.flush()
    except ConfigError as error:
        return _complain(str(error), exits.SETTINGS)
    except (GatewayError, FlowsError, ModemError) as error:
        return _complain(str(error), exits.FAILED)
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`): say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.FAILED
    except Exception as error:
        return _complain(_fault(error), exits.FAULT)
    return status


def parser() -> argparse.ArgumentParser:
    """Give the parser of the whole command line."""
    whole = _Parser(
        prog="plainline",
        description="One telephone number for a community: help, lifts and votes by plain text message.",
        epilog="example:\n  plainline demo\n\nEach command tells more: plainline COMMAND --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return whole


class _Parser(argparse.ArgumentParser):
    """Answers wrong use in one line, with the way to the help."""

    def error(self, message: str) -> NoReturn:
        """Leave with what is wrong and where the help is."""
        # argparse counts what may be left out (DIR ...) among what is required.
        message = message.replace(", DIR", "")
        self.exit(exits.USAGE, f"plainline: {message}. How to use it: {self.prog} --help\n")


class _Version(argparse.Action):
    """Looks the version up only when somebody asks for it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from gateway.version import VERSION

        print(f"plainline {VERSION}")  # noqa: T201
        parser.exit()


def _complain(message: str, status: int) -> int:
    sys.stdout.flush()
    print(f"plainline: {message}", file=sys.stderr)  # noqa: T201
    return status


def _fault(error: Exception) -> str:
    from gateway.logs import error_places, error_words

    return (
        f"this is a fault of Plainline itself ({error_words(error)} at {error_places(error)}). "
        "Texts that were received are safe. Please report this line."
    )
