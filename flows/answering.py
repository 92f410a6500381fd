"""What words mean where a conversation stands: an emergency, an answer, a keyword, or nothing clear."""

from __future__ import annotations

from flows.answers.base import Unclear
from flows.answers.fold import fold
from flows.call_phrases import CALL_WORDS, GO_ON
from flows.deeds import HELP, obey
from flows.keywords import Keyword
from flows.limits import SENTENCE_WORDS
from flows.value import text
from flows.walk import Walk
from flows.words import MENU, Word

FREE_TEXT = "free_text"
"""The type of the questions that any words answer."""

EMERGENCY = "emergency"
"""The value HELP's flow is begun with when its words are an emergency's."""


def counts(walk: Walk, word: Word, body: str, folded: str) -> bool:
    """Tell whether a global word is meant as one here.

    Whoever talks to a person tells them to forget it; outside a conversation CANCEL is a keyword,
    and so it is at the menu that a call comes back to; where a choice is called CANCEL, that is chosen;
    GO ON may be a yes where no call was cut off.
    """
    if word.name in CALL_WORDS:
        return walk.on_call and walk.setting.medium == "call"
    if word.name == GO_ON:
        lost = walk.on_call and walk.setting.medium == "text"  # the gateway fell over amid a call
        return walk.stand.call.cut or lost or walk.status != "active"
    at_call_menu = walk.on_call and walk.status == "active" and walk.stand.flow.name == MENU
    if word.name == "quit" and _offered(walk, body):
        return False
    if word.name != "quit" or (walk.status == "active" and not at_call_menu):
        return True
    keywords = walk.library.vocabulary.keywords
    return walk.status != "person" and keywords.first(body, folded, walk.said.language) is None


def _offered(walk: Walk, body: str) -> bool:
    """Tell whether the question asked offers a choice of that name."""
    asks = walk.status == "active" and not walk.stand.call.check and walk.stand.ask.type == "choice"
    return asks and not isinstance(walk.parse(body), Unclear)


def answer(walk: Walk, body: str, folded: str) -> None:
    """A correction wins over an answer, an answer over keywords; at the menu these win if words follow."""
    keyword = walk.library.vocabulary.keywords.first(body, folded, walk.said.language)
    if walk.stand.flow.name == MENU:
        _at_menu(walk, body, folded, keyword)
        return
    parsed = walk.parse(body)
    if walk.stand.ask.type == "yes_no" and walk.correct(body):
        return
    meant = elsewhere(walk, body, folded)
    if meant is not None:
        go_elsewhere(walk, meant)
    elif not isinstance(parsed, Unclear):
        walk.accept(parsed, body)
    elif keyword is not None and _leads_away(walk, keyword):
        _aside(walk, keyword)
    elif not walk.correct(body):
        _unclear(walk, parsed, body, folded, keyword)


def elsewhere(walk: Walk, body: str, folded: str) -> Keyword | None:
    """Give the keyword of another flow that a text is and nothing else, where any words are an answer.

    None where it is an answer all the same: the name of a place of the community.
    """
    if walk.stand.ask.type != FREE_TEXT or _is_place(walk, body):
        return None
    keyword = walk.library.vocabulary.keywords.first(body, folded, walk.said.language)
    if keyword is None or keyword.argument or keyword.flow == walk.stand.flow.name:
        return None
    return keyword


def go_elsewhere(walk: Walk, keyword: Keyword) -> None:
    """Go where a keyword leads instead of taking it for an answer; a greeting leads nowhere."""
    if keyword.flow == MENU:
        walk.ask_again()
        return
    walk.said.switch(keyword.language)
    walk.begin_aside(keyword.flow, "")


def _is_place(walk: Walk, body: str) -> bool:
    return fold(body) in walk.setting.places.names(walk.said.language)


def _leads_away(walk: Walk, keyword: Keyword) -> bool:
    """Words after the keyword of the flow one is in are a bad answer; so are greetings before one."""
    return not keyword.argument or keyword.flow not in (MENU, walk.stand.flow.name)


def _aside(walk: Walk, keyword: Keyword) -> None:
    """Whoever has answered something comes back to the question; who has not loses nothing by leaving."""
    if keyword.flow in (MENU, walk.stand.flow.name) or not walk.engaged:
        begin(walk, keyword)
    else:
        walk.said.switch(keyword.language)
        walk.begin_aside(keyword.flow, keyword.argument)


