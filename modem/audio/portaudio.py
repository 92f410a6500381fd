"""PortAudio, started when first wanted, and started again to see sound cards that came since."""

from __future__ import annotations

import threading
from typing import Any

from modem.errors import LineLost

_lock = threading.Lock()
_open_streams = 0


def library() -> Any:
    """The `sounddevice` module. Raises LineLost where it or PortAudio is not installed."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise LineLost(
            f"There is no sound on this machine ({error}): texts work, calls do not; "
            "install PortAudio (Debian: libportaudio2)"
        ) from error
    return sounddevice


def reserve(name: str, *, afresh: bool = False) -> tuple[int, int]:
    """The numbers of the first devices with `name` in their names, to hear and to play; `let_go` ends it.

    PortAudio lists the devices once, when it starts; it is started again when the device is not in the list,
    or is not any more what the list says (`afresh`), unless another line is open, for whom that would be
    the end. Raises LineLost.
    """
    global _open_streams
    with _lock:
        found = None if afresh else _listed(name)
        if found is None and _open_streams:
            raise LineLost(f"The sound device {name!r} is not there: it is looked for when no call is on")
        if found is None:
            # There is no public way to do it; these two are what the module does at import and exit.
            library()._terminate()
            library()._initialize()
            found = _listed(name)
        if found is None:
            names = ", ".join(devices()) or "none"
            raise LineLost(f"The sound device {name!r} is not there: plug it in; there are: {names}")
        _open_streams += 1
        return found


def devices() -> list[str]:
    """The names of the sound devices that PortAudio saw when it started. Raises LineLost."""
    return [device["name"] for device in library().query_devices()]


def let_go() -> None:
    """A stream on reserved devices has been closed."""
    global _open_streams
    with _lock:
        _open_streams -= 1


def _listed(name: str) -> tuple[int, int] | None:
    found: dict[str, int] = {}
    for number, device in enumerate(library().query_devices()):
        if name.casefold() in device["name"].casefold():
            for kind in ("input", "output"):
                if device[f"max_{kind}_channels"]:
                    found.setdefault(kind, number)
    return (found["input"], found["output"]) if len(found) == 2 else None
