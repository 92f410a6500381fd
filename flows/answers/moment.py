"""The instant a day and a time on the clock mean in a place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """Give the aware local instant at which the clock in `zone` shows `clock` on `day`.

    A time the clock skips in spring means the first moment after the gap; a time it shows twice
    in autumn means the first of the two.
    """
    wall = datetime.combine(day, clock.replace(tzinfo=None, fold=0), tzinfo=zone)
    shown = wall.astimezone(UTC).astimezone(zone)
    if shown.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return wall
    return _after_gap(wall, zone)


def _after_gap(wall: datetime, zone: tzinfo) -> datetime:
    """Give the first moment after the gap that `wall` lies in.

    Read with the offset before the gap, `wall` falls after it; with the offset after it, before
    it. The change itself lies between the two, on a whole second.
    """
    before = wall.replace(fold=1).astimezone(UTC)
    after = wall.replace(fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while (after - before).total_seconds() > 1:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0).astimezone(zone)
