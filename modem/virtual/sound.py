"""The sound of calls: who hears whom, frame by frame, at life's pace or in lock-step.

At the real pace the network is the clock: every 20 ms each end is given a frame and its own next one is
taken, silence where it has none. In lock-step there is no clock: a frame goes on as soon as it came, and
the modem's end answers each frame that it has listened to with one of its own, so that time passes as fast
as the phone lets it, and no frame is lost. A phone that nobody holds is silent, at the real pace.
"""

from __future__ import annotations

import asyncio
import json
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modem.audio.line import FRAME_BYTES, FRAME_SECONDS, SILENCE
from modem.audio.software import AHEAD_FRAMES, LOCK_STEP, REAL, sound_socket
from modem.virtual.faults import Fault, Faults, Kind
from modem.virtual.voice import Call, ModemVoice, Party

_MOST_UNSENT = 500 * FRAME_BYTES  # bytes for an end that does not read
_MOST_UNPLAYED = 6_000  # frames of an end that sends more than is due
_MOST_WAITING = AHEAD_FRAMES + 2  # frames at life's pace
_LATEST_ECHO = 100  # frames
FindParty = Callable[[dict[str, Any]], tuple[Party, Faults | None]]


@dataclass(slots=True, eq=False)
class SoundEnd:
    """One end's connection; `owed` are the frames it was given and has not answered yet."""

    party: Party
    faults: Faults | None
    writer: asyncio.StreamWriter
    lock_step: bool
    unplayed: deque[bytes] = field(default_factory=lambda: deque(maxlen=_MOST_UNPLAYED))
    letters: deque[bytes] = field(default_factory=lambda: deque(maxlen=_MOST_UNPLAYED))
    given: int = 0
    spoken: int = 0
    said: deque[bytes] = field(default_factory=lambda: deque(maxlen=_LATEST_ECHO))
    begun: bool = False
    owed: int = 0

    @property
    def paces(self) -> bool:
        """Whether it is a phone that lets time pass."""
        return self.lock_step and self.faults is None

    def give(self, frame: bytes) -> None:
        """Let this end hear a frame, unless a fault strikes it."""
        self.owed += 1
        self.given += 1
        for fault in self.faults.on_frame() if self.faults else ():
            if fault.kind is Kind.SOUND_LOST:
                self.close()
                return
            frame = _mixed(frame, self._echo(fault)) if fault.kind is Kind.ECHO else SILENCE
        if not self.writer.is_closing() and self.writer.transport.get_write_buffer_size() < _MOST_UNSENT:
            self.writer.write(frame)
            self.party.frames["heard"] += 1

    def _echo(self, fault: Fault) -> bytes:
        """What this end said so long ago, as it comes back."""
        # Counted from the begin: in lock-step several frames are on their way, now more of them, now less.
        at = self.given - 1 - round(fault.ms / 1000 / FRAME_SECONDS) - (self.spoken - len(self.said))
        if not 0 <= at < len(self.said):
            return SILENCE
        gain = 10 ** (-fault.size / 20)
        return array("h", (round(sample * gain) for sample in array("h", self.said[at]))).tobytes()

    def speak(self, frame: bytes) -> None:
        """Remember a frame that this end says."""
        self.said.append(frame)
        self.spoken += 1

    def settle(self, other: SoundEnd | None) -> None:
        """In lock-step, answer what this end still owes `other`, who is not to hear it any more."""
        if self.lock_step and other is not None:
            for _ in range(self.owed):
                other.give(SILENCE)
        self.owed = 0

    def play(self, frame: bytes) -> None:
        """Take a frame that this end says; at life's pace one that came too late is lost, not said later."""
        self.unplayed.append(frame)
        if not self.lock_step and len(self.unplayed) > _MOST_WAITING:
            self.unplayed.popleft()

    def next_frame(self) -> bytes:
        """Take the next frame that this end says; silence, and one more late, when there is none."""
        if self.unplayed:
            return self.unplayed.popleft()
        self.party.frames["late"] += self.begun
        return SILENCE

    def close(self) -> None:
        """Cut the connection."""
        self.writer.close()


def _mixed(one: bytes, other: bytes) -> bytes:
    both = zip(array("h", one), array("h", other), strict=True)
    return array("h", (max(-32_768, min(32_767, a + b)) for a, b in both)).tobytes()


