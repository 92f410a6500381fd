"""A PIN's hash costs much memory on purpose, and gives it back."""

from __future__ import annotations

import subprocess
import sys

from gateway.store.pin import is_pin, seal_pin

MOST_KILOBYTES_KEPT = 2048
HASH_THRICE = """
from pathlib import Path
from gateway.store.pin import seal_pin

def resident() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

before = resident()
for _ in range(3):
    seal_pin("1234")
print(resident() - before)
"""


def test_a_sealed_pin_knows_its_digits() -> None:
    sealed = seal_pin("1234")
    assert is_pin(sealed, "1234")
    assert not is_pin(sealed, "1235")


def test_hashing_keeps_no_memory() -> None:
    run = subprocess.run([sys.executable, "-c", HASH_THRICE], capture_output=True, text=True, check=True)
    assert int(run.stdout) < MOST_KILOBYTES_KEPT
