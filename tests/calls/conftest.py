"""What the tests of whole calls share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where sentences made once are kept for every gateway of this run."""
    return tmp_path_factory.mktemp("prompts")
