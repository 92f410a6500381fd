"""Checks that nothing can be mistaken for anything else: choices for each other, keywords, global words."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from jellyfish import metaphone
from rapidfuzz.distance import OSA

from flows.answers import TYPES
from flows.answers.base import Choice, Question, Understood
from flows.answers.options import problems as option_problems
from flows.check_texts import Nowhere
from flows.commands import WORD, WORDS
from flows.deeds import HELP
from flows.errors import Problem
from flows.library import Library
from flows.limits import CHOICE_TYPES
from flows.model import Ask, Flow, Step, Texts
from flows.value import Json
from flows.words import LISTS, MENU, spoken

ALIKE_LETTERS = 8
"""Up to this length one different letter is too few to tell two choices apart; above it, two."""

HEARD_MIN = 3
"""Shorter sounds than this many consonants are alike too easily to say anything by ear."""

_OWN_WORDS = {HELP: {"help"}, MENU: {"menu", "start"}}
_NOON = datetime(2026, 9, 23, 12, tzinfo=UTC)


def check_choices(library: Library, flow: Flow) -> list[Problem]:
    """Check every question of a flow that offers its own choices, in every language."""
    problems: list[Problem] = []
    for texts in flow.texts.values():
        for step in flow.steps.values():
            if step.ask is not None and step.ask.type in CHOICE_TYPES and step.ask.own_choices:
                choices = library.choices(flow, step.ask, texts.language)
                problems += _apart(step, texts, choices)
                problems += _understood(step, step.ask, texts, choices)
                problems += _global(library, flow, step, texts, choices)
    return problems


def _names(choice: Choice) -> list[str]:
    return [spoken(name) for name in (choice.label, *choice.also)]


def _problem(texts: Texts, step: Step, message: str) -> Problem:
    phrase = texts.phrases.get(step.name)
    return Problem(texts.path, phrase.line if phrase else 1, f"choices of `{step.name}`: {message}")


def _apart(step: Step, texts: Texts, choices: Sequence[Choice]) -> Iterable[Problem]:
    """Each choice has to be told from each other one, typed in a hurry or heard on a bad line."""
    for one, other in itertools.combinations(choices, 2):
        pairs = list(itertools.product(_names(one), _names(other)))
        same = next((a for a, b in pairs if a == b), None)
        if same is not None:
            yield _problem(texts, step, f"`{same}` means both `{one.key}` and `{other.key}`; keep it for one")
            continue
        alike = next((pair for pair in pairs if _look_alike(*pair)), None)
        if alike:
            yield _problem(texts, step, f"`{alike[0]}` and `{alike[1]}` look too much alike; reword one")
            continue
        heard = next((pair for pair in pairs if _sound_alike(*pair)), None)
        if heard:
            yield _problem(
                texts, step, f"`{heard[0]}` and `{heard[1]}` sound alike on the telephone; reword one"
            )


def _look_alike(one: str, other: str) -> bool:
    a, b = unicodedata.normalize("NFD", one), unicodedata.normalize("NFD", other)
    shorter = min(len(a), len(b))
    if shorter < 4:
        return False
    slips = 1 if shorter <= ALIKE_LETTERS else 2
    return OSA.distance(a, b, score_cutoff=slips) <= slips


def _sound_alike(one: str, other: str) -> bool:
    heard = metaphone(_latin(one)).replace(" ", "")
    return len(heard) >= HEARD_MIN and heard == metaphone(_latin(other)).replace(" ", "")


def _latin(words: str) -> str:
    return "".join(character for character in words if character.isascii())


def _understood(step: Step, ask: Ask, texts: Texts, choices: tuple[Choice, ...]) -> Iterable[Problem]:
    """Each name has to come out as its own choice, through the very parsers that will hear it."""
    if ask.type not in TYPES or option_problems(ask.type, ask.options):
        return
    question = Question(texts.language, _NOON, "GB", Nowhere(), ask.options, choices)
    bare = replace(question, options={}, choices=())
    for place, choice in enumerate(choices, 1):
        for name in _names(choice):
            key = _parsed("choice", name, question) or ""
            if key != choice.key:
                taken = f"as `{key}`" if key else "not at all"
                yield _problem(texts, step, f"`{name}` of `{choice.key}` is understood {taken}; reword it")
            number = None if " " in name else _parsed("number", name, bare)
            if isinstance(number, int) and number != place and 0 < number <= len(choices):
                other = choices[number - 1].key
                yield _problem(texts, step, f"`{name}` of `{choice.key}` is also the number of `{other}`")


def _parsed(kind: str, name: str, question: Question) -> Json:
    """Give what an answer type makes of a name (None: nothing); of a choice, its key."""
    answer = TYPES[kind].parse(name, question)
    if not isinstance(answer, Understood):
        return None
    data = answer.value.data
    return data[0] if kind == "choice" and isinstance(data, list | tuple) else data


def _global(
    library: Library, flow: Flow, step: Step, texts: Texts, choices: Sequence[Choice]
) -> Iterable[Problem]:
    for choice in choices:
        for name in _names(choice):
            word = library.vocabulary.words().get(name)
            own = word is not None and (word.name == "quit" or (flow.name == MENU and word.name == "help"))
            if word is not None and not own:
                message = (
                    f"`{name}` works everywhere as {word.name.upper()}, so it cannot choose `{choice.key}`"
                )
                yield _problem(texts, step, f"{message}; reword it")


def check_keywords(library: Library) -> list[Problem]:
    """Check that each keyword and each global word means one thing, in whatever language it is."""
    return [*_keyword_clashes(library), *_word_clashes(library)]


def check_commands(library: Library) -> list[Problem]:
    """Check that each command means one thing, and that a flow that is one can be commanded."""
    problems: list[Problem] = []
    seen: dict[tuple[str, str], str] = {}
    for flow in library.flows.values():
        line = flow.lines.get("command", 1)
        if flow.command and len(flow.given) != 1:
            message = "a flow with a `command` is given one value, what the command names: `given: [code]`"
            problems.append(Problem(flow.path, line, message))
        for texts in flow.texts.values():
            if bool(texts.commands) != bool(flow.command):
                message = (
                    'a flow with a `command` lists its words: commands = ["…"]'
                    if flow.command
                    else "`commands` are for a flow with a `command`; add that to flow.yaml or remove these"
                )
                problems.append(Problem(texts.path, 1, message))
            for word in texts.commands:
                other = seen.setdefault((flow.command, spoken(word)), flow.name)
                if other != flow.name:
                    message = f"the command `{word}` also means `{other}`; keep it for one of them"
                    problems.append(Problem(texts.path, 1, message))
                problems += _shadows(library, flow, texts, word)
    return problems


def _shadows(library: Library, flow: Flow, texts: Texts, word: str) -> Iterable[Problem]:
    """A command without a code would take the place of a global word or a keyword.

    One with words behind may begin with a global word: without them that word keeps its place.
    """
    if flow.command not in (WORD, WORDS):
        return
    known = library.vocabulary.words().get(spoken(word))
    if known is not None and flow.command == WORD:
        message = f"the command `{word}` works everywhere as {known.name.upper()}; choose another"
        yield Problem(texts.path, 1, message)
    if spoken(word) in library.vocabulary.keywords.known:
        yield Problem(texts.path, 1, f"the command `{word}` is also a keyword; choose another")


def _keyword_clashes(library: Library) -> Iterable[Problem]:
    seen: dict[str, tuple[str, str]] = {}
    for flow in library.flows.values():
        for texts in flow.texts.values():
            for keyword in texts.keywords:
                folded = spoken(keyword)
                if not folded:
                    yield Problem(
                        texts.path, 1, f"keyword `{keyword}` has no letter or digit in it; remove it"
                    )
                    continue
                first = seen.setdefault(folded, (flow.name, texts.path))
                if first[0] != flow.name:
                    message = (
                        f"keyword `{keyword}` also starts `{first[0]}` ({first[1]}); keep it for one of them"
                    )
                    yield Problem(texts.path, 1, message)
                word = library.vocabulary.words().get(folded)
                if word is not None and word.name not in ("quit", *_OWN_WORDS.get(flow.name, ())):
                    message = f"keyword `{keyword}` works everywhere as {word.name.upper()}; choose another"
                    yield Problem(texts.path, 1, message)


def _word_clashes(library: Library) -> Iterable[Problem]:
    seen: dict[str, tuple[str, str]] = {}
    for common in library.common.values():
        listed = [name for name in common.words if name not in LISTS]
        named = [(word, name) for name in listed for word in common.words[name]]
        named += [(name, f"language {tag}") for tag, names in common.languages.items() for name in names]
        named += [(cry, "emergency") for cry in common.emergency]
        for word, meaning in named:
            folded = spoken(word)
            if not folded:
                yield Problem(common.path, 1, f"`{word}` has no letter or digit in it; remove it")
                continue
            first = seen.setdefault(folded, (meaning, common.path))
            if first[0] != meaning:
                message = (
                    f"`{word}` means {meaning} here and {first[0]} in {first[1]}; keep it for one of them"
                )
                yield Problem(common.path, 1, message)