def _unclear(walk: Walk, answer: Unclear, body: str, folded: str, keyword: Keyword | None = None) -> None:
    if walk.library.vocabulary.only_thanks(folded):
        walk.said.unclear(walk.stand, "thanks")
        walk.said.say("welcome")
    elif not _wishes(walk, folded):
        words = keyword.argument if keyword and keyword.flow == walk.stand.flow.name else body
        numbers = walk.stand.ask.type == "number" and _several_digits(folded)
        if not ((numbers or _is_sentence(folded)) and walk.pass_on(words)):
            walk.misunderstood(answer, body)


def _at_menu(walk: Walk, body: str, folded: str, keyword: Keyword | None) -> None:
    """Words of which the menu makes nothing are kept for the flow that is chosen next."""
    if keyword is not None and keyword.argument and keyword.flow != MENU:
        begin(walk, keyword)
        return
    parsed = walk.parse(body)
    if not isinstance(parsed, Unclear):
        walk.accept(parsed, body)
        return
    keyword = keyword or walk.library.vocabulary.keywords.mentioned(body, folded, walk.said.language)
    if keyword is not None and not (keyword.flow == MENU and keyword.argument):
        begin(walk, keyword)
        return
    if _is_sentence(folded):
        _speak_as(walk, walk.library.vocabulary.language(folded))
        walk.keep(body)
    _unclear(walk, parsed, body, folded)


def outside(walk: Walk, body: str, folded: str) -> None:
    """Take words outside any conversation: a keyword begins one, all else the menu."""
    vocabulary = walk.library.vocabulary
    keyword = vocabulary.keywords.first(body, folded, walk.said.language)
    if keyword is None and _wishes(walk, folded):
        return
    thanks = "" if keyword else vocabulary.thanks(folded, walk.said.language)
    if thanks:
        walk.said.happened("text.unknown")
        _speak_as(walk, thanks)
        walk.said.say("welcome")
        return
    if keyword is None or keyword.flow == MENU:
        keyword = vocabulary.keywords.mentioned(body, folded, walk.said.language) or keyword
    if keyword is not None and not (keyword.flow == MENU and keyword.argument):
        begin(walk, keyword)
        return
    walk.said.happened("text.unknown")
    _speak_as(walk, keyword.language if keyword else vocabulary.language(folded))
    if _is_sentence(folded):
        walk.said.say("unsure")
        walk.begin(MENU, argument=body)
    else:
        walk.begin(MENU)


def _wishes(walk: Walk, folded: str) -> bool:
    """Hear a wish for a person, or for no more texts, in a text that says more than that."""
    word = walk.library.vocabulary.word_inside(folded)
    if word is None:
        return False
    _speak_as(walk, word.languages[0])
    if word.name == "person":
        obey(walk, word, ())
    else:  # only the word alone stops us, for nobody shall be cut off by mistake
        walk.said.happened("text.unknown")
        walk.said.say("stop_how")
    return True


def _speak_as(walk: Walk, language: str) -> None:
    """Answer in the language that was written, as long as the resident's own is not known."""
    if language and not walk.setting.language_known:
        walk.said.switch(language)


def _is_sentence(folded: str) -> bool:
    """Tell whether a text says something of its own; Korean needs fewer words for it."""
    return len(folded.split()) + (not folded.isascii()) >= SENTENCE_WORDS and any(map(str.isalpha, folded))


def _several_digits(folded: str) -> bool:
    """Tell whether a text is figures and nothing else, more than one: several answers at once, perhaps."""
    return not any(map(str.isalpha, folded)) and sum(map(str.isdigit, folded)) > 1


def begin(walk: Walk, keyword: Keyword) -> None:
    """Begin the flow a keyword names, in the keyword's language."""
    walk.said.switch(keyword.language)
    walk.begin(keyword.flow, argument=keyword.argument)


def emergency(walk: Walk, language: str, body: str, folded: str) -> None:
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
        if not (says_more and walk.stand.ask.type == FREE_TEXT and _accept_cry(walk, body)):
            walk.ask_again()
    elif says_more:
        keyword = walk.library.vocabulary.keywords.first(body, folded, language)
        words = keyword.argument if keyword and keyword.argument else body
        walk.begin(HELP, {EMERGENCY: text(words)}, words)
    elif walk.status == "active":
        walk.ask_again()


def _accept_cry(walk: Walk, body: str) -> bool:
    """Take an emergency's words as the answer to a question for words of one's own."""
    parsed = walk.parse(body)
    if isinstance(parsed, Unclear):
        return False
    if walk.stand.flow.name == HELP:
        walk.stand.answers[EMERGENCY] = parsed.value
    walk.accept(parsed, body)
    return True
