"""Checks a flow's texts: every language, every phrase, every placeholder, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from flows.answers import TYPES
from flows.answers.base import Question
from flows.answers.options import problems as option_problems
from flows.answers.reasons import REASONS
from flows.answers.words import say
from flows.call_phrases import CALL_NOTICES, CALL_PHRASES, CALL_WORDS, GO_ON
from flows.errors import Problem
from flows.gsm7 import parts
from flows.library import Library
from flows.limits import CHOICE_TYPES, CORRECTED, EXTRAS, UNCLEAR, WORDS
from flows.model import ActionSpec, Ask, Common, Flow, Phrase, Step, Texts
from flows.phrases import fill, placeholders
from flows.render import PARTS_MAX
from flows.words import COMMON_PHRASES, GLOBAL_WORDS, HINT, LISTS, NOTICES

TYPICAL = "Ann Example"
"""Stands for a value whose length nobody knows before."""

_BRACED = re.compile(r"\{[^{}]*\}|[{}]")
_NOON = datetime(2026, 9, 23, 12, tzinfo=UTC)


class Nowhere:
    """A gazetteer for typical answers."""

    def names(self, language: str) -> Mapping[str, str]:  # noqa: ARG002 (the protocol's)
        """Know one place."""
        return {"health centre": "health_centre"}

    def label(self, key: str) -> str:  # noqa: ARG002 (the protocol's)
        """Name it."""
        return "Health Centre"


def check_common(library: Library) -> list[Problem]:
    """Check that every language has every global word, emergency words and every shared phrase."""
    if not library.common:
        return [
            Problem("common/texts", 1, "there are no common texts; every library needs common/texts/en.toml")
        ]
    return [problem for common in library.common.values() for problem in _common(common)]


def _common(common: Common) -> Iterable[Problem]:
    for word in (*GLOBAL_WORDS, *CALL_WORDS, GO_ON, *LISTS):
        if not common.words.get(word):
            yield Problem(common.path, 1, f'[words] lacks `{word}`; add a line `{word} = ["…"]`')
    if not common.emergency:
        yield Problem(
            common.path, 1, "[emergency] lacks `words`; a cry for help in this language would be missed"
        )
    if not common.languages.get(common.language):
        yield Problem(
            common.path, 1, f'[languages] lacks the language\'s own name: {common.language} = ["…"]'
        )
    fills = _fills()
    for key in fills:
        if key not in common.phrases:
            yield Problem(common.path, 1, f'[phrases] lacks "{key}"; add it')
    for key, phrase in common.phrases.items():
        if key not in fills:
            yield Problem(common.path, phrase.line, f'phrase "{key}" is said by nobody; remove it')
            continue
        known = fills[key]
        yield from _braces(common.path, key, phrase)
        for name in sorted(_names(phrase) - known):
            yield Problem(common.path, phrase.line, f'phrase "{key}": nothing fills in {{{name}}}; remove it')
        for words in phrase.variants():
            count = parts(fill(words, dict.fromkeys(placeholders(words), TYPICAL)))
            if count > PARTS_MAX and not key.startswith("call."):
                yield Problem(
                    common.path, phrase.line, f'phrase "{key}" takes over {PARTS_MAX} parts; shorten it'
                )


def _fills() -> dict[str, frozenset[str]]:
    """Give every common phrase and the placeholders it may have."""
    fills = {key: EXTRAS | frozenset(names) for key, names in {**COMMON_PHRASES, **REASONS}.items()}
    fills |= {HINT + name: EXTRAS for name in TYPES}
    fills |= {key: EXTRAS | frozenset(names) for key, names in CALL_PHRASES.items()}
    return fills | {key: frozenset(names) for key, names in {**NOTICES, **CALL_NOTICES}.items()}


def check_texts(library: Library, flow: Flow, actions: Mapping[str, ActionSpec]) -> list[Problem]:
    """Check one flow's texts in every language."""
    problems = [
        Problem(flow.path, 1, f"no texts in `{language}`; add texts/{language}.toml")
        for language in library.languages
        if language not in flow.texts
    ]
    for language, texts in flow.texts.items():
        if language not in library.common:
            message = (
                f"nothing else is said in `{language}`; add common/texts/{language}.toml or remove this file"
            )
            problems.append(Problem(texts.path, 1, message))
    held = names_held(flow, actions)
    for texts in flow.texts.values():
        for step in flow.steps.values():
            problems += _step(flow, step, texts, held.get(step.name))
        problems += _notices(flow, texts)
        problems += _marks(flow, texts)
    problems += _given_options(flow, held)
    return problems


