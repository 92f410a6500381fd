"""The exit statuses of every command."""

from __future__ import annotations

DONE = 0
FAILED = 1
USAGE = 2  # argparse's own
SETTINGS = 3
FAULT = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # 128 + SIGINT, as shells say it
