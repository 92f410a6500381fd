"""What the global words do, in every flow and outside of any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.call_phrases import GO_ON
from flows.limits import LIVE
from flows.value import text
from flows.walk import Walk
from flows.words import MENU, Word

HELP = "help"
"""The flow that HELP starts outside a conversation, and that keeps the words of an emergency."""


def obey(walk: Walk, word: Word, more: tuple[str, ...]) -> None:
    """Do what a global word says, in its language if the resident's is not known: words are borrowed.

    A language that is known changes only when it is named, or when a flow is started in another.
    """
    foreign = bool(word.languages) and walk.said.language not in word.languages
    starts = word.name == "help" and walk.status not in LIVE
    if word.value:
        walk.said.switch(word.value)
    elif foreign and (starts or not walk.setting.language_known):
        walk.said.switch(word.languages[0])
    if word.name == "more":
        _more(walk, more)
    elif word.value:
        walk.said.say("language_set")
        if walk.status == "active":
            walk.ask_again()
    else:
        _DEEDS[word.name](walk)


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
    """Explain the question and offer a person; whoever asks for help again and again gets one.

    Who asks for help at the menu wants help, not to hear how a menu works.
    """
    if walk.status == "active" and walk.stand.flow.name != MENU:
        if walk.puzzle():
            _person(walk)
            return
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


def _go_on(walk: Walk) -> None:
    if walk.status == "active":
        walk.ask_again()
    else:
        walk.begin(MENU)


def _quit(walk: Walk) -> None:
    walk.leave("left")
    walk.said.say("left")


def _back(walk: Walk) -> None:
    if walk.status == "person":
        walk.resume()
    elif walk.status != "active":
        walk.begin(MENU)
    elif walk.back():
        walk.ask_again()
    elif walk.setting.medium == "call" and walk.stand.flow.name != MENU and not walk.stand.answers:
        walk.begin(MENU)  # one misheard word leads into a flow
    else:
        walk.said.say("back_none")
        walk.ask_again()


def _language(walk: Walk) -> None:
    """Each language is named in itself, so that those who need it can read it."""
    names = [own[0] for tag, common in walk.library.common.items() if (own := common.languages.get(tag))]
    walk.said.say("language_offer", {"languages": text(", ".join(names))})


_DEEDS: Mapping[str, Callable[[Walk], None]] = {
    "stop": _stop,
    "start": _start,
    "help": _help,
    "menu": _menu,
    "person": _person,
    "back": _back,
    "language": _language,
    "quit": _quit,
    GO_ON: _go_on,
}
