"""Bodies of requests: JSON, neither too long nor too slow."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from aiohttp import web

from gateway.api.problems import Refused
from gateway.api.reading import Malformed, Wrong, read_json, read_shape

S = TypeVar("S")

BODY_BYTES = 64 * 1024
BODY_SECONDS = 10.0
JSON_ONLY = {"Accept": "application/json"}
# What is left of a body that is not read would be taken for the next request.
CLOSING = {"Connection": "close"}


async def receive(request: web.Request) -> bytes:
    """Read a body of JSON that is neither too long nor too slow; raises Refused."""
    if request.content_type != "application/json":
        raise Refused(415, "not_json", "Send Content-Type: application/json.", (), JSON_ONLY)
    if "Content-Encoding" in request.headers:
        raise Refused(415, "encoded", "Send the body as it is, without Content-Encoding.")
    if (request.content_length or 0) > BODY_BYTES:
        raise _too_long()
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.content.iter_any():
                raw += piece
                if len(raw) > BODY_BYTES:
                    raise _too_long()
    except TimeoutError:
        raise Refused(408, "too_slow", "The body took too long to come.", (), CLOSING) from None
    except web.RequestPayloadError:
        raise Refused(400, "cut_off", "The body ended before its length.") from None
    return bytes(raw)


def _too_long() -> Refused:
    return Refused(413, "too_long", f"A body has {BODY_BYTES} bytes at most.", (), CLOSING)


def read_body(shape: type[S], raw: bytes) -> S:
    """Read a body into what is asked for; raises Refused."""
    try:
        return read_shape(shape, read_json(raw))
    except Malformed as malformed:
        raise Refused(400, "bad_json", str(malformed)) from None
    except Wrong as wrong:
        raise Refused(422, "bad_body", "The body is not as described.", wrong.mistakes) from None
