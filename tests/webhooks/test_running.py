"""The gateway as it is started sends webhooks, to receivers that its settings name."""

from __future__ import annotations

from pathlib import Path

from gateway.app import running
from gateway.config import load_config
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.webhooks import Wanted
from gateway.webhooks.endpoints import add_endpoint
from tests.village import ASHBY
from tests.webhooks.receiver import receiver
from tests.webhooks.sending import until


async def test_a_running_gateway_tells_of_what_happens_and_of_receivers_that_fail(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    async with receiver() as cases:
        cases.answers.append(500)
        settings = tmp_path / "plainline.toml"
        settings.write_text(
            f'data = "data"\ncommunity = "{ASHBY}"\n[[modem]]\nname = "main"\ndevice = "software"\n'
            f'[limits]\nallowed_countries = ["GB"]\n[http]\nport = {unused_tcp_port}\n'
            f'[webhooks]\nlocal = ["{cases.place}"]\n',
            encoding="utf-8",
        )
        config = load_config(settings)
        config.data.mkdir()
        async with running(config) as gateway:
            wanted = Wanted("Council cases", cases.url, ("help.*",))
            await gateway.store.write(add_endpoint, wanted, config.webhooks, gateway.clock.now())

            def happen(tx: Tx) -> None:
                write_event(tx, "help.opened", "help:7", {"code": "4F"}, gateway.clock.now())

            await gateway.store.write(happen)
            [call] = await cases.wait_for(1)
            assert call.json["data"]["id"] == 7

            async def told() -> bool:
                return any("Council cases" in trouble for trouble in (await gateway.health()).troubles)

            await until(told)
