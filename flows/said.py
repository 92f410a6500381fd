"""What a turn says and what happens in it, in order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flows.conversation import Again, Effect, Happened, Page, Prompt, Setting
from flows.library import COMMON, Library
from flows.limits import EXTRAS, REFERENCE
from flows.stand import Stand
from flows.value import Json, Value, text

NO_VALUES: Mapping[str, Value] = MappingProxyType({})


class Said:
    """Gathers the effects of one turn; `language` is what its prompts are said in."""

    def __init__(self, library: Library, setting: Setting, language: str) -> None:
        self.language = language
        self._library = library
        self._setting = setting
        self._effects: list[Effect] = []

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Everything so far, in order."""
        return tuple(self._effects)

    def happened(self, kind: str, **data: Json) -> None:
        """Note that something happened."""
        self._effects.append(Happened(kind, data))

    @property
    def happenings(self) -> tuple[str, ...]:
        """The types of what happened so far."""
        return tuple(effect.type for effect in self._effects if isinstance(effect, Happened))

    @property
    def count(self) -> int:
        """How many effects there are so far."""
        return len(self._effects)

    def happened_at(self, place: int, kind: str, **data: Json) -> None:
        """Note that something happened before the effect that has `place` now."""
        self._effects.insert(place, Happened(kind, data))

    def switch(self, language: str) -> None:
        """Go on in another language."""
        if language != self.language:
            self.language = language
            self.happened("language.set", language=language)

    def choose(self, language: str) -> None:
        """Go on in a language that the resident chose, be it the same as before."""
        self.language = language
        self.happened("language.set", language=language)

    def page(self, words: str) -> None:
        """Say a page that was rendered before."""
        self._effects.append(Page(words))

    def say(
        self,
        key: str,
        values: Mapping[str, Value] = NO_VALUES,
        *,
        kind: str = "statement",
        options: tuple[str, ...] = (),
        variant: str = "sms",
        private: bool = False,
    ) -> None:
        """Say a phrase every flow shares; `options`, `variant` and `private` are as in `Prompt`."""
        filled = self._values(COMMON, 0, key, values)
        self._effects.append(Prompt(COMMON, key, kind, filled, options, variant=variant, private=private))

    def say_in(self, language: str, key: str, values: Mapping[str, Value] = NO_VALUES) -> None:
        """Ask with a phrase every flow shares in a language that may not be the turn's."""
        filled = self._values(COMMON, 0, key, values)
        self._effects.append(Prompt(COMMON, key, "question", filled, language=language))

    def again(self) -> None:
        """On a call, say once more what was said last."""
        self._effects.append(Again())

    def ask(self, stand: Stand, variant: str = "sms") -> None:
        """Say the question a conversation stands at."""
        labels = tuple(choice.label for choice in stand.choices(stand.ask, self.language))
        self._say_step(stand, "question", labels, variant)

    def speak(self, stand: Stand, *, bound: bool) -> None:
        """Say what a step has to say, if anything; `bound`: something was done that binds."""
        if stand.phrase(self.language) is not None:
            self._say_step(stand, "confirmation" if bound else "statement")

    def unclear(self, stand: Stand, reason: str) -> None:
        """Note that a question was not answered."""
        data: dict[str, Json] = {"flow": stand.flow.name, "step": stand.step}
        self.happened("conversation.unclear", **data, reason=reason, count=stand.unclear)

    def _say_step(self, stand: Stand, kind: str, options: tuple[str, ...] = (), variant: str = "sms") -> None:
        """Say the phrase of the step a conversation stands at; a confirmation carries its reference."""
        name, version = stand.version
        fills = kind == "confirmation" or self._library.placeholders(name, version, stand.step)
        told = stand.told(self.language) if fills else NO_VALUES
        values = self._values(name, version, stand.step, told)
        if kind == "confirmation" and REFERENCE in told:
            values[REFERENCE] = told[REFERENCE]
        private = not self._library.secrets(name, version).isdisjoint(values)
        self._effects.append(
            Prompt(name, stand.step, kind, values, options, version, variant, private=private)
        )

    def _values(self, flow: str, version: int, key: str, known: Mapping[str, Value]) -> dict[str, Value]:
        """Give what a phrase fills in and no more: a prompt may be stored longer than the answers are."""
        values: dict[str, Value] = {}
        for name in self._library.placeholders(flow, version, key):
            if name in known:
                values[name] = known[name]
            elif name in EXTRAS:
                values[name] = text(str(getattr(self._setting, name)))
        return values
