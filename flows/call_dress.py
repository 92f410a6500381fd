"""Turns what a turn says into what is said on a call: echoes, keys, the tone, other words for the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flows.by_ear import RECORDED_TYPES, asked
from flows.call_phrases import KEYS
from flows.conversation import Effect, Prompt, Turn
from flows.library import COMMON
from flows.limits import LIVE
from flows.walk import Walk

ON_CALLS: Mapping[str, str] = {"person": "call.person", "help_person": "call.help"}
"""Common phrases that say something else on a call."""


def dressed(walk: Walk) -> Turn:
    """Give what the turn came to, for the ear."""
    echoes = list(_echoes(walk))
    turn = walk.turn()
    effects = [effect for given in turn.effects for effect in _dress(walk, given)]
    first = next((at for at, effect in enumerate(effects) if isinstance(effect, Prompt)), len(effects))
    return replace(turn, effects=(*effects[:first], *echoes, *effects[first:]))


def _echoes(walk: Walk) -> Iterator[Prompt]:
    """Read back what was heard in this turn, unless what is said tells it anyway."""
    stand = walk.stand
    if walk.status not in LIVE or stand.begun is None or stand.call.check:
        return
    told = stand.told(walk.said.language)
    kinds = asked(stand.flow)
    recorded = False
    for name in walk.by_ear.fresh(stand.flow, stand.answers):
        if kinds[name] in RECORDED_TYPES:
            recorded = True
        elif not _tells(walk.said.effects, name):
            yield Prompt(COMMON, "call.echo", values={"answer": told[name]}, private=stand.flow.secret)
    if recorded:
        yield Prompt(COMMON, "call.recorded")


def _tells(effects: Sequence[Effect], name: str) -> bool:
    return any(isinstance(effect, Prompt) and name in effect.values for effect in effects)


def _dress(walk: Walk, effect: Effect) -> Iterator[Effect]:
    if not isinstance(effect, Prompt):
        yield effect
        return
    if effect.flow == COMMON:
        prompt = replace(effect, key=ON_CALLS.get(effect.key, effect.key))
        by_keys = prompt.key in _YES_OR_NO and not walk.setting.hears
        yield prompt
        if by_keys:
            yield Prompt(COMMON, f"{KEYS}yes_no")
        return
    yield from _question(walk, effect) if effect.kind == "question" else (effect,)


_YES_OR_NO = ("call.right", "call.stop_sure", "call.cry")


def _question(walk: Walk, prompt: Prompt) -> Iterator[Effect]:
    """Add to a question how it is answered: by which keys, or after the tone."""
    step = walk.library.flow(prompt.flow, prompt.version).steps[prompt.key]
    kind = step.ask.type if step.ask is not None else ""
    by_keys = prompt.variant == "keys" or not walk.setting.hears or kind == "pin"
    yield replace(prompt, variant="keys") if by_keys and prompt.options else prompt
    if by_keys and kind != "place":  # places are read out first
        yield Prompt(COMMON, KEYS + kind)
    elif kind in RECORDED_TYPES:
        yield Prompt(COMMON, "call.tone")
