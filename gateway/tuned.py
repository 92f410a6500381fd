"""What `plainline doctor --audio` measured of a modem's sound, kept in the data folder.

Where it found that we do not hear ourselves, callers may interrupt by voice; elsewhere by keys alone.
"""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.config_calls import Audio
from modem.audio.line import Line
from modem.errors import SpeechDown

if TYPE_CHECKING:
    from modem.audio.barge_in import BargeIn

log = logging.getLogger(__name__)

FILE = "audio.json"
"""In the data folder; deleting it leaves interrupting to keys again."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The echo of a modem's calls, with the sound card or port it was measured on.

    It comes `delay_s` after we speak and is `echo_db` quieter; both None where there is none.
    """

    place: str
    delay_s: float | None
    echo_db: float | None


def place_of(audio: Audio | None) -> str:
    """Name the card or port that a measurement holds for."""
    return "" if audio is None else f"{audio.kind}:{audio.place}"


def tuned(data: Path, modem: str, audio: Audio | None) -> Tuned | None:
    """Give what was measured of a modem's sound as it is set now; None when nothing was."""
    found = _read(data).get(modem)
    with contextlib.suppress(TypeError):
        measured = Tuned(**found) if isinstance(found, dict) else None
        return measured if measured is not None and measured.place == place_of(audio) else None
    return None


def keep_tuned(data: Path, modem: str, measured: Tuned | None) -> Path:
    """Keep what was measured, or forget it, and give the file. Raises OSError."""
    kept = {name: found for name, found in _read(data).items() if name != modem}
    if measured is not None:
        kept[modem] = asdict(measured)
    path = data / FILE
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)
    return path


def overhearing(line: Line, measured: Tuned | None) -> tuple[Line, BargeIn | None]:
    """Give a line on which a caller is heard over us, and what hears them; None where keys have to do."""
    if measured is None:
        return line, None
    try:
        from modem.audio.barge_in import BargeIn  # all of numpy, which only calls need
        from modem.audio.echo import EchoCancelled

        barge_in = BargeIn()
        if measured.delay_s is None or measured.echo_db is None:
            return line, barge_in
        return EchoCancelled(line, measured.delay_s, measured.echo_db), barge_in
    except SpeechDown as error:
        log.warning("callers interrupt by keys alone: %s", error)
        return line, None


def _read(data: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((data / FILE).read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}
