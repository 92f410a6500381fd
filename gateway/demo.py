"""The demo: a folder with settings for the software modem and the sample community, and how to text it."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.config import Config, HttpConfig
from gateway.errors import GatewayError
from gateway.web.welcome import how_to_enter
from modem.errors import SpeechDown
from modem.speech.models import ModelFolder

if TYPE_CHECKING:
    from gateway.app import Gateway

    Serve = Callable[[Config, Callable[[Gateway], None]], Awaitable[None]]

SAMPLE = Path(__file__).parent / "sample" / "ashby"
FOLDER = Path("demo-data")
NUMBER = "+447700900000"
RESIDENT = "+447700900123"
START_SECONDS = 60.0
ASK_AGAIN_SECONDS = 0.2
MODEL_SECONDS = 300.0

_SETTINGS = """\
# Made by `plainline demo`. Change what you like: it is kept, like all that happens in the demo.
# To begin afresh, delete this folder.
data = "."
community = "community"

[[modem]]
name = "demo"
device = "software"
number = "{number}"

[limits]
allowed_countries = ["GB"]

[http]
port = {port}
"""

_WELCOME = """
Plainline answers on {number}, on a modem made of software. Nothing leaves this machine.

Be a resident, in another terminal (same folder):

    {program} chat --from {resident}

and text, for example:

    LIFT     book a seat on the community bus
    HELP     ask a neighbour for help
    VOTE     take part in a poll
    MENU     hear what else there is

{dashboard}

Ctrl-C stops it. What happened is kept in {folder}, and is there again next time.
"""


def prepare_demo(folder: Path = FOLDER) -> Path:
    """Make what is not there yet, leave alone what is, and give the settings file."""
    try:
        return _prepare(folder)
    except OSError as error:
        raise GatewayError(
            f"The demo cannot keep its things in {folder.absolute()} ({error.strerror}). Run it in a "
            "folder of your own."
        ) from None


def _prepare(folder: Path) -> Path:
    settings = folder / "plainline.toml"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / "community").exists():
        # Named only once it is whole, as somebody may stop the demo here.
        unfinished = folder / ".community"
        shutil.copytree(SAMPLE, unfinished, dirs_exist_ok=True)
        unfinished.rename(folder / "community")
    if not settings.exists():
        settings.write_text(_SETTINGS.format(number=NUMBER, port=_free_port()), encoding="utf-8")
    return settings


async def run_demo(config: Config, serve: Serve) -> None:
    """Run the gateway, and tell how to text it once it is ready."""
    await bring_model(config)
    tellings: list[asyncio.Task[None]] = []
    try:
        await serve(
            config, lambda gateway: tellings.append(asyncio.create_task(_tell_when_ready(config, gateway)))
        )
    finally:
        for telling in tellings:
            telling.cancel()
        await asyncio.gather(*tellings, return_exceptions=True)


async def bring_model(config: Config) -> None:
    """Bring the English speech model here, once; where it cannot be had, say so: keys then do everything."""
    models = ModelFolder(config.models)
    if "en" in models.installed():
        return
    print("Bringing the English speech model here (once, 40 MB) …", flush=True)  # noqa: T201
    try:
        async with asyncio.timeout(MODEL_SECONDS):
            await models.get("en", lambda _have, _whole: None)
    except (SpeechDown, OSError, TimeoutError) as error:
        why = str(error) or "That takes too long."
        print(f"{why}\nUntil it is here, callers use the keys, which do everything.", flush=True)  # noqa: T201


async def _tell_when_ready(config: Config, gateway: Gateway) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while True:
                if (await gateway.health()).ready:
                    break
                await asyncio.sleep(ASK_AGAIN_SECONDS)
    except TimeoutError:
        print(f"Not ready after {START_SECONDS:.0f} s. See why: {_program()} doctor", flush=True)  # noqa: T201
        return
    print(  # noqa: T201
        _WELCOME.format(
            number=config.modems[0].number or "its number",
            resident=RESIDENT,
            program=_program(),
            folder=config.path.parent,
            dashboard=how_to_enter(gateway),
        ),
        flush=True,
    )


def _program() -> str:
    """Give what has to be typed to call this program from here."""
    called = Path(sys.argv[0])
    if shutil.which("plainline") == str(called.absolute()):
        return "plainline"
    here = Path.cwd()
    absolute = called.absolute()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def _free_port() -> int:
    usual = HttpConfig()
    for port in (usual.port, 0):
        with socket.socket() as probe:
            try:
                probe.bind((usual.host, port))
            except OSError:
                continue
            chosen: int = probe.getsockname()[1]
            return chosen
    return usual.port
