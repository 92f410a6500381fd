"""The process that understands speech: `python -m modem.speech.recogniser_process --fd N`.

A crash in C, a leak or a busy processor stays in here. Nothing else imports vosk.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from modem.errors import SpeechDown, WrongModel
from modem.speech import wire
from modem.speech.heard import join
from modem.speech.protocols import Heard
from modem.speech.serve import Gateway, resident_octets, run

if TYPE_CHECKING:
    from modem.speech.vosk_model import VoskModel

GROWTH_OCTETS = 400_000_000
"""How much more than after the last model was loaded the process may hold; 32 callers take 90 MB."""

_FORGOTTEN_SECONDS = 60.0
_PIECE_OCTETS = 3200


class Utterance:
    """One utterance on a thread of its own: its sound goes in, `tell` is given its result.

    Each piece of sound is computed within `turn`, so that utterances can take turns. `useless` is called when
    the model is of no use for such phrases at all.
    """

    def __init__(
        self,
        model: Future[VoskModel],
        phrases: list[str],
        turn: contextlib.AbstractContextManager[object],
        tell: Callable[[Heard, str], None],
        worked: Callable[[], None],
        useless: Callable[[], None],
    ) -> None:
        self._model = model
        self._phrases = phrases
        self._turn = turn
        self._tell = tell
        self._worked = worked
        self._useless = useless
        self._sound: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def give(self, sound: bytes | None) -> None:
        """Take more sound, or None for its end."""
        if sound is None:
            self._sound.put(None)
            return
        for at in range(0, len(sound), _PIECE_OCTETS):
            self._sound.put(sound[at : at + _PIECE_OCTETS])

    def cancel(self) -> None:
        """Stop after the piece that is being computed; nothing is told."""
        self._cancelled.set()
        self._sound.put(None)

    def _run(self) -> None:
        try:
            model = self._model.result()
            heard, why = self._listen(model), ""
        except WrongModel as error:
            heard, why = Heard(()), str(error)
            self._useless()
        except SpeechDown as error:
            heard, why = Heard(()), str(error)
        except Exception as error:
            # Its words are not told: they may quote what a resident said.
            heard, why = Heard(()), f"Recognising failed ({type(error).__name__})."
        if not self._cancelled.is_set():
            self._tell(heard, why)

    def _listen(self, model: VoskModel) -> Heard:
        from modem.speech.feeding import Feeder

        recogniser, feeder = model.recogniser(self._phrases), Feeder(model.rate)
        pieces = []
        over = False
        while not over and not self._cancelled.is_set():
            sound = self._next()
            over = sound is None
            ready = feeder.rest() if sound is None else feeder.feed(sound)
            with self._turn:
                # True when the model's own rules find that an utterance ended; ours may go on.
                if recogniser.AcceptWaveform(ready):
                    pieces.append(model.heard(recogniser.Result()))
            self._worked()
        with self._turn:
            pieces.append(model.heard(recogniser.FinalResult()))
        return join(pieces)

    def _next(self) -> bytes | None:
        # An utterance that was forgotten must not keep its thread for ever.
        with contextlib.suppress(queue.Empty):
            return self._sound.get(timeout=_FORGOTTEN_SECONDS)
        return None


class Recogniser:
    """The models and the utterances of one recogniser process."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._models: dict[str, Future[VoskModel]] = {}
        self._phrases: dict[int, list[str]] = {}
        self._utterances: dict[int, Utterance] = {}
        self._open_turn = threading.Lock()
        self._most = resident_octets() + GROWTH_OCTETS
        self._work = 0

    def take(self, message: object) -> None:
        """Do what the gateway says."""
        match message:
            case wire.Load():
                model = self._models[message.language] = Future()
                threading.Thread(target=self._load, args=(message, model), daemon=True).start()
            case wire.Begin(id=number, phrases=phrases, more=more):
                self._phrases.setdefault(number, []).extend(phrases)
                if not more:
                    self._begin(number, message.language)
            case wire.Sound(id=number, sound=sound):
                if utterance := self._utterances.get(number):
                    utterance.give(sound)
            case wire.End(id=number):
                if utterance := self._utterances.get(number):
                    utterance.give(None)
            case wire.Cancel(id=number):
                if utterance := self._utterances.pop(number, None):
                    utterance.cancel()
            case wire.Check():
                threading.Thread(target=self._check, args=(message,), daemon=True).start()

    def tick(self) -> None:
        """Show that the process lives, and end it when it holds too much memory."""
        loading = not all(model.done() for model in self._models.values())
        if not loading and resident_octets() > self._most:
            raise SpeechDown("The speech process held too much memory.")
        self._gateway.say(wire.Beat(self._work))

    def _load(self, load: wire.Load, model: Future[VoskModel]) -> None:
        why = ""
        try:
            loaded = _loaded(Path(load.path))
        except SpeechDown as error:
            why = str(error)
            model.set_exception(error)
        else:
            self._most = resident_octets() + GROWTH_OCTETS
            model.set_result(loaded)
        self._gateway.say(wire.Loaded(load.language, why))

    def _begin(self, number: int, language: str) -> None:
        phrases = self._phrases.pop(number)

        def tell(heard: Heard, why: str) -> None:
            self._utterances.pop(number, None)
            self._gateway.say(wire.Result(number, heard.alternatives, why))

        def useless() -> None:
            why = (
                f"The speech model for {language} knows none of the words callers say: it is of another "
                f"language. Get the right one: plainline models get {language}"
            )
            self._gateway.say(wire.Loaded(language, why))

        turn = contextlib.nullcontext() if phrases else self._open_turn
        model = self._models[language]
        self._utterances[number] = Utterance(model, phrases, turn, tell, self._worked, useless)

    def _worked(self) -> None:
        # A lost update between threads does no harm: the gateway looks only whether it changes.
        self._work += 1

    def _check(self, check: wire.Check) -> None:
        unknown = self._models[check.language].result().unknown(check.phrases)
        self._gateway.say(wire.Unknown(check.id, unknown))


def _loaded(path: Path) -> VoskModel:
    try:
        from modem.speech.vosk_model import VoskModel  # here, so that a missing package is told in words
    except ImportError as error:
        raise SpeechDown(f"Speech is not understood ({error}): install Plainline again.") from error
    return VoskModel(path)


def main(gateway: Gateway) -> None:
    """Serve until the gateway is gone."""
    recogniser = Recogniser(gateway)
    gateway.serve(recogniser.take, recogniser.tick)


if __name__ == "__main__":
    run(main)
