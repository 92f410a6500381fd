"""What callers say to open questions and to nobody: kept encrypted, with what it was taken for beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from flows.value import Json
from gateway.ears import Recorded
from gateway.exchange import Exchange
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.people import resident_by_id
from gateway.store.recordings import keep_recording
from modem.audio import wav
from modem.audio.line import RATE


@dataclass(frozen=True, slots=True)
class CallRecordings:
    """Keeps what is recorded on one call with a resident."""

    exchange: Exchange
    call_id: int
    resident_id: int

    async def keep(self, kind: str, recorded: Recorded, flow: str = "", step: str = "") -> None:
        """Keep what was said: the file first, so that the database never names one that is not there.

        `kind` is answer, message or voicemail; of a voicemail the people on duty are told.
        """
        ex = self.exchange
        file = await asyncio.to_thread(ex.recordings.write, wav.packed(recorded.sound))
        await ex.store.write(self._record, recorded, kind, flow, step, file, ex.clock.now())
        ex.queued()

    def _record(
        self, tx: Tx, recorded: Recorded, kind: str, flow: str, step: str, file: str, now: datetime
    ) -> None:
        recording_id = keep_recording(
            tx,
            call_id=self.call_id,
            resident_id=self.resident_id,
            kind=kind,
            flow=flow,
            step=step,
            file=file,
            seconds=len(recorded.sound) / 2 / RATE,
            transcript=recorded.answer.alternatives[0] if recorded.answer.alternatives else "",
            now=now,
            keep=self.exchange.terms.of_recordings()[kind],
        )
        data: dict[str, Json] = {"call": self.call_id, "kind": kind}
        write_event(tx, "recording.kept", f"recording:{recording_id}", data, now)
        if kind == "voicemail":
            resident = resident_by_id(tx, self.resident_id)
            self.exchange.turns.notices(tx, now).tell_duty("duty_voicemail", resident)
