"""The message memories of a modem: read what is stored, announce each message once, delete.

AT commands rather than libgammu's calls: they give the raw PDU, so that what cannot be decoded is
kept and what lost a character on the line is read again.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator

from modem import driver, errors
from modem.filter import LineFilter

_READ, _LIST, _DELETE = 5.0, 8.0, 15.0
_READINGS = 2
"""How often a place is read when a character seems to be lost on the line."""

_WORTH_LISTING = 4
"""Notices at once from which one listing is cheaper than reading each place."""

_NOTICE = re.compile(r'\+C(?:MT|DS)I ?: *"(\w+)" *, *(\d+)')
_LISTED = re.compile(r"\+CMGL ?: *(\d+) *,.*?(\d+)$")
_SINGLE = re.compile(r"\+CMGR ?: *.*?(\d+)$")
_PLACE = re.compile(r"([A-Z]{2}):(\d+)$")
_PDU = re.compile(r"[0-9A-Fa-f]{2,}$")
_READABLE = ("SM", "ME")

Stored = tuple[str, str]
"""A place (`"SM:3"`) and the PDU there in hex."""


class Storage:
    """What lies in the modem's memories, SIM and own."""

    def __init__(self, line: LineFilter) -> None:
        self._line = line
        self._memories: tuple[str, ...] = ("SM",)
        self._memory = ""
        self._announced: dict[str, str] = {}

    def choose(self) -> None:
        """Find the memories there are, and have new texts put on the SIM."""
        with contextlib.suppress(errors.Refused):
            answer = "".join(self._line.command("AT+CPMS=?", _READ))
            first = answer.partition(")")[0]
            self._memories = tuple(name for name in _READABLE if f'"{name}"' in first) or self._memories
        name = self._memories[0]
        self._line.command(f'AT+CPMS="{name}","{name}","{name}"', _READ)
        self._memory = name

    def announced(self, notices: Iterable[str]) -> list[Stored]:
        """The messages that `+CMTI` notices tell of, except those already announced."""
        places = [f"{match[1]}:{match[2]}" for text in notices if (match := _NOTICE.match(text))]
        new = [place for place in dict.fromkeys(places) if place not in self._announced]
        if len(new) >= _WORTH_LISTING:
            return self.listed()
        found = [(place, raw) for place in new if (raw := self.read(place))]
        self._announced.update(found)
        return found

    def listed(self, again: bool = False) -> list[Stored]:
        """Every stored message that was not announced and not deleted since; all of them once `again`."""
        if again:
            self._announced.clear()
        found = []
        for memory in reversed(self._memories):
            self._select(memory)
            for place, raw in self._list(memory):
                if self._announced.get(place) != raw:
                    found.append((place, raw))
        self._announced.update(found)
        return found

    def read(self, place: str) -> str:
        """The PDU at `place` in hex, "" when there is none."""
        match = _PLACE.match(place)
        if not match:
            return ""
        self._select(match[1])
        found = ""
        for _ in range(_READINGS):
            try:
                answer = self._line.command(f"AT+CMGR={match[2]}", _READ)
            except errors.Refused:
                break
            for _, raw, length in _entries(answer, _SINGLE):
                if _sound(raw, length):
                    return raw
                found = raw
        return found

    def delete(self, place: str, mark: str = "") -> None:
        """Delete what is at `place`; a place that is empty or no place at all is passed over.

        With a `mark` (see `driver.mark`) only the message that was announced from there with it.
        """
        match = _PLACE.match(place)
        if not match or (mark and mark != driver.mark(self._announced.get(place, ""))):
            return
        self._announced.pop(place, None)
        self._select(match[1])
        with contextlib.suppress(errors.Refused):
            self._line.command(f"AT+CMGD={match[2]}", _DELETE)

    def room(self) -> tuple[int, int]:
        """How many messages lie where new ones go, and how many fit."""
        with contextlib.suppress(errors.Refused):
            for line in self._line.command("AT+CPMS?", _READ):
                if counts := re.findall(r'"\w+" *, *(\d+) *, *(\d+)', line):
                    return int(counts[-1][0]), int(counts[-1][1])
        return 0, 0

    def _select(self, memory: str) -> None:
        if memory == self._memory:
            return
        self._memory = ""
        self._line.command(f'AT+CPMS="{memory}"', _READ)
        self._memory = memory

    def _list(self, memory: str) -> Iterator[Stored]:
        try:
            answer = self._line.command("AT+CMGL=4", _LIST)
        except errors.Refused:
            # Some modems refuse to list an empty memory.
            return
        for number, raw, length in _entries(answer, _LISTED):
            place = f"{memory}:{number}"
            # A character lost on the line must not cost a text that lies whole in the modem.
            yield place, raw if _sound(raw, length) else self.read(place) or raw


def _entries(answer: Iterable[str], header: re.Pattern[str]) -> Iterator[tuple[str, str, int]]:
    """First group, PDU and announced length of each entry; a header or PDU that stands alone is skipped."""
    match = None
    for line in answer:
        if found := header.search(line):
            match = found
        elif match:
            yield match[1], line.upper(), int(match[match.re.groups])
            match = None


def _sound(raw: str, length: int) -> bool:
    """Whether `raw` is hex and has `length` octets after the address of the message centre."""
    return bool(_PDU.match(raw)) and len(raw) % 2 == 0 and len(raw) // 2 == length + 1 + int(raw[:2], 16)
