"""A turn on a call: the same conversation with other ears. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

from flows.call_dress import dressed
from flows.call_talk import Talk
from flows.conversation import (
    Called,
    Conversation,
    Heard,
    HungUp,
    Keyed,
    Setting,
    Silence,
    Started,
    Turn,
)
from flows.library import Library
from flows.limits import LIVE
from flows.opening import take_up
from flows.walk import Walk
from flows.words import MENU

CallInput: TypeAlias = Called | Started | Heard | Keyed | Silence | HungUp

CALL_INPUTS = (Called, Heard, Keyed, Silence, HungUp)
"""What happens on calls alone; `Started` begins either a talk by text or a call."""

OPEN_FOR = timedelta(days=1)
"""How long a conversation that a call left open can be gone on with, by text or by another call."""


def call_turn(library: Library, conversation: Conversation | None, what: CallInput, setting: Setting) -> Turn:
    """Give what a conversation comes to by something that happens on a call.

    Everything but `HungUp` is answered: by words, or by `Again`.
    """
    walk = take_up(library, conversation, setting)
    if isinstance(what, HungUp):
        return _hung_up(walk)
    walk.on_call = True
    if isinstance(what, Called):
        _begin(walk, conversation, what.opening)
    elif isinstance(what, Started):
        _started(walk, what)
    else:
        _go_on(walk, what)
    return dressed(walk)


def _begin(walk: Walk, conversation: Conversation | None, opening: str) -> None:
    """Greet; then ask for the language, go on where the conversation stopped, or ask what is wanted."""
    fresh = conversation is not None and _is_fresh(walk, conversation)
    if walk.status in LIVE:
        walk.stand.call = walk.stand.call.asked("")
    walk.said.say(opening)
    talk = Talk(walk)
    if walk.setting.stopped:
        talk.offer_start()
    elif not walk.setting.language_known and len(walk.library.languages) > 1:
        if walk.status == "active" and not fresh:
            walk.leave("left")
        talk.ask_language()
    else:
        if walk.status == "active" and not fresh:
            walk.leave("left")
        talk.take_up()


def _is_fresh(walk: Walk, conversation: Conversation) -> bool:
    """Tell whether the resident's last word in an open conversation is not a day old."""
    if walk.status not in LIVE or conversation.deadline is None:
        return False
    lasts = OPEN_FOR if conversation.call.cut else walk.stand.flow.expires
    return walk.setting.now - (conversation.deadline - lasts) < OPEN_FOR


def _started(walk: Walk, what: Started) -> None:
    """Ring somebody about something: who has stopped us is not rung, and hears goodbye at once."""
    walk.said.say("call.reminder")
    talk = Talk(walk)
    if walk.setting.stopped:
        talk.goodbye()
    else:
        walk.begin(what.flow, what.answers)
    talk.after()


def _go_on(walk: Walk, what: Heard | Keyed | Silence) -> None:
    if walk.status not in LIVE and not walk.setting.stopped:
        walk.stand_at(MENU)
    talk = Talk(walk)
    if isinstance(what, Heard):
        walk.by_ear.listens = True
        talk.hear(what.alternatives)
    elif isinstance(what, Keyed):
        talk.press(what.keys)
    else:
        talk.wait()
    talk.after()


def _hung_up(walk: Walk) -> Turn:
    """Leave an open question open for a day, and say so where an answer would be lost."""
    if walk.on_call and walk.status == "active" and walk.stand.flow.name != MENU and _begun(walk):
        walk.cut_off = True
        walk.patience = OPEN_FOR
        walk.said.happened("call.cut_off")
    walk.on_call = False
    if walk.stand.call.cry:  # perhaps they ring the emergency number now, perhaps they cannot
        walk.said.happened("emergency")
    if walk.status in LIVE:
        walk.stand.call = walk.stand.call.asked("")
    return walk.turn()


def _begun(walk: Walk) -> bool:
    asks = (step.ask for step in walk.stand.flow.steps.values())
    return any(ask is not None and ask.name in walk.stand.answers for ask in asks)
