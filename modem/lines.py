"""What a modem says, sorted line by line: an answer to the command in progress, its end, or a notice.

libgammu stalls on lines it does not know and takes some it does know for answers, so none but the
lines that belong to its command may reach it. No I/O here: bytes in, sorted lines out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

LONGEST_LINE = 16_384
"""Octets without a line end after which what came is thrown away as noise."""


class Kind(Enum):
    """What a line is to the command in progress."""

    ANSWER = auto()
    FINAL = auto()
    PROMPT = auto()
    NOTICE = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `body` is the PDU in the line after a notice that has one."""

    kind: Kind
    text: str
    body: str = ""


# Blanks, and the ^Z or ESC that some modems echo after a text.
_AROUND = " \t\x1a\x1b"
_ENDS = frozenset({"OK", "ERROR", "COMMAND NOT SUPPORT"})
_ERROR_ENDS = ("+CME ERROR:", "+CMS ERROR:")
_CALL_ENDS = frozenset({"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "NO DIAL TONE"})
# Blanks, and the ^Z or ESC that some modems echo after a text.
_AROUND = " \t\x1a\x1b"
_PREFIXED = re.compile(r"([+^*#$%_][A-Z][A-Z0-9_]*) ?:")
_SPOKEN = re.compile(
    r"RING$|RDY$|CONNECT|VOICE CALL:|MISSED_CALL:|CALL READY|SMS READY|SMS DONE|PB DONE|DST:|START$"
    r"|NORMAL POWER DOWN|POWERED DOWN|(UNDER|OVER)-VOLTAGE",
    re.IGNORECASE,
)
# Never an answer, even when the command in progress bears the name: the answer to a setting is a bare OK.
_NEVER_SET_ANSWERS = frozenset(
    {"+CMTI", "+CMT", "+CDS", "+CDSI", "+CBM", "+CLIP", "+CRING", "+CUSD", "+CCWA", "+COLP", "+CSSU", "+CSSI"}
)
_WITH_PDU = frozenset({"+CMT", "+CDS", "+CBM"})
_REGISTRATIONS = frozenset({"+CREG", "+CGREG", "+CEREG"})
# `+CREG: 2,1,…` answers a question, `+CREG: 1` and `+CREG: 1,"00C3",…` are notices.
_REGISTRATION_ANSWER = re.compile(r"\+C[GE]?REG ?: *\d+ *, *\d+ *(,|$)")


class Lines:
    """Sorts what comes from a modem; `begin` tells it which command was just written."""

    def __init__(self) -> None:
        self._rest = b""
        self._command: str | None = None
        self._echoes: set[str] = set()
        self._notice: str | None = None

    @property
    def busy(self) -> bool:
        """Whether a command waits for its end."""
        return self._command is not None

    def begin(self, command: str) -> None:
        """`command` was written: what follows is judged against it."""
        self._command = command.strip().upper()
        self._echoes = {self._command}

    def wrote(self, data: str) -> None:
        """`data` was written after a prompt: its echo is no answer."""
        self._echoes.add(data.upper())

    def give_up(self) -> None:
        """Nobody waits any longer for the command's end."""
        self._command = None

    def feed(self, data: bytes) -> Iterator[Line]:
        """The lines that `data` completes."""
        self._rest += data
        while match := re.search(rb"[\r\n]", self._rest):
            raw, self._rest = self._rest[: match.start()], self._rest[match.end() :]
            text = raw.replace(b"\0", b"").decode("latin-1").strip(_AROUND)
            if text and (line := self._sort(text)):
                yield line
        if self._asks_for_text() and self._rest.strip() == b">":
            self._rest = b""
            yield Line(Kind.PROMPT, ">")
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""

    def _asks_for_text(self) -> bool:
        return self._command is not None and self._command.startswith("AT+CMGS")

    def _sort(self, text: str) -> Line | None:
        if self._notice is not None:
            notice, self._notice = self._notice, None
            return Line(Kind.NOTICE, notice, text)
        if text.upper() in self._echoes:
            return None
        if self._command is None:
            # The end of a command given up long ago says nothing any more.
            return None if self._ends(text, "") else self._noticed(text)
        if self._ends(text, self._command):
            self._command = None
            return Line(Kind.FINAL, "ERROR" if text == "COMMAND NOT SUPPORT" else text)
        return self._noticed(text) if self._foreign(text, self._command) else Line(Kind.ANSWER, text)

    @staticmethod
    def _ends(text: str, command: str) -> bool:
        if text in _ENDS or text.startswith(_ERROR_ENDS):
            return True
        return text in _CALL_ENDS and command.startswith(("ATD", "ATA"))

    def _noticed(self, text: str) -> Line | None:
        prefix = _PREFIXED.match(text)
        if prefix and prefix[1] in _WITH_PDU:
            self._notice = text
            return None
        return Line(Kind.NOTICE, text)

    @staticmethod
    def _foreign(text: str, command: str) -> bool:
        if text in _CALL_ENDS or _SPOKEN.match(text):
            return True
        prefix = _PREFIXED.match(text)
        if not prefix:
            return False
        name = prefix[1]
        if name in _NEVER_SET_ANSWERS and "?" not in command:
            return True
        if name in _REGISTRATIONS and not _REGISTRATION_ANSWER.match(text) and "=?" not in command:
            return True
        # ATI answers with lines of several names.
        return name not in command and not command.startswith("ATI")
