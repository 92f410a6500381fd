"""What a turn says, as texts: phrases filled in, options numbered, long ones paged with MORE."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from flows.answers.words import say
from flows.conversation import Conversation, Page, Prompt, Turn
from flows.gsm7 import cheapen, parts
from flows.library import COMMON, Library
from flows.phrases import fill

PARTS_MAX = 2
"""Parts of one text; what is longer goes on with MORE."""

_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_KINDS = ("confirmation", "question", "statement")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent now (nothing, one text, or several where there is no conversation to keep the rest).

    `kind` is the weightiest of what was joined: a `confirmation` is said once more after a crash,
    a `question` is asked again, a `statement` neither. `conversation` keeps what MORE says next.
    """

    texts: tuple[str, ...]
    kind: str
    conversation: Conversation | None


def respond(library: Library, turn: Turn, zone: tzinfo, *, cheap: bool = False) -> Reply:
    """Render a turn: its prompts joined into one text, whatever is too long kept for MORE."""
    prompts = [effect for effect in turn.effects if isinstance(effect, Prompt)]
    kinds = {prompt.kind for prompt in prompts}
    kind = next((kind for kind in _KINDS if kind in kinds), "statement")
    ready = tuple(effect.text for effect in turn.effects if isinstance(effect, Page))
    pages = (*ready, *render(library, prompts, turn.language, zone, cheap=cheap))
    if turn.conversation is None or len(pages) < 2:
        return Reply(pages, kind, turn.conversation)
    return Reply(pages[:1], kind, replace(turn.conversation, more=pages[1:]))


def render(
    library: Library, prompts: Sequence[Prompt], language: str, zone: tzinfo, *, cheap: bool = False
) -> list[str]:
    """Give the texts that say the prompts, each of at most `PARTS_MAX` parts, a hint where more follows."""
    texts = [words for prompt in prompts if (words := _words(library, prompt, language, zone))]
    whole = "\n".join(texts)
    if cheap:
        whole = cheapen(whole)
    if not whole:
        return []
    if parts(whole) <= PARTS_MAX:
        return [whole]
    hint = library.phrase(COMMON, 0, "more_hint", language)
    return _pages(whole, "\n" + hint.sms if hint else "")


def _words(library: Library, prompt: Prompt, language: str, zone: tzinfo) -> str:
    phrase = library.phrase(prompt.flow, prompt.version, prompt.key, language)
    if phrase is None:
        return ""
    wanted = phrase.help if prompt.variant == "help" and phrase.help else phrase.sms
    values = {name: say(value, language, zone) for name, value in prompt.values.items()}
    lines = [fill(wanted, values)]
    lines.extend(f"{number} {label}" for number, label in enumerate(prompt.options, 1))
    return "\n".join(lines)


def _pages(whole: str, hint: str) -> list[str]:
    pages: list[str] = []
    page = ""
    for separator, piece in _pieces(whole, hint):
        longer = page + separator + piece if page else piece
        if parts(longer + hint) <= PARTS_MAX:
            page = longer
            continue
        pages.append(page + hint)
        page = piece
    return [*pages, page]


def _pieces(whole: str, hint: str) -> list[tuple[str, str]]:
    """Cut a text into what may stand alone on a page, the finest cuts only where nothing else helps.

    Each piece comes with what joins it to the one before.
    """
    pieces: list[tuple[str, str]] = []
    for line in whole.split("\n"):
        joint = "\n"
        sentences = [line] if parts(line + hint) <= PARTS_MAX else _SENTENCE.split(line)
        for sentence in sentences:
            for piece in _fitting(sentence, hint):
                pieces.append((joint, piece))
                joint = " "
    return pieces


def _fitting(sentence: str, hint: str) -> list[str]:
    if parts(sentence + hint) <= PARTS_MAX:
        return [sentence]
    fitting = [""]
    for word in sentence.split(" "):
        for bit in _bits(word, hint):
            longer = f"{fitting[-1]} {bit}" if fitting[-1] else bit
            if parts(longer + hint) <= PARTS_MAX:
                fitting[-1] = longer
            else:
                fitting.append(bit)
    return fitting


def _bits(word: str, hint: str) -> list[str]:
    """Cut a word that fills a page by itself (a text without a space)."""
    bits = [""]
    for character in word:
        if parts(bits[-1] + character + hint) > PARTS_MAX:
            bits.append("")
        bits[-1] += character
    return bits
