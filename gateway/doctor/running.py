"""A gateway that runs, asked by its health page."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

from gateway.config import Config
from gateway.doctor.finding import Finding, bad, look, ok
from gateway.doctor.sim import sim
from modem.driver import Network, PinState, Status

PATIENCE_SECONDS = 5.0
Page = dict[str, Any]


def ask_gateway(config: Config) -> Page | None:
    """Fetch the health page, None where nobody answers."""
    connection = _connection(config)
    try:
        connection.request("GET", "/healthz")
        page = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return page if isinstance(page, dict) and "modems" in page else None


def _connection(config: Config) -> http.client.HTTPConnection:
    host, port = config.http.host, config.http.port
    if config.http.tls_certificate is None:
        return http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
    # The certificate is for the name that people type, and this is our own machine.
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=PATIENCE_SECONDS, context=trusting)


def other_gateway(config: Config) -> Finding:
    """Say that the port is another gateway's."""
    return look(
        "gateway",
        f"Another gateway answers on port {config.http.port}.",
        "Stop it (plainline demo, perhaps), or give this one another port: [http] port = 8471",
    )


def silent(config: Config) -> Finding:
    """Say that the gateway runs, and that nothing more can be learned of it."""
    return look(
        "gateway",
        f"It is running, but its page does not answer on port {config.http.port}.",
        "See what it says: journalctl -u plainline. Is the port another program's? [http] port = 8471",
    )


def running(page: Page) -> list[Finding]:
    """Give the findings about a running gateway and its modems."""
    found = [_gateway(page)]
    found += [
        look("gateway", words, "See what it says: journalctl -u plainline") for words in page["troubles"]
    ]
    for modem in page["modems"]:
        found += _modem(modem)
    return found


def _gateway(page: Page) -> Finding:
    waiting = f"{page['queue']} {'text waits' if page['queue'] == 1 else 'texts wait'} to be sent."
    if page["ready"]:
        return ok("gateway", f"Running, version {page['version']}. {waiting}")
    return look(
        "gateway",
        f"Running, version {page['version']}, but not ready yet. {waiting}",
        "What it waits for is said below; look again in a minute.",
    )


def _modem(modem: Page) -> list[Finding]:
    about = f"modem {modem['name']}"
    if modem["state"] != "ready":
        yet = bad(about, f"{modem['words']}", "See docs/hardware.md for each state of a modem.")
        return [yet]
    found = [ok(about, modem["words"])]
    status = modem["status"]
    return found + (sim(about, _status(status)) if status else [])


def _status(told: Page) -> Status:
    return Status(
        pin=PinState(told["pin"]),
        network=Network(told["network"]),
        operator=told["operator"],
        signal=told["signal"],
        sim_used=told["sim_used"],
        sim_size=told["sim_size"],
    )
