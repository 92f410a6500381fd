"""A turn: a text, an expiry or a start goes into a conversation; what comes of it is kept, whole.

Everything here runs inside one database transaction, on the database's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from flows import render
from flows.answers.fold import fold
from flows.conversation import (
    RECORDED,
    Conversation,
    Effect,
    Expired,
    Heard,
    Input,
    Outcome,
    Prompt,
    Setting,
    Started,
    TextIn,
    Turn,
)
from flows.engine import take_turn
from flows.gsm7 import parts
from flows.library import Library
from flows.reworded import Rewording, reworded
from flows.value import Json, Value
from flows.words import MENU
from gateway.community import Community
from gateway.fared import FaredCounts
from gateway.notices import Notices
from gateway.ring_up import ask_by_call
from gateway.services import ACTIONS, HEEDED, secrecy, votes
from gateway.services.acting import Acting, Emit, Invite, Timing
from gateway.services.urgent import alarm
from gateway.store import people
from gateway.store.calls import reads_no_texts
from gateway.store.conversations import (
    OPEN,
    Kept,
    begin_conversation,
    latest_conversation,
    save_conversation,
)
from gateway.store.database import Tx
from gateway.store.events import count_events, write_event
from gateway.store.flow_results import keep_result
from gateway.store.inbound import Inbound
from gateway.store.messages_erasure import end_talk
from gateway.store.outbound import Lane, queue_text
from gateway.store.people import Resident
from gateway.store.places import Places
from gateway.store.threads import assign, wait_for_person
from gateway.store.urgent import raise_urgent

EMERGENCY = "emergency"
# Emergencies of one resident in an hour that go before everything and beyond the daily cap.
MOST_URGENT = 5
# Stands for words that are nobody's to read.
UNTOLD = "…"
# What the people on duty are told at once, and the common phrase that tells them.
DUTY_NOTICES = {
    "person.wanted": "duty_person",
    "person.message": "duty_message",
}
WAITED_FOR = ("person.wanted", "person.message")


@dataclass(slots=True)
class Turns:
    """What every turn needs of the gateway; `places` is replaced when the community changes them.

    `hears` tells whether speech in a language is understood just now: where it is not, calls are
    held with keys. With `rings` whoever reads no texts is rung. `trying` are flows a number tries out
    before everybody gets them. `fared` counts how residents fare at each question. `files` are the
    flows without anybody's rewording.
    """

    library: Library
    community: Community
    places: Places
    random: Random
    cheap: bool = False
    hears: Callable[[str], bool] = lambda language: True  # noqa: ARG005
    rings: bool = False
    trying: dict[str, Library] = field(default_factory=dict)
    fared: FaredCounts = field(default_factory=FaredCounts)
    files: Library = field(init=False)

    def __post_init__(self) -> None:
        """Keep the flows as the files have them, beside those in other words."""
        self.files = self.library

    def take(
        self,
        tx: Tx,
        resident: Resident,
        event: Input,
        now: datetime,
        *,
        inbound_id: int | None = None,
        hush: Callable[[Turn], bool] | None = None,
        medium: Literal["text", "call"] = "text",
    ) -> Turn:
        """Take one turn with `resident` and keep all that came of it.

        `now` is aware, UTC. Where `hush(turn)` holds nothing is said, though all else happens. On a
        call nothing is queued: the caller of this says what the turn says.
        """
        kept = latest_conversation(tx, resident.id)
        before = kept.conversation if kept else None
        language = resident.language or self.community.language
        setting = self.setting(tx, resident, language, now, medium)
        library = self.library_for(resident)
        turn = take_turn(library, before, event, setting)
        self.fared.count(library, before, turn)
        if _stopped_voting(turn):
            end_talk(tx, resident.id)
        votes.note_invalid(tx, turn)
        for finished in turn.finished:
            keep_result(tx, resident.id, finished, now)
        reply = render.respond(library, turn, self.community.zone, cheap=self.cheap)
        after = reply.conversation if medium == "text" else turn.conversation
        if after is not None and after != before:
            self._keep(tx, resident, kept, after, now)
        urgent = _is_emergency(turn) and self._may_be_urgent(tx, resident, now)
        words = UNTOLD if secrecy.hides_words(before, turn) else _words_of(event, before)
        self._tell_happenings(tx, resident, turn, words, urgent, now)
        if medium == "text" and (hush is None or not hush(turn)):
            lane = Lane.URGENT if urgent else Lane.ANSWER
            self._queue(tx, resident, reply.texts, reply.kind, _ref(turn.effects), inbound_id, now, lane)
        return turn

    def reword(self, changes: Iterable[Rewording]) -> None:
        """Say some texts in other words from here on, and all others as the files have them."""
        self.library = reworded(self.files, changes)

    def library_for(self, resident: Resident) -> Library:
        """Give the flows that are held with a resident."""
        return self.trying.get(resident.number, self.library) if self.trying else self.library

    def start(
        self, tx: Tx, resident: Resident, flow: str, answers: Mapping[str, Value], now: datetime
    ) -> Turn:
        """Start a flow with a resident from our side."""
        return self.take(tx, resident, Started(flow, answers), now)

    def timing(self, tx: Tx, now: datetime) -> Timing:
        """Give what a service needs that acts by itself, or because a coordinator says so."""
        return Timing(
            tx=tx,
            now=now,
            zone=self.community.zone,
            random=self.random,
            emit=emitter(tx, now),
            tell=self.notices(tx, now).tell,
            invite=self.inviter(tx, now),
            label=self.label,
            usual_language=self.community.language,
        )

    def inviter(self, tx: Tx, now: datetime, *, busy: int = 0) -> Invite:
        """Give the way to start flows with people other than `busy`, whose turn it is."""

        def invite(number: str, flow: str, answers: Mapping[str, Value], /) -> bool:
            resident = people.meet(tx, number, now)
            if resident.stopped:
                return True
            kept = latest_conversation(tx, resident.id)
            if resident.id == busy or (kept is not None and _talking(kept.conversation)):
                return False
            if self.rings and reads_no_texts(tx, resident.id):
                ask_by_call(tx, resident.id, flow, answers, now)
                return True
            self.start(tx, resident, flow, answers, now)
            return True

        return invite

    def label(self, language: str, flow: str, name: str, key: str, /) -> str:
        """Give what a flow calls one of its choices, in a language or else in the community's."""
        known = self.library.flow(flow).texts
        options = (known.get(language) or known[self.community.language]).options.get(name, {})
        return options[key].label if key in options else key

    def expire(self, tx: Tx, resident_id: int, now: datetime) -> Turn:
        """End the resident's overdue conversation."""
        return self.take(tx, people.resident_by_id(tx, resident_id), Expired(), now)

    def say_cut_off(self, tx: Tx, resident: Resident, language: str, now: datetime) -> None:
        """Text a caller whose call was cut off how to go on."""
        prompts = [Prompt("common", "cut_off")]
        texts = render.render(self.library, prompts, language, self.community.zone, cheap=self.cheap)
        self._queue(tx, resident, texts, "statement", "", None, now)

    def apologise(self, tx: Tx, resident: Resident, inbound_id: int, now: datetime) -> None:
        """Tell a resident whose turn failed that a person knows, and tell that person."""
        language = resident.language or self.community.language
        prompts = [Prompt("common", "fault")]
        texts = render.render(self.library, prompts, language, self.community.zone, cheap=self.cheap)
        self._queue(tx, resident, texts, "statement", "", inbound_id, now)
        self.notices(tx, now).tell_duty("duty_fault", resident)

    def hand_over(self, tx: Tx, inbound: Inbound, number: str, now: datetime) -> None:
        """Give a person what came of a long text whose missing parts never came."""
        resident = people.meet(tx, number, now)
        write_event(tx, "message.incomplete", f"resident:{resident.id}", {"inbound": inbound.id}, now)
        self.notices(tx, now).tell_duty("duty_incomplete", resident, inbound.body)

    def raise_alarm(self, tx: Tx, resident: Resident, now: datetime) -> None:
        """Tell the people on duty of an emergency without answering whoever wrote of it."""
        urgent = self._may_be_urgent(tx, resident, now)
        write_event(tx, EMERGENCY, f"resident:{resident.id}", {"answered": False}, now)
        raise_urgent(tx, EMERGENCY, f"resident:{resident.id}", resident.id, now)
        alarm(self.notices(tx, now), resident, "", Lane.URGENT if urgent else Lane.NOTICE)

    def notices(self, tx: Tx, now: datetime) -> Notices:
        """Give the way to text people whose turn it is not."""
        return Notices(tx, self.library, self.community, now, cheap=self.cheap, rings=self.rings)

    def cries_for_help(self, body: str) -> bool:
        """Tell whether a text holds emergency words."""
        return bool(self.library.vocabulary.emergency(fold(body), self.community.language))

    def _queue(
        self,
        tx: Tx,
        resident: Resident,
        texts: Sequence[str],
        kind: str,
        ref: str,
        inbound_id: int | None,
        now: datetime,
        lane: Lane = Lane.ANSWER,
    ) -> None:
        for body in texts:
            queue_text(
                tx,
                number=resident.number,
                body=body,
                parts=parts(body),
                kind=kind,
                lane=lane,
                now=now,
                resident_id=resident.id,
                inbound_id=inbound_id,
                ref=ref,
            )

    def setting(
        self,
        tx: Tx,
        resident: Resident,
        language: str,
        now: datetime,
        medium: Literal["text", "call"] = "text",
    ) -> Setting:
        """Give what the flows need to know of the world for a turn with `resident`."""

        def heeds(flow: str, names: str) -> bool:
            return flow in HEEDED and HEEDED[flow](self._acting(tx, resident, language, now), names)

        def act(name: str, values: Mapping[str, Value], spoken: str) -> Outcome:
            return ACTIONS[name].run(self._acting(tx, resident, spoken, now), values)

        return Setting(
            now=now,
            zone=self.community.zone,
            region=self.community.region,
            places=self.places.with_home(resident.home),
            act=act,
            language=language,
            community=self.community.name,
            emergency_number=self.community.emergency_number,
            stopped=resident.stopped,
            language_known=bool(resident.language),
            medium=medium,
            hears=medium == "text" or self.hears(language),
            heeds=heeds,
        )

    def _acting(self, tx: Tx, resident: Resident, language: str, now: datetime) -> Acting:
        """Give what a service needs that does what `resident` has asked for."""
        return Acting(
            tx=tx,
            resident=resident,
            language=language,
            now=now,
            zone=self.community.zone,
            random=self.random,
            emit=emitter(tx, now),
            tell=self.notices(tx, now).tell,
            invite=self.inviter(tx, now, busy=resident.id),
            label=self.label,
            usual_language=self.community.language,
        )

    def _keep(
        self, tx: Tx, resident: Resident, kept: Kept | None, after: Conversation, now: datetime
    ) -> None:
        if kept is not None and (kept.conversation.status in OPEN or after.status not in OPEN):
            save_conversation(tx, kept, after, now)
        else:
            begin_conversation(tx, resident.id, after, now)

    def _may_be_urgent(self, tx: Tx, resident: Resident, now: datetime) -> bool:
        """Whether an emergency goes before everything: not for ever, or one handset could use up the day."""
        subject, hour_ago = f"resident:{resident.id}", now - timedelta(hours=1)
        return count_events(tx, EMERGENCY, subject, hour_ago, now) < MOST_URGENT

    def _tell_happenings(
        self, tx: Tx, resident: Resident, turn: Turn, words: str, urgent: bool, now: datetime
    ) -> None:
        for effect in turn.happened:
            if effect.type == "language.set":
                people.set_language(tx, resident.id, str(effect.data["language"]))
            elif effect.type == "resident.stopped":
                people.set_stopped(tx, resident.id, stopped=True)
            elif effect.type == "resident.started":
                people.set_stopped(tx, resident.id, stopped=False)
            write_event(tx, effect.type, f"resident:{resident.id}", effect.data, now)
            if effect.type == EMERGENCY:
                raise_urgent(tx, EMERGENCY, f"resident:{resident.id}", resident.id, now)
                alarm(self.notices(tx, now), resident, words, Lane.URGENT if urgent else Lane.NOTICE)
            if self._seen_at_once(tx, resident, effect.type, now):
                continue
            if effect.type in DUTY_NOTICES:
                self.notices(tx, now).tell_duty(DUTY_NOTICES[effect.type], resident, words)

    def _seen_at_once(self, tx: Tx, resident: Resident, happening: str, now: datetime) -> bool:
        """Have a person waited for; give whether the one who answers on the dashboard sees it there."""
        if happening == "conversation.ended":
            assign(tx, resident.id, None)
        if happening not in WAITED_FOR:
            return False
        return wait_for_person(tx, resident.id, now) and happening == "person.message"


