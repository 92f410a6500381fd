"""What an announcement would say to whom, and how much it takes, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.gsm7 import parts
from flows.render import render
from gateway.services.announcements import kind_label, prompt_for
from gateway.store.announcements import Audience, reached
from gateway.store.calls import reads_no_texts
from gateway.store.database import Tx
from gateway.turns import Turns


@dataclass(frozen=True, slots=True)
class Version:
    """What those of one language read, and how many they are."""

    language: str
    texts: Sequence[str]
    readers: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Who hears of it and what it takes: texts by language, `parts` in all, calls to who reads none."""

    versions: Sequence[Version]
    reached: int
    parts: int
    calls: int


def languages_of(turns: Turns) -> tuple[str, ...]:
    """Give the languages of the community, its own first."""
    own = turns.community.language
    return (own, *(tag for tag in turns.library.languages if tag != own))


def preview(
    tx: Tx, turns: Turns, category: str, words: Mapping[str, str], audience: Audience, now: datetime
) -> Preview:
    """Give what everybody would read and how many they are; `words` by language (BCP 47). Sends nothing."""
    usual = turns.community.language
    everybody = reached(tx, category, audience)
    rung = [one for one in everybody if turns.rings and reads_no_texts(tx, one.id)]
    timing = turns.timing(tx, now)
    versions, cost = [], 0
    for tag in languages_of(turns):
        readers = sum((one.language or usual) == tag for one in everybody if one not in rung)
        prompt = prompt_for(words, kind_label(timing, tag, category), tag, usual)
        texts = render(turns.library, [prompt], tag, turns.community.zone, cheap=turns.cheap)
        cost += readers * sum(parts(body) for body in texts)
        if readers:
            versions.append(Version(tag, texts, readers))
    return Preview(versions, len(everybody), cost, len(rung))
