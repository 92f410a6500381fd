"""From the modem's inbox to the turn: kept, answered, and only then deleted from the SIM."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows.conversation import TextIn, Turn
from flows.value import Json
from gateway import policy
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.policy import Verdict
from gateway.store import people
from gateway.store.database import Store, Tx
from gateway.store.events import write_event
from gateway.store.inbound import (
    Inbound,
    heard_from,
    record_broken,
    record_part,
    set_inbound_state,
)
from gateway.store.outbound import recent_to
from gateway.store.people import Resident
from gateway.store.threads import touch_thread
from gateway.turns import Turns
from modem.driver import BrokenPart, Inbox, Part

log = logging.getLogger(__name__)

NOT_UNDERSTOOD = frozenset({"conversation.unclear", "text.unknown"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What one inbox came to: places now safe to delete, and how many texts had their turn."""

    places: tuple[str, ...]
    texts: int


@dataclass(slots=True)
class Intake:
    """Takes texts in. `countries` and `own` are as in `policy.judge`."""

    store: Store
    turns: Turns
    clock: Clock
    countries: tuple[str, ...]
    own: tuple[str, ...]
    _openings: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        commons = self.turns.library.common.values()
        self._openings = policy.openings(
            phrase.sms for common in commons for phrase in common.phrases.values()
        )

    async def take(self, link: str, imsi: str, inbox: Inbox) -> Taken:
        """Keep and answer what an inbox holds, in one transaction; raises StoreError, and then nothing was.

        Whatever its places held is on our disk when this returns.
        """
        moments = [self.clock.moment_of(part.smsc_time) for part in inbox.parts]
        try:
            return await self.store.write(self._take, link, imsi, inbox, moments, self.clock.now())
        except StoreError:
            raise
        except Exception:
            log.exception("an inbox was not taken in whole", extra={"link": link})
            return await self._take_singly(link, imsi, inbox, moments)

    def _take(
        self, tx: Tx, link: str, imsi: str, inbox: Inbox, moments: Sequence[datetime], now: datetime
    ) -> Taken:
        for broken in inbox.broken:
            self._keep_broken(tx, link, imsi, broken, now)
        texts = sum(
            self._take_part(tx, link, imsi, part, moment, now)
            for part, moment in zip(inbox.parts, moments, strict=True)
        )
        places = (*(part.place for part in inbox.parts), *(broken.place for broken in inbox.broken))
        return Taken(places, texts)

    async def _take_singly(self, link: str, imsi: str, inbox: Inbox, moments: Sequence[datetime]) -> Taken:
        """Take every part by itself, so that one that cannot be dealt with is kept raw and stops no other."""
        taken = [
            await self.store.write(self._take, link, imsi, Inbox((), inbox.broken), (), self.clock.now())
        ]
        for part, moment in zip(inbox.parts, moments, strict=True):
            one = Inbox((part,))
            try:
                taken.append(await self.store.write(self._take, link, imsi, one, (moment,), self.clock.now()))
            except StoreError:
                raise
            except Exception as error:
                log.exception("a part is kept raw", extra={"link": link})
                fault = BrokenPart(part.place, part.raw, f"it could not be taken in ({type(error).__name__})")
                one = Inbox((), (fault,))
                taken.append(await self.store.write(self._take, link, imsi, one, (), self.clock.now()))
        return Taken(tuple(place for one in taken for place in one.places), sum(one.texts for one in taken))

    def _keep_broken(self, tx: Tx, link: str, imsi: str, broken: BrokenPart, now: datetime) -> None:
        if record_broken(tx, link, imsi, broken, now):
            write_event(tx, "message.broken", f"link:{link}", {"reason": broken.reason}, now)

    def _take_part(self, tx: Tx, link: str, imsi: str, part: Part, moment: datetime, now: datetime) -> bool:
        """Keep a part and, where it completes a text, answer that; give whether it did."""
        region = self.turns.community.region
        verdict = policy.judge(part.sender, region, self.countries, self.own)
        number = policy.e164(part.sender, region)
        if verdict is not Verdict.ORDINARY or number is None:
            inbound = record_part(tx, link, imsi, part, now, None)
            if inbound is not None:
                set_inbound_state(tx, inbound.id, "ignored")
                write_event(tx, "message.ignored", f"inbound:{inbound.id}", {"reason": verdict.value}, now)
            return inbound is not None
        resident = people.meet(tx, number, now)
        inbound = record_part(tx, link, imsi, part, now, resident.id)
        if inbound is not None:
            touch_thread(tx, resident.id, now)
            self._answer_or_fail(tx, resident, inbound, moment)
        return inbound is not None

    def _answer_or_fail(self, tx: Tx, resident: Resident, inbound: Inbound, now: datetime) -> None:
        """Answer a text; a fault in the turn undoes the turn alone, and a person is told."""
        try:
            with tx.savepoint():
                self._answer(tx, resident, inbound, now)
        except StoreError:
            raise
        except Exception as error:
            log.exception("turn failed", extra={"inbound": inbound.id})
            set_inbound_state(tx, inbound.id, "failed")
            data: dict[str, Json] = {"inbound": inbound.id, "error": type(error).__name__}
            write_event(tx, "turn.failed", f"resident:{resident.id}", data, now)
            self.turns.apologise(tx, resident, inbound.id, now)

    def _answer(self, tx: Tx, resident: Resident, inbound: Inbound, now: datetime) -> None:
        # Only a long text can be a machine's: nobody's machine is that short of words, and a person
        # always gets out of the silence.
        sent: Sequence[tuple[str, datetime]] = ()
        if len(inbound.body) >= policy.COMPARABLE_LENGTH:
            sent = recent_to(tx, resident.number, now - policy.ECHO_WINDOW, now)
            reason = self._machine(tx, resident, inbound, sent, now)
            if reason:
                self._ignore_machine(tx, resident, inbound, reason, now)
                return

        def hush(turn: Turn) -> bool:
            return self._said_enough(tx, resident, inbound.body, turn, sent, now)

        self.turns.take(tx, resident, TextIn(inbound.body), now, inbound_id=inbound.id, hush=hush)

    def _machine(
        self,
        tx: Tx,
        resident: Resident,
        inbound: Inbound,
        sent: Sequence[tuple[str, datetime]],
        now: datetime,
    ) -> str:
        """Say why a text is taken for a machine's, or ''."""
        if people.quiet(tx, resident.id, now, policy.QUIET_FOR):
            return "it was taken for a machine within the hour"
        at = inbound.received_at
        heard = heard_from(tx, inbound.sender, inbound.id, at - policy.REPEAT_WINDOW, at)
        return policy.automatic(inbound.body, sent, heard, self._openings)

    def _ignore_machine(
        self, tx: Tx, resident: Resident, inbound: Inbound, reason: str, now: datetime
    ) -> None:
        set_inbound_state(tx, inbound.id, "ignored")
        people.be_quiet(tx, resident.id, now + policy.QUIET_FOR)
        write_event(tx, "machine.suspected", f"resident:{resident.id}", {"reason": reason}, now)
        if self.turns.cries_for_help(inbound.body):
            self.turns.raise_alarm(tx, resident, now)

    def _said_enough(
        self,
        tx: Tx,
        resident: Resident,
        body: str,
        turn: Turn,
        sent: Sequence[tuple[str, datetime]],
        now: datetime,
    ) -> bool:
        """Tell whether this turn's words stay unsaid: a machine seems to answer, or STOP was said today."""
        happened = {effect.type for effect in turn.happened}
        if "stopped.text" in happened:
            return not people.may_remind_of_stop(tx, resident.id, now)
        if not happened & NOT_UNDERSTOOD or not policy.at_machine_pace(body, now, sent):
            if resident.machine_signs:
                people.forget_machine_signs(tx, resident.id)
            return False
        if people.add_machine_sign(tx, resident.id) < policy.MACHINE_SIGNS:
            return False
        people.be_quiet(tx, resident.id, now + policy.QUIET_FOR)
        write_event(
            tx,
            "machine.suspected",
            f"resident:{resident.id}",
            {"reason": "it answers faster than a person"},
            now,
        )
        return True
