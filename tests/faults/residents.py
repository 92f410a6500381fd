"""Residents of Ashby and the conversations they hold, taken from the flows' own transcripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.library import BUILT_IN
from flows.transcript import Event, Hears, Says, read_transcript
from tests.faults.rows import DEEDS


@dataclass(frozen=True)
class Line:
    """A text, and the reply it must get; `…` in it stands for anything."""

    says: str
    hears: str


@dataclass(frozen=True)
class Resident:
    """A telephone, the conversation held on it, and how often what stands in the database after it."""

    number: str
    lines: Sequence[Line]
    deeds: Mapping[str, int] = field(default_factory=dict)


def script(number: str, flow: str, transcript: str, *more: Line) -> Resident:
    """Give a resident who says what stands in a flow's transcript, and then some `more`."""
    path = BUILT_IN / flow / "transcripts" / f"{transcript}.txt"
    lines: list[Line] = []
    deeds: Counter[str] = Counter()
    for line in read_transcript(str(path), path.read_text(encoding="utf-8")):
        if isinstance(line, Says):
            lines.append(Line(line.body, ""))
        elif isinstance(line, Hears):
            lines[-1] = Line(lines[-1].says, line.words)
        elif isinstance(line, Event) and line.type in DEEDS:
            deeds[line.type] += 1
    return Resident(number, (*lines, *more), deeds)


LONG = (
    "HELP Good morning, this is about my garden at Orchard Court: the fence came down in the storm and "
    "lies across the path, so that my neighbour cannot come by with her pram. Could somebody help me to "
    "put it up again? I have got nails, a saw and enough wood, and there is tea and cake for whoever "
    "comes. It would be kind if it could be done before the weekend, because my sister visits then and "
    "she walks with a stick. Many thanks!"
)

ROSE = script(
    "+447700900123", "lift", "first_lift", Line("MY LIFTS", "…Tuesday 3 March 10.30 am Ashby Surgery (…)…")
)
CARMEN = script(
    "+447700900141",
    "lift",
    "viaje_en_silla",
    Line("MIS VIAJES", "…martes 3 de marzo 10:30 Ashby Surgery (…)…"),
)
SOO_AH = script("+447700900133", "help", "korean_one_text")
SHOPPER = script("+447700900142", "help", "misspelt")
GEORGE = script("+447700900134", "vote", "open_vote")
PENNS = script("+447700900131", "vote", "two_on_one_handset")
GARDENER = Resident(
    "+447700900143",
    (
        Line(LONG, "Thank you. Your request is ….…"),
        Line("4", "What kind of help?…"),
        Line("House 🏡", "Which part is it in?…"),
    ),
    {"help.opened": 1},
)
EVERYBODY = (ROSE, CARMEN, SOO_AH, SHOPPER, GEORGE, PENNS, GARDENER)
SOME = (ROSE, PENNS, SOO_AH, GARDENER)
