"""The modem process: `python -m modem.worker N`, one per modem.

It has the socket pair's other end on descriptor N, is told there which device to open, and ends
when the gateway closes the socket. A crash or hang of libgammu stays in here.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator

from modem import driver, errors, wire
from modem.gammu_driver import GammuDriver

BEAT_SECONDS = 0.5
STATUS_SECONDS = 30.0
SEARCHING_SECONDS = 3.0
REFUSED_SECONDS = 3.0
"""How long to wait before asking again what the modem refused to tell."""

_DELETES_A_STEP = 8


class Worker:
    """The loop of one modem process."""

    def __init__(self, gateway: socket.socket) -> None:
        self._gateway = gateway
        self._call = ""
        self._since = self._beaten = time.monotonic()
        self._commands: deque[wire.Command] = deque()
        self._places: deque[tuple[str, str]] = deque()
        self._messages: deque[driver.Send] = deque()
        self._sending: Iterator[driver.Event] | None = None
        self._sent_id = ""
        self._status: driver.Status | None = None
        self._next_inbox = self._next_status = self._inbox_seconds = 0.0
        self._again = self._sent_last = False
        self._modem: GammuDriver | None = None

    def run(self) -> None:
        """Serve until the gateway closes the socket; what ends it earlier is said to the gateway."""
        configure = wire.decode(self._gateway.recv(wire.LONGEST))
        self._inbox_seconds = configure.inbox_seconds
        try:
            with self._in("open"):
                # Held until it is closed: freed before, libgammu says goodbye to a modem that may be silent.
                modem = self._modem = GammuDriver(configure.device, configure.baud, self._beat)
                self._learn(modem.open())
            while True:
                self._survive(modem)
        except errors.ModemError as error:
            self._say(wire.Dying(str(error)))
        except Exception as error:
            # Where it happened is told, its words are not: they may quote a text or a number.
            traceback.print_tb(error.__traceback__)
            self._say(wire.Dying(f"The modem's process failed ({type(error).__name__})."))
        finally:
            if self._modem:
                self._modem.close()

    def _survive(self, modem: GammuDriver) -> None:
        """One step; a modem that missed an answer is woken, and what it holds is announced again."""
        try:
            self._step(modem)
        except errors.Refused:
            self._again, self._next_inbox = True, time.monotonic() + REFUSED_SECONDS
        except errors.Silent:
            with self._in("wake"):
                modem.wake()
            self._again, self._next_inbox, self._next_status = True, 0.0, 0.0

    def _step(self, modem: GammuDriver) -> None:
        """Take in what came, and do the one thing that is most urgent."""
        with self._in("poll"):
            self._tell(modem.poll(0))
        self._take_messages()
        now = time.monotonic()
        if self._commands:
            self._obey(modem, self._commands.popleft())
        elif now >= self._next_inbox:
            self._read(modem)
        elif (self._sending or self._messages) and not (self._places and self._sent_last):
            self._send(modem)
        elif self._places:
            self._delete(modem)
        elif now >= self._next_status:
            self._next_status = now + REFUSED_SECONDS
            with self._in("status"):
                self._learn(modem.status())
        else:
            wait = min(self._next_inbox, self._next_status, now + BEAT_SECONDS) - now
            select.select([modem.fileno(), self._gateway.fileno()], [], [], wait)
            self._beat()

    def _read(self, modem: GammuDriver) -> None:
        again, self._again = self._again, False
        self._next_inbox = time.monotonic() + self._inbox_seconds
        with self._in("inbox"):
            self._tell(modem.inbox(again))

    def _delete(self, modem: GammuDriver) -> None:
        """A few places, in turn with parts to send, so that neither waits for all of the other."""
        self._sent_last = False
        with self._in("delete"):
            for _ in range(min(len(self._places), _DELETES_A_STEP)):
                modem.delete(*self._places.popleft())

    def _send(self, modem: GammuDriver) -> None:
        """One part of the message under way, so that texts coming in are read between parts."""
        self._sent_last = True
        with self._in("send"):
            if self._sending is None:
                message = self._messages.popleft()
                self._sending, self._sent_id = modem.send(message), message.id
            self._say(wire.Begun(self._sent_id))
            event = next(self._sending, None)
            if event is None:
                self._sending = None
            else:
                self._say(event)

    def _obey(self, modem: GammuDriver, command: wire.Command) -> None:
        try:
            with self._in(command.name):
                lines = self._call_driver(modem, command)
        except errors.ModemError as error:
            kind, code = (error.kind, error.code) if isinstance(error, errors.Refused) else ("", -1)
            self._say(wire.Done(command.id, (), type(error).__name__, str(error), kind, code))
            if not isinstance(error, errors.Refused):
                raise
            return
        self._say(wire.Done(command.id, lines))

    def _call_driver(self, modem: GammuDriver, command: wire.Command) -> tuple[str, ...]:
        match command.name:
            case "raw":
                return tuple(modem.raw(command.argument))
            case "enter_pin":
                modem.enter_pin(command.argument)
                self._next_status = self._next_inbox = 0.0
            case "ussd":
                modem.ussd(command.argument)
            case "dial":
                modem.dial(command.argument)
            case "answer":
                modem.answer()
            case "hang_up":
                modem.hang_up()
            case "hold":
                modem.hold()
            case "join":
                modem.join()
            case "resume":
                modem.resume()
        return ()

    def _take_messages(self) -> None:
        while select.select([self._gateway], [], [], 0)[0]:
            datagram = self._gateway.recv(wire.LONGEST)
            if not datagram:
                raise SystemExit(0)
            message = wire.decode(datagram)
            if isinstance(message, wire.Command):
                self._commands.append(message)
            elif isinstance(message, wire.Delete):
                self._places.extend(zip(message.places, message.marks, strict=True))
            elif isinstance(message, wire.Reread):
                self._again, self._next_inbox = True, 0.0
            else:
                self._messages.append(message)

    def _tell(self, events: list[driver.Event]) -> None:
        for event in events:
            if isinstance(event, driver.Inbox):
                for piece in wire.pieces(event):
                    self._say(piece)
            elif isinstance(event, driver.Status):
                self._learn(event)
            else:
                self._say(event)

    def _learn(self, status: driver.Status) -> None:
        """Pass a changed status on, and look again soon while there is no network."""
        registered = status.network in (driver.Network.HOME, driver.Network.ROAMING)
        self._next_status = time.monotonic() + (STATUS_SECONDS if registered else SEARCHING_SECONDS)
        if status != self._status:
            if self._status is None or self._status.pin is not driver.PinState.READY:
                self._next_inbox = 0.0
            self._status = status
            self._say(status)

    @contextlib.contextmanager
    def _in(self, call: str) -> Iterator[None]:
        """Name the call that is under way, for the heartbeat."""
        self._call, self._since = call, time.monotonic()
        try:
            yield
        finally:
            self._call, self._since = "", time.monotonic()

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._beaten >= BEAT_SECONDS:
            self._beaten = now
            self._say(wire.Beat(self._call, self._since))

    def _say(self, message: wire.FromModem) -> None:
        try:
            self._gateway.sendall(wire.encode(message))
        except OSError:
            # The gateway is gone; libgammu may hold the main thread, so no ordinary exit.
            os._exit(0)


def main() -> None:
    """Run the process of one modem; the gateway, which starts it, gives the descriptor of its socket."""
    gateway = socket.socket(fileno=int(sys.argv[1]))
    # Ctrl-C and systemd end the gateway; this process ends with it, once the text under way is settled.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    worker = Worker(gateway)
    try:
        worker.run()
    finally:
        gateway.close()
        sys.stderr.flush()
        # Not the interpreter's way out, which would free libgammu's state.
        os._exit(0)


if __name__ == "__main__":
    main()
