"""One GSM modem made of software: its SIM, its settings, its registration and what is stored."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from modem.virtual import call_commands, commands, sms_commands
from modem.virtual.commands import Answer, Command
from modem.virtual.dialect import Dialect
from modem.virtual.faults import Faults
from modem.virtual.pdu import Submit, encode_centre
from modem.virtual.sim import Lock, Sim, Slot, Storage
from modem.virtual.terminal import Terminal
from modem.virtual.voice import ModemVoice

if TYPE_CHECKING:
    from modem.virtual.network import Network

HANDLERS = commands.COMMANDS | sms_commands.COMMANDS | call_commands.COMMANDS
_HOME, _ROAMING = 1, 5
_COVERAGE = {"home": _HOME, "roaming": _ROAMING, "searching": 2, "denied": 3}
_BALANCE = {"*100#": "Your balance is GBP 7.40. It ends on 1 March."}


class VirtualModem:
    """A modem of one `dialect` with one SIM, on a pseudo-terminal, joined to a `network`."""

    def __init__(self, dialect: Dialect, sim: Sim, network: Network, link: Path, seed: int) -> None:
        self.dialect = dialect
        self.sim = sim
        self.network = network
        self.imei = dialect.imei
        self.storages = {name: Storage(name, size, dialect.first_place) for name, size in dialect.storages}
        self.faults = Faults(random.Random(seed))  # noqa: S311 - repeatable faults, no secret
        self.terminal = Terminal(link, self.faults, self._handle, self.unplug)
        self.voice = ModemVoice(self)
        self.taken: list[int] = []
        self.reports = 0
        self.signal = 20
        self.operator = "Plainnet"
        self.coverage = _HOME
        self.waits = False
        self.clock_wrong_by = timedelta()
        self.centre = "+447700900000"
        self.balances = dict(_BALANCE)
        self._reference = 0
        self._full_said = False
        self.reset_settings()

    @property
    def powered(self) -> bool:
        """Whether the stick is plugged in."""
        return self.terminal.line.plugged

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
        self.terminal.echo = True

    def say(self, line: str) -> None:
        """Say an unsolicited line, once no answer is under way."""
        self.terminal.say(line)

    # Power and network.

    def plug(self, slow: bool = False) -> None:
        """Put the stick in: a new pseudo-terminal behind the same link, nothing remembered but the SIM.

        Its boot lines are lost before anybody opens the line, unless it is `slow` to start.
        """
        if not self.powered:
            self.terminal.line.plug()
            self.power_up()
            if slow:
                for line in self._boot_lines():
                    self.terminal.say_at_opening(line)

    def unplug(self) -> None:
        """Pull the stick out."""
        self.terminal.line.unplug()
        self.terminal.reset()
        if self.voice.sound:
            self.voice.sound.close()
        self.network.lost(self)

    def power_up(self) -> None:
        """Start as after power came on: settings gone, PIN asked for again, boot lines said."""
        self.network.lost(self)
        self.terminal.reset()
        self.reset_settings()
        self.sim.power_up()
        for line in self._boot_lines():
            self.say(line)
        self.unlocked()

    def _boot_lines(self) -> list[str]:
        lines = [line.format(pin=self.sim.lock) for line in self.dialect.boot]
        return lines + list(self.dialect.registered if self.sim.lock is Lock.READY else ())

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
        if not self.registered:
            self.network.lost(self)
        self.network.found(self)

    def signal_changed(self, signal: int) -> None:
        """Take a new signal (0 to 31, 99 unknown) and tell of it."""
        self.signal = signal
        self.chatter(self.dialect.signal)

    def coverage_changed(self, coverage: str) -> None:
        """Be `home`, `roaming`, `searching` or `denied` from now on."""
        self.coverage = _COVERAGE[coverage]
        self.network_changed()

    def chatter(self, line: str) -> None:
        """Say a line of the make's own, unless `AT^CURC=0` has silenced these."""
        if self.settings.get("^CURC") != "0":
            self.say(line.format(signal=self.signal, bars=min(self.signal // 6, 5)))

    def idle(self) -> None:
        """Say every line the make says for no reason."""
        for line in self.dialect.idle:
            self.chatter(line)

    # Texts.

    def now(self) -> datetime:
        """The modem's clock (UTC), as the network set it, or as wrong as it was made."""
        return datetime.now(UTC) + self.clock_wrong_by

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

    def accepts(self, report: bool) -> bool:
        """Whether there is room for a text or report; says so, once, when there is none."""
        mode = self.notices[3 if report else 1]
        storage = self.storages[self.chosen[2]]
        stored = mode == 2 if report else mode != 2
        if not stored or len(storage.slots) < storage.size:
            return True
        if not self._full_said:
            self._full_said = True
            self.say(self.dialect.full)
        return False

    def deliver(self, tpdu: bytes, report: bool, raw: str = "") -> None:
        """Take a text or report from the network, which has asked whether it is accepted."""
        mode = self.notices[3 if report else 1]
        full_pdu = raw or (encode_centre(self.centre) + tpdu).hex().upper()
        length = len(tpdu)
        if report and mode == 1:
            self.say(f"+CDS: {length}\r\n{full_pdu}")
        elif not report and mode == 2:
            self.say(f"+CMT: ,{length}\r\n{full_pdu}")
        elif not report or mode == 2:
            self._store(Slot(full_pdu, length), report, announce=mode != 0)
        self.reports += report

    def _store(self, slot: Slot, report: bool, announce: bool) -> None:
        storage = self.storages[self.chosen[2]]
        place = storage.put(slot)
        if announce and place is not None:
            self.say(f'+{"CDSI" if report else "CMTI"}: "{storage.name}",{place}')

    def _handle(self, command: Command) -> Answer | None:
        handler = HANDLERS.get(command.name)
        try:
            return handler(self, command) if handler else Answer(final="ERROR")
        except ValueError:
            return Answer(final="ERROR")
