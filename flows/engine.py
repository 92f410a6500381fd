"""A turn: what a text, an invitation or the passing of time makes of a conversation. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.answers.base import Unclear
from flows.conversation import Conversation, Expired, Input, Setting, Started, TextIn, Turn
from flows.library import Library
from flows.limits import LIVE
from flows.value import text
from flows.walk import Walk
from flows.words import Keyword, Word, spoken

MENU = "menu"
"""The flow that answers whatever nothing else does; every library has one."""

HELP = "help"
"""The flow that HELP starts outside a conversation."""

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
    return _expired(library, conversation, what, setting)


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
    if live and not walk.stands:
        walk.leave("failed")
    return walk


def _started(library: Library, conversation: Conversation | None, what: Started, setting: Setting) -> Turn:
    walk = _open(library, conversation, setting)
    if not setting.stopped:
        walk.begin(what.flow, what.answers)
    return walk.turn()


def _expired(library: Library, conversation: Conversation | None, _: Expired, setting: Setting) -> Turn:
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
        _emergency(walk, cry)
    elif setting.stopped and not (word and word.name == "start"):
        walk.said.happened("stopped.text")
        walk.said.say("stopped_text")
    elif word is not None:
        _global_word(walk, word, more)
    elif walk.status == "person":
        walk.said.happened("person.message")
        walk.more = more
    elif walk.status == "active":
        _answer(walk, body, folded)
    else:
        _outside(walk, body, folded)
    return walk.turn()


def _answer(walk: Walk, body: str, folded: str) -> None:
    """An answer the question understands wins over keywords; only at the menu may words follow those."""
    answer = walk.parse(body)
    if not isinstance(answer, Unclear):
        walk.accept(answer)
        return
    keyword = walk.library.vocabulary.keyword(body, folded, walk.said.language)
    in_menu = walk.flow.name == MENU
    if keyword is None and in_menu:
        keyword = walk.library.vocabulary.mentioned(folded, walk.said.language)
    if keyword is not None and (in_menu or not keyword.argument):
        _begin(walk, keyword)
    else:
        walk.misunderstood(answer)


def _outside(walk: Walk, body: str, folded: str) -> None:
    vocabulary = walk.library.vocabulary
    keyword = vocabulary.keyword(body, folded, walk.said.language) or vocabulary.mentioned(
        folded, walk.said.language
    )
    if keyword is not None:
        _begin(walk, keyword)
    else:
        walk.said.happened("text.unknown")
        walk.begin(MENU)


def _begin(walk: Walk, keyword: Keyword) -> None:
    walk.said.switch(keyword.language)
    walk.begin(keyword.flow, argument=keyword.argument)


def _emergency(walk: Walk, language: str) -> None:
    """The number to call comes first; then the conversation stands where it stood."""
    walk.said.switch(language)
    walk.said.happened("emergency")
    walk.said.say("emergency")
    if walk.status == "person":
        walk.said.happened("person.message")
    elif walk.status == "active" and not walk.setting.stopped:
        walk.ask_again()


def _global_word(walk: Walk, word: Word, more: tuple[str, ...]) -> None:
    if word.languages and walk.said.language not in word.languages:
        walk.said.switch(word.languages[0])
    if word.name == "more":
        _more(walk, more)
    elif word.value:
        walk.said.say("language_set")
        if walk.status == "active":
            walk.ask_again()
    else:
        _GLOBAL[word.name](walk)


def _more(walk: Walk, more: tuple[str, ...]) -> None:
    if more:
        walk.said.page(more[0])
        walk.more = more[1:]
        return
    walk.said.say("nothing_more")
    if walk.status == "active":
        walk.ask_again()


def _stop(walk: Walk) -> None:
    walk.leave("stopped")
    walk.said.happened("resident.stopped")
    walk.said.say("stopped")


def _start(walk: Walk) -> None:
    if walk.setting.stopped:
        walk.leave("left")
        walk.said.happened("resident.started")
        walk.said.say("started")
    elif walk.status == "active":
        walk.ask_again()
    else:
        walk.begin(MENU)


def _help(walk: Walk) -> None:
    """Who asks for help at the menu wants help, not to hear how a menu works."""
    if walk.status == "active" and walk.flow.name != MENU:
        walk.explain()
        walk.said.say("help_person")
    elif walk.status == "person":
        walk.said.say("person")
    else:
        walk.begin(HELP)


def _menu(walk: Walk) -> None:
    walk.begin(MENU)


def _person(walk: Walk) -> None:
    if walk.status != "person":
        walk.wait_for_person(MENU)
    walk.said.say("person")


def _back(walk: Walk) -> None:
    if walk.status == "person":
        walk.resume()
    elif walk.status != "active":
        walk.begin(MENU)
    elif walk.back():
        walk.ask_again()
    else:
        walk.said.say("back_none")
        walk.ask_again()


def _language(walk: Walk) -> None:
    """Each language is named in itself, so that those who need it can read it."""
    names = [own[0] for tag, common in walk.library.common.items() if (own := common.languages.get(tag))]
    walk.said.say("language_offer", {"languages": text(", ".join(names))})


_GLOBAL: Mapping[str, Callable[[Walk], None]] = {
    "stop": _stop,
    "start": _start,
    "help": _help,
    "menu": _menu,
    "person": _person,
    "back": _back,
    "language": _language,
}
