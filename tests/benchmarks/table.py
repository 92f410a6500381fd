"""The table that `make bench` prints, a row a figure."""

from __future__ import annotations


def row(what: str, figure: str) -> None:
    """Print one row."""
    print(f"| {what} | {figure} |", flush=True)
