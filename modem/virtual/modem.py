"""One GSM modem made of software: its command line, its settings and what it says unasked."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from modem.virtual import call_commands, commands, sms_commands
from modem.virtual.commands import Answer, Command
from modem.virtual.dialect import Dialect
from modem.virtual.faults import Fault, Faults, Kind
from modem.virtual.line import Line
from modem.virtual.pdu import Submit, encode_centre
from modem.virtual.sim import Lock, Sim, Slot, Storage

if TYPE_CHECKING:
    from modem.virtual.network import Network

HANDLERS = commands.COMMANDS | sms_commands.COMMANDS | call_commands.COMMANDS
_CTRL_Z, _ESCAPE = 0x1A, 0x1B
_LONGEST_LINE = 2048
_PROMPT = b"\r\n> "
_HOME, _ROAMING = 1, 5
_COVERAGE = {"home": _HOME, "roaming": _ROAMING, "searching": 2, "denied": 3}
Enter = Callable[["VirtualModem", Command, str], Answer]


class VirtualModem:
    """A modem of one `dialect` with one SIM, on a pseudo-terminal, joined to a `network`."""

    def __init__(self, dialect: Dialect, sim: Sim, network: Network, link: Path, seed: int) -> None:
        self.dialect = dialect
        self.sim = sim
        self.network = network
        self.imei = dialect.imei
        self.line = Line(link, self._received)
        self.storages = {name: Storage(name, size, dialect.first_place) for name, size in dialect.storages}
        self.faults = Faults(random.Random(seed))  # noqa: S311 - repeatable faults, no secret
        self.seen: Counter[str] = Counter()
        self.taken: list[int] = []
        self.reports = 0
        self.signal = 20
        self.operator = "Plainnet"
        self.coverage = _HOME
        self.centre = "+447700900000"
        self._reference = 0
        self._buffer = bytearray()
        self._prompted: tuple[Command, Enter] | None = None
        self._busy = self._hung = self._working = False
        self._unsaid: deque[str] = deque()
        self._full_said = False
        self._powered = 0
        self.reset_settings()

    # What it is and how it is.

    @property
    def powered(self) -> bool:
        """Whether the stick is plugged in."""
        return self.line.plugged

    @property
    def registration(self) -> int:
        """Registration in the numbers of `+CREG`."""
        able = self.powered and self.sim.lock is Lock.READY and self.settings.get("+CFUN", "1") == "1"
        return self.coverage if able else 0

    @property
    def registered(self) -> bool:
        """Whether the network can reach it."""
        return self.registration in (_HOME, _ROAMING)

    def reset_settings(self) -> None:
        """Forget what commands have set, as after power-up."""
        self.settings: dict[str, str] = {}
        self.chosen = [next(iter(self.storages))] * 3
        self.notices = [0, 0, 0, 0, 0]
        self.echo = True

    # Power.

    def plug(self) -> None:
        """Put the stick in: a new pseudo-terminal behind the same link, nothing remembered but the SIM."""
        if not self.powered:
            self.line.plug()
            self.power_up()

    def unplug(self) -> None:
        """Pull the stick out."""
        self._powered += 1
        self.line.unplug()
        self.network.lost(self)

    def power_up(self) -> None:
        """Start as after power came on: settings gone, PIN asked for again, boot lines said."""
        self._powered += 1
        self.reset_settings()
        self.sim.power_up()
        self._buffer.clear()
        self._unsaid.clear()
        self._prompted = None
        self._busy = self._hung = False
        for line in self.dialect.boot:
            self.say(line.format(pin=self.sim.lock))
        self.unlocked()

    def unlocked(self) -> None:
        """Join the network, when the SIM lets it."""
        if self.sim.lock is Lock.READY:
            for line in self.dialect.registered:
                self.say(line)
            self.network_changed()

    def network_changed(self) -> None:
        """Tell of the registration if asked to, and fetch what the network holds."""
        for name in ("+CREG", "+CGREG", "+CEREG"):
            if self.settings.get(name, "0") != "0":
                self.say(f"{name}: {self.registration}")
        self.network.found(self)

    def signal_changed(self, signal: int) -> None:
        """Take a new signal (0 to 31, 99 unknown) and tell of it."""
        self.signal = signal
        self.say(self.dialect.signal.format(signal=signal, bars=min(signal // 6, 5)))

    def coverage_changed(self, coverage: str) -> None:
        """Be `home`, `roaming`, `searching` or `denied` from now on."""
        self.coverage = _COVERAGE[coverage]
        self.network_changed()

    # Its command line.

    def prompt(self, command: Command, enter: Enter) -> None:
        """Ask for the PDU of `command`; `enter` answers once it is there."""
        struck = self.faults.on_command(">")
        if self._struck_dumb(struck):
            self._finish()
            return
        self._prompted = (command, enter)
        self._transmit([_PROMPT], struck)

    def say(self, line: str) -> None:
        """Say an unsolicited line, once no answer is under way."""
        self._unsaid.append(line)
        if not self._busy and not self._prompted:
            self._say_waiting()

    def clear_faults(self) -> None:
        """Disarm every fault and wake up from a hang."""
        self.faults.armed.clear()
        self._hung = False
        self._finish()

    def _received(self, data: bytes) -> None:
        self._buffer += data
        if not self._busy:
            self._work()

    def _work(self) -> None:
        if self._working:
            return
        self._working = True
        taken = True
        while taken and self._buffer and not self._busy and self.powered:
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
        end = min(ends)
        raw = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        command, enter = self._prompted
        self._prompted = None
        if self.echo:
            self.line.write(raw)
        if raw[-1] == _ESCAPE:
            self._answer(command, Answer(), [])
            return True
        struck = self.faults.on_command(command.name)
        if self._struck_dumb(struck):
            if any(fault.taken or fault.kind is Kind.MUTE for fault in struck):
                enter(self, command, raw[:-1].decode("latin-1"))
            self._finish()
            return True
        self._answer(command, enter(self, command, raw[:-1].decode("latin-1")), struck)
        return True

    def _obey(self, line: str) -> None:
        try:
            parsed = commands.parse(line) or [Command("")]
        except ValueError:
            self._answer(Command("?"), Answer(final="ERROR"), [])
            return
        lines: list[str] = []
        for command in parsed:
            self.seen[f"{command.name}{command.how}" or "AT"] += 1
            prompts = command.name in ("+CMGS", "+CMGW") and command.how == "="
            struck = [] if prompts else self.faults.on_command(command.name)
            if self._struck_dumb(struck):
                if any(fault.kind is Kind.MUTE or fault.taken for fault in struck):
                    self._run(command)
                return
            answer = self._run(command)
            if answer is None:
                return
            answer.lines[:0] = lines
            if answer.final != "OK" or command is parsed[-1]:
                self._answer(command, answer, struck)
                return
            if answer.then:
                answer.then()
            lines = answer.lines

    def _run(self, command: Command) -> Answer | None:
        handler = HANDLERS.get(command.name)
        if handler is None:
            return Answer(final="ERROR")
        try:
            return handler(self, command)
        except ValueError:
            return Answer(final="ERROR")

    def _struck_dumb(self, struck: list[Fault]) -> bool:
        kinds = {fault.kind for fault in struck}
        if Kind.HANG in kinds:
            self._hung = True
        if Kind.UNPLUG in kinds:
            asyncio.get_running_loop().call_soon(self.unplug)
        return bool(kinds & {Kind.HANG, Kind.UNPLUG, Kind.SILENT, Kind.MUTE})

    # Its answers.

    def _answer(self, command: Command, answer: Answer, struck: list[Fault]) -> None:
        self._busy = True
        wait = answer.wait
        for fault in struck:
            if fault.kind is Kind.DELAY:
                wait += fault.ms / 1000
            elif fault.kind is Kind.ERROR:
                kind = "CMS" if command.name in sms_commands.COMMANDS else "CME"
                answer = Answer(final="ERROR" if fault.code < 0 else f"+{kind} ERROR: {fault.code}")
        if wait:
            self._later(wait, lambda: self._give(command, answer, struck))
        else:
            self._give(command, answer, struck)

    def _give(self, command: Command, answer: Answer, struck: list[Fault]) -> None:
        lines, final = answer.lines, [answer.final]
        if self.faults.armed:
            lines = [kept for line in lines for kept in self._through_faults(line, command.name)]
            final = self._through_faults(answer.final, command.name)
        glued = [fault.line for fault in struck if fault.kind is Kind.GLUE]
        data = _as_sent(lines, final) + "".join(f"\r\n{line}\r\n" for line in glued)
        self._transmit([data.encode("latin-1")], struck, lambda: self._given(answer))

    def _given(self, answer: Answer) -> None:
        if answer.then:
            answer.then()
        self._finish()

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
            self._later(gap, lambda: self._write_out(chunks, gap, then))
        elif then:
            then()

    def _later(self, wait: float, act: Callable[[], None]) -> None:
        power = self._powered
        asyncio.get_running_loop().call_later(wait, lambda: act() if power == self._powered else None)

    def _finish(self) -> None:
        self._busy = False
        self._say_waiting()
        self._work()

    def _say_waiting(self) -> None:
        while self._unsaid and not self._hung:
            line = self._unsaid.popleft()
            for kept in self._through_faults(line) if self.faults.armed else [line]:
                self.line.write(f"\r\n{kept}\r\n".encode("latin-1"))

    # Texts.

    def pace(self) -> float:
        """Seconds the network takes over one text, now."""
        return self.network.pace()

    def submit(self, submit: Submit) -> int:
        """Hand a text to the network and give its message reference."""
        self._reference = (self._reference + 1) % 256
        self.taken.append(self._reference)
        self.network.take(self, submit, self._reference)
        return self._reference

    def room_made(self) -> None:
        """Tell the network that there is room again."""
        self._full_said = False
        self.network.found(self)

    def deliver(self, tpdu: bytes, report: bool, raw: str = "") -> bool:
        """Take a text or report from the network; False when there is no room for it."""
        mode = self.notices[3 if report else 1]
        full_pdu = raw or (encode_centre(self.centre) + tpdu).hex().upper()
        length = len(tpdu)
        if report and mode == 1:
            self.say(f"+CDS: {length}\r\n{full_pdu}")
        elif not report and mode == 2:
            self.say(f"+CMT: ,{length}\r\n{full_pdu}")
        elif not report or mode == 2:
            return self._store(Slot(full_pdu, length, report=report), announce=mode != 0)
        self.reports += report
        return True

    def _store(self, slot: Slot, announce: bool) -> bool:
        storage = self.storages[self.chosen[2]]
        place = storage.put(slot)
        if place is None:
            if not self._full_said:
                self._full_said = True
                self.say(self.dialect.full)
            return False
        self.reports += slot.report
        if announce:
            self.say(f'+{"CDSI" if slot.report else "CMTI"}: "{storage.name}",{place}')
        return True


def _as_sent(lines: list[str], final: list[str]) -> str:
    told = "\r\n" + "\r\n".join(lines) + "\r\n" if lines else ""
    return told + "".join(f"\r\n{line}\r\n" for line in final)
