"""A server of speech models that cuts, lies and damages, on this machine alone."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

NAME = "vosk-model-small-xx-0.1"


def model_zip(more: Mapping[str, bytes] | None = None) -> bytes:
    """Give a ZIP file with something that looks like a model, and `more` files by their paths."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{NAME}/am/final.mdl", bytes(range(256)) * 2000)
        archive.writestr(f"{NAME}/conf/mfcc.conf", "--num-ceps=40\n")
        for path, content in (more or {}).items():
            archive.writestr(path, content)
    return packed.getvalue()


@dataclass
class ModelServer:
    """Serves one model. `cuts` are after how many octets each request is cut off, in turn."""

    model: bytes = field(default_factory=model_zip)
    cuts: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    lies_about_range: bool = False
    listed: dict[str, object] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def entry(self) -> dict[str, object]:
        """Give the model's entry in the list, with what `listed` says otherwise."""
        return {
            "lang": "xx",
            "lang_text": "Example",
            "md5": hashlib.md5(self.model, usedforsecurity=False).hexdigest(),
            "name": NAME,
            "obsolete": "false",
            "size": len(self.model),
            "size_text": "500 KiB",
            "type": "small",
            "url": "https://elsewhere.invalid/never-asked.zip",
            "version": "0.1",
        } | self.listed

    async def give_list(self, request: web.Request) -> web.Response:
        """Answer with the list."""
        return web.json_response([self.entry()])

    async def give_model(self, request: web.Request) -> web.StreamResponse:
        """Answer with the model, or with as much of it as the next of `cuts` says."""
        self.asked.append(request.headers.get("Range", ""))
        if self.status != 200:
            return web.Response(status=self.status)
        start = int(self.asked[-1].removeprefix("bytes=").removesuffix("-") or 0) if self.knows_ranges else 0
        if start >= len(self.model):
            return web.Response(status=416)
        response = web.StreamResponse(status=206 if start else 200)
        if start:
            told = 0 if self.lies_about_range else start
            response.headers["Content-Range"] = f"bytes {told}-{len(self.model) - 1}/{len(self.model)}"
        rest = self.model[start:]
        response.content_length = len(rest)
        await response.prepare(request)
        if self.cuts:
            await response.write(rest[: self.cuts.pop(0)])
            assert request.transport is not None
            request.transport.abort()
            return response
        await response.write(rest)
        return response


@asynccontextmanager
async def serving(server: ModelServer) -> AsyncIterator[ModelServer]:
    """Serve for as long as the block lasts."""
    app = web.Application()
    app.router.add_get("/models/model-list.json", server.give_list)
    app.router.add_get(f"/models/{NAME}.zip", server.give_model)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}/models"
    try:
        yield server
    finally:
        await runner.cleanup()


def written(entries: list[dict[str, object]]) -> str:
    """Give a list as its file has it."""
    return json.dumps(entries)