def names_held(flow: Flow, actions: Mapping[str, ActionSpec]) -> dict[str, frozenset[str]]:
    """Give, for each step that can be reached, the names that every way to it has provided.

    Nothing at all when an action is unknown: that is a problem of its own, not one for each phrase.
    """
    if any(step.do and step.do not in actions for step in flow.steps.values()):
        return {}
    held: dict[str, frozenset[str]] = {flow.start: frozenset(flow.given)}
    waiting = [flow.start]
    while waiting:
        name = waiting.pop()
        step = flow.steps.get(name)
        if step is None:
            continue
        for to, names in _leaving(step, held[name], actions):
            known = held.get(to)
            agreed = names if known is None else known & names
            if agreed != known:
                held[to] = agreed
                waiting.append(to)
    return held


def _leaving(
    step: Step, held: frozenset[str], actions: Mapping[str, ActionSpec]
) -> Iterable[tuple[str, frozenset[str]]]:
    for outcome, ways in step.ways.items():
        gained = _asked(step.ask, outcome) if step.ask else _gives(step, outcome, actions)
        passed: frozenset[str] = frozenset()  # whoever gets past `unknown NAME` knows it
        for way in ways:
            kind, _, name = way.when.partition(" ")
            yield way.to, held | gained | passed | (frozenset({name}) if kind == "known" else frozenset())
            passed |= frozenset({name}) if kind == "unknown" else frozenset()


def _asked(ask: Ask, outcome: str) -> frozenset[str]:
    if outcome == UNCLEAR:
        return frozenset({WORDS})
    return frozenset() if outcome == CORRECTED else frozenset({ask.name})


def _gives(step: Step, outcome: str, actions: Mapping[str, ActionSpec]) -> frozenset[str]:
    spec = actions.get(step.do)
    if spec is None:
        return frozenset()
    if outcome in spec.outcomes:
        return frozenset(spec.outcomes[outcome])
    others = [frozenset(gives) for name, gives in spec.outcomes.items() if name not in step.ways]
    return frozenset.intersection(*others) if others else frozenset()


def _step(flow: Flow, step: Step, texts: Texts, held: frozenset[str] | None) -> Iterable[Problem]:
    phrase = texts.phrases.get(step.name)
    if step.do or step.go:
        return
    if phrase is None or not phrase.sms.strip():
        yield Problem(texts.path, 1, f'[phrases] lacks `{step.name}`; add `{step.name} = "…"`')
        return
    yield from _braces(texts.path, step.name, phrase)
    for name in sorted(_names(phrase) - held - EXTRAS) if held is not None else ():
        message = f"phrase `{step.name}`: {{{name}}} is not known there on every way to it"
        yield Problem(texts.path, phrase.line, f"{message}; ask for it before, or leave it out")
    labels = []
    if step.ask is not None and step.ask.type in CHOICE_TYPES:
        named = texts.options.get(step.ask.name, {})
        labels = [named[key].label for key in step.ask.own_choices or named if key in named]
        yield from _labels(flow, step.ask, texts)
    typical = _typical(flow, texts.language)
    lines = [f"\n{number} {label}" for number, label in enumerate(labels, 1)]
    for words in (phrase.sms, phrase.help):
        count = parts(
            fill(words, {name: typical.get(name, TYPICAL) for name in placeholders(words)}) + "".join(lines)
        )
        if count > PARTS_MAX:
            message = f"phrase `{step.name}` takes {count} parts as a text with typical answers filled in"
            yield Problem(texts.path, phrase.line, f"{message}; shorten it to {PARTS_MAX}")


