"""One gateway at a time works in a data folder, whatever became of the one before it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.errors import GatewayError
from gateway.lock import DataInUse, held, is_held

HOLD = """
import sys
from pathlib import Path
from gateway.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_gateway_on_the_same_data_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with held(tmp_path):
        with pytest.raises(DataInUse, match=r"Another Plainline runs.*Stop that one first"), held(tmp_path):
            pass
        assert is_held(tmp_path)
    assert not is_held(tmp_path)
    with held(tmp_path):
        pass


def test_a_gateway_that_was_killed_leaves_nothing_locked(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert is_held(tmp_path)
        other.kill()
        other.wait()
    assert not is_held(tmp_path)


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    with held(tmp_path / "var" / "data"):
        assert (tmp_path / "var" / "data").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GatewayError, match=r"file/data cannot be used \(Not a directory\)"):
        held(tmp_path / "file" / "data").__enter__()


def test_a_folder_that_may_not_be_written_to_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, who may run this test, may write anywhere
    with pytest.raises(GatewayError, match="may not be written to"):
        held(tmp_path).__enter__()