def emitter(tx: Tx, now: datetime) -> Emit:
    """Give the way to write events in an open transaction."""

    def emit(type: str, subject: str, /, **data: Json) -> None:  # noqa: A002
        write_event(tx, type, subject, data, now)

    return emit


def _talking(conversation: Conversation) -> bool:
    """Tell whether something would be broken off; who was left at the menu, by a call perhaps, is free."""
    idle = conversation.status == "active" and conversation.flow == MENU and not conversation.call.on
    return conversation.status in OPEN and not idle


def _words_of(event: Input, before: Conversation | None) -> str:
    """Give what the resident wrote or said, for the people on duty: the cry, where a yes to it came now."""
    if isinstance(event, TextIn):
        return event.body
    if before is not None and before.call.cry:
        return before.call.cry
    if isinstance(event, Heard) and event.alternatives and event.alternatives[0] != RECORDED:
        return event.alternatives[0]
    return ""


def _is_emergency(turn: Turn) -> bool:
    return any(effect.type == EMERGENCY for effect in turn.happened)


def _stopped_voting(turn: Turn) -> bool:
    """Tell whether talk about voting ended in this turn, so that what it must leave behind is erased."""
    after = turn.conversation
    return not (after is not None and after.flow == secrecy.FLOW and after.status in OPEN) and any(
        effect.type == "conversation.ended" and effect.data.get("flow") == secrecy.FLOW
        for effect in turn.happened
    )


def _ref(effects: Sequence[Effect]) -> str:
    """Give the reference a turn's texts speak of, '' when they speak of none."""
    for effect in effects:
        if isinstance(effect, Prompt) and "ref" in effect.values:
            return str(effect.values["ref"].data)
    return ""
