"""A telephone on the network made of software: lines become texts, texts become lines."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.config import Config
from gateway.errors import GatewayError
from gateway.terminal import Prompt
from modem.virtual.client import Simulator, SimulatorError
from modem.virtual.phone import Phone, Received

# One line may bring several texts, one soon after the other.
QUIET_SECONDS = 0.5
HEARTBEAT_SECONDS = 2.0
COMMENT = "#"


class NoAnswer(GatewayError):
    """Nobody answered at the other end."""


@dataclass(frozen=True, slots=True)
class Line:
    """A phone and the number it texts."""

    phone: Phone
    to: str
    simulator: Simulator


@asynccontextmanager
async def open_line(config: Config, number: str, to: str | None) -> AsyncIterator[Line]:
    """Take the phone `number` on the gateway's software network. Raises GatewayError."""
    if not any(modem.is_software for modem in config.modems):
        raise GatewayError(
            f"{config.path} names a real modem, and this telephone works on the software modem alone. "
            "Text the gateway from a phone."
        )
    try:
        simulator = await Simulator.connect(config.network_socket)
    except SimulatorError:
        raise NoAnswer(
            f"No gateway answers (looked for {config.network_socket}). Start it with: plainline demo, or "
            f"plainline run --config {config.path}"
        ) from None
    try:
        gateway = to or (await simulator.modems())[0].number
        yield Line(await simulator.phone(number), gateway, simulator)
    except SimulatorError:
        raise NoAnswer("The gateway has stopped, so this telephone has too.") from None
    finally:
        await simulator.close()


async def follow_script(line: Line, show: Callable[[str], None], patience: float) -> None:
    """Text every line of standard input, each once the one before is answered.

    Raises NoAnswer when no reply comes within `patience` seconds.
    """
    await _show_until_quiet(line, show, 0)
    number = 0
    while typed := await asyncio.to_thread(sys.stdin.readline):
        number += 1
        text = typed.rstrip("\r\n")
        if not text.strip() or text.startswith(COMMENT):
            continue
        show(f"> {text}")
        await line.phone.text(line.to, text)
        try:
            show(_as_transcript(await line.phone.next(patience)))
        except TimeoutError:
            raise NoAnswer(
                f"Line {number} had no reply within {patience:g} seconds. "
                "See what the gateway says with: plainline doctor"
            ) from None
        await _show_until_quiet(line, show, QUIET_SECONDS)


async def talk(line: Line, prompt: Prompt) -> None:
    """Text what is typed and show what arrives, until Ctrl-D. Raises NoAnswer when the gateway stops."""
    tasks = [
        asyncio.create_task(_text_what_is_typed(line, prompt)),
        asyncio.create_task(_show_what_arrives(line, prompt)),
        asyncio.create_task(_watch(line)),
    ]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def _text_what_is_typed(line: Line, prompt: Prompt) -> None:
    async for text in prompt.lines():
        if text.strip():
            await line.phone.text(line.to, text)


async def _show_what_arrives(line: Line, prompt: Prompt) -> None:
    while True:
        received = await line.phone.next(timeout=float("inf"))
        prompt.show(f"{received.sender}, {received.at.astimezone():%H:%M}", received.body)


async def _watch(line: Line) -> None:
    # A connection that ended says so only when something is asked of it.
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        await line.simulator.modems()


async def _show_until_quiet(line: Line, show: Callable[[str], None], quiet: float) -> None:
    try:
        while True:
            show(_as_transcript(await line.phone.next(quiet)))
    except TimeoutError:
        return


def _as_transcript(received: Received) -> str:
    return "\n".join(f"< {line}" for line in received.body.splitlines() or [""])
