"""A receiver of webhooks in a process of its own: `python -m tests.benchmarks.webhook_receiver quick`.

It prints its port. `quick` answers at once and says at /times when each webhook came; `slow` takes
five seconds for each; `dead` takes connections and answers nothing.
"""

from __future__ import annotations

import asyncio
import sys
import time

TIMES: list[float] = []
SLOW_SECONDS = 5.0
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: str) -> None:
    """Take what comes on one connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET "):
                body = "\n".join(map(str, TIMES)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                return
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            await reader.readexactly(int(lengths[0].partition(b":")[2]))
            if kind == "dead":
                continue
            if kind == "slow":
                await asyncio.sleep(SLOW_SECONDS)
            TIMES.append(time.monotonic())
            writer.write(OK)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(kind: str) -> None:
    """Serve until killed."""
    server = await asyncio.start_server(lambda r, w: serve(r, w, kind), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
