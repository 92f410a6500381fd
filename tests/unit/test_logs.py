"""Logs hold ids and words, and never a resident's number or text."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest

from gateway.errors import StoreError
from gateway.logs import REDACTED, configure_logs, redact

NUMBERS = (
    "+447700900123",
    "447700900123",
    "07700900123",
    "+44 7700 900123",
    "07700-900-123",
    "(020) 7946 0958",
    "+1 (202) 555-0143",
    "+82 10-1234-5678",
    "7700900",
    "+44\u00a07700\u00a0900123",
    "07700\u2011900\u2011123",
    "447700900123@gateway",
    "tel447700900123",
)
HARMLESS = (
    "message 123456 was handed over",
    "2025-01-31 12:30:15 and 2025-01-31T12:30:15.123456Z and 2025-01-31T12:30+00:00",
    "from 127.0.0.1 port 8470",
    "version 1.45.1, 99% of 250 places, 0.123456 seconds",
    "place SM:3, part 2 of 4",
)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the gateway writes to standard error while its logs are set up."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers = []
    written = io.StringIO()
    configure_logs("info", written)
    yield written
    root.handlers, root.level = before, level


def entries(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("number", NUMBERS)
def test_what_looks_like_a_number_is_taken_out(number: str, stream: io.StringIO) -> None:
    logging.getLogger("gateway.sender").info("to %s now", number, extra={"who": number, number: "key"})
    digits = [character for character in stream.getvalue() if character.isdigit()]
    [entry] = entries(stream)
    assert REDACTED in str(entry["what"])
    assert REDACTED in str(entry["who"])
    time_of_day = [character for character in str(entry["at"]) if character.isdigit()]
    assert digits == time_of_day


def test_a_number_given_as_a_value_is_taken_out_too(stream: io.StringIO) -> None:
    logging.getLogger("x").info("to", extra={"who": 447700900123, "text": 12, "seconds": 0.25})
    [entry] = entries(stream)
    assert (entry["who"], entry["text"], entry["seconds"]) == (REDACTED, 12, 0.25)


@pytest.mark.parametrize("words", HARMLESS)
def test_what_is_no_number_stays(words: str) -> None:
    assert redact(words) == words


def test_a_number_behind_a_date_is_taken_out() -> None:
    assert redact("2025-01-31 07700900123") == f"2025-01-31 {REDACTED}"
    assert redact("2025-01-310770090012") == REDACTED


def test_an_entry_is_one_line_of_json_with_its_ids(stream: io.StringIO) -> None:
    logging.getLogger("gateway.turns").warning("turn\ntaken", extra={"conversation": 7, "link": "main"})
    logging.getLogger("gateway.turns").debug("not asked for")
    [entry] = entries(stream)
    assert str(entry.pop("at")).endswith("Z")
    assert entry == {
        "level": "warning",
        "from": "gateway.turns",
        "what": "turn\ntaken",
        "conversation": 7,
        "link": "main",
    }


def fail_with(error: Exception) -> None:
    try:
        raise error
    except Exception:
        logging.getLogger("gateway").exception("it failed")


def test_an_error_of_somebody_elses_is_named_but_not_quoted(stream: io.StringIO) -> None:
    fail_with(ValueError("cannot parse 'my husband fell'"))
    [entry] = entries(stream)
    assert entry["error"] == "ValueError"
    assert "fail_with" in str(entry["where"])
    assert "husband" not in stream.getvalue()


def test_an_error_of_ours_keeps_its_words_and_names_its_cause(stream: io.StringIO) -> None:
    try:
        raise StoreError("The disk is full.") from KeyError("my husband fell")
    except StoreError:
        logging.getLogger("gateway").exception("it failed")
    [entry] = entries(stream)
    assert entry["error"] == "StoreError: The disk is full. < KeyError"


async def test_a_task_that_nobody_awaited_does_not_show_what_it_was_about(stream: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError("my husband fell")

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": task.exception(), "future": task}
    )
    [entry] = entries(stream)
    assert entry["what"] == "Task exception was never retrieved"
    assert "husband" not in stream.getvalue()


SCRIPT = """
import logging
from gateway.logs import configure_logs
configure_logs("info")
logging.getLogger("gateway.app").info("link %s", "ready", extra={"link": "main"})
"""


def test_a_terminal_gets_words_and_a_file_gets_json() -> None:
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", SCRIPT], stderr=theirs, check=True)
    words = os.read(ours, 1000).decode()
    os.close(ours)
    os.close(theirs)
    assert words[8:].rstrip() == " info    link ready  (link=main)"
    piped = subprocess.run([sys.executable, "-c", SCRIPT], stderr=subprocess.PIPE, check=True)
    assert json.loads(piped.stderr)["link"] == "main"


def test_the_steps_of_conversations_are_nobodys_news(stream: io.StringIO) -> None:
    configure_logs("debug", stream)
    logging.getLogger("transitions.core").info("Finished processing state pickup enter callbacks.")
    assert stream.getvalue() == ""


async def test_what_asyncio_shows_of_a_slow_task_holds_none_of_its_words(stream: io.StringIO) -> None:
    """With PYTHONASYNCIODEBUG=1 it shows tasks with their results."""

    async def answer() -> str:
        return "I have fallen in the bath"

    task = asyncio.create_task(answer())
    await task
    logging.getLogger("asyncio").warning("Executing %s took %.3f seconds", task, 0.25)
    [entry] = entries(stream)
    assert entry["what"] == "Executing … took 0.250 seconds"


def test_what_the_database_runs_is_not_told_at_the_finest_level() -> None:
    written = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure_logs("debug", written)
        logging.getLogger("aiosqlite").debug("executing %s", "INSERT INTO inbound VALUES ('I have fallen')")
        logging.getLogger("gateway").debug("told")
    finally:
        root.handlers, root.level = before, level
    assert [entry["what"] for entry in entries(written)] == ["told"]
