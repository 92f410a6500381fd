"""Answers as they go out: whole, piece by piece, refused, or known already."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping

from aiohttp import web

from gateway.api.georeport import georeport_errors
from gateway.api.operations import Operation, Stream
from gateway.api.problems import HEADERS, PROBLEM_JSON, Refused, problem_response
from gateway.errors import StoreError
from gateway.services.lifecycle import IllegalMove

log = logging.getLogger(__name__)


# What the web server itself refuses.
_BY_SERVER: Mapping[int, tuple[str, str]] = {
    404: ("not_found", "There is nothing at this address. See /api/v1/openapi.json."),
    405: ("no_method", "This address does not know that method; Allow says which it knows."),
    413: ("too_long", "The request is too long."),
}


def response_of(operation: Operation, status: int, text: str) -> web.Response:
    """Give what an operation came to."""
    if status == 204:
        return web.Response(status=status)
    return web.Response(
        status=status, body=text.encode(), content_type=operation.media, charset=_charset(operation.media)
    )


def _charset(media: str) -> str | None:
    # JSON is UTF-8 by definition; the others have to say so.
    return None if media.endswith("json") else "utf-8"


async def stream_out(request: web.Request, operation: Operation, stream: Stream) -> web.StreamResponse:
    """Send the pieces of a long answer as they are read; a fault on the way cuts it short for all to see."""
    response = web.StreamResponse(headers=HEADERS)
    response.content_type = operation.media
    if _charset(operation.media):
        response.charset = "utf-8"
    if stream.filename:
        response.headers["Content-Disposition"] = f'attachment; filename="{stream.filename}"'
    first = await anext(stream.pieces, b"")  # what is wrong from the start is still told as a problem
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        await response.write(first)
        async for piece in stream.pieces:
            await response.write(piece)
        await response.write_eof()
    except Exception:
        log.exception("an answer of the API was cut short")
        if request.transport is not None:
            request.transport.abort()  # no last piece: the other end must not take it for whole
    return response


def refusal_of(operation: Operation | None, refused: Refused) -> web.Response:
    """Say that a request is not done, in the words of the format that was asked for."""
    if operation is None or operation.error_media == PROBLEM_JSON:
        return problem_response(refused.problem, refused.headers)
    return web.Response(
        status=refused.problem.status,
        text=georeport_errors(operation.error_media, refused.problem),
        content_type=operation.error_media,
        headers=refused.headers,
    )


def as_refused(error: Exception) -> Refused:
    """Say what an error is to another system; one of ours that nobody foresaw goes into the log."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, IllegalMove):
        return Refused(409, "forbidden_move", str(error))
    if isinstance(error, StoreError):
        later = "The gateway cannot use its disk just now. Try again later."
        return Refused(503, "unavailable", later, (), {"Retry-After": "60"})
    if isinstance(error, web.HTTPException):
        code, detail = _BY_SERVER.get(error.status, ("refused", "The request was not understood."))
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return Refused(error.status, code, detail, (), headers)
    log.error("an API request failed", exc_info=error)
    return Refused(500, "fault", "This is a fault of the gateway; nothing was changed.")


def unless_known(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Give 304 where the caller has this very answer already."""
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return response
    etag = hashlib.sha256(response.body).hexdigest()[:32]
    response.etag = etag
    known = request.if_none_match or ()
    if any(tag.value in (etag, "*") for tag in known):
        keep = ("ETag", "RateLimit", "RateLimit-Policy", *HEADERS)
        return web.Response(
            status=304, headers={name: response.headers[name] for name in keep if name in response.headers}
        )
    return response
