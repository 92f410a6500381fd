"""The modem's end of the serial line: commands in, answers and unsolicited lines out, with their faults."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from modem.virtual.commands import Answer, Command, Handle, parse
from modem.virtual.faults import Fault, Faults, Kind
from modem.virtual.line import Line

_CTRL_Z, _ESCAPE = 0x1A, 0x1B
_LONGEST_LINE = 2048
_PROMPT = b"\r\n> "
_DUMB = frozenset({Kind.HANG, Kind.UNPLUG, Kind.SILENT, Kind.MUTE})
Enter = Callable[[str], Answer]


class Terminal:
    """Reads commands from a line, lets `handle` obey them and writes the answers, with their faults.

    `moments` says of each kind of command and of notice when it last came or went (CLOCK_MONOTONIC seconds).
    """

    def __init__(self, link: Path, faults: Faults, handle: Handle, unplug: Callable[[], None]) -> None:
        self.line = Line(link, self._received, self._opened)
        self.echo = True
        self.seen: Counter[str] = Counter()
        self.moments: dict[str, float] = {}
        self.faults = faults
        self._handle = handle
        self._unplug = unplug
        self._buffer = bytearray()
        self._prompted: tuple[Command, Enter] | None = None
        self._busy = self._hung = self._working = False
        self._unsaid: deque[str] = deque()
        self._at_opening: list[str] = []
        self._power = 0

    def reset(self) -> None:
        """Forget everything under way, as when power is lost."""
        self._power += 1
        self._buffer.clear()
        self._unsaid.clear()
        self._at_opening.clear()
        self._prompted = None
        self._busy = self._hung = False
        self.echo = True

    def prompt(self, command: Command, enter: Enter) -> None:
        """Ask for the PDU of `command`; `enter` answers once it is there."""
        struck = self.faults.on_command(">")
        if not self._struck_dumb(struck):
            self._prompted = (command, enter)
            self._transmit([_PROMPT], struck)

    def say(self, line: str) -> None:
        """Say an unsolicited line, once no answer is under way."""
        self._unsaid.append(line)
        if not self._busy and not self._prompted:
            self._say_waiting()

    def say_at_opening(self, line: str) -> None:
        """Say an unsolicited line as soon as somebody has the line open."""
        self._at_opening.append(line)

    def wake(self) -> None:
        """Come back from a hang."""
        self._hung = False
        self._say_waiting()

    def later(self, wait: float, act: Callable[[], None]) -> asyncio.TimerHandle:
        """Do `act` in `wait` seconds, unless power was lost before."""
        power = self._power
        loop = asyncio.get_running_loop()
        return loop.call_later(wait, lambda: act() if power == self._power else None)

    # What comes in.

    def _opened(self) -> None:
        lines, self._at_opening = self._at_opening, []
        for line in lines:
            self.say(line)

    def _received(self, data: bytes) -> None:
        self._buffer += data
        if not self._busy:
            self._work()

    def _work(self) -> None:
        if self._working:
            return
        self._working = taken = True
        while taken and self._buffer and not self._busy:
            taken = self._take_pdu() if self._prompted else self._take_line()
        self._working = False

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\r")
        if end < 0:
            del self._buffer[:-_LONGEST_LINE]
            return False
        raw = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        text = raw.decode("latin-1").strip("\r\n\x00 \x1a\x1b")
        if self._hung:
            return True
        if self.echo and text:
            self.line.write(raw.lstrip(b"\n"))
        if text[:2].upper() == "AT":
            self._obey(text[2:])
        return True

    def _take_pdu(self) -> bool:
        ends = [at for at in (self._buffer.find(_CTRL_Z), self._buffer.find(_ESCAPE)) if at >= 0]
        if not ends or self._prompted is None:
            return False
        raw = bytes(self._buffer[: min(ends) + 1])
        del self._buffer[: min(ends) + 1]
        command, enter = self._prompted
        self._prompted = None
        if self.echo:
            self.line.write(raw)
        if raw[-1] == _ESCAPE:
            self._answer(command, Answer(), [])
            return True
        struck = self.faults.on_command(command.name)
        if any(fault.kind is Kind.ERROR for fault in struck):
            self._answer(command, Answer(), struck)
        elif not self._struck_dumb(struck):
            self._answer(command, enter(raw[:-1].decode("latin-1")), struck)
        elif _obeyed(struck):
            enter(raw[:-1].decode("latin-1"))
        return True

    def _obey(self, line: str) -> None:
        try:
            parsed = parse(line) or [Command("")]
        except ValueError:
            self._answer(Command("?"), Answer(final="ERROR"), [])
            return
        lines: list[str] = []
        for command in parsed:
            kind = f"{command.name}{command.how}" or "AT"
            self.seen[kind] += 1
            self.moments[kind] = time.monotonic()
            struck = [] if command.prompts else self.faults.on_command(command.name)
            if self._struck_dumb(struck):
                if _obeyed(struck):
                    self._handle(command)
                return
            refused = any(fault.kind is Kind.ERROR for fault in struck)
            answer = Answer() if refused else self._handle(command)
            if answer is None:
                return
            answer.lines[:0] = lines
            if refused or answer.final != "OK" or command is parsed[-1]:
                self._answer(command, answer, struck)
                return
            if answer.then:
                answer.then()
            lines = answer.lines

    def _struck_dumb(self, struck: list[Fault]) -> bool:
        kinds = {fault.kind for fault in struck}
        if Kind.HANG in kinds:
            self._hung = True
        if Kind.UNPLUG in kinds:
            asyncio.get_running_loop().call_soon(self._unplug)
        return bool(kinds & _DUMB)

    # What goes out.

    def _answer(self, command: Command, answer: Answer, struck: list[Fault]) -> None:
        self._busy = True
        wait = answer.wait
        for fault in struck:
            if fault.kind is Kind.DELAY:
                wait += fault.ms / 1000
            elif fault.kind is Kind.ERROR:
                answer = Answer(final=command.refusal(fault.code))
        if wait:
            self.later(wait, lambda: self._give(command, answer, struck))
        else:
            self._give(command, answer, struck)

    def _give(self, command: Command, answer: Answer, struck: list[Fault]) -> None:
        lines, final = answer.lines, [answer.final]
        if self.faults.armed:
            lines = [kept for line in lines for kept in self._through_faults(line, command.name)]
            final = self._through_faults(answer.final, command.name)
        final += [fault.line for fault in struck if fault.kind is Kind.GLUE]
        self._transmit([_as_sent(lines, final)], struck, lambda: self._given(answer))

    def _given(self, answer: Answer) -> None:
        if answer.then:
            answer.then()
        self._busy = False
        self._say_waiting()
        self._work()

    def _through_faults(self, line: str, command: str = "") -> list[str]:
        kept = [line]
        for fault in self.faults.on_line(line, command):
            kept = [] if fault.kind is Kind.LOST_LINE else kept * 2
        return kept

    def _transmit(
        self, chunks: list[bytes], struck: list[Fault], then: Callable[[], None] | None = None
    ) -> None:
        gap = 0.0
        for fault in struck:
            whole = b"".join(chunks)
            if fault.kind is Kind.GARBAGE:
                chunks = [bytes(self.faults.chance.choices(range(0x80, 0x100), k=fault.size)), *chunks]
            elif fault.kind is Kind.CUT:
                chunks = [whole[: len(whole) // 2]]
            elif fault.kind is Kind.ONE_BYTE:
                chunks, gap = [bytes([octet]) for octet in whole], fault.ms / 1000
        self._write_out(deque(chunks), gap, then)

    def _write_out(self, chunks: deque[bytes], gap: float, then: Callable[[], None] | None) -> None:
        self.line.write(chunks.popleft())
        if chunks:
            self.later(gap, lambda: self._write_out(chunks, gap, then))
        elif then:
            then()

    def _say_waiting(self) -> None:
        while self._unsaid and not self._hung:
            line = self._unsaid.popleft()
            self.moments[line.partition(":")[0]] = time.monotonic()
            for kept in self._through_faults(line) if self.faults.armed else [line]:
                self.line.write(f"\r\n{kept}\r\n".encode("latin-1", "replace"))


def _obeyed(struck: list[Fault]) -> bool:
    return any(fault.taken or fault.kind is Kind.MUTE for fault in struck)


def _as_sent(lines: list[str], final: list[str]) -> bytes:
    told = "\r\n" + "\r\n".join(lines) + "\r\n" if lines else ""
    return (told + "".join(f"\r\n{line}\r\n" for line in final)).encode("latin-1", "replace")
