"""The line filter between the stick and libgammu: one owner of the device, two speakers in turn.

libgammu speaks through a pseudo-terminal while it is `lent` the line; in between, `command` speaks
AT directly. Lines that belong to neither become notices, stamped the moment they are read.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import termios
import threading
import time
import tty
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from modem import errors
from modem.lines import Kind, Line, Lines

GAMMU_SECONDS = 20.0
"""How long libgammu may wait for the answer to one command."""

_SLICE = 0.5
_LOCK_SECONDS = 2.0
"""How long the process of a gateway that was killed may take to notice and let go of the device."""
_WRITE_TIMEOUT = 5.0
_ESCAPE, _SUBSTITUTE = b"\x1b", b"\x1a"
_SPEEDS = {9600: termios.B9600, 57600: termios.B57600, 115200: termios.B115200, 460800: termios.B460800}


@dataclass(frozen=True, slots=True)
class Notice:
    """A line nobody asked for, with the PDU that followed it, read at CLOCK_MONOTONIC `at` seconds."""

    text: str
    body: str
    at: float


class LineFilter:
    """The modem's line. `beat` is called at least twice a second while a command runs."""

    def __init__(self, device: str, baud: int, beat: Callable[[], None]) -> None:
        """Open `device`; `errors.OpenFailed` when that cannot be done."""
        self._beat = beat
        self._lines = Lines()
        self._failure: errors.ModemError | None = None
        self._gammu_deadline = 0.0
        self._from_gammu = b""
        self._last_error = ("", -1)
        self.notices: deque[Notice] = deque()
        try:
            self._device = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise errors.OpenFailed(f"The modem at {device} cannot be opened: {error.strerror}.") from None
        if not _locked(self._device):
            os.close(self._device)
            raise errors.OpenFailed(f"The modem at {device} is in use by another program: stop that one.")
        try:
            _set_raw(self._device, _SPEEDS.get(baud, termios.B115200))
        except termios.error:
            os.close(self._device)
            raise errors.OpenFailed(f"{device} is no serial line: name the modem's device.") from None
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)

    def fileno(self) -> int:
        """The device's descriptor, readable when the modem says something."""
        return self._device

    def close(self) -> None:
        """Let go of the device and of the pseudo-terminal."""
        for descriptor in (self._device, self._master, self._slave):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def listen(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for the modem to say something, and take it in as notices."""
        for line in self._read(timeout):
            self._keep(line)

    def command(self, command: str, timeout: float) -> list[str]:
        """The lines answering the AT `command`; `Refused`, `Unplugged`, `Silent` after `timeout` quiet s."""
        self._begin(command)
        return self._finish(timeout)

    def prompt(self, command: str, timeout: float) -> None:
        """Give a `command` that asks for a text, and wait for the modem's `>`; leave it again on silence."""
        self._begin(command)
        try:
            if self._collect(timeout, []) is Kind.FINAL:
                raise errors.Refused("", -1)
        except errors.Silent:
            self.leave_prompt()
            raise

    def leave_prompt(self) -> None:
        """Throw away a text that was begun, by this process or one before it; harmless when there is none."""
        self._write(_ESCAPE + b"\r")

    def complete(self, data: str, timeout: float) -> list[str]:
        """Write `data` and ^Z at the prompt, and give the lines that answer; errors as `command`."""
        self._lines.wrote(data)
        self._write(data.encode("ascii") + _SUBSTITUTE)
        return self._finish(timeout)

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Let libgammu speak through `path` meanwhile.

        Should the modem go away or fall silent, libgammu is answered with errors, so that it comes
        back soon, and `Unplugged` or `Silent` is raised at the end.
        """
        stop, stopper = os.pipe()
        self._last_error = ("", -1)
        self._failure = None
        carrier = threading.Thread(target=self._carry, args=(stop,), name="carrier")
        carrier.start()
        try:
            yield
        finally:
            os.write(stopper, b".")
            carrier.join()
            os.close(stop)
            os.close(stopper)
            self._lines.give_up()
            if self._failure:
                raise self._failure

    @property
    def last_error(self) -> tuple[str, int]:
        """Kind and number of the last error libgammu was given while it was lent the line."""
        return self._last_error

    def _begin(self, command: str) -> None:
        # Whatever waits to be read was said before this command.
        self.listen(0)
        self._lines.begin(command)
        self._write(command.encode("ascii") + b"\r")

    def _finish(self, timeout: float) -> list[str]:
        answer: list[str] = []
        if self._collect(timeout, answer) is Kind.PROMPT:
            self.leave_prompt()
            self._lines.give_up()
            raise errors.Refused("", -1)
        return answer

    def _collect(self, timeout: float, answer: list[str]) -> Kind:
        """Add the answer's lines until its end or a prompt, whose kind is returned."""
        deadline = time.monotonic() + timeout
        end: Line | None = None
        while end is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self._lines.give_up()
                raise errors.Silent(f"The modem did not answer within {timeout:.0f} seconds.")
            for line in self._read(min(left, _SLICE)):
                if line.kind is Kind.ANSWER:
                    answer.append(line.text)
                    # A modem that is still answering is not silent, however long its SIM takes.
                    deadline = time.monotonic() + timeout
                elif line.kind is Kind.NOTICE:
                    self._keep(line)
                else:
                    end = line
            self._beat()
        if end.kind is Kind.FINAL and end.text != "OK":
            raise errors.Refused(*_number(end.text))
        return end.kind

    def _read(self, timeout: float) -> list[Line]:
        if not select.select([self._device], [], [], timeout)[0]:
            return []
        try:
            data = os.read(self._device, 65536)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            raise errors.Unplugged("The modem is gone from its device.")
        return list(self._lines.feed(data))

    def _write(self, data: bytes) -> None:
        while data:
            if not select.select([], [self._device], [], _WRITE_TIMEOUT)[1]:
                raise errors.Silent("The modem takes no more commands.")
            try:
                data = data[os.write(self._device, data) :]
            except BlockingIOError:
                continue
            except OSError:
                raise errors.Unplugged("The modem is gone from its device.") from None

    def _keep(self, line: Line) -> None:
        if line.kind is Kind.NOTICE:
            self.notices.append(Notice(line.text, line.body, time.monotonic()))

    def _carry(self, stop: int) -> None:
        """Carry lines between the device and libgammu until something comes from `stop`."""
        while True:
            sources = [stop, self._master] if self._failure else [stop, self._master, self._device]
            ready = select.select(sources, [], [], _SLICE)[0]
            if stop in ready:
                return
            try:
                if self._master in ready:
                    self._take_from_gammu(os.read(self._master, 4096))
                if self._device in ready:
                    self._give_to_gammu(self._read(0))
                if self._lines.busy and time.monotonic() > self._gammu_deadline:
                    raise errors.Silent(f"The modem did not answer within {GAMMU_SECONDS:.0f} seconds.")
            except errors.ModemError as error:
                # Without an answer libgammu would wait out its own limits, up to 100 s a command.
                self._failure = error
                self._give_to_gammu([Line(Kind.FINAL, "ERROR")])
                self._lines.give_up()
            self._beat()

    def _take_from_gammu(self, data: bytes) -> None:
        *commands, self._from_gammu = (self._from_gammu + data).replace(_ESCAPE, b"").split(b"\r")
        for command in (command.strip() for command in commands):
            if not command:
                continue
            os.write(self._master, command + b"\r")
            if command.upper() in (b"ATE1", b"ATE0"):
                # The echo is ours; the modem's stays off.
                self._give_to_gammu([Line(Kind.FINAL, "OK")])
            elif self._failure:
                self._give_to_gammu([Line(Kind.FINAL, "ERROR")])
            else:
                self._gammu_deadline = time.monotonic() + GAMMU_SECONDS
                self._lines.begin(command.decode("latin-1"))
                self._write(command + b"\r")

    def _give_to_gammu(self, lines: list[Line]) -> None:
        for line in lines:
            if line.kind is Kind.NOTICE:
                self._keep(line)
                continue
            if line.kind is Kind.FINAL and line.text != "OK":
                self._last_error = _number(line.text)
            # One write a line: an error that shares one with another line is taken for success.
            os.write(self._master, b"\r\n" + line.text.encode("latin-1") + b"\r\n")


def _locked(descriptor: int) -> bool:
    """Lock a device: two that talk to one modem would take each other's answers for their own."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOCK_SECONDS / 40)
        else:
            return True


def _number(final: str) -> tuple[str, int]:
    """Kind and number of a final line (`+CMS ERROR: 38`), `("", -1)` of one without."""
    kind, colon, number = final.partition(" ERROR:")
    if not colon or not number.strip().isdigit():
        return "", -1
    return kind.removeprefix("+"), int(number)


def _set_raw(descriptor: int, speed: int) -> None:
    tty.setraw(descriptor)
    attributes = termios.tcgetattr(descriptor)
    attributes[2] |= termios.CLOCAL | termios.CREAD
    attributes[4] = attributes[5] = speed
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    termios.tcflush(descriptor, termios.TCIOFLUSH)
