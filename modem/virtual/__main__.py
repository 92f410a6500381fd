"""`python -m modem.virtual`: one small network with software modems, in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from modem.audio.software import LOCK_STEP
from modem.audio.software import REAL as REAL_SOUND
from modem.virtual.dialect import DIALECTS
from modem.virtual.network import AT_ONCE, REAL, Network
from modem.virtual.server import Server


def main() -> None:
    """Run until SIGTERM or, with `--with-parent`, until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m modem.virtual", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="unix socket to be controlled over")
    parser.add_argument(
        "--modem",
        action="append",
        type=_modem,
        default=[],
        metavar="NUMBER:DIALECT[:PIN[:SLOTS]]",
        help=f"a modem; dialects are {', '.join(DIALECTS)}",
    )
    parser.add_argument("--pace", choices=(AT_ONCE, REAL), default=AT_ONCE)
    parser.add_argument("--sound", choices=(REAL_SOUND, LOCK_STEP), default=REAL_SOUND, help="pace of calls")
    parser.add_argument("--country", default="44", help="calling code numbers beginning with 0 belong to")
    parser.add_argument("--seed", type=int, default=1, help="seed of the real pace")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    os.umask(0o077)
    try:
        asyncio.run(_serve(parser.parse_args()))
    except OSError as error:
        sys.exit(f"the simulator cannot start: {error}")


def _modem(described: str) -> tuple[str, str, str, int]:
    number, dialect, pin, slots = (described.split(":") + [""] * 4)[:4]
    if dialect not in DIALECTS or not (slots or "0").isdigit():
        raise argparse.ArgumentTypeError(f"{described!r} is not NUMBER:DIALECT[:PIN[:SLOTS]]")
    return number, dialect, pin, int(slots or 0)


async def _serve(options: argparse.Namespace) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, ended.set)
    server = Server(options.socket, Network(options.pace, options.country, options.seed))
    server.sound.pace = options.sound
    for number, dialect, pin, slots in options.modem or [_modem("+447700900000:sim800")]:
        server.add(number, dialect, pin, slots)
    await server.start()
    modems = [
        {"number": m.sim.number, "device": str(m.terminal.line.link), "pty": m.terminal.line.path}
        for m in server.modems
    ]
    sys.stdout.write(json.dumps({"socket": str(options.socket), "modems": modems}) + "\n")
    sys.stdout.flush()
    if options.with_parent:
        loop.add_reader(sys.stdin.fileno(), lambda: ended.set() if not os.read(0, 4096) else None)
    await ended.wait()
    await server.stop()


main()
