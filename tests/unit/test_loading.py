"""What is loaded costs memory and time at start on a small machine, so what is seldom needed waits."""

from __future__ import annotations

import subprocess
import sys

import pytest

FOR_CALLS = {"cryptography", "numpy", "vosk", "onnxruntime", "sounddevice"}
FOR_CALENDARS = {"icalendar", "holidays"}
FOR_CHECKS = {"jellyfish", "flows.check"}
FOR_PAGES = {"jinja2"}
FOR_MODELS = {"zipfile"}
FOR_SYSTEMS = {"gateway.api.serving", "gateway.api.table"}
SELDOM = FOR_CALLS | FOR_CALENDARS | FOR_CHECKS | FOR_MODELS | FOR_PAGES | FOR_SYSTEMS


@pytest.mark.parametrize("module", ["gateway.app", "modem.worker"])
def test_nothing_that_is_seldom_needed_is_loaded_before_it_is(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert module in run.stdout.split()
    assert SELDOM.isdisjoint(run.stdout.split())
