"""What a caller does, from the sound of the line: keys pressed, words spoken, nothing at all.

Frames are the clock here: a line that runs faster than life is listened to as fast.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from math import inf

from flows.conversation import RECORDED, Heard, Keyed, Silence
from flows.listening import Expectation
from modem.audio.barge_in import BargeIn
from modem.audio.echo import EchoCancelled
from modem.audio.endpoint import Endpointer, Event
from modem.audio.keypad import Keypad
from modem.audio.keys import KeyDetector
from modem.audio.line import FRAME_SECONDS, Line
from modem.errors import SpeechDown
from modem.speech.protocols import Listening, Recogniser

LONGEST_UTTERANCE_SECONDS = 20.0
LONGEST_RECORDING_SECONDS = 120.0
# Whoever picks up says "hello" and waits; a machine's greeting goes on.
GREETING_PAUSE_MS = 700
LONGEST_GREETING_SECONDS = 3.0
# Whoever was told to end with # presses it, although the last digit was end enough. After a key that is an
# answer by itself, or a pause, only the habit of a moment does, and a later # asks for more.
LATE_HASH_FRAMES = 150
HABITUAL_HASH_FRAMES = 50
GREETING_PATIENCE_SECONDS = 2.5

Answer = Heard | Keyed | Silence


@dataclass(slots=True)
class Recorded:
    """What was said to a question that is recorded: the sound, and what it was taken for."""

    sound: bytes
    answer: Heard


@dataclass(slots=True)
class Ears:
    """The ears of one call. `run` reads the line for as long as the call lasts.

    `barge_in` hears a caller who speaks over us, None where that is left to keys. `unfinished` is what was
    being recorded when listening was broken off: the caller hung up.
    """

    line: Line
    recogniser: Recogniser | None
    barge_in: BargeIn | None = None
    unfinished: bytes = b""
    _detector: KeyDetector = field(default_factory=KeyDetector)
    _keys: deque[str] = field(default_factory=deque)
    _frames: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    _listening: bool = False
    _overhearing: bool = False
    _begun: list[bytes] = field(default_factory=list)
    _count: int = 0
    _hash_until: int = 0
    _keypad: Keypad = field(init=False)
    _interrupted: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Count a key that is heard and reported once, by the clock of the frames."""
        self._keypad = Keypad(lambda: self._count * FRAME_SECONDS)

    async def run(self) -> None:
        """Hear the line until it is lost: raises LineLost."""
        while True:
            frame = await self.line.hear()
            self._count += 1
            for key in self._detector.feed(frame):
                if self._keypad.heard(key):
                    self._take(key)
            if self._listening:
                self._frames.put_nowait(frame)
            elif self._begun:
                self._begun.append(frame)
            elif self._overhearing:
                self._overhear(frame)

    def _overhear(self, frame: bytes) -> None:
        """Take a frame that was heard while we speak."""
        echo_dbfs = self.line.echo_dbfs if isinstance(self.line, EchoCancelled) else -inf
        if self.barge_in is not None and self.barge_in.feed(frame, echo_dbfs):
            self._begun += self.barge_in.heard
            self._interrupted.set()

    def reported(self, key: str) -> None:
        """Take a key the modem reports; one that was heard in the sound too counts once."""
        if self._keypad.reported(key):
            self._take(key)

    def complete(self, hash_frames: int) -> None:
        """Say that an entry is complete: a # within so many frames belongs to it alone."""
        if self._keys and self._keys[0] == "#":
            self._keys.popleft()
        else:
            self._hash_until = self._count + hash_frames

    def _take(self, key: str) -> None:
        late = key == "#" and self._count < self._hash_until
        self._hash_until = 0
        if late:
            return
        self._keys.append(key)
        self._interrupted.set()
        if self._listening:
            self._frames.put_nowait(None)

    @property
    def spoken_over(self) -> bool:
        """Whether the caller speaks over us, and has not been listened to yet."""
        return bool(self._begun)

    async def interrupted(self, *, by_voice: bool) -> None:
        """Wait until a key was pressed and not yet taken or, where `by_voice`, the caller speaks over us."""
        self._begun.clear()
        self._overhearing = by_voice and self.barge_in is not None
        if self.barge_in is not None:
            self.barge_in.forget()
        try:
            while not self._keys and not self._begun:
                self._interrupted.clear()
                await self._interrupted.wait()
        finally:
            self._overhearing = False

    def listen_back(self) -> None:
        """Count what somebody says who begins just as we end: most answers that are cut off begin so."""
        if self.barge_in is not None and not self._begun and self.barge_in.may_have_begun:
            self._begun += self.barge_in.heard

    async def listen(self, expected: Expectation) -> Answer | Recorded:
        """Wait for the answer to a question, which may have begun while we spoke, as long as it may take."""
        self._listening = True
        while self._begun:
            self._frames.put_nowait(self._begun.pop(0))
        try:
            return await _Question(self, expected).answer()
        finally:
            self._listening = False
            self._frames = asyncio.Queue()

    async def greeted_by_person(self) -> bool:
        """Tell a person, who says a word and waits, from a machine, which goes on and on."""
        self._listening = True
        try:
            endpointer = Endpointer(
                GREETING_PAUSE_MS, longest_s=LONGEST_GREETING_SECONDS, patience_s=GREETING_PATIENCE_SECONDS
            )
            while True:
                frame = await self._frames.get()
                if frame is None:
                    return True
                event = endpointer.feed(frame)
                if event in (Event.ENDED, Event.NOBODY_SPOKE):
                    return True
                if event is Event.TOO_LONG:
                    return False
        except SpeechDown:
            return True
        finally:
            self._listening = False
            self._frames = asyncio.Queue()

    def next_key(self) -> str:
        """Give the next key that was pressed, '' when there is none."""
        return self._keys.popleft() if self._keys else ""

    async def next_frame(self) -> bytes | None:
        """Give the next frame of the line; None when a key was pressed instead."""
        return await self._frames.get()


