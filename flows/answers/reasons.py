"""Why an answer was not understood: every reason, and the values that fill its phrase."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, tuple[str, ...]] = {
    "unclear.yes_no": (),
    "unclear.choice": ("count",),
    "unclear.choice.number": ("count",),
    "unclear.choice.between": ("first", "second"),
    "unclear.number": (),
    "unclear.number.whole": (),
    "unclear.number.low": ("min",),
    "unclear.number.high": ("max",),
    "unclear.date": (),
    "unclear.date.day": (),
    "unclear.date.past": ("first", "last"),
    "unclear.date.far": ("first", "last"),
    "unclear.date.missing": ("day", "month"),
    "unclear.date.mismatch": ("date",),
    "unclear.date.two": ("first", "second"),
    "unclear.time": (),
    "unclear.time.hours": ("first", "last"),
    "unclear.time.two": ("first", "second"),
    "unclear.place": (),
    "unclear.place.between": ("places",),
    "unclear.name": (),
    "unclear.name.long": ("max",),
    "unclear.phone": (),
    "unclear.phone.two": (),
    "unclear.pin": ("digits",),
    "unclear.pin.length": ("digits",),
    "unclear.free_text": (),
    "unclear.ranking": ("count",),
    "unclear.ranking.number": ("count",),
    "unclear.ranking.between": ("first", "second"),
    "unclear.ranking.twice": ("choice",),
    "unclear.ranking.missing": ("missing",),
}
"""Reason -> names of the values it gives. Each is a phrase of `common` in every language."""
