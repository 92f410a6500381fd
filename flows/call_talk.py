"""What is done with what a caller says, presses, or leaves unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.answering import answer, emergency
from flows.answers.base import Unclear, Understood
from flows.by_ear import RECORDED_TYPES
from flows.call_phrases import KEYS
from flows.conversation import RECORDED
from flows.deeds import obey
from flows.hearing import UNHEARD, Meaning, crying, meanings, why_unclear, yes_or_no
from flows.keypad import (
    BACK_KEY,
    MORE_KEY,
    OFFERED_AT_ONCE,
    PERSON_KEY,
    REPEAT_KEY,
    all_places,
    places_spelt,
    understand,
)
from flows.library import COMMON
from flows.limits import LIVE, UNCLEAR_EXPLAINS
from flows.value import Value
from flows.walk import Walk
from flows.words import MENU, Word, spoken

PERSON, BACK, START, STOP = (Word(name, ()) for name in ("person", "back", "start", "stop"))

SILENCES_REPEAT, SILENCES_EXPLAIN = 1, 2
"""The first silence brings the same words again, the second the keys, one more a goodbye."""

ANYTHING_ELSE = "call.anything_else"
YES_KEY, NO_KEY = "1", "2"


class Talk:
    """One turn on a call, from what was asked before it to what is asked next."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        state = walk.stand.call
        self._asking, self._silences = state.asking, state.silences
        self._offered, self._page = state.offered, state.page
        self._over = False
        self._ask(asking="")

    # What a caller may do.

    def hear(self, alternatives: Sequence[str]) -> None:
        """Take an utterance."""
        walk = self._walk
        cry, language = crying(walk, alternatives)
        if cry:
            emergency(walk, language, cry, spoken(cry))
            return
        words = meanings(walk, alternatives, answers=False)
        agreed = len(words) == 1 and len(meanings(walk, alternatives, answers=self._may_answer())) == 1
        if walk.setting.stopped:
            self._hear_stopped(words)
        elif (
            agreed and words[0].word is not None and not (self._asking == "more" and _no(walk, alternatives))
        ):
            self._word(words[0].word)
        elif self._asking in _ASKED_ON_CALLS or walk.stand.call.check:
            self._hear_asked(alternatives)
        elif walk.status == "person":
            self._message()
        else:
            self._hear_answer(alternatives)

    def press(self, keys: str) -> None:
        """Take an entry of keys; an answer wins over what 0 and 9 do everywhere."""
        walk = self._walk
        if walk.setting.stopped:
            if keys == YES_KEY:
                obey(walk, START, ())
            else:
                self.offer_start()
        elif keys == REPEAT_KEY or (not keys and not self._at_place()):
            self._repeat()
        elif self._asking in _ASKED_ON_CALLS or walk.stand.call.check:
            self._press_asked(keys)
        elif walk.status == "person":
            if keys == BACK_KEY:
                obey(walk, BACK, ())
            else:
                walk.said.say("call.person_waiting", kind="question")
        else:
            self._press_answer(keys)

    def wait(self) -> None:
        """Take a silence: the same again, the keys, goodbye."""
        walk = self._walk
        if walk.status == "person":
            self.goodbye()
            return
        silences = self._silences + 1
        if walk.status not in LIVE or silences > SILENCES_EXPLAIN:
            walk.said.say("call.give_up")
            walk.said.happened("call.give_up")
            self._over = True
        elif silences == SILENCES_REPEAT:
            self._repeat()
        elif self._asking == "language":
            self._choose_language(walk.said.language)
        else:
            self._ask_with_keys()
        if walk.status in LIVE:
            walk.stand.call = replace(walk.stand.call, silences=silences)

    # What is asked of a caller.

    def take_up(self) -> None:
        """Go on where the conversation stopped, or ask what is wanted."""
        walk = self._walk
        if walk.status == "person":
            walk.said.say("call.person_waiting", kind="question")
        elif walk.status == "active" and walk.stand.flow.name != MENU:
            walk.said.say("call.go_on")
            walk.ask_again()
        else:
            walk.begin(MENU)

    def offer_start(self) -> None:
        """Say that we were told to stop, and how to begin again."""
        self._walk.said.say("call.stopped", kind="question")

    def ask_language(self) -> None:
        """Name each language in itself, the present one first."""
        walk = self._walk
        if walk.status not in LIVE:
            walk.stand_at(MENU)
        for place, language in enumerate(self._languages(), 1):
            walk.said.say_in(language, "call.language", {"key": Value("number", place)})
        self._ask(asking="language")

    def goodbye(self) -> None:
        """End the call with a kind word; half-done things stay for a text or another call."""
        walk = self._walk
        walk.said.say("call.goodbye")
        walk.said.happened("call.goodbye")
        if walk.status == "active" and walk.stand.flow.name == MENU:
            walk.leave("left")
        self._over = True

    def after(self) -> None:
        """Ask whether there is anything else, when whatever was going on has ended."""
        walk = self._walk
        started = "resident.started" in walk.said.happenings
        if self._over or (walk.setting.stopped and not started):
            return
        if walk.status in LIVE:
            self._offer_unasked()
            return
        walk.stand_at(MENU)
        self._anything_else()

    # How it is understood.

    def _may_answer(self) -> bool:
        walk = self._walk
        asks_own = self._asking in ("language", "stop") or bool(walk.stand.call.check)
        return walk.status == "active" and not asks_own and walk.stand.ask.type not in _NOT_COMPARED

    def _hear_stopped(self, words: Sequence[Meaning]) -> None:
        if len(words) == 1 and words[0].word is not None and words[0].word.name == "start":
            obey(self._walk, START, ())
        else:
            self.offer_start()

    def _word(self, word: Word) -> None:
        walk = self._walk
        if word.name == "stop":
            self._ask_to_stop()
        elif word.name in ("slower", "repeat"):
            if word.name == "slower":
                walk.said.happened("speech.slower")
            self._repeat()
        elif word.name == "language":
            self._choose_language(word.value) if word.value else self.ask_language()
        elif word.name == "quit" and walk.status == "active" and walk.stand.flow.name == MENU:
            self.goodbye()
        elif word.name == "back" and self._asking == "stop":
            walk.ask_again()
        else:
            obey(walk, word, ())

    def _hear_asked(self, alternatives: Sequence[str]) -> None:
        """Take an answer to what the call itself asks."""
        said = yes_or_no(self._walk, alternatives) if self._asking != "language" else ""
        if self._asking == "more" and said != "no":
            self._asking = ""
            self._hear_answer(alternatives) if said != "yes" else self._walk.ask_again()
        elif said:
            self._answer_asked(yes=said == "yes")
        else:
            self._unclear(Unclear("unclear.yes_no") if alternatives else UNHEARD)

    def _press_asked(self, keys: str) -> None:
        walk = self._walk
        languages = self._languages()
        if keys == PERSON_KEY:
            obey(walk, PERSON, ())
        elif self._asking == "language":
            chosen = languages[int(keys) - 1] if keys.isdigit() and 0 < int(keys) <= len(languages) else ""
            self._choose_language(chosen) if chosen else self._unclear(UNHEARD)
        elif self._asking == "more":
            if keys == BACK_KEY and not self._means(keys):
                self.goodbye()
            else:
                self._asking = ""
                self._press_answer(keys)
        elif keys in (YES_KEY, NO_KEY, BACK_KEY):
            self._answer_asked(yes=keys == YES_KEY)
        else:
            self._unclear(Unclear("unclear.yes_no"))

    def _answer_asked(self, *, yes: bool) -> None:
        walk = self._walk
        if self._asking == "more":
            self.goodbye()
        elif self._asking == "stop":
            if yes:
                obey(walk, STOP, ())
                self.goodbye()
            else:
                walk.ask_again()
        elif yes:
            walk.go_on_checked()
        else:
            walk.back()
            walk.ask_again()

    def _hear_answer(self, alternatives: Sequence[str]) -> None:
        walk = self._walk
        kind = walk.stand.ask.type
        if kind == "pin":
            self._unclear(Unclear("call.pin_keys"))
            return
        if kind in RECORDED_TYPES:
            self._take_recording(alternatives)
            return
        found = meanings(walk, alternatives)
        if len(found) == 1 and found[0].word is None:
            answer(walk, found[0].body, spoken(found[0].body))
        elif len(found) > 1:
            self._between(found)
        elif not (alternatives and kind == "yes_no" and walk.correct(alternatives[0])):
            self._unclear(why_unclear(walk, alternatives))

    def _take_recording(self, alternatives: Sequence[str]) -> None:
        """Take what was transcribed, and where nothing was, that there is a recording."""
        walk = self._walk
        body = alternatives[0] if alternatives else ""
        parsed = walk.parse(body)
        if body == RECORDED:
            phrase = walk.library.phrase(COMMON, 0, "call.recording", walk.said.language)
            parsed = Understood(Value(walk.stand.ask.type, phrase.sms if phrase else body))
        if isinstance(parsed, Understood):
            walk.accept(parsed, body)
        else:
            self._unclear(parsed if body else UNHEARD)

    def _between(self, found: Sequence[Meaning]) -> None:
        """Alternatives that come to different things are as good as none; the caller says which it was."""
        values = [meaning.value for meaning in found if meaning.value is not None]
        if len(values) < len(found):
            self._unclear(UNHEARD)
            return
        first, second = values[:2]
        self._unclear(Unclear("call.between", {"first": first, "second": second}))

    def _message(self) -> None:
        self._walk.said.happened("person.message")
        self._walk.said.say("call.message_kept", kind="question")

    def _means(self, keys: str) -> Value | None:
        """Give the answer that keys are to the present question."""
        walk = self._walk
        question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
        parsed = understand(keys, walk.stand.ask.type, question)
        return parsed.value if isinstance(parsed, Understood) else None

    def _press_answer(self, keys: str) -> None:
        walk = self._walk
        if self._at_place() and keys not in (PERSON_KEY, BACK_KEY):
            self._press_place(keys)
            return
        value = self._means(keys)
        if value is not None:
            self._take_pressed(value, keys)
        elif keys == PERSON_KEY:
            obey(walk, PERSON, ())
        elif keys == BACK_KEY:
            obey(walk, BACK, ())
        else:
            question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
            parsed = understand(keys, walk.stand.ask.type, question)
            told = isinstance(parsed, Unclear) and walk.stand.ask.type not in RECORDED_TYPES
            self._unclear(parsed if told and isinstance(parsed, Unclear) else UNHEARD)

    def _take_pressed(self, value: Value, keys: str) -> None:
        """Take an answer that was pressed, which needs no reading back."""
        stand = self._walk.stand
        heard = tuple(name for name in stand.call.heard if name != stand.ask.name)
        stand.call = replace(stand.call, heard=heard)
        self._walk.accept(Understood(value), keys)

    # Places by keys: from a list, or spelt.

    def _at_place(self) -> bool:
        walk = self._walk
        return walk.status == "active" and walk.stand.ask.type == "place" and not self._asking

    def _press_place(self, keys: str) -> None:
        walk = self._walk
        question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
        shown = self._offered[self._page * OFFERED_AT_ONCE :][:OFFERED_AT_ONCE]
        chosen = shown[int(keys) - 1 : int(keys)] if keys.isdigit() and int(keys) else ()
        found = chosen or places_spelt(keys, question)
        if not keys:
            self._offer(all_places(question), 0)
        elif keys == MORE_KEY and self._offered:
            pages = -(-len(self._offered) // OFFERED_AT_ONCE)
            self._offer(self._offered, (self._page + 1) % pages)
        elif len(found) == 1:
            self._take_pressed(found[0], keys)
        elif found:
            self._offer(found, 0)
        else:
            self._unclear(Unclear("unclear.place"))

    def _offer(self, places: tuple[Value, ...], page: int) -> None:
        """Read out one page of places, to be chosen by one key."""
        walk = self._walk
        shown = places[page * OFFERED_AT_ONCE :][:OFFERED_AT_ONCE]
        labels = tuple(str(place.data[1]) for place in shown if isinstance(place.data, list))
        walk.said.say("call.offer", kind="question", options=labels, variant="keys")
        if len(places) > OFFERED_AT_ONCE:
            walk.said.say("call.offer_more")
        walk.stand.call = replace(walk.stand.call, offered=places, page=page)

    def _offer_unasked(self) -> None:
        """Where nobody listens, places are on offer as soon as one is asked for."""
        walk = self._walk
        asks_place = walk.status == "active" and walk.stand.ask.type == "place"
        own = walk.stand.call.asking or walk.stand.call.check or walk.stand.call.offered
        if asks_place and not own and not walk.setting.hears:
            question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
            self._offer(all_places(question), 0)
            walk.said.say(f"{KEYS}place")

    # What is not understood.

    def _unclear(self, unclear: Unclear) -> None:
        """Say why and ask again; then the keys; then a person."""
        walk = self._walk
        helpless = walk.puzzle()
        where = {"flow": walk.stand.flow.name, "step": walk.stand.step}
        walk.said.happened("conversation.unclear", **where, reason=unclear.reason, count=walk.stand.unclear)
        if helpless and self._asking == "language":
            self._choose_language(walk.said.language)
            return
        if helpless:
            obey(walk, PERSON, ())
            return
        walk.said.say(unclear.reason, unclear.values, private=walk.stand.flow.secret)
        if walk.stand.unclear == UNCLEAR_EXPLAINS:
            self._ask_with_keys()
        else:
            self._ask_present()

    def _ask_present(self) -> None:
        """Ask once more what was asked before this turn."""
        walk = self._walk
        if self._asking == "language":
            self.ask_language()
        elif self._asking == "stop":
            self._ask_to_stop()
        elif self._asking == "more":
            self._anything_else()
        else:
            walk.ask_again()
            walk.stand.call = replace(walk.stand.call, offered=self._offered, page=self._page)

    def _ask_with_keys(self) -> None:
        """Ask once more, with the keys that answer."""
        walk = self._walk
        if self._asking or walk.stand.call.check:
            self._ask_present()
            if self._asking in ("", "stop"):
                walk.said.say("call.keys.yes_no")
            return
        walk.ask_again("keys")
        if self._at_place():
            question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
            self._offer(self._offered or all_places(question), self._page)
            walk.said.say(f"{KEYS}place")

    def _anything_else(self) -> None:
        walk = self._walk
        labels = tuple(choice.label for choice in walk.stand.choices(walk.stand.ask, walk.said.language))
        walk.said.say(ANYTHING_ELSE, kind="question", options=labels)
        self._ask(asking="more")

    def _ask_to_stop(self) -> None:
        self._walk.said.say("call.stop_sure", kind="question")
        self._ask(asking="stop")

    def _choose_language(self, language: str) -> None:
        """Speak another language from here on, and remember it."""
        walk = self._walk
        choosing = self._asking == "language"
        walk.said.choose(language)
        if choosing:
            self.take_up()
        else:
            walk.said.say("language_set")
            if walk.status == "active":
                walk.ask_again()

    def _languages(self) -> tuple[str, ...]:
        own = self._walk.said.language
        return (own, *(language for language in self._walk.library.languages if language != own))

    def _repeat(self) -> None:
        """Have the last words said again; whatever they asked is still asked."""
        walk = self._walk
        walk.said.again()
        walk.stand.call = replace(
            walk.stand.call, asking=self._asking, offered=self._offered, page=self._page
        )

    def _ask(self, *, asking: str) -> None:
        stand = self._walk.stand
        stand.call = replace(stand.call, asking=asking, silences=0, offered=(), page=0)


_ASKED_ON_CALLS = ("language", "stop", "more")
_NOT_COMPARED = RECORDED_TYPES | {"pin"}


def _no(walk: Walk, alternatives: Sequence[str]) -> bool:
    return yes_or_no(walk, alternatives) == "no"
