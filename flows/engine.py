"""A turn: what a text, an invitation or the passing of time makes of a conversation. Pure."""

from __future__ import annotations

from flows.answers.base import Unclear
from flows.conversation import Conversation, Input, Setting, Started, TextIn, Turn
from flows.deeds import HELP, obey
from flows.keywords import Keyword
from flows.library import Library
from flows.limits import LIVE, SENTENCE_WORDS
from flows.value import text
from flows.walk import Walk
from flows.words import MENU, Word, spoken

EMERGENCY = "emergency"
"""The value HELP's flow is begun with when its words are an emergency's."""

TEXT_MAX = 4000
"""Characters of a text that are looked at; a text of 26 parts is longer than anything a flow asks for."""


def take_turn(library: Library, conversation: Conversation | None, what: Input, setting: Setting) -> Turn:
    """Give what a conversation (None: none yet; an ended one counts as none) comes to by an input.

    Every text is answered by a question or a phrase, except one meant for a person who answers.
    Raises FlowsError only for a library the checker refuses; whatever an action raises goes through.
    """
    if isinstance(what, TextIn):
        return _text(library, conversation, what.body[:TEXT_MAX], setting)
    if isinstance(what, Started):
        return _started(library, conversation, what, setting)
    return _expired(library, conversation, setting)


def _open(library: Library, conversation: Conversation | None, setting: Setting) -> Walk:
    """Take up a conversation where it stands; one whose flow is gone has failed."""
    live = conversation is not None and conversation.status in LIVE
    language = conversation.language if live and conversation else setting.language
    if language not in library.common:
        language = library.languages[0]
    if conversation is None or (conversation.flow, conversation.version) not in library.versions:
        walk = Walk(library, setting, language)
        if live and conversation:
            walk.said.happened("conversation.ended", flow=conversation.flow, status="failed")
        return walk
    walk = Walk(library, setting, language, conversation)
    if live and not walk.stand.asks:
        walk.leave("failed")
    return walk


def _started(library: Library, conversation: Conversation | None, what: Started, setting: Setting) -> Turn:
    walk = _open(library, conversation, setting)
    if not setting.stopped:
        walk.begin(what.flow, what.answers)
    return walk.turn()


def _expired(library: Library, conversation: Conversation | None, setting: Setting) -> Turn:
    """A deadline has passed: silently, unless the resident had begun to answer."""
    walk = _open(library, conversation, setting)
    if walk.status in LIVE:
        unfinished = walk.status == "active" and walk.engaged and not setting.stopped
        walk.leave("expired")
        if unfinished:
            walk.said.say("expired")
    return walk.turn()


def _text(library: Library, conversation: Conversation | None, body: str, setting: Setting) -> Turn:
    walk = _open(library, conversation, setting)
    more = conversation.more if conversation else ()
    folded = spoken(body)
    vocabulary = library.vocabulary
    word = vocabulary.word(folded)
    cry = vocabulary.emergency(folded, walk.said.language)
    if cry:
        _emergency(walk, cry, body, folded)
    elif setting.stopped and not (word and word.name == "start"):
        walk.said.happened("stopped.text")
        walk.said.say("stopped_text")
    elif word is not None and _counts(walk, word, body, folded):
        obey(walk, word, more)
    elif walk.status == "person":
        walk.said.happened("person.message")
        walk.more = more
    elif walk.status == "active":
        _answer(walk, body, folded)
    else:
        _outside(walk, body, folded)
    return walk.turn()


def _counts(walk: Walk, word: Word, body: str, folded: str) -> bool:
    """Whoever talks to a person tells them to forget it; outside a conversation CANCEL is a keyword."""
    if word.name != "quit" or walk.status == "active":
        return True
    keywords = walk.library.vocabulary.keywords
    return walk.status != "person" and keywords.first(body, folded, walk.said.language) is None


def _answer(walk: Walk, body: str, folded: str) -> None:
    """A correction wins over an answer, an answer over keywords; at the menu these win if words follow."""
    keyword = walk.library.vocabulary.keywords.first(body, folded, walk.said.language)
    if walk.stand.flow.name == MENU:
        _at_menu(walk, body, folded, keyword)
        return
    answer = walk.parse(body)
    if walk.stand.ask.type == "yes_no" and walk.correct(body):
        return
    if not isinstance(answer, Unclear):
        walk.accept(answer, body)
    elif keyword is not None and _leads_away(walk, keyword):
        _aside(walk, keyword)
    elif not walk.correct(body):
        _unclear(walk, answer, body, folded)


