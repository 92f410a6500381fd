"""One attempt at one webhook: what was answered, or why nothing was, in words for a coordinator."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ConnectionTimeoutError,
    InvalidURL,
)

from gateway.webhooks.connector import TOTAL_SECONDS
from gateway.webhooks.schedule import read_retry_after

GONE = 410
# What an answer says besides its status is read only so that the connection can be used again.
MOST_BODY_BYTES = 4096
BODY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt. `status` is None where nothing was answered; `reason` is "" when it was taken.

    `retry_after` is how long the receiver asks to be left alone.
    """

    status: int | None
    reason: str = ""
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver took it."""
        return not self.reason


async def post(
    session: ClientSession, url: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Answer:
    """Post a webhook once; whatever the receiver does, this ends in time and does not raise."""
    try:
        async with (
            asyncio.timeout(TOTAL_SECONDS + BODY_SECONDS),
            session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                allow_redirects=False,
            ) as response,
        ):
            answer = _answer(response, now)
            await _drain(response)
            return answer
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        return Answer(None, _explain(error))


def _answer(response: ClientResponse, now: datetime) -> Answer:
    status = response.status
    if 200 <= status < 300:
        return Answer(status)
    if 300 <= status < 400:
        reason = f"It answered {status}, which leads elsewhere. Give the address that answers itself."
    elif status == GONE:
        reason = "It answered 410: it wants no more."
    else:
        reason = f"It answered {status}."
    return Answer(status, reason, read_retry_after(response.headers.get("Retry-After"), now))


async def _drain(response: ClientResponse) -> None:
    """Read a short body to its end, for the connection is of use again then; a longer one ends with it."""
    left = MOST_BODY_BYTES
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while left > 0 and (chunk := await response.content.read(left)):
                left -= len(chunk)
    except (ClientError, OSError, TimeoutError, ValueError):
        return  # it was taken all the same


def _explain(error: Exception) -> str:
    """Say what went wrong; the words of the error itself may hold anything."""
    match error:
        case ConnectionTimeoutError():
            return "No connection came about in time."
        case TimeoutError():
            return "It did not answer in time."
        case ClientConnectorDNSError():
            return "No name server knows its name, or none answered."
        case ClientConnectorCertificateError() | ssl.SSLError():
            return "Its certificate is not one to be trusted."
        case ClientConnectorError() if error.os_error.errno == errno.EACCES:
            return f"{(error.os_error.strerror or '').capitalize()}."
        case ClientConnectorError() if isinstance(error.os_error, ssl.SSLError):
            return "It does not speak TLS as it should."
        case ClientConnectorError() | ConnectionRefusedError():
            return "Nothing answers at its address."
        case InvalidURL():
            return "Its address is none."
        case _:
            return "It broke off the connection, or answered something that is not HTTP."
