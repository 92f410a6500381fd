"""Every limit and every name the engine, the checker and the texts agree on."""

from __future__ import annotations

from datetime import timedelta

CHAIN_MAX = 48
"""Steps a turn may take without asking; the checker refuses flows that could need more.

A turn may pass two questions that its words have answered already, and so hold three rows of steps.
"""

UNCLEAR_EXPLAINS = 2
"""The how many-th answer not understood in a row brings the longer help; later ones also offer a person."""

PERSON_PATIENCE = timedelta(hours=24)
"""How long a conversation waits for a person after the resident's last word."""

LEFT_TO_PERSON = "person"
"""The `end` of a step after which a person goes on talking with the resident."""

LIVE = frozenset({"active", "person"})
"""The statuses of a conversation that is going on."""

EXTRAS = frozenset({"community", "emergency_number"})
"""Placeholders every phrase may use: fields of `Setting`."""

REFERENCE = "ref"
"""The value a confirmation always carries, so that it can be recognised when it is said twice."""

CHOICE_TYPES = frozenset({"choice", "ranking"})
"""Answer types that need choices."""

ANSWERED = "answered"
"""The outcome of a question whose answer is not an outcome itself."""

CORRECTED = "corrected"
"""The outcome of a question that is answered by changing an answer given before."""

UNCLEAR = "unclear"
"""The outcome of a question that is answered by a sentence it does not understand."""

WORDS = "words"
"""The value that holds the sentence of the outcome `unclear`."""

SENTENCE_WORDS = 3
"""A text of so many words says something of its own, even where nobody understands it."""