class _Question:
    """One question that waits for its answer, by key or by voice."""

    def __init__(self, ears: Ears, expected: Expectation) -> None:
        self._ears = ears
        self._expected = expected
        self._entry = ""
        self._idle = 0.0  # seconds since anything happened
        self._sound: list[bytes] = []
        self._words: Listening | None = None
        self._endpointer = self._make_endpointer()

    async def answer(self) -> Answer | Recorded:
        try:
            while True:
                found = await self._take_keys()
                if found is None and (frame := await self._ears.next_frame()) is not None:
                    found = await self._take_frame(frame)
                if found is not None:
                    return found
        except asyncio.CancelledError:
            self._ears.unfinished = b"".join(self._sound)
            raise
        finally:
            if self._words is not None:
                self._words.cancel()

    def _make_endpointer(self) -> Endpointer | None:
        if self._expected.keys_only:
            return None
        longest = LONGEST_RECORDING_SECONDS if self._expected.record else LONGEST_UTTERANCE_SECONDS
        patience = self._expected.patience_ms / 1000
        with contextlib.suppress(SpeechDown):  # then keys do everything
            return Endpointer(self._expected.silence_ms, longest_s=longest, patience_s=patience)
        return None

    async def _take_keys(self) -> Answer | Recorded | None:
        keypad = self._expected.keypad
        while key := self._ears.next_key():
            self._idle = 0.0
            if key == "#":
                return await self._ended() if self._sound else Keyed(self._entry)
            at_once = not self._entry and (key in keypad.at_once or keypad.longest == 0)
            self._entry += key
            if at_once or len(self._entry) >= keypad.longest:
                return self._complete(HABITUAL_HASH_FRAMES if at_once else LATE_HASH_FRAMES)
        return None

    def _complete(self, hash_frames: int) -> Keyed:
        self._ears.complete(hash_frames)
        return Keyed(self._entry)

    async def _take_frame(self, frame: bytes) -> Answer | Recorded | None:
        self._idle += FRAME_SECONDS
        if self._entry:
            paused = self._idle * 1000 >= self._expected.keypad.pause_ms
            return self._complete(HABITUAL_HASH_FRAMES) if paused else None
        if self._endpointer is None:
            return Silence() if self._idle * 1000 >= self._expected.patience_ms else None
        event = self._endpointer.feed(frame)
        if event is Event.BEGAN:
            self._begin(self._endpointer.preroll)
        elif self._endpointer.speaking or event in (Event.ENDED, Event.TOO_LONG):
            self._feed(frame)
        if event is Event.NOBODY_SPOKE:
            return Silence()
        if event in (Event.ENDED, Event.TOO_LONG):
            return await self._ended()
        return None

    def _begin(self, preroll: bytes) -> None:
        if self._ears.recogniser is not None:
            phrases = () if self._expected.open else self._expected.phrases
            with contextlib.suppress(SpeechDown):
                self._words = self._ears.recogniser.listen(self._expected.language, phrases)
        self._feed(preroll)

    def _feed(self, sound: bytes) -> None:
        if self._expected.record:
            self._sound.append(sound)
        if self._words is not None:
            self._words.feed(sound)

    async def _ended(self) -> Answer | Recorded:
        heard = Heard(await self._understood())
        if self._expected.record:
            return Recorded(b"".join(self._sound), heard if heard.alternatives else Heard((RECORDED,)))
        return heard

    async def _understood(self) -> tuple[str, ...]:
        words, self._words = self._words, None
        if words is None:
            return ()
        try:
            return (await words.result()).alternatives
        except SpeechDown:
            return ()
