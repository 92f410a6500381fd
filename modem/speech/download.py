"""One file from the net, resumed where it was cut, and used only when it is whole."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp

from modem.errors import SpeechDown

Progress = Callable[[int, int], None]
"""Told how many octets of how many are there."""

TRIES_WITHOUT_PROGRESS = 4
WAIT_SECONDS = 2.0

_PIECE_OCTETS = 262_144
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=30)
_LIST_OCTETS = 4_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to download: its address, its size in octets, its MD5 sum in hex."""

    address: str
    octets: int
    md5: str


async def read_text(address: str) -> str:
    """Give the text at `address`. Raises `SpeechDown`."""
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(address) as response:
            if response.status != HTTPStatus.OK:
                raise SpeechDown(f"{address} is not to be had (status {response.status}).")
            return (await response.content.read(_LIST_OCTETS)).decode("utf-8", "replace")
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise SpeechDown(_unreachable(address)) from error


async def download(wanted: Wanted, part: Path, progress: Progress) -> None:
    """Bring `wanted` into the file `part`, going on from what is in it already.

    Raises `SpeechDown` when it cannot be had, leaving what is there for the next time, or when its sum
    is not the one in the list, leaving nothing.
    """
    fruitless, furthest = 0, _octets(part)
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        while _octets(part) != wanted.octets:
            try:
                await _fetch(session, wanted, part, progress)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if isinstance(error, OSError) and error.filename:
                    raise SpeechDown(f"{part} cannot be written: {error.strerror}.") from error
            # What is lost and brought again is no progress.
            fruitless = 0 if _octets(part) > furthest else fruitless + 1
            furthest = max(furthest, _octets(part))
            if fruitless == TRIES_WITHOUT_PROGRESS:
                raise SpeechDown(_unreachable(wanted.address))
            if _octets(part) != wanted.octets:
                await asyncio.sleep(WAIT_SECONDS)
    if await asyncio.to_thread(_md5, part) != wanted.md5:
        _drop(part)
        raise SpeechDown(f"{wanted.address} came damaged and was thrown away: try again, or another mirror.")


async def _fetch(session: aiohttp.ClientSession, wanted: Wanted, part: Path, progress: Progress) -> None:
    """Take what comes of one request, as far as it comes."""
    have = _octets(part)
    async with session.get(wanted.address, headers={"Range": f"bytes={have}-"} if have else {}) as response:
        match response.status:
            case HTTPStatus.OK:
                # It knows no ranges, and sends all of it again.
                await _write(response, part, 0, wanted, progress)
            case HTTPStatus.PARTIAL_CONTENT if _goes_on(response, have):
                await _write(response, part, have, wanted, progress)
            case HTTPStatus.PARTIAL_CONTENT | HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                _drop(part)
            case status:
                raise SpeechDown(f"{wanted.address} is not to be had (status {status}).")


async def _write(
    response: aiohttp.ClientResponse, part: Path, have: int, wanted: Wanted, progress: Progress
) -> None:
    with part.open("ab" if have else "wb") as file:
        progress(have, wanted.octets)
        async for piece in response.content.iter_chunked(_PIECE_OCTETS):
            have += len(piece)
            if have > wanted.octets:
                file.truncate(0)
                raise SpeechDown(f"{wanted.address} is larger than its list says: it is not used.")
            file.write(piece)
            progress(have, wanted.octets)


def _goes_on(response: aiohttp.ClientResponse, have: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)


def _octets(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _md5(part: Path) -> str:
    with part.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _unreachable(address: str) -> str:
    return (
        f"{address} cannot be reached, or breaks off. Try again later, name a mirror in the settings, "
        "or bring the file on a stick: plainline models add FILE.zip"
    )
