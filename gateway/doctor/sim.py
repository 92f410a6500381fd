"""What a modem's status means: PIN, network, signal, room on the SIM."""

from __future__ import annotations

from enum import StrEnum

from gateway.doctor.finding import Finding, bad, look, ok
from modem.driver import Network, PinState, Status

WEAK_SIGNAL = 25  # percent
FULL_SIM = 0.8


class Pin(StrEnum):
    """What the settings hold for a SIM that asks for its PIN."""

    MISSING = "missing"
    UNTRIED = "untried"
    REFUSED = "refused"


def sim(about: str, status: Status, known: Pin = Pin.MISSING) -> list[Finding]:
    """Give the findings about one modem that answers, whose PIN is `known` to the settings."""
    pin = _pin(about, status, known)
    return [pin] if status.pin != PinState.READY else [pin, *_network(about, status), *_room(about, status)]


def _pin(about: str, status: Status, known: Pin) -> Finding:
    match status.pin:
        case PinState.READY:
            return ok(about, f"The stick{_model(status)} answers and its SIM is unlocked.")
        case PinState.PIN if known == Pin.UNTRIED:
            return ok(about, "The SIM asks for its PIN; the gateway enters it, once, when it starts.")
        case PinState.PIN if known == Pin.REFUSED:
            return bad(
                about,
                "The SIM has refused the PIN in the settings, so it is not tried again.",
                "Correct pin in the settings. Three wrong ones block the SIM, so look at its card first.",
            )
        case PinState.PIN:
            return bad(
                about,
                "The SIM asks for its PIN.",
                'Write it into the settings ([[modem]] pin = "1234"), or switch the PIN off in a phone.',
            )
        case PinState.PUK:
            return bad(
                about,
                "The SIM is blocked: the PIN was wrong three times.",
                "Put the SIM into a phone and enter the PUK from its card. Plainline never enters a PUK.",
            )
        case PinState.NO_SIM:
            return bad(
                about, "There is no SIM in the stick.", "Push the SIM in until it clicks, then plug in again."
            )


def _network(about: str, status: Status) -> list[Finding]:
    where = f" of {status.operator}" if status.operator else ""
    match status.network:
        case Network.HOME:
            found = ok(about, f"On the home network{where}.")
        case Network.ROAMING:
            found = look(
                about,
                f"Roaming on the network{where}: each text may cost more.",
                "Ask the operator what a text costs.",
            )
        case Network.DENIED:
            found = bad(
                about,
                "The network refuses this SIM.",
                "Is it active, and does it have credit? Try it in a phone; ask the operator.",
            )
        case Network.SEARCHING | Network.UNKNOWN:
            found = bad(
                about,
                "The stick finds no network.",
                "Move it to a window. Does the operator still run what the stick speaks (2G, 3G)?",
            )
    return [found, *_signal(about, status)]


def _signal(about: str, status: Status) -> list[Finding]:
    if status.signal is None:
        return []
    if status.signal < WEAK_SIGNAL:
        return [
            look(
                about,
                f"Weak signal: {status.signal}%.",
                "Move the stick to a window, on a USB cable of a metre or two.",
            )
        ]
    return [ok(about, f"Signal {status.signal}%.")]


def _room(about: str, status: Status) -> list[Finding]:
    if not status.sim_size:
        return []
    free = status.sim_size - status.sim_used
    words = f"Room for {free} of {status.sim_size} texts on the SIM."
    if status.sim_used >= FULL_SIM * status.sim_size:
        return [
            look(about, words, "The gateway empties it as it runs: start it. If it is running, see its log.")
        ]
    return [ok(about, words)]


def _model(status: Status) -> str:
    return f" ({status.model})" if status.model else ""
