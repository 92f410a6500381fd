"""How the modem is: PIN, network, operator, signal.

Asked in AT: libgammu's own question takes nine commands and fails whole when a modem lacks one.
"""

from __future__ import annotations

import re
import time

from modem import driver, errors
from modem.filter import LineFilter

_SHORT, _LONG = 5.0, 30.0
_BUSY_SECONDS, _BUSY_PAUSE = 20.0, 0.5
_BUSY_CODES = frozenset({14, 314, 515})
_NO_SIM_CODES = frozenset({10, 13, 15, 310, 313, 315})
_NETWORKS = {
    0: driver.Network.SEARCHING,
    1: driver.Network.HOME,
    2: driver.Network.SEARCHING,
    3: driver.Network.DENIED,
    5: driver.Network.ROAMING,
}
_REGISTERED = (driver.Network.HOME, driver.Network.ROAMING)
_LOUDEST = 31


def patiently(line: LineFilter, command: str) -> list[str]:
    """As `line.command`, waiting for a SIM that is still busy after its PIN or after power came on."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return line.command(command, _LONG)
        except errors.Refused as error:
            if error.code not in _BUSY_CODES or time.monotonic() > until:
                raise
        line.listen(_BUSY_PAUSE)


def pin(line: LineFilter) -> driver.PinState:
    """What the SIM asks for."""
    try:
        answer = "".join(patiently(line, "AT+CPIN?"))
    except errors.Refused as error:
        if error.code in _NO_SIM_CODES:
            return driver.PinState.NO_SIM
        raise
    if "READY" in answer:
        return driver.PinState.READY
    if "PUK" in answer:
        return driver.PinState.PUK
    return driver.PinState.PIN if "PIN" in answer.partition(":")[2] else driver.PinState.NO_SIM


def network(line: LineFilter) -> driver.Network:
    """The registration."""
    known = driver.Network.UNKNOWN
    # A stick on a fourth-generation network may tell of it in the second way alone.
    for name in ("CREG", "CEREG"):
        state = _field(line, f"AT+{name}?", rf"\+{name} ?: *\d+ *, *(\d+)")
        known = _NETWORKS.get(int(state), known) if state else known
        if known in _REGISTERED:
            break
    return known


def operator(line: LineFilter) -> str:
    """The network's name, "" when there is none."""
    return _field(line, "AT+COPS?", r'\+COPS ?: *\d+,\d+,"([^"]*)"') or ""


def signal(line: LineFilter) -> int | None:
    """Signal strength in percent, None when unknown."""
    strength = int(_field(line, "AT+CSQ", r"\+CSQ ?: *(\d+)") or 99)
    return None if strength > _LOUDEST else round(strength * 100 / _LOUDEST)


def _field(line: LineFilter, command: str, pattern: str) -> str | None:
    """The first group of `pattern` in the answer to `command`, None when there is none."""
    try:
        answer = line.command(command, _SHORT)
    except errors.Refused:
        return None
    return next((match[1] for text in answer if (match := re.match(pattern, text))), None)
