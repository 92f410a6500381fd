"""Texts to people whose turn it is not: the duty coordinators, a driver, somebody on standby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten

from flows import render
from flows.conversation import Prompt
from flows.gsm7 import parts
from flows.library import Library
from flows.value import text
from gateway.community import Community
from gateway.ring_up import tell_by_call, words_for_call
from gateway.store import people
from gateway.store.calls import reads_no_texts
from gateway.store.database import Tx
from gateway.store.outbound import Lane, queue_text
from gateway.store.people import Resident

# Characters of a resident's own words in a notice: enough to judge by, within two parts.
WORDS_TOLD = 160


@dataclass(frozen=True, slots=True)
class Notices:
    """Queues notices in an open transaction, each in the language of whoever gets it.

    With `rings`, whoever reads no texts is rung instead, urgent matters excepted.
    """

    tx: Tx
    library: Library
    community: Community
    now: datetime
    cheap: bool = False
    rings: bool = False

    def tell(self, number: str, *prompts: Prompt, ref: str = "", lane: Lane = Lane.NOTICE) -> None:
        """Queue one notice to `number` (E.164); somebody who said STOP hears nothing.

        With `ref` it is a confirmation: should its end stay unknown it is said once more, with the
        reference its prompts speak of.
        """
        reader = people.meet(self.tx, number, self.now)
        if reader.stopped:
            return
        language = reader.language or self.community.language
        if self.rings and lane is not Lane.URGENT and reads_no_texts(self.tx, reader.id):
            words = words_for_call(self.library, prompts, language, self.community.zone)
            tell_by_call(self.tx, reader.id, words, self.now)
            return
        texts = render.render(self.library, prompts, language, self.community.zone, cheap=self.cheap)
        said = next((str(p.values["ref"].data) for p in prompts if "ref" in p.values), ref)
        for body in texts:
            queue_text(
                self.tx,
                number=number,
                body=body,
                parts=parts(body),
                kind="confirmation" if ref else "statement",
                lane=lane,
                now=self.now,
                resident_id=reader.id,
                ref=said,
            )

    def tell_duty(self, key: str, resident: Resident, words: str = "", *, lane: Lane = Lane.NOTICE) -> None:
        """Tell every coordinator on duty about `resident` and their `words`, with the common phrase `key`."""
        who = f"{resident.name} {resident.number}".strip()
        values = {"who": text(who), "words": text(shorten(words, WORDS_TOLD, placeholder="…"))}
        for coordinator in people.coordinators_on_duty(self.tx):
            if coordinator.id != resident.id:
                self.tell(coordinator.number, Prompt("common", key, values=values), lane=lane)