def _leads_away(walk: Walk, keyword: Keyword) -> bool:
    """Words after the keyword of the flow one is in are a bad answer; so are greetings before one."""
    return not keyword.argument or keyword.flow not in (MENU, walk.stand.flow.name)


def _aside(walk: Walk, keyword: Keyword) -> None:
    """Whoever has answered something comes back to the question; who has not loses nothing by leaving."""
    if keyword.flow in (MENU, walk.stand.flow.name) or not walk.engaged:
        _begin(walk, keyword)
    else:
        walk.said.switch(keyword.language)
        walk.begin_aside(keyword.flow, keyword.argument)


def _unclear(walk: Walk, answer: Unclear, body: str, folded: str) -> None:
    if walk.library.vocabulary.thanks(folded):
        walk.said.happened("conversation.unclear", flow=walk.stand.flow.name, reason="thanks")
        walk.said.say("welcome")
    elif not (_is_sentence(folded) and walk.pass_on(body)):
        walk.misunderstood(answer)


def _at_menu(walk: Walk, body: str, folded: str, keyword: Keyword | None) -> None:
    """Words of which the menu makes nothing are kept for the flow that is chosen next."""
    if keyword is not None and keyword.argument and keyword.flow != MENU:
        _begin(walk, keyword)
        return
    answer = walk.parse(body)
    if not isinstance(answer, Unclear):
        walk.accept(answer, body)
        return
    keyword = keyword or walk.library.vocabulary.keywords.mentioned(body, folded, walk.said.language)
    if keyword is not None and not (keyword.flow == MENU and keyword.argument):
        _begin(walk, keyword)
        return
    if _is_sentence(folded):
        walk.keep(body)
    _unclear(walk, answer, body, folded)


def _outside(walk: Walk, body: str, folded: str) -> None:
    keywords = walk.library.vocabulary.keywords
    keyword = keywords.first(body, folded, walk.said.language)
    if keyword is None or keyword.flow == MENU:
        keyword = keywords.mentioned(body, folded, walk.said.language) or keyword
    if keyword is not None and not (keyword.flow == MENU and keyword.argument):
        _begin(walk, keyword)
        return
    walk.said.happened("text.unknown")
    if keyword is not None:
        walk.said.switch(keyword.language)
    if walk.library.vocabulary.thanks(folded):
        walk.said.say("welcome")
        return
    if _is_sentence(folded):
        walk.said.say("unsure")
        walk.begin(MENU, argument=body)
    else:
        walk.begin(MENU)


def _is_sentence(folded: str) -> bool:
    """Tell whether a text says something of its own; Korean needs fewer words for it."""
    return len(folded.split()) + (not folded.isascii()) >= SENTENCE_WORDS and any(map(str.isalpha, folded))


def _begin(walk: Walk, keyword: Keyword) -> None:
    walk.said.switch(keyword.language)
    walk.begin(keyword.flow, argument=keyword.argument)


def _emergency(walk: Walk, language: str, body: str, folded: str) -> None:
    """The number to call comes first; then the words are kept, or the conversation stands where it stood."""
    says_more = not walk.library.vocabulary.is_cry(folded)
    if says_more or not walk.setting.language_known:
        walk.said.switch(language)
    walk.said.happened("emergency")
    walk.said.say("emergency")
    if walk.setting.stopped:
        return
    if walk.status == "person":
        walk.said.happened("person.message")
    elif walk.status == "active" and walk.stand.flow.name != MENU:
        if not (says_more and walk.stand.ask.type == "free_text" and _accept_cry(walk, body)):
            walk.ask_again()
    elif says_more:
        keyword = walk.library.vocabulary.keywords.first(body, folded, language)
        words = keyword.argument if keyword and keyword.argument else body
        walk.begin(HELP, {EMERGENCY: text(words)}, words)
    elif walk.status == "active":
        walk.ask_again()


def _accept_cry(walk: Walk, body: str) -> bool:
    """Take an emergency's words as the answer to a question for words of one's own."""
    answer = walk.parse(body)
    if isinstance(answer, Unclear):
        return False
    if walk.stand.flow.name == HELP:
        walk.stand.answers[EMERGENCY] = answer.value
    walk.accept(answer, body)
    return True
