"""What callers who hide their number hear: without it nothing could be kept for them."""

from __future__ import annotations

import asyncio

from gateway.call_words import common_sentences
from gateway.exchange import Exchange
from modem.audio.line import Line


async def tell_withheld(exchange: Exchange, line: Line, ended: asyncio.Event) -> None:
    """Ask a caller to ring again with their number shown, until it was heard or they `ended` the call.

    Raises LineLost.
    """
    turns = exchange.turns
    words = common_sentences(turns.library, turns.community, "call.withheld")

    async def hear() -> None:
        while True:
            await line.hear()

    tasks: list[asyncio.Task[object]] = []
    try:
        await line.open()
        tasks += [
            asyncio.create_task(exchange.mouth.say(line, words, slow=False)),
            asyncio.create_task(hear()),
            asyncio.create_task(ended.wait()),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await line.close()
