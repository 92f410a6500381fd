"""People on the telephone: what several voices say, and what a line makes of it.

All sound is 8 kHz, 16 bit, mono. What a line does is decided by a seed, so a failure comes again.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from modem.speech.engine import Samples, Spoken
from modem.speech.espeak import PITCH, Espeak
from modem.speech.protocols import RATE
from modem.speech.telephone import for_telephone

FRAME_SAMPLES = 160
"""20 ms: what GSM codes, sends and loses at once."""

_HIGHEST = 32767.0
_LOST_FRAMES_KEPT = 2
_GSM_OCTETS = 33


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody with a voice: espeak-ng's `variant`, speaking `speed` times as fast as usual at a `pitch`."""

    name: str
    variant: str = ""
    speed: float = 1.0
    pitch: int = PITCH


SPEAKERS = (
    Speaker("woman", "f2"),
    Speaker("old woman", "f4", speed=0.75, pitch=35),
    Speaker("quick woman", "f5", speed=1.2),
    Speaker("man", "m5"),
    Speaker("old man", "m7", speed=0.75, pitch=35),
    Speaker("hoarse man", "klatt4"),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a line does: GSM coding or not, noise (dB below the voice), share of frames lost, level (dB)."""

    name: str
    gsm: bool = False
    noise_db: float | None = None
    lost: float = 0.0
    level_db: float = 0.0


CLEAR = Condition("clear")
CONDITIONS = (
    CLEAR,
    Condition("gsm", gsm=True),
    Condition("gsm, noise 20 dB", gsm=True, noise_db=20),
    Condition("gsm, noise 10 dB", gsm=True, noise_db=10),
    Condition("gsm, 3 % lost", gsm=True, lost=0.03),
    Condition("gsm, quiet", gsm=True, level_db=-20),
    Condition("gsm, loud", gsm=True, level_db=+12),
)


def say(words: str, language: str, speaker: Speaker = SPEAKERS[0]) -> bytes:
    """Give `words` as `speaker` says them into a telephone."""
    spoken = _espeak().speak(
        words, language, variant=speaker.variant, speed=speaker.speed, pitch=speaker.pitch
    )
    return for_telephone(spoken)


def english_programs() -> tuple[str, ...]:
    """Give which other English voices are installed: `flite`, `text2wave` (festival)."""
    return tuple(name for name in ("flite", "text2wave") if shutil.which(name))


def say_by(program: str, words: str) -> bytes:
    """Give English `words` as said by one of `english_programs`."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.wav"
        if program == "flite":
            _run("flite", "-voice", "slt", "-t", words, "-o", str(made))
        else:
            _run("text2wave", "-o", str(made), stdin=words.encode())
        with wave.open(str(made), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            return for_telephone(
                Spoken(samples.astype(np.float32) / np.float32(_HIGHEST), file.getframerate())
            )


def has_gsm() -> bool:
    """Say whether a GSM 06.10 codec is here (Debian: libgsm1)."""
    return ctypes.util.find_library("gsm") is not None


def on_the_line(sound: bytes, condition: Condition, seed: int = 0) -> bytes:
    """Give `sound` as it comes out at the other end; the line adds its noise in the pauses, too."""
    samples = _samples(sound)
    random = np.random.default_rng(seed)
    if condition.noise_db is not None:
        samples = samples + _noise(samples, condition.noise_db, random)
    samples = samples * np.float32(10 ** (condition.level_db / 20))
    out = _octets(samples)
    if condition.gsm:
        out = through_gsm(out)
    return _with_losses(out, condition.lost, random) if condition.lost else out


def through_gsm(sound: bytes) -> bytes:
    """Give `sound` coded and decoded by GSM 06.10, as long as it was."""
    library = ctypes.CDLL(ctypes.util.find_library("gsm"))
    library.gsm_create.restype = ctypes.c_void_p
    coder, decoder = (ctypes.c_void_p(library.gsm_create()) for _ in range(2))
    coded = ctypes.create_string_buffer(_GSM_OCTETS)
    decoded = ctypes.create_string_buffer(2 * FRAME_SAMPLES)
    out = bytearray()
    try:
        for frame in frames(sound):
            library.gsm_encode(coder, ctypes.create_string_buffer(frame, len(frame)), coded)
            library.gsm_decode(decoder, coded, decoded)
            out += decoded.raw
    finally:
        library.gsm_destroy(coder)
        library.gsm_destroy(decoder)
    return bytes(out[: len(sound)])


def silence(seconds: float) -> bytes:
    """Give so much silence."""
    return bytes(2 * round(seconds * RATE))


def frames(sound: bytes) -> list[bytes]:
    """Cut `sound` into frames of 20 ms, the last filled with silence."""
    octets = 2 * FRAME_SAMPLES
    return [sound[at : at + octets].ljust(octets, b"\0") for at in range(0, len(sound), octets)]


def level(sound: bytes) -> float:
    """Give the root mean square of `sound`, between 0 and 1."""
    return float(np.sqrt(np.mean(_samples(sound) ** 2)))


@functools.cache
def _espeak() -> Espeak:
    return Espeak()


def _noise(samples: Samples, below_db: float, random: np.random.Generator) -> Samples:
    """Noise as in a kitchen: pink, so that it lies where voices lie."""
    spoken = samples[np.abs(samples) > np.float32(0.02)]
    loudness = float(np.sqrt(np.mean(spoken**2))) if len(spoken) else 0.01
    spectrum = np.fft.rfft(random.normal(size=len(samples)))
    spectrum /= np.sqrt(np.arange(1, len(spectrum) + 1))
    noise = np.fft.irfft(spectrum, len(samples))
    made: Samples = (noise * (loudness * 10 ** (-below_db / 20) / np.sqrt(np.mean(noise**2)))).astype(
        np.float32
    )
    return made


def _with_losses(sound: bytes, share: float, random: np.random.Generator) -> bytes:
    """Lose frames, in runs of one to four; a telephone repeats the last one, twice at most, ever quieter."""
    out: list[bytes] = []
    losing, lost = 0, 0
    for frame in frames(sound):
        if not losing and random.random() < share / 2.5:
            losing = int(random.integers(1, 5))
        if not losing:
            out.append(frame)
            lost = 0
            continue
        losing, lost = losing - 1, lost + 1
        again = out[-1] if out and lost <= _LOST_FRAMES_KEPT else bytes(len(frame))
        out.append(_octets(_samples(again) * np.float32(0.5)))
    return b"".join(out)[: len(sound)]


def _samples(sound: bytes) -> Samples:
    return np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(_HIGHEST)


def _octets(samples: Samples) -> bytes:
    return np.round(np.clip(samples, -1, 1) * _HIGHEST).astype("<i2").tobytes()


def _run(*command: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout
