"""What several tests of the store begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store.database import open_store
from tests.store.lift_checker import check_trips
from tests.store.lift_office import MONDAY, LiftDesk, open_office


@pytest.fixture
async def lift_desk(tmp_path: Path) -> AsyncIterator[LiftDesk]:
    """Open the transport office; at the end an independent checker reads its database."""
    store = await open_store(tmp_path / "plainline.db", now=MONDAY)
    await store.write(open_office)
    yield LiftDesk(store)
    assert await store.read(check_trips) == []
    await store.close()
