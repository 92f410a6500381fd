"""A box with two sticks: who texted one is answered from its number, and from the other's if it is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

from gateway.app import running
from gateway.config import Config, HttpConfig, Limits, ModemConfig
from gateway.store import people
from gateway.store.database import Tx
from gateway.store.outbound import Lane, queue_text
from modem.link import LinkState
from modem.virtual import process
from tests.faults.conversation import until
from tests.village import ASHBY

NORTH, SOUTH = "+447700900000", "+447700900001"
ROSE, GEORGE = "+447700900123", "+447700900124"


async def test_each_answers_who_texted_it_and_one_answers_for_both(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    async with process.running([f"{NORTH}:sim7600", f"{SOUTH}:e173"], tmp_path) as simulator:
        places = await simulator.modems()
        config = Config(
            path=tmp_path / "plainline.toml",
            data=tmp_path / "data",
            modems=tuple(
                ModemConfig(name, str(place.device), number=number)
                for name, number, place in zip(("north", "south"), (NORTH, SOUTH), places, strict=True)
            ),
            limits=Limits(("GB",)),
            community=ASHBY,
            http=HttpConfig(port=unused_tcp_port),
        )
        rose, george = await simulator.phone(ROSE), await simulator.phone(GEORGE)
        async with running(config, random=Random(1), gap=0.0) as gateway:

            async def both_ready() -> bool:
                return all(modem.link.state is LinkState.READY for modem in gateway.modems)

            await until(both_ready, "both modems")
            for line in ("HELP", "my tap drips"):
                await rose.text(SOUTH, line)
                assert (await rose.next()).sender == SOUTH
                await george.text(NORTH, line)
                assert (await george.next()).sender == NORTH
            await simulator.unplug(1)

            async def south_gone() -> bool:
                return not gateway.modems[1].sender.sends

            await until(south_gone, "the modem that was pulled out")
            await gateway.store.write(_notice)
            gateway.queued()
            assert (await rose.next()).sender == NORTH


def _notice(tx: Tx) -> None:
    """Have something to tell Rose, who knows the number of the modem in the south."""
    rose = people.resident_by_number(tx, ROSE)
    assert rose is not None
    now = datetime.now(UTC)
    queue_text(
        tx, number=ROSE, body="?", parts=1, kind="statement", lane=Lane.NOTICE, now=now, resident_id=rose.id
    )
