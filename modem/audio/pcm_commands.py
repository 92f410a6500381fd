"""What a make of modem must be told before the sound of a call flows, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PcmCommands:
    """AT commands: `start` once the call is up, `stop` before the line is closed."""

    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()


NONE = PcmCommands()
"""An analogue modem wired to a sound card, or one whose own sound card always runs."""

HUAWEI = PcmCommands(start=("AT^DDSETEX=2",))
"""Sound over the second serial port; it stops with the call."""

QUECTEL_SERIAL = PcmCommands(start=("AT+QPCMV=1,0",), stop=("AT+QPCMV=0",))
"""Sound over the NMEA serial port."""

QUECTEL_SOUND_CARD = PcmCommands(start=("AT+QPCMV=1,2",), stop=("AT+QPCMV=0",))
"""Sound over the modem's own USB sound card."""

SIMCOM = PcmCommands(start=("AT+CPCMREG=1",), stop=("AT+CPCMREG=0",))
"""SIM7600: sound over its audio serial port."""
