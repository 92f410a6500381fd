"""The machine under the gateway: clock, disk, the settings' rights, sticks and who else takes them."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateway.config import Config
from gateway.doctor.finding import Finding, bad, look, ok

# Nobody ran this before it was written, so an earlier year is a clock that was never set.
FIRST_YEAR = 2025
LAST_YEAR = 2100
LITTLE_ROOM = 1_000_000_000  # bytes
NO_ROOM = 100_000_000  # bytes
DEVICE_PATTERNS = ("serial/by-id/*", "ttyUSB*", "ttyACM*")


def clock(now: datetime, confirmed: bool) -> Finding:
    """Whether the time can be believed; `confirmed` by the internet or by the network's time on a text."""
    moment = f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if not FIRST_YEAR <= now.year <= LAST_YEAR:
        return bad(
            "clock",
            f"It says {moment}, which cannot be.",
            "Set it (sudo timedatectl set-time ...), or connect the box to the internet for a moment.",
        )
    if not confirmed:
        return look(
            "clock",
            f"It says {moment}, but nothing keeps it right: deadlines wait until a text's time confirms it.",
            "Let it be set over the internet (sudo timedatectl set-ntp true), or add a clock module.",
        )
    return ok("clock", f"It says {moment}, and that is confirmed.")


def disk(folder: Path) -> Finding:
    """Whether the data folder has room; `folder` need not exist yet."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    words = f"{free / 1e9:.1f} GB free for {folder}."
    if free < NO_ROOM:
        return bad(
            "disk", words, "Make room now: texts wait until there is some. Old backups are a good start."
        )
    if free < LITTLE_ROOM:
        return look("disk", words, "Make room soon: delete old backups, or sudo apt-get clean.")
    return ok("disk", words)


def data_folder(folder: Path) -> Finding | None:
    """Whether the data folder can be written to and is closed to others; None when all is well."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if os.access(there, os.W_OK | os.X_OK):
        if there != folder or not stat.S_IMODE(folder.stat().st_mode) & 0o077:
            return None
        return look(
            "data", f"{folder} holds what residents wrote and others may look in.", f"chmod 700 {folder}"
        )
    return bad(
        "data",
        f"{there} may not be written to by {_user()}.",
        f"Run the doctor as the gateway's user (sudo -u plainline), or: sudo chown {_user()} {there}",
    )


def settings(config: Config) -> Finding:
    """Whether a PIN in the settings can be read by everybody."""
    rights = stat.S_IMODE(config.path.stat().st_mode)
    if any(modem.pin for modem in config.modems) and rights & 0o077:
        return look(
            "settings",
            f"{config.path} holds a SIM PIN and others may read it.",
            f"chmod 600 {config.path}",
        )
    return ok("settings", f"{config.path} has no mistakes.")


def devices(dev: Path = Path("/dev")) -> list[Path]:
    """Give the serial devices that could be a stick, the lasting names first."""
    found = [place for pattern in DEVICE_PATTERNS for place in sorted(dev.glob(pattern))]
    lasting = {place.resolve() for place in found if place.parent.name == "by-id"}
    return [place for place in found if place.parent.name == "by-id" or place.resolve() not in lasting]


def device(name: str, path: Path, dev: Path = Path("/dev")) -> Finding | None:
    """Whether a modem's device is there and may be opened; None when it is and may."""
    about = f"modem {name}"
    if not path.exists():
        others = devices(dev)
        seen = "Seen here: " + ", ".join(map(str, others)) if others else "No stick is seen at all"
        return bad(
            about,
            f"{path} is not there. {seen}.",
            "Correct device in the settings, then restart."
            if others
            else "Plug the stick in, straight or through a powered hub, and look again.",
        )
    if not os.access(path, os.R_OK | os.W_OK):
        return bad(
            about,
            f"{path} may not be opened by {_user()}.",
            f"sudo adduser {_user()} dialout, then log in again (or restart the service).",
        )
    return None


def rivals(proc: Path = Path("/proc")) -> Finding | None:
    """Whether ModemManager runs, which talks to every stick it sees."""
    if "ModemManager" not in _processes(proc):
        return None
    return look(
        "sticks",
        "ModemManager is running and may talk to the stick at the same time.",
        "sudo systemctl disable --now ModemManager (or keep it off this stick, see docs/hardware.md).",
    )


def _processes(proc: Path) -> Iterator[str]:
    for comm in proc.glob("[0-9]*/comm"):
        try:
            yield comm.read_text().strip()
        except OSError:  # it ended while we looked
            continue


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
