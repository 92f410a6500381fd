"""The health page tells how the gateway is, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from gateway.web.health import Health, ModemHealth, health_routes
from modem.driver import Network, PinState, Status

STATUS = Status(
    pin=PinState.READY,
    network=Network.HOME,
    operator="Cellnet",
    signal=61,
    imsi="234100000000001",
    imei="867395030000001",
    model="SIM7600",
    sim_used=2,
    sim_size=30,
)


def health(*, ready: bool = True) -> Health:
    modem = ModemHealth("main", "ready", "The modem works.", STATUS)
    asleep = ModemHealth("second", "absent", "The stick is not plugged in.")
    return Health(
        ready,
        "0.1.0",
        3,
        "trusted",
        (modem, asleep),
        ("The disk is nearly full.",),
        "Callers are understood in en.",
        "/var/lib/plainline",
    )


Client = TestClient[web.Request, web.Application]


async def page(client: AiohttpClient, snapshot: Callable[[], Awaitable[Health]]) -> Client:
    app = web.Application()
    app.add_routes(health_routes(snapshot))
    return await client(app)


async def test_everything_a_doctor_needs_is_on_the_page(aiohttp_client: AiohttpClient) -> None:
    async def snapshot() -> Health:
        return health()

    answer = await (await page(aiohttp_client, snapshot)).get("/healthz")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert await answer.json() == {
        "ready": True,
        "version": "0.1.0",
        "queue": 3,
        "clock": "trusted",
        "modems": [
            {
                "name": "main",
                "state": "ready",
                "words": "The modem works.",
                "status": {
                    "pin": "ready",
                    "network": "home",
                    "operator": "Cellnet",
                    "signal": 61,
                    "model": "SIM7600",
                    "sim_used": 2,
                    "sim_size": 30,
                },
            },
            {
                "name": "second",
                "state": "absent",
                "words": "The stick is not plugged in.",
                "status": None,
            },
        ],
        "troubles": ["The disk is nearly full."],
        "speech": "Callers are understood in en.",
        "data": "/var/lib/plainline",
    }


async def test_a_gateway_that_is_not_ready_says_so_to_monitoring(aiohttp_client: AiohttpClient) -> None:
    async def snapshot() -> Health:
        return health(ready=False)

    answer = await (await page(aiohttp_client, snapshot)).get("/healthz")
    assert answer.status == 503
    assert (await answer.json())["ready"] is False


async def test_neither_sim_nor_stick_is_named(aiohttp_client: AiohttpClient) -> None:
    async def snapshot() -> Health:
        return health()

    text = await (await (await page(aiohttp_client, snapshot)).get("/healthz")).text()
    assert STATUS.imsi not in text
    assert STATUS.imei not in text


async def test_an_error_page_says_nothing_of_what_the_error_was_about(aiohttp_client: AiohttpClient) -> None:
    async def snapshot() -> Health:
        raise KeyError("+447700900123 wrote: my husband fell")

    client = await page(aiohttp_client, snapshot)
    for path, status in (("/healthz", 500), ("/my-husband-fell", 404)):
        answer = await client.get(path)
        assert answer.status == status
        words = await answer.text()
        assert "husband" not in words
        assert "447700" not in words
