"""What tests of several folders share."""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pytest

from flows.library import BUILT_IN, Library, load_library
from gateway.services import BINDING
from tests.village import LIBRARY

gc.disable()  # what is loaded now stays: looking through it for garbage finds none


def pytest_collection_finish() -> None:
    """From now on look for garbage in what tests leave, not in the tests themselves."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _own_flows_loaded_once() -> Iterator[None]:
    """Let every gateway in this process have Plainline's own flows as they were loaded for the first."""

    def loaded(directories: Iterable[Path], binding: Collection[str]) -> Library:
        is_ours = (*directories,) == (BUILT_IN,) and set(binding) == set(BINDING)
        return LIBRARY if is_ours else load_library(directories, binding)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.app.load_library", loaded)
        yield


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where sentences made once are kept for every gateway of this run, whichever process tests it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each worker has a folder of its own in that of the run
    prompts = folder / "prompts"
    prompts.mkdir(exist_ok=True)
    return prompts
