"""The service as `plainline run` starts it."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

from gateway.app import Gateway, serve
from gateway.config import load_config
from tests.village import ASHBY


async def test_what_is_loaded_at_the_start_is_never_searched_for_garbage_during_a_call(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    settings = tmp_path / "plainline.toml"
    settings.write_text(
        f'data = "data"\ncommunity = "{ASHBY}"\n[http]\nport = {unused_tcp_port}\n'
        '[limits]\nallowed_countries = ["GB"]\n'
        '[[modem]]\nname = "main"\ndevice = "software"\n',
        encoding="utf-8",
    )
    config = load_config(settings)
    config.data.mkdir()
    searched: list[bool] = []

    def began(gateway: Gateway) -> None:
        searched.append(any(known is gateway.turns.library.common for known in gc.get_objects()))
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        await serve(config, began)
    finally:
        gc.unfreeze()
    assert searched == [False]
