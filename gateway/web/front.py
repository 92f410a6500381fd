"""The front door: the site of a gateway, opened where the settings say."""

from __future__ import annotations

import logging
import ssl
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from gateway.config_http import HttpConfig
from gateway.store.accounts import any_account
from gateway.web.connections import KEEP_ALIVE_SECONDS, listen
from gateway.web.setup_code import make_setup_code
from gateway.web.site import make_site

if TYPE_CHECKING:
    from gateway.app import Gateway

log = logging.getLogger(__name__)

_GOODBYE_SECONDS = 2.0


class Front(NamedTuple):
    """A site and the port it listens on, 0 where it could not be opened."""

    site: web.Application
    port: int


async def open_site(stack: AsyncExitStack, http: HttpConfig, gateway: Gateway) -> Front:
    """Open the site until `stack` closes. Where it cannot be, the gateway has a trouble and goes on."""
    if not await gateway.store.read(any_account):
        gateway.setup_code = make_setup_code(gateway.data)
    site = make_site(gateway, http)
    runner = web.AppRunner(
        site,
        access_log=None,
        keepalive_timeout=KEEP_ALIVE_SECONDS,
        shutdown_timeout=_GOODBYE_SECONDS,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        server = await listen(runner, http.host, http.port, private_context(http))
    except (OSError, ssl.SSLError) as error:
        what = "certificate" if isinstance(error, ssl.SSLError) else f"port {http.port}"
        gateway.troubles["page"] = (
            f"The local page cannot use {what} ({error.strerror}). "
            "Texts work without it. Choose another one under [http] in the settings."
        )
        log.warning("local page not started: %s", error.strerror)
        return Front(site, 0)
    # Before the site is cleaned up: nobody new comes in while those who are there are seen off.
    stack.callback(server.close)
    port: int = server.sockets[0].getsockname()[1]
    gateway.address = _address(http, port)
    return Front(site, port)


def private_context(http: HttpConfig) -> ssl.SSLContext | None:
    """Give what encrypts the line, None where the gateway does not do it itself; raises SSLError."""
    if http.tls_certificate is None or http.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(http.tls_certificate, http.tls_key)
    return context


def _address(http: HttpConfig, port: int) -> str:
    """Give the address to type: that of a reverse proxy where there is one."""
    if http.public_url:
        return http.public_url
    host = "127.0.0.1" if http.host in {"0.0.0.0", "::", ""} else http.host  # noqa: S104
    return f"{'https' if http.tls_certificate else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
