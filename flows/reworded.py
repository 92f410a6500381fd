"""A library with some of its texts in other words: what a coordinator changed, laid over the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flows.library import COMMON, Library
from flows.model import Phrase

VARIANTS = ("sms", "voice", "help")
"""The texts a phrase may hold."""


@dataclass(frozen=True, slots=True)
class Rewording:
    """Other words for one text: `flow` may be `common`, `variant` is sms, voice or help."""

    flow: str
    language: str
    key: str
    variant: str
    words: str


def reworded(library: Library, changes: Iterable[Rewording]) -> Library:
    """Give a library that says some of its texts in other words, in the newest version of each flow.

    A change of a text that is no longer there is left out: an update may have taken it away.
    """
    common = dict(library.common)
    flows = dict(library.flows)
    for change in changes:
        if change.flow == COMMON and change.language in common:
            texts = common[change.language]
            common[change.language] = replace(texts, phrases=_with(texts.phrases, change))
        elif change.flow in flows and change.language in flows[change.flow].texts:
            flow = flows[change.flow]
            spoken = flow.texts[change.language]
            spoken = replace(spoken, phrases=_with(spoken.phrases, change))
            flows[change.flow] = replace(flow, texts={**flow.texts, change.language: spoken})
    newest = {(flow.name, flow.version): flow for flow in flows.values()}
    versions = {**library.versions, **newest}
    return Library(versions.values(), common, binding=library.binding, problems=library.problems)


def _with(phrases: Mapping[str, Phrase], change: Rewording) -> Mapping[str, Phrase]:
    phrase = phrases.get(change.key)
    if phrase is None or change.variant not in VARIANTS:
        return phrases
    match change.variant:
        case "voice":
            phrase = replace(phrase, voice=change.words)
        case "help":
            phrase = replace(phrase, help=change.words)
        case _:
            phrase = replace(phrase, sms=change.words)
    return {**phrases, change.key: phrase}
