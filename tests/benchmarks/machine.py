"""The machine that is measured on, and how much others used it meanwhile: read from /proc."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import gammu

_IDLE, _IOWAIT = 3, 4


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time in seconds: all there was, what everybody used, what we and our ended children used."""

    there_was: float
    used: float
    ours: float

    @classmethod
    def now(cls) -> Usage:
        """Read it."""
        line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
        ticks = [int(field) for field in line.split()[1:9]]
        second = os.sysconf("SC_CLK_TCK")
        idle = ticks[_IDLE] + ticks[_IOWAIT]
        return cls(sum(ticks) / second, (sum(ticks) - idle) / second, sum(os.times()[:4]))

    def noise_since(self, begin: Usage) -> str:
        """Say how much of the machine others used since `begin`."""
        others = (self.used - begin.used) - (self.ours - begin.ours)
        return f"{max(0.0, others) / (self.there_was - begin.there_was):.0%}"


def describe() -> str:
    """Give date, processor, memory, disk, system and versions in a line."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores of {_processor()}, {memory:.0f} GiB, "  # noqa: DTZ011
        f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}, "
        f"libgammu {gammu.Version()[0]}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model"):
            return value.strip()
    return platform.machine()