def _labels(flow: Flow, ask: Ask, texts: Texts) -> Iterable[Problem]:
    labels = texts.options.get(ask.name, {})
    for key in ask.own_choices:
        if key not in labels or not labels[key].label.strip():
            message = f'option `{key}` of `{ask.name}` has no label; add {key} = {{ label = "…" }}'
            yield Problem(texts.path, 1, f"{message} under [options.{ask.name}]")
    known = {
        key for step in flow.steps.values() if step.ask and step.ask.name == ask.name for key in _keys(step)
    }
    for key in labels:
        if known and key not in known:
            yield Problem(
                texts.path, 1, f"[options.{ask.name}] labels `{key}`, which no question offers; remove it"
            )


def _keys(step: Step) -> tuple[str, ...]:
    return step.ask.own_choices if step.ask else ()


def _notices(flow: Flow, texts: Texts) -> Iterable[Problem]:
    """Phrases that services say: every language needs them, and a placeholder only one has is a slip."""
    everywhere = {key for own in flow.texts.values() for key in own.phrases} - set(flow.steps)
    for key in sorted(everywhere):
        phrase = texts.phrases.get(key)
        if phrase is None:
            yield Problem(
                texts.path, 1, f'[phrases] lacks `{key}`, which other languages have; add `{key} = "…"`'
            )
            continue
        yield from _braces(texts.path, key, phrase)
        others = [own.phrases[key] for own in flow.texts.values() if own is not texts and key in own.phrases]
        elsewhere = frozenset().union(*(_names(other) for other in others))
        for name in sorted(_names(phrase) - elsewhere - EXTRAS) if others else ():
            message = f"phrase `{key}`: no other language has {{{name}}}; spell it as they do"
            yield Problem(texts.path, phrase.line, message)


def _marks(flow: Flow, texts: Texts) -> Iterable[Problem]:
    asked = [ask.name for name in flow.argument if name in flow.steps and (ask := flow.steps[name].ask)]
    for name in texts.marks:
        if len(asked) < 2 or name not in asked:
            message = f"[marks] has `{name}`, which is not the answer of one of several steps in `argument`"
            yield Problem(texts.path, 1, f"{message}; remove it")


def _given_options(flow: Flow, held: Mapping[str, frozenset[str]]) -> Iterable[Problem]:
    for step in flow.steps.values():
        options = step.ask.options.get("options") if step.ask else None
        if isinstance(options, Mapping) and step.name in held:
            name = str(options.get("from", ""))
            if name not in held[step.name]:
                message = f"step `{step.name}`: its choices come from `{name}`, not known there on every way"
                yield Problem(flow.path, step.line, f"{message}; let an action give it before")


def _typical(flow: Flow, language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for step in flow.steps.values():
        if step.ask is None or step.ask.type not in TYPES or step.ask.type in CHOICE_TYPES:
            continue
        if option_problems(step.ask.type, step.ask.options):
            continue
        question = Question(language, _NOON, "GB", Nowhere(), step.ask.options)
        found[step.ask.name] = say(TYPES[step.ask.type].typical(question), language, UTC)
    return found


def _names(phrase: Phrase) -> frozenset[str]:
    return frozenset().union(*(placeholders(words) for words in phrase.variants()))


def _braces(path: str, key: str, phrase: Phrase) -> Iterable[Problem]:
    for words in phrase.variants():
        for braced in _BRACED.findall(words):
            if not placeholders(braced):
                message = f"phrase `{key}`: `{braced}` is no placeholder; write {{name}} in small letters"
                yield Problem(path, phrase.line, message)
