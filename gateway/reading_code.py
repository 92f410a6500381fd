"""The code that a neighbour keys who rings in to read the prompts: good once, for some hours.

It is not guessed: in so many tries somebody finds one code in 45,000, and then it is of no more use.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from gateway.store import reading_codes
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.pin import is_pin, seal_pin

CODE_DIGITS = 6
VALID_FOR = timedelta(hours=12)
MOST_WRONG_A_NUMBER = 5
MOST_WRONG = 20


def make_code(tx: Tx, language: str, now: datetime) -> str:
    """Make the code for reading the prompts of a language; the one before is of no more use."""
    # The first digit is not 0, which reaches a person at any moment.
    code = str(10 ** (CODE_DIGITS - 1) + secrets.randbelow(9 * 10 ** (CODE_DIGITS - 1)))
    code_id = reading_codes.put_code(tx, language, seal_pin(code), now + VALID_FOR)
    write_event(tx, "reading_code.made", f"reading_code:{code_id}", {}, now)
    return code


def code_waits(tx: Tx, now: datetime) -> bool:
    """Tell whether there is a code that somebody may key."""
    code = reading_codes.usable_code(tx)
    return code is not None and now < code.valid_until


def use_code(tx: Tx, typed: str, resident_id: int, call_id: int, now: datetime) -> str:
    """Give the language that whoever keyed this may read, '' where it is not the code.

    A number that was wrong too often is told so even with the right code; after too many wrong ones
    from anywhere the code is of no more use.
    """
    code = reading_codes.usable_code(tx)
    if code is None or now >= code.valid_until or code.wrong.get(resident_id, 0) >= MOST_WRONG_A_NUMBER:
        return ""
    subject = f"reading_code:{code.id}"
    if is_pin(code.hash, typed):
        reading_codes.end_code(tx, code)
        write_event(tx, "reading_code.used", subject, {"call": call_id}, now)
        return code.language
    reading_codes.count_wrong(tx, code, resident_id)
    if sum(code.wrong.values()) + 1 >= MOST_WRONG:
        reading_codes.end_code(tx, code)
        write_event(tx, "reading_code.spent", subject, {"call": call_id}, now)
    return ""
