"""The gateway's side of understanding speech: utterances, and a new process whenever one fails."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random as randomness
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modem.errors import SpeechDown
from modem.speech import wire
from modem.speech.process import SpeechProcess
from modem.speech.protocols import Heard
from modem.speech.utterance import Utterance

MOST_UTTERANCES = 32
"""How many utterances may be under way at once."""

MOST_OPEN = 4
"""How many of them may be in open vocabulary: one is computed, the others wait for it."""

SHORTEST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""A process that ran for so long has earned a short wait again."""

_MODULE = "modem.speech.recogniser_process"
_WATCH_SECONDS = 0.5
_STOPPING = "Speech is not understood any more: the gateway is stopping."
_LOADS_THAT_KILLED = 2
_NO_MODEL = (
    "No speech is understood: there is no model, so callers use keys. Whoever looks after the box brings one "
    "here, for English with: plainline models get en"
)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without progress after which the process counts as hung: computing, or loading a model."""

    computing: float = 15.0
    loading: float = 120.0


@dataclass(slots=True)
class _Load:
    """A model being loaded, or loaded, or `why` not."""

    since: float
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""


class SpeechRecogniser:
    """Understands speech with the `models` (folders by language); see `modem.speech.protocols.Recogniser`.

    The process is started when the first model is wanted, and again, later and later, when it fails.
    """

    def __init__(
        self,
        models: Mapping[str, Path],
        *,
        random: randomness.Random,
        patience: Patience | None = None,
    ) -> None:
        self._models = dict(models)
        self._random = random
        self._patience = patience or Patience()
        self._spoilt: dict[str, str] = {}
        self._killed: Counter[str] = Counter()
        self._loads: dict[str, _Load] = {}
        self._utterances: dict[int, Utterance] = {}
        self._checks: dict[int, asyncio.Future[tuple[str, ...]]] = {}
        self._ids = itertools.count(1)
        self._process: SpeechProcess | None = None
        self._running: asyncio.Task[None] | None = None
        self._down = ""
        self._stopping = asyncio.Event()
        self._wait = SHORTEST_WAIT_SECONDS
        self._work = -1
        self._progress = 0.0

    def languages(self) -> Sequence[str]:
        """Give the languages (BCP 47) whose model is here and usable."""
        return tuple(language for language in self._models if language not in self._spoilt)

    def explain(self) -> str:
        """Say in plain words whether speech is understood, and why not."""
        if self._down:
            return " ".join(self.troubles())
        if not self._models:
            return _NO_MODEL
        usable = ", ".join(self.languages())
        understood = f"Speech is understood in: {usable}." if usable else "No speech is understood."
        return " ".join([understood, *self._spoilt.values()])

    def troubles(self) -> Sequence[str]:
        """Give what is wrong beyond what is not installed: a process that is down, models that are no use."""
        now = f"Speech is not understood just now, so callers use keys. {self._down} It starts again."
        return [*([now] if self._down else []), *self._spoilt.values()]

    @property
    def pid(self) -> int | None:
        """The process's id, None while there is none."""
        return self._process.pid if self._process else None

    def listen(self, language: str, grammar: Sequence[str]) -> Utterance:
        """Begin an utterance; `grammar` are the phrases to expect, empty for open vocabulary.

        Sound may be fed at once, also while the model is being loaded. Open vocabulary costs ten times as
        much, so one is computed at a time. Raises `SpeechDown` when there is no model for the language, the
        process is down or too many are under way.
        """
        is_open = not grammar
        if len(self._utterances) >= MOST_UTTERANCES:
            raise SpeechDown("Too many callers speak at once: this one uses keys.")
        if is_open and sum(other.is_open for other in self._utterances.values()) >= MOST_OPEN:
            raise SpeechDown("Too many recordings wait to be written down: this one is kept as sound alone.")
        model = self._model_for(language)
        process = self._want(model)
        number = next(self._ids)
        utterance = self._utterances[number] = Utterance(self._post, number, is_open=is_open)
        *firsts, last = wire.phrase_pieces(grammar)
        for piece in firsts:
            process.post(wire.Begin(number, model, piece, more=True))
        process.post(wire.Begin(number, model, last))
        return utterance

    async def load(self, language: str) -> None:
        """Load the model of `language` now, so that no caller waits for it. Raises `SpeechDown`."""
        model = self._model_for(language)
        self._want(model)
        load = self._loads[model]
        await load.settled.wait()
        if load.why:
            raise SpeechDown(load.why)

    async def unknown_words(self, language: str, phrases: Sequence[str]) -> tuple[str, ...]:
        """Give the words of `phrases` that the model of `language` cannot hear. Raises `SpeechDown`."""
        await self.load(language)
        unknown: list[str] = []
        for piece in wire.phrase_pieces(phrases):
            number = next(self._ids)
            answer = self._checks[number] = asyncio.get_running_loop().create_future()
            self._post(wire.Check(number, self._model_for(language), piece))
            try:
                unknown += await answer
            finally:
                self._checks.pop(number, None)
        return tuple(dict.fromkeys(unknown))

    async def stop(self) -> None:
        """End the process for good; utterances under way have no result."""
        self._stopping.set()
        if self._process is not None:
            self._process.give_up(_STOPPING)
        if self._running is not None:
            await self._running
        self._down = _STOPPING

    def _model_for(self, language: str) -> str:
        """Name the model for `language`: its own, or one of the same language elsewhere."""
        base = language.lower().partition("-")[0]
        for name in (language.lower(), base, *self._models):
            if name in self._models and name.partition("-")[0] == base:
                return name
        raise SpeechDown(f"There is no speech model for {language}. Get one: plainline models get {language}")

    def _want(self, language: str) -> SpeechProcess:
        """Have the model `language` loaded, in a process that is up."""
        if why := self._spoilt.get(language) or self._down:
            raise SpeechDown(why)
        if self._process is None:
            self._process = SpeechProcess(_MODULE, self._take)
            self._running = asyncio.create_task(self._run(self._process), name="recogniser")
        if language not in self._loads:
            self._load(self._process, language)
        return self._process

    def _load(self, process: SpeechProcess, language: str) -> None:
        self._loads[language] = _Load(time.monotonic())
        process.post(wire.Load(language, str(self._models[language])))

    def _post(self, message: wire.Message) -> None:
        if isinstance(message, wire.Cancel):
            self._utterances.pop(message.id, None)
        if self._process is not None:
            self._process.post(message)

    async def _run(self, process: SpeechProcess) -> None:
        """Run processes, one after the other, until `stop`."""
        while True:
            began = time.monotonic()
            try:
                await process.start()
                why = await self._until_ended(process)
            except SpeechDown as error:
                why = str(error)
            self._land(why)
            await process.kill()
            if time.monotonic() - began > STEADY_SECONDS:
                self._wait = SHORTEST_WAIT_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._wait * self._random.uniform(0.5, 1.0))
                return
            self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)
            process = self._restarted()

    def _restarted(self) -> SpeechProcess:
        """Make a new process that loads what the last one had."""
        self._down = ""
        process = self._process = SpeechProcess(_MODULE, self._take)
        for language in [language for language in self._loads if language not in self._spoilt]:
            self._load(process, language)
        return process

    async def _until_ended(self, process: SpeechProcess) -> str:
        """Wait until the process ends or hangs, and say why."""
        self._progress = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(process.ended(), _WATCH_SECONDS)
            if self._is_hung():
                return "The speech process stopped answering."

    def _is_hung(self) -> bool:
        now = time.monotonic()
        loading = [load.since for load in self._loads.values() if not load.settled.is_set()]
        asked = [each.asked for each in self._utterances.values() if each.asked]
        oldest, most = (loading, self._patience.loading) if loading else (asked, self._patience.computing)
        return bool(oldest) and now - max(min(oldest), self._progress) > most

    def _suspect(self) -> None:
        """Hold a death against the models being loaded; one that kills twice is not tried again."""
        for language, load in self._loads.items():
            if not load.settled.is_set():
                self._killed[language] += 1
                if self._killed[language] >= _LOADS_THAT_KILLED:
                    self._spoilt[language] = (
                        f"The speech model for {language} cannot be loaded. "
                        f"Get it again with: plainline models get {language}"
                    )

    def _land(self, why: str) -> None:
        """Tell everything that was under way that the process is gone."""
        if not self._stopping.is_set():
            self._suspect()
        self._process, self._down = None, why
        for utterance in self._utterances.values():
            utterance.settle(Heard(()), why)
        self._utterances.clear()
        for answer in self._checks.values():
            if not answer.done():
                answer.set_exception(SpeechDown(why))
        for load in self._loads.values():
            load.why = why
            load.settled.set()

    def _take(self, message: Any) -> None:
        """Take what the process says."""
        match message:
            case wire.Beat(work=work):
                if work == self._work:
                    return
                self._work = work
            case wire.Loaded(language=language, why=why):
                if why:
                    self._spoilt[language] = why
                del self._killed[language]
                self._loads[language].why = why
                self._loads[language].settled.set()
            case wire.Result(id=number, alternatives=alternatives, why=why):
                if utterance := self._utterances.pop(number, None):
                    utterance.settle(Heard(alternatives), why)
            case wire.Unknown(id=number, words=words):
                if (answer := self._checks.get(number)) and not answer.done():
                    answer.set_result(words)
        self._progress = time.monotonic()
