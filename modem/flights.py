"""The messages handed to a modem process whose end is not known yet."""

from __future__ import annotations

from dataclasses import dataclass

from modem import driver, wire


@dataclass(slots=True)
class _Flight:
    part: int
    begun: bool = False


class Flights:
    """Follows each message, so that none is left without an end when the process dies."""

    def __init__(self) -> None:
        self._flights: dict[str, _Flight] = {}

    def begin(self, message: driver.Send) -> None:
        """`message` is handed over."""
        self._flights[message.id] = _Flight(message.first_part)

    def follow(self, event: wire.FromModem) -> None:
        """Take note of what the process said."""
        match event:
            case wire.Begun(id=id) if id in self._flights:
                self._flights[id].begun = True
            case driver.PartSent(id=id, part=part):
                self._flights[id] = _Flight(part + 1)
            case driver.Sent(id=id) | driver.SendFailed(id=id):
                self._flights.pop(id, None)

    def lost(self, why: str) -> list[driver.SendFailed]:
        """The process is gone: the end of every message, certain when the modem never saw it."""
        failed = [
            driver.SendFailed(message, flight.part, -1, why, retryable=True, certain=not flight.begun)
            for message, flight in self._flights.items()
        ]
        self._flights.clear()
        return failed
