"""What several tests of the API begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.asking import Asker, asker


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Asker]:
    """Another system, with a token that may do everything."""
    async with asker(tmp_path) as found:
        yield found
