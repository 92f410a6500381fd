"""What pages are dressed with: style, scripts, sounds, under names that change with what is in them."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib import resources

from aiohttp import web

from gateway.web.access import anyone

PREFIX = "/static/"
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_PACKED = (".css", ".js", ".svg", ".txt")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, those bytes packed where that helps, its media type."""

    body: bytes
    packed: bytes | None
    type: str


@cache
def _files() -> tuple[dict[str, str], dict[str, Asset]]:
    """Give the address of each file by its name, and each file by the name in its address."""
    addresses: dict[str, str] = {}
    assets: dict[str, Asset] = {}
    for file in resources.files("gateway.web").joinpath("static").iterdir():
        body = file.read_bytes()
        stem, dot, ending = file.name.rpartition(".")
        name = f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}{dot}{ending}"
        packed = gzip.compress(body, 9, mtime=0) if file.name.endswith(_PACKED) else None
        addresses[file.name] = PREFIX + name
        assets[name] = Asset(body, packed, mimetypes.guess_type(file.name)[0] or "application/octet-stream")
    return addresses, assets


def address_of(name: str) -> str:
    """Give the address of a file in `static/`; raises KeyError where there is no such file."""
    return _files()[0][name]


@anyone
async def _serve(request: web.Request) -> web.Response:
    asset = _files()[1].get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": _FOR_A_YEAR, "Content-Type": asset.type, "Vary": "Accept-Encoding"}
    if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=asset.packed, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=asset.body, headers=headers)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [web.get(PREFIX + "{name}", _serve)]
