"""A turn: what a text, an invitation or the passing of time makes of a conversation. Pure."""

from __future__ import annotations

from dataclasses import replace

from flows.answering import answer, counts, emergency, outside
from flows.call import CALL_INPUTS, call_turn
from flows.checking import answer_check
from flows.conversation import (
    ByPerson,
    Closed,
    Conversation,
    HandedBack,
    Input,
    Setting,
    Started,
    TakenOver,
    TextIn,
    Turn,
)
from flows.deeds import obey
from flows.heeding import heed
from flows.library import Library
from flows.limits import LIVE
from flows.opening import take_up
from flows.walk import Walk
from flows.words import MENU, spoken

TEXT_MAX = 4000
"""Characters of a text that are looked at; a text of 26 parts is longer than anything a flow asks for."""


def take_turn(library: Library, conversation: Conversation | None, what: Input, setting: Setting) -> Turn:
    """Give what a conversation (None: none yet; an ended one counts as none) comes to by an input.

    Every text is answered by a question or a phrase, except one meant for a person who answers.
    Raises FlowsError only for a library the checker refuses; whatever an action raises goes through.
    """
    if isinstance(what, CALL_INPUTS) or (isinstance(what, Started) and setting.medium == "call"):
        return call_turn(library, conversation, what, setting)
    if isinstance(what, TextIn):
        return _text(library, conversation, what.body[:TEXT_MAX], setting)
    if isinstance(what, Started):
        return _started(library, conversation, what, setting)
    if isinstance(what, TakenOver | HandedBack | Closed):
        return _by_person(library, conversation, what, setting)
    return _expired(library, conversation, setting)


def _started(library: Library, conversation: Conversation | None, what: Started, setting: Setting) -> Turn:
    walk = take_up(library, conversation, setting)
    if not setting.stopped:
        walk.begin(what.flow, what.answers)
    return walk.turn()


def _by_person(library: Library, conversation: Conversation | None, what: ByPerson, setting: Setting) -> Turn:
    """A person takes the conversation, gives it back, or ends it."""
    walk = take_up(library, conversation, setting)
    if isinstance(what, TakenOver):
        walk.give_to_person(MENU)
        walk.said.happened("person.answers", flow=walk.stand.flow.name, step=walk.stand.step)
    elif walk.status == "person":
        if isinstance(what, Closed) or setting.stopped:
            walk.leave("left")
        else:
            walk.resume()
    return walk.turn()


def _expired(library: Library, conversation: Conversation | None, setting: Setting) -> Turn:
    """A deadline has passed: silently, unless the resident had begun to answer."""
    walk = take_up(library, conversation, setting)
    if walk.status in LIVE:
        unfinished = walk.status == "active" and walk.engaged and not setting.stopped
        walk.leave("expired")
        if unfinished:
            walk.said.say("expired")
    return walk.turn()


def _text(library: Library, conversation: Conversation | None, body: str, setting: Setting) -> Turn:
    walk = take_up(library, conversation, setting)
    more = conversation.more if conversation else ()
    folded = spoken(body)
    vocabulary = library.vocabulary
    word = vocabulary.word(folded)
    cry = vocabulary.emergency(folded, walk.said.language)
    if cry:
        emergency(walk, cry, body, folded)
    elif setting.stopped and not (word and word.name == "start"):
        walk.said.happened("stopped.text")
        walk.said.say("stopped_text")
    elif heed(walk, folded):
        pass
    elif word is not None and counts(walk, word, body, folded):
        obey(walk, word, more)
    elif walk.status == "person":
        walk.said.happened("person.message")
        walk.more = more
    elif walk.status == "active" and walk.stand.call.check:
        answer_check(walk, body, folded)
    elif walk.status == "active":
        answer(walk, body, folded)
    else:
        outside(walk, body, folded)
    if conversation is not None and conversation.call.cry:
        _keep_cry(walk, conversation.call.cry)
    return walk.turn()


def _keep_cry(walk: Walk, cry: str) -> None:
    """Let no text end the question a call has asked about an emergency: only a no on the call does."""
    if walk.status in LIVE:
        walk.stand.call = replace(walk.stand.call, cry=cry)
    else:
        walk.said.happened("emergency")
