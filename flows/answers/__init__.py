"""Answers are types: each parses text, says its grammar and keys, and says its value in words."""

from __future__ import annotations

from collections.abc import Mapping

from flows.answers.base import AnswerType
from flows.answers.choice import ChoiceType
from flows.answers.date import DateType
from flows.answers.free_text import FreeTextType
from flows.answers.name import NameType
from flows.answers.number import NumberType
from flows.answers.phone import PhoneType
from flows.answers.pin import PinType
from flows.answers.place import PlaceType
from flows.answers.ranking import RankingType
from flows.answers.time import TimeType
from flows.answers.yes_no import YesNoType

TYPES: Mapping[str, AnswerType] = {
    answer_type.name: answer_type
    for answer_type in (
        YesNoType(),
        ChoiceType(),
        NumberType(),
        DateType(),
        TimeType(),
        PlaceType(),
        NameType(),
        PhoneType(),
        PinType(),
        FreeTextType(),
        RankingType(),
    )
}
"""Every answer type by its name."""
