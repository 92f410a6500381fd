"""Days reckoned from a day: the next Tuesday, the 5th to come, a month ahead."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

WEEK = 7


def weekday_after(day: date, weekday: int) -> date:
    """Give the first such weekday (Monday is 0) after `day`, never `day` itself."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % WEEK + 1)


def weekday_from(day: date, weekday: int) -> date:
    """Give the first such weekday on or after `day`."""
    return day + timedelta(days=(weekday - day.weekday()) % WEEK)


def weekday_of_week(day: date, weekday: int, weeks: int) -> date:
    """Give that weekday of the week `weeks` after the one `day` is in; weeks begin on Monday."""
    return day + timedelta(days=weekday - day.weekday() + WEEK * weeks)


def months_ahead(day: date, months: int) -> date:
    """Give the same day `months` later, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of_month(day: date, number: int, months: int) -> date | None:
    """Give the day `number` of the month `months` after `day`'s; None where it has none."""
    return exact(*_month(day, months), number)


def day_to_come(day: date, number: int) -> date | None:
    """Give the first day `number` of a month on or after `day`: the 31st waits for a month that has one."""
    for months in range(3):
        found = day_of_month(day, number, months)
        if found and found >= day:
            return found
    return None


def exact(year: int, month: int, number: int) -> date | None:
    """Give the date, or None where there is no such day."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def year_to_come(day: date, month: int, number: int) -> int:
    """Give the year of the first such day on or after `day`, whether or not that year has it."""
    return day.year if (month, number) >= (day.month, day.day) else day.year + 1


def _month(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1
