"""Logs: one JSON object a line for a machine, readable words for a terminal, and never a number or a text."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from flows.errors import FlowsError
from gateway.errors import GatewayError
from modem.errors import ModemError

REDACTED = "[number]"

# What is said in these was written for people to read; any other error may quote a resident.
_OUR_ERRORS = (GatewayError, FlowsError, ModemError)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_DATE = r"(?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:Z|[+-]\d\d:\d\d)?(?!\d)"
_NUMBER = r"\+?\(?\d(?:[ ().\-/\u00a0\u2010-\u2015]{0,2}\d){6,}"
_SECONDS = r"(?<!\d)\d{1,2}\.\d{1,6}(?![\d.])"
_HARMLESS_OR_NUMBER = re.compile(f"(?P<harmless>{_DATE}|{_SECONDS})|{_NUMBER}")


def redact(text: str) -> str:
    """Put `[number]` in place of everything that could be a telephone number: seven digits and more."""
    return _HARMLESS_OR_NUMBER.sub(lambda found: found["harmless"] or REDACTED, text)


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send everything from `level` up to `stream` (standard error): JSON, or words on a terminal."""
    target = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(target)
    handler.setFormatter(WordsFormatter() if target.isatty() else JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # They tell of every step of every conversation and of every statement, and at their finest with
    # what was said.
    for name in ("transitions", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `at` (UTC), `level`, `from`, `what`, the ids given as `extra`, the error."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as one line of JSON."""
        entry = {
            "at": _at(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": _what(record),
            **_ids(record),
        }
        if error := _error(record):
            entry["error"], entry["where"] = error
        return json.dumps(entry, ensure_ascii=False)


class WordsFormatter(logging.Formatter):
    """Time of day, level, words, ids: for a person who watches."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as a line for a terminal, in local time."""
        ids = " ".join(f"{name}={value}" for name, value in _ids(record).items())
        words = f"{_at(record).astimezone():%H:%M:%S} {record.levelname.lower():7} {_what(record)}"
        words += f"  ({ids})" if ids else ""
        if error := _error(record):
            words += f"\n    {error[0]}\n    {error[1]}"
        return words


def _at(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _what(record: logging.LogRecord) -> str:
    return redact(_asyncio_words(record) if record.name == "asyncio" else record.getMessage())


def _asyncio_words(record: logging.LogRecord) -> str:
    """Give what asyncio says without the tasks it shows: their results and errors may quote a resident."""
    given = record.args if isinstance(record.args, tuple) else ()
    words = str(record.msg)
    if given:
        words %= tuple(value if isinstance(value, int | float) else "…" for value in given)
    return next(iter(words.splitlines()), "")


def _ids(record: logging.LogRecord) -> dict[str, Any]:
    """Give what was passed as `extra`; numbers that are values (ids, counts, seconds) stay as they are."""
    given = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {
        redact(name): value
        if isinstance(value, int | float | None) and _is_small(value)
        else redact(str(value))
        for name, value in given.items()
    }


def _is_small(value: float | None) -> bool:
    # A telephone number that somebody passed as a number has more digits than any of our ids.
    return value is None or abs(value) < 1e9


def _error(record: logging.LogRecord) -> tuple[str, str] | None:
    if not record.exc_info or record.exc_info[1] is None:
        return None
    return error_words(record.exc_info[1]), error_places(record.exc_info[1])


def error_words(error: BaseException) -> str:
    """Name an error and its causes; the message is told only where it is one of ours."""
    words = type(error).__name__
    if isinstance(error, _OUR_ERRORS):
        words += f": {redact(str(error))}"
    elif isinstance(error, OSError) and error.strerror:
        words += f": {error.strerror}"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{words} < {error_words(cause)}" if cause is not None else words


def error_places(error: BaseException) -> str:
    """Give the way to an error, outermost first: `app.py:20 serve > turns.py:7 take_turn`."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
