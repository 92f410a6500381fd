"""A look at a modem while no gateway runs, in a process of its own because libgammu can hang."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from gateway.doctor.finding import Finding, bad
from gateway.doctor.sim import Pin, sim
from modem.driver import Network, PinState, Status
from modem.errors import ModemError

PATIENCE_SECONDS = 45.0
BAUD = 115_200


def probe(name: str, device: str, known: Pin = Pin.MISSING) -> list[Finding]:
    """Open the modem, ask how it is, let go. It enters no PIN, reads no text and deletes none."""
    about = f"modem {name}"
    remedy = "Pull the stick out, wait ten seconds, plug it in again. Still so? See docs/hardware.md."
    try:
        child = subprocess.run(  # noqa: S603 - ourselves, with a device from the settings
            [sys.executable, "-m", "gateway.doctor.probe", device],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [bad(about, f"The stick gave no answer for {PATIENCE_SECONDS:.0f} seconds.", remedy)]
    try:
        told = json.loads(child.stdout)
    except ValueError:
        return [bad(about, "The look at the stick broke off.", remedy)]
    if "error" in told:
        return [bad(about, told["error"], remedy)]
    told |= {"pin": PinState(told["pin"]), "network": Network(told["network"])}
    return sim(about, Status(**told), known)


def main(device: str) -> None:
    """Print the status of the modem at `device`, or the error, as JSON."""
    from modem.gammu_driver import GammuDriver

    told: dict[str, object]
    try:
        modem = GammuDriver(device, BAUD, lambda: None)
        try:
            told = asdict(modem.open())
        finally:
            modem.close()
    except ModemError as error:
        told = {"error": str(error)}
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
