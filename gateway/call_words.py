"""What is said on calls as it stands: around turns, and everything that can be made beforehand."""

from __future__ import annotations

from flows.conversation import Prompt
from flows.library import COMMON, Library
from flows.spoken import Sentence, spoken
from flows.value import Value, text
from gateway.community import Community


def common_sentences(library: Library, community: Community, key: str, language: str = "") -> list[Sentence]:
    """Give a phrase of CALL_NOTICES, in the community's language unless another is named."""
    prompt = Prompt(COMMON, key, values=_extras(community))
    return spoken(library, [prompt], language or community.language, community.zone)


def filled(words: str, community: Community) -> str:
    """Put into words that a neighbour reads what stands in braces in them."""
    for name, value in _extras(community).items():
        words = words.replace(f"{{{name}}}", str(value.data))
    return words


def standing_sentences(library: Library, community: Community) -> list[Sentence]:
    """Give the sentences without a value in them that calls may say, in the community's language."""
    extras = _extras(community)
    prompts = [
        Prompt(flow.name, step.name, version=flow.version, values=extras)
        for flow in library.flows.values()
        for step in flow.steps.values()
        if step.ask or step.say or step.end
    ]
    phrases = library.common[community.language].phrases
    prompts += [Prompt(COMMON, key, values=extras) for key in phrases if key.startswith("call.")]
    return spoken(library, prompts, community.language, community.zone)


def _extras(community: Community) -> dict[str, Value]:
    return {"community": text(community.name), "emergency_number": text(community.emergency_number)}
