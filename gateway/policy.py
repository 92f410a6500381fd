"""Whom we text and whom we never text: countries, kinds of number, machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType
from rapidfuzz import fuzz

# Numbers regulators keep for drama: nobody has them and nobody can be charged for them, so the
# demo and the tests may use them as ordinary mobile numbers.
RESERVED_FOR_FICTION = ("+447700900", "+441632960")

ORDINARY_KINDS = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
    }
)

# A text this long is worth comparing; people do answer "yes" twice.
COMPARABLE_LENGTH = 20
ECHO_LIKENESS = 88
# Octets rather than letters: a Korean syllable says as much as three of ours.
OPENING_OCTETS = 24
MACHINE_PACE = timedelta(seconds=30)
MACHINE_SIGNS = 2
REPEAT_WINDOW = timedelta(minutes=10)
ECHO_WINDOW = timedelta(hours=24)
QUIET_FOR = timedelta(hours=1)

_AUTOMATIC = re.compile(
    r"\b(auto(matic|mated)?[- ]?(reply|response|message)|out of office|do not reply|no[- ]?reply"
    r"|this (number|mailbox|inbox) is not monitored|respuesta autom[aá]tica|no responda a este"
    r"|mensaje autom[aá]tico)\b|자동 ?응답|자동 ?회신|발신 ?전용",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """Whether a number may be texted, and why not."""

    ORDINARY = "ordinary"
    SHORT_CODE = "short code"
    NAMED_SENDER = "named sender"
    OTHER_COUNTRY = "number of a country that is not allowed"
    COSTLY_KIND = "kind of number that may cost extra"
    OWN = "own number"


@lru_cache(maxsize=512)
def e164(sender: str, region: str) -> str | None:
    """Give a sender or a typed number in E.164, or None for short codes, names and nonsense."""
    digits = re.sub(r"[\s().-]", "", sender)
    if not re.fullmatch(r"\+?\d{7,15}", digits):
        return None
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=512)
def judge(sender: str, region: str, countries: tuple[str, ...], own: tuple[str, ...]) -> Verdict:
    """Judge whether `sender` may be texted; `countries` are ISO 3166 alpha-2, `own` are E.164."""
    number = e164(sender, region)
    if number is None:
        return Verdict.SHORT_CODE if re.fullmatch(r"\+?\d{1,6}", sender) else Verdict.NAMED_SENDER
    if number in own:
        return Verdict.OWN
    if number.startswith(RESERVED_FOR_FICTION):
        return Verdict.ORDINARY if "GB" in countries else Verdict.OTHER_COUNTRY
    parsed = phonenumbers.parse(number)
    if phonenumbers.region_code_for_number(parsed) not in countries:
        return Verdict.OTHER_COUNTRY
    if phonenumbers.number_type(parsed) not in ORDINARY_KINDS:
        return Verdict.COSTLY_KIND
    return Verdict.ORDINARY


def openings(phrases: Iterable[str]) -> tuple[str, ...]:
    """Give how our own phrases begin, up to the first `{`, where no person would begin so."""
    fixed = (phrase.partition("{")[0].strip() for phrase in phrases)
    return tuple({words for words in fixed if len(words.encode()) >= OPENING_OCTETS})


def automatic(
    body: str,
    sent: Sequence[tuple[str, datetime]],
    heard: Sequence[tuple[str, datetime]],
    ours: tuple[str, ...] = (),
) -> str:
    """Say why a text looks like a machine's, or '' when it does not.

    `sent` and `heard` are earlier texts to and from the same number with their moments, the
    newest first; only those within ECHO_WINDOW and REPEAT_WINDOW belong in them. `ours` are the
    openings of what gateways like this one say.
    """
    if body.startswith(ours):
        return "it speaks as we do"
    if _AUTOMATIC.search(body):
        return "it says that it is automatic"
    if len(body) < COMPARABLE_LENGTH:
        return ""
    if any(fuzz.ratio(body, ours, score_cutoff=ECHO_LIKENESS) for ours, _ in sent):
        return "it repeats our own words"
    if sum(body == theirs for theirs, _ in heard) >= MACHINE_SIGNS:
        return "it says the same thing again and again"
    return ""


def at_machine_pace(body: str, now: datetime, sent: Sequence[tuple[str, datetime]]) -> bool:
    """Tell whether a long text came sooner after ours than a person reads and types."""
    return len(body) >= 2 * COMPARABLE_LENGTH and bool(sent) and now - sent[0][1] < MACHINE_PACE
