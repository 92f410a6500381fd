"""espeak-ng through ctypes: a hundred languages in little room, understood with some effort."""

from __future__ import annotations

import ctypes
import functools

import espeakng_loader
import numpy as np

from modem.errors import SpeechDown
from modem.speech.engine import SLOW, Spoken

# Names and values of espeak-ng's speak_lib.h.
_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_CHARACTERS_UTF8 = 1
_POSITION_CHARACTER = 1
_RATE, _PITCH = 1, 3
_OK = 0

WORDS_A_MINUTE = 150
PITCH = 50

_OTHER_NAMES = {"zh": "cmn", "no": "nb", "tl": "fil", "iw": "he"}

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Espeak:
    """The espeak-ng library, of which a process has one. Raises `SpeechDown` where it does not load."""

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise SpeechDown("espeak-ng cannot be loaded: install espeakng-loader again.") from error
        data = espeakng_loader.get_data_path().encode()
        self._rate = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT))
        if self._rate <= 0:
            raise SpeechDown("espeak-ng does not find its voices: install espeakng-loader again.")
        self._made = bytearray()
        # Kept, because the library calls it for as long as it lives.
        self._callback = _Callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(
        self,
        words: str,
        language: str,
        *,
        slow: bool = False,
        variant: str = "",
        speed: float = 1.0,
        pitch: int = PITCH,
    ) -> Spoken:
        """Speak `words`; see `modem.speech.engine.Engine`.

        `variant` is one of espeak-ng's own ("f2", "m3"), `pitch` goes from 0 to 99.
        """
        self._choose(language, variant)
        rate = round(WORDS_A_MINUTE * speed * (SLOW if slow else 1))
        self._library.espeak_SetParameter(_RATE, rate, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        self._made.clear()
        text = words.encode()
        error = self._library.espeak_Synth(
            text, ctypes.c_size_t(len(text) + 1), 0, _POSITION_CHARACTER, 0, _CHARACTERS_UTF8, None, None
        )
        if error != _OK:
            raise SpeechDown(f"espeak-ng failed with error {error}.")
        samples = np.frombuffer(bytes(self._made), "<i2").astype(np.float32)
        return Spoken(samples / np.float32(32768), self._rate)

    def _choose(self, language: str, variant: str) -> None:
        for name in _names(language):
            full = f"{name}+{variant}" if variant else name
            if self._library.espeak_SetVoiceByName(full.encode()) == _OK:
                return
        raise SpeechDown(f"espeak-ng has no voice for {language}.")

    def _collect(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _: int | None) -> int:
        if count > 0 and samples:
            self._made += ctypes.string_at(samples, count * 2)
        return 0


@functools.cache
def _names(language: str) -> tuple[str, ...]:
    """What espeak-ng may call a BCP 47 language: with its region first, then without."""
    whole = language.lower()
    base = whole.partition("-")[0]
    return tuple(dict.fromkeys((whole, base, _OTHER_NAMES.get(base, base))))