class SoundServer:
    """The socket that lines and phones bring their sound to; `pace` is that of calls that begin."""

    def __init__(self, control: Path, find: FindParty) -> None:
        self.pace = REAL
        self._path = sound_socket(control)
        self._find = find
        self._server: asyncio.Server | None = None
        self._ends: dict[SoundEnd, asyncio.Task[None]] = {}
        self._ticking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen on the socket."""
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._connected, self._path)

    async def stop(self) -> None:
        """Cut every connection and let go of the socket."""
        if self._server:
            self._server.close()
        for end in self._ends:
            end.close()
        await asyncio.gather(*self._ends.values())
        if self._ticking:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        self._path.unlink(missing_ok=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        end: SoundEnd | None = None
        try:
            party, faults = self._find(json.loads(await reader.readline()))
            end = party.sound = SoundEnd(party, faults, writer, self.pace == LOCK_STEP)
            self._ends[end] = task  # type: ignore[assignment]
            writer.write(json.dumps({"pace": self.pace}).encode() + b"\n")
            self._catch_up(end)
            if self._ticking is None:
                self._ticking = asyncio.create_task(self._tick_on())
            while True:
                self._take(end, await reader.readexactly(FRAME_BYTES))
        except (OSError, EOFError, ValueError, LookupError, TypeError):
            pass  # gone, or refused: whoever is there sees the connection end
        finally:
            if end is not None:
                self._ends.pop(end, None)
                self._gone(end)
            writer.close()

    @staticmethod
    def _gone(end: SoundEnd) -> None:
        """In lock-step, answer what a line took along when it went."""
        if end.party.sound is end:
            end.party.sound = None
        call = end.party.call
        other = call.other(end.party).sound if call else None
        if end.lock_step and end.faults is not None and other is not None:
            for _ in range(end.owed):
                other.give(SILENCE)

    @staticmethod
    def _take(end: SoundEnd, frame: bytes) -> None:
        call = end.party.call
        if call is None:
            return
        end.begun = True
        if end.lock_step and end.faults is not None and end.owed <= 0:
            return  # an answer to what was settled before
        end.owed -= 1
        other = _partner(call, end.party)
        if end.paces and other is not None and other.paces:
            # Two phones that a modem has joined: each has its own time, so what one says waits for the other.
            other.letters.append(frame)
            end.give(end.letters.popleft() if end.letters else SILENCE)
        elif end.lock_step and call.since and other is not None:
            end.speak(frame)
            other.give(frame)
        elif end.paces and (call.sounded or call.held):
            end.give(SILENCE)  # on hold, or the line is gone: whoever holds the phone hears nothing
        else:
            end.play(frame)

    @staticmethod
    def _catch_up(end: SoundEnd) -> None:
        """In lock-step, give a line that came late what the phone has said already."""
        call = end.party.call
        other = call.other(end.party).sound if call else None
        if call and end.faults is not None:
            call.sounded = True
        while end.lock_step and other is not None and other.unplayed:
            frame = other.unplayed.popleft()
            if end.faults is not None:
                end.give(frame)

    async def _tick_on(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._ends:
            due += FRAME_SECONDS
            await asyncio.sleep(due - loop.time())
            for call in {end.party.call for end in self._ends if end.party.call}:
                self._tick(call)
        self._ticking = None

    @staticmethod
    def _tick(call: Call) -> None:
        ends = call.caller.sound, call.callee.sound
        if not call.since or any(end is not None and end.paces for end in ends):
            return
        for end in ends:
            if end is None or end.party.call is not call:
                continue  # a modem that holds this call, or has joined it, takes part in another one
            frame = end.next_frame()
            end.speak(frame)
            partner = _partner(call, end.party)
            if partner is None:
                end.give(SILENCE)
            else:
                partner.give(frame)


def _partner(call: Call, party: Party) -> SoundEnd | None:
    """Whom `party` hears and is heard by: joined callers hear each other, whoever is on hold hears nobody."""
    other = call.other(party)
    if call.held or (isinstance(party, ModemVoice) and party.joined):
        return None
    if isinstance(other, ModemVoice) and other.joined and other.call:
        third = other.call if call is other.joined else other.joined
        return third.other(other).sound
    return other.sound
