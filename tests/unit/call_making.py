"""Somebody who rings: says, presses, waits, hangs up, and hears what is said."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from flows.conversation import (
    Again,
    Called,
    Conversation,
    Effect,
    Happened,
    Heard,
    HungUp,
    Input,
    Keyed,
    Prompt,
    Setting,
    Silence,
    TextIn,
)
from flows.engine import take_turn
from flows.library import Library
from flows.listening import Expectation, expects
from flows.spoken import Sentence, spoken
from tests.unit.flow_making import LONDON, setting

AGAIN = "(again)"
"""What a caller hears when the last words are said once more."""


@dataclass
class Caller:
    """A resident on the telephone; the conversation is saved and loaded again between all turns."""

    library: Library
    around: Setting = field(default_factory=setting)
    conversation: Conversation | None = None
    effects: tuple[Effect, ...] = ()
    sentences: list[Sentence] = field(default_factory=list)

    def rings(self, opening: str = "call.greeting") -> str:
        """Begin a call."""
        return self.meets(Called(opening))

    def says(self, *alternatives: str) -> str:
        """Say something, heard as any of `alternatives`."""
        return self.meets(Heard(alternatives))

    def presses(self, keys: str) -> str:
        """Press keys."""
        return self.meets(Keyed(keys))

    def waits(self) -> str:
        """Say nothing."""
        return self.meets(Silence())

    def hangs_up(self) -> str:
        """End the call."""
        return self.meets(HungUp())

    def texts(self, body: str) -> list[str]:
        """Send a text after the call; give the keys of what is answered."""
        self.around = replace(self.around, medium="text")
        self._take(TextIn(body))
        return self.said()

    def meets(self, what: Input) -> str:
        """Let something happen on the call, and listen."""
        self.around = replace(self.around, medium="call")
        return self._take(what)

    def happened(self) -> list[str]:
        """Give the types of what happened in the last turn."""
        return [effect.type for effect in self.effects if isinstance(effect, Happened)]

    def said(self) -> list[str]:
        """Give the keys of what was said in the last turn."""
        return [effect.key for effect in self.effects if isinstance(effect, Prompt)]

    def expects(self) -> Expectation:
        """Give what the ears listen for now."""
        return expects(self.library, self.conversation, self.around)

    def _take(self, what: Input) -> str:
        turn = take_turn(self.library, self.conversation, what, self.around)
        saved = json.dumps(turn.conversation.to_json()) if turn.conversation else ""
        self.conversation = Conversation.from_json(json.loads(saved)) if saved else None
        self.effects = turn.effects
        self.sentences = spoken(self.library, turn.effects, turn.language, LONDON)
        again = [AGAIN] if any(isinstance(effect, Again) for effect in turn.effects) else []
        return " ".join([*again, *(sentence.text for sentence in self.sentences)])
