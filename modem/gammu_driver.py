"""The driver of a real modem: libgammu starts it and knows the text formats, AT commands carry the traffic.

Why the traffic goes past libgammu is told in docs/decisions/.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gammu

from modem import driver, errors, health, notices, sms
from modem.filter import LineFilter, Notice
from modem.storage import Storage, Stored

_SHORT, _LONG = 5.0, 30.0
_PROMPT, _NETWORK = 15.0, 75.0
_WAKE_TRIES, _QUIET = 4, 0.3
_REBOOTED = ("RDY", "START", "NORMAL POWER DOWN", "POWERED DOWN")
_FULL = re.compile(r"\+SMS FULL|\^SMMEMFULL|.*SMSFULL", re.IGNORECASE)
# Reports straight to us, texts to the memory with a notice; older modems know fewer values.
_NOTICE_SETTINGS = ("2,1,0,1,0", "1,1,0,1,0", "2,1,0,2,0", "2,1", "1,1")
# What a make may not know: plain letters, callers' numbers, registration, networks' names, keys heard, and
# who rings during a call (the second form turns the network's service on besides).
_WISHES = (
    *('AT+CSCS="GSM"', "AT+CLIP=1", "AT+CREG=1", "AT+COPS=3,0", "AT+DDET=1", "AT+QTONEDET=1"),
    *("AT+CCWA=1", "AT+CCWA=1,1"),
)


class GammuDriver:
    """One modem at `device`. `beat` is called at least twice a second while a call here takes long."""

    def __init__(self, device: str, baud: int, beat: Callable[[], None]) -> None:
        self._filter = LineFilter(device, baud, beat)
        self._machine: Any = gammu.StateMachine()
        self._storage = Storage(self._filter)
        self._calls = notices.Calls()
        self._packs_ussd = False
        self._prepared = False
        self._known = driver.Status(driver.PinState.NO_SIM, driver.Network.UNKNOWN)

    def open(self) -> driver.Status:
        """Wake the modem, let libgammu initialise it, and prepare the SIM if it asks for no PIN."""
        self.wake()
        self._configure()
        with self._filter.lent():
            self._start()
        with contextlib.suppress(errors.Refused):
            model = f"{self._ask('GetManufacturer')} {self._ask('GetModel')[1]}"
            self._known = replace(self._known, model=model, imei=self._ask("GetIMEI"))
        return self.status()

    def _configure(self) -> None:
        # libgammu reads its settings from a file alone: one in memory, which no full disk is in the way of.
        settings = os.memfd_create("gammurc")
        try:
            # dku2at is the AT driver without its pause after each octet; a model named beforehand spares
            # a second initialisation once it has been asked for.
            words = f"[gammu]\ndevice={self._filter.path}\nconnection=dku2at\nmodel=at\nsynchronizetime=no\n"
            os.write(settings, words.encode())
            self._machine.ReadConfig(0, 0, f"/proc/self/fd/{settings}")
        finally:
            os.close(settings)

    def wake(self) -> None:
        """Make sure the modem answers commands; `Silent` when it does not."""
        # A process killed between the prompt and the text left the modem waiting for a text.
        self._filter.leave_prompt()
        for attempt in range(_WAKE_TRIES):
            with contextlib.suppress(errors.Silent):
                with contextlib.suppress(errors.Refused):
                    self._filter.command("ATE0", 1.0 + attempt)
                if self._in_step():
                    return
            self._filter.listen(_QUIET)
        raise errors.Silent("The modem does not answer at all.")

    def _in_step(self) -> bool:
        """Whether an answer fits its question, rather than one asked before that came late."""
        try:
            return any("+CMEE" in line for line in self._filter.command("AT+CMEE?", _SHORT))
        except errors.Refused:
            return True

    def enter_pin(self, pin: str) -> None:
        """Enter the SIM PIN, once: written by us, because libgammu repeats what is not answered."""
        if not re.fullmatch(r"\d{4,8}", pin):
            raise errors.Refused("CME", 16)
        self._filter.command(f'AT+CPIN="{pin}"', _LONG)

    def fileno(self) -> int:
        """The device's descriptor."""
        return self._filter.fileno()

    def poll(self, timeout: float) -> list[driver.Event]:
        """What the modem says within `timeout` seconds; texts it announces are read at once."""
        if not self._filter.notices:
            self._filter.listen(timeout)
        events: list[driver.Event] = []
        announced: list[Notice] = []
        while self._filter.notices:
            notice = self._filter.notices.popleft()
            if notice.text.startswith("+CMTI"):
                announced.append(notice)
            else:
                events += self._heard(notice)
        if announced:
            found = self._storage.announced(notice.text for notice in announced)
            events += self._found(found, min(notice.at for notice in announced))
        return events

    def inbox(self, again: bool = False) -> list[driver.Event]:
        """What is stored and was not announced yet, or all of it once `again`."""
        if not self._prepared:
            return []
        asked = time.monotonic()
        return self._found(self._storage.listed(again), asked)

    def delete(self, place: str, mark: str = "") -> None:
        """Delete the message at `place`, whether or not there still is one; with a `mark` no other."""
        self._storage.delete(place, mark)

    def send(self, message: driver.Send) -> Iterator[driver.Event]:
        """Send `message` a part a step; raises `Silent` or `Unplugged` after the failure it yields."""
        try:
            parts = sms.outgoing(message)
        except errors.ModemError as error:
            yield driver.SendFailed(message.id, message.first_part, -1, str(error), False, True)
            return
        if len(parts) - message.first_part > 1:
            # Keeps the radio link open between parts where the modem can.
            try:
                self._filter.command("AT+CMMS=1", _SHORT)
            except errors.Refused:
                pass
            except errors.ModemError as error:
                yield driver.SendFailed(message.id, message.first_part, -1, str(error), True, True)
                raise
        for number in range(message.first_part, len(parts)):
            try:
                reference = self._send_part(parts[number])
            except errors.Refused as error:
                cause = error.cause
                yield driver.SendFailed(
                    message.id, number, error.code, cause.words, cause.retryable, cause.certain
                )
                return
            except errors.ModemError as error:
                yield driver.SendFailed(message.id, number, -1, str(error), True, error.certain)
                raise
            yield driver.PartSent(message.id, number, reference)
        yield driver.Sent(message.id)

    def status(self) -> driver.Status:
        """PIN, network, operator, signal and room on the SIM."""
        pin = health.pin(self._filter)
        if pin is not driver.PinState.READY:
            self._prepared = False
            return replace(self._known, pin=pin)
        if not self._prepared:
            self._prepare()
        used, size = self._storage.room()
        return replace(
            self._known,
            pin=pin,
            network=health.network(self._filter),
            operator=health.operator(self._filter),
            signal=health.signal(self._filter),
            sim_used=used,
            sim_size=size,
        )

    def ussd(self, code: str) -> None:
        """Dial the USSD `code`; modems that want it packed are found out by their refusal."""
        _check(r"[0-9*#+]{1,40}", code)
        forms = [code, notices.pack(code).hex().upper()]
        for packed in (self._packs_ussd, not self._packs_ussd):
            with contextlib.suppress(errors.Refused):
                self._filter.command(f'AT+CUSD=1,"{forms[packed]}",15', _LONG)
                self._packs_ussd = packed
                return
        raise errors.Refused("", -1)

    def dial(self, number: str) -> None:
        """Start a voice call to `number` (E.164)."""
        _check(r"\+?\d{1,20}", number)
        self._filter.command(f"ATD{number};", _LONG)
        self._calls.dialled()

    def answer(self) -> None:
        """Answer the ringing call."""
        self._filter.command("ATA", _LONG)

    def hang_up(self) -> None:
        """End every call, with the older command where the newer is unknown."""
        try:
            self._filter.command("AT+CHUP", _LONG)
        except errors.Refused:
            self._filter.command("ATH", _LONG)
        finally:
            if self._calls.several:
                self._calls.over()
                with contextlib.suppress(errors.Refused):  # nobody is on hold any more
                    self._filter.command("AT+CHLD=0", _LONG)

    def hold(self) -> None:
        """Put the call on hold."""
        self._filter.command("AT+CHLD=2", _LONG)
        self._calls.several = True

    def join(self) -> None:
        """Join the call on hold and the one that was dialled since."""
        self._filter.command("AT+CHLD=3", _LONG)

    def resume(self) -> None:
        """End the second call and go back to the one on hold, also where the second has ended already."""
        try:
            self._filter.command("AT+CHLD=1", _LONG)
        except errors.Refused:
            self._filter.command("AT+CHLD=2", _LONG)

    def raw(self, command: str) -> list[str]:
        """The lines answering one AT `command`."""
        _check(r"[Aa][Tt][ -~]{0,200}", command)
        return self._filter.command(command, _LONG)

    def close(self) -> None:
        """Let go of the device. libgammu is not told: it would wait for a silent modem."""
        self._filter.close()

    def _start(self) -> None:
        try:
            self._machine.Init()
        except gammu.GSMError as error:
            raise errors.OpenFailed(f"The modem cannot be initialised: {error.args[0]['Text']}") from None

    def _ask(self, name: str) -> Any:
        """Call libgammu, and give its errors the number it hides."""
        try:
            with self._filter.lent():
                return getattr(self._machine, name)()
        except gammu.GSMError:
            raise errors.Refused(*self._filter.last_error) from None

    def _prepare(self) -> None:
        """Set what a SIM must be open for."""
        health.patiently(self._filter, "AT+CMGF=0")
        self._storage.choose()
        for setting in _NOTICE_SETTINGS:
            with contextlib.suppress(errors.Refused):
                health.patiently(self._filter, f"AT+CNMI={setting}")
                break
        for wish in _WISHES:
            with contextlib.suppress(errors.Refused):
                self._filter.command(wish, _SHORT)
        with contextlib.suppress(errors.Refused):
            self._known = replace(self._known, imsi=self._ask("GetSIMIMSI"))
        self._prepared = True

    def _send_part(self, part: sms.Outgoing) -> int:
        """The reference the network gave `part`; an error says whether the part surely did not leave."""
        self._filter.prompt(f"AT+CMGS={part.length}", _PROMPT)
        try:
            answer = self._filter.complete(part.raw, _NETWORK)
        except (errors.Silent, errors.Unplugged) as error:
            error.certain = False
            raise
        matches = [re.search(r"\+CMGS ?: *(\d+)", line) for line in answer]
        return next((int(match[1]) for match in matches if match), 0)

    def _heard(self, notice: Notice) -> list[driver.Event]:
        text = notice.text
        if text.startswith(_REBOOTED):
            raise errors.Unplugged("The modem started again by itself.")
        if text.startswith(("+CREG", "+CPIN")):
            return [self.status()]
        if _FULL.match(text):
            return self.inbox()
        if text.startswith(("+CMT:", "+CDS:")):
            return self._found([("", _with_centre(text, notice.body))], notice.at)
        if text.startswith("+CDSI"):
            return self._found(self._storage.announced([text]), notice.at)
        event = notices.ussd(text) or self._calls.heard(text)
        return [event] if event else []

    def _found(self, stored: list[Stored], noticed: float) -> list[driver.Event]:
        """What was read, decoded: texts and broken ones in one `Inbox`; reports are deleted as they go."""
        found = [sms.stored(place, raw) for place, raw in stored]
        reports: list[driver.Event] = []
        for (place, _), report in zip(stored, found, strict=True):
            if isinstance(report, driver.Report):
                reports.append(report)
                self._storage.delete(place)
        parts = tuple(part for part in found if isinstance(part, driver.Part))
        broken = tuple(part for part in found if isinstance(part, driver.BrokenPart))
        return [*reports, driver.Inbox(parts, broken, noticed)] if parts or broken else reports


def _check(pattern: str, argument: str) -> None:
    """Refuse an argument that would be another command."""
    if not re.fullmatch(pattern, argument):
        raise errors.Refused("", -1)


def _with_centre(notice: str, raw: str) -> str:
    """The PDU of a notice, with an address of the message centre where the modem left it out."""
    length = re.search(r"(\d+)$", notice)
    return f"00{raw}" if length and len(raw) == 2 * int(length[1]) else raw
