"""What is done with what a caller says, presses, or leaves unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.answering import answer, begin, elsewhere, go_elsewhere
from flows.answers.base import Unclear, Understood
from flows.by_ear import RECORDED_TYPES
from flows.call_asking import PERSON
from flows.call_cry import Crying
from flows.checking import settle
from flows.conversation import RECORDED
from flows.deeds import obey
from flows.hearing import UNHEARD, Meaning, crying, meanings, why_unclear, yes_or_no
from flows.heeding import heed
from flows.keypad import (
    BACK_KEY,
    MORE_KEY,
    NO_KEY,
    OFFERED_AT_ONCE,
    PERSON_KEY,
    REPEAT_KEY,
    YES_KEY,
    all_places,
    places_spelt,
    understand,
)
from flows.library import COMMON
from flows.limits import LIVE
from flows.value import Value
from flows.words import MENU, Word, spoken

BACK, START, STOP = (Word(name, ()) for name in ("back", "start", "stop"))

SILENCES_REPEAT, SILENCES_EXPLAIN = 1, 2
"""The first silence brings the same words again, the second the keys, one more a goodbye."""


class Talk(Crying):
    """One turn on a call, from what was asked before it to what is asked next."""

    def hear(self, alternatives: Sequence[str]) -> None:
        """Take an utterance."""
        walk = self.walk
        cry, language = crying(walk, alternatives)
        if cry:
            self.hear_cry(cry, language)
            return
        words = meanings(walk, alternatives, answers=False)
        agreed = len(words) == 1 and len(meanings(walk, alternatives, answers=self._may_answer())) == 1
        if walk.setting.stopped:
            self._hear_stopped(words)
        elif self.cry:
            self.hear_if_cry(alternatives, words[0].word if agreed else None)
        elif self.asking in ("", "more") and self._heed(alternatives):
            self.asking = ""
        elif agreed and words[0].word is not None and not self._no_more(alternatives):
            self._word(words[0].word)
        elif self.asking in _ASKED_ON_CALLS or walk.stand.call.check:
            self._hear_asked(alternatives)
        elif walk.status == "person":
            self._message(alternatives)
        else:
            self._hear_answer(alternatives)

    def press(self, keys: str) -> None:
        """Take an entry of keys; an answer wins over what 0 and 9 do everywhere."""
        walk = self.walk
        if walk.setting.stopped:
            if keys == YES_KEY:
                obey(walk, START, ())
            else:
                self.offer_start()
        elif keys == REPEAT_KEY or (not keys and not self.at_place()):
            self.repeat()
        elif self.cry:
            self.press_if_cry(keys)
        elif self.asking in _ASKED_ON_CALLS or walk.stand.call.check:
            self._press_asked(keys)
        elif walk.status == "person":
            if keys == BACK_KEY:
                obey(walk, BACK, ())
            elif keys == PERSON_KEY:
                self._person_again()
            else:
                walk.said.say("call.person_waiting", kind="question")
        else:
            self._press_answer(keys)

    def wait(self) -> None:
        """Take a silence: the same again, the keys, goodbye."""
        walk = self.walk
        if self.cry:
            self.raise_alarm()
            return
        if walk.status == "person":
            self.goodbye()
            return
        silences = self.silences + 1
        if walk.status not in LIVE or silences > SILENCES_EXPLAIN:
            walk.said.say("call.give_up")
            walk.said.happened("call.give_up")
            self.over = True
        elif silences == SILENCES_REPEAT:
            self.repeat()
        elif self.asking == "language":
            self.choose_language(walk.said.language)
        else:
            self.ask_with_keys()
        if walk.status in LIVE:
            walk.stand.call = replace(walk.stand.call, silences=silences)

    def _heed(self, alternatives: Sequence[str]) -> bool:
        alone = self.asking != "more" or not yes_or_no(self.walk, alternatives)
        return any(heed(self.walk, spoken(body), alone=alone) for body in alternatives)

    def _no_more(self, alternatives: Sequence[str]) -> bool:
        """Tell whether a no, which may be a word that works everywhere, answers "anything else?"."""
        return self.asking == "more" and yes_or_no(self.walk, alternatives) == "no"

    def _may_answer(self) -> bool:
        walk = self.walk
        asks_own = self.cry or self.asking in ("language", "stop") or walk.stand.call.check
        return walk.status == "active" and not asks_own and walk.stand.ask.type not in _NOT_COMPARED

    def _hear_stopped(self, words: Sequence[Meaning]) -> None:
        if len(words) == 1 and words[0].word is not None and words[0].word.name == "start":
            obey(self.walk, START, ())
        else:
            self.offer_start()

    def _word(self, word: Word) -> None:
        walk = self.walk
        if word.name == "stop":
            self.ask_to_stop()
        elif word.name in ("slower", "repeat"):
            if word.name == "slower":
                walk.said.happened("speech.slower")
            self.repeat()
        elif word.name == "language":
            self.choose_language(word.value) if word.value else self.ask_language()
        elif word.name == "quit" and walk.status == "active" and walk.stand.flow.name == MENU:
            self.goodbye()
        elif word.name == "back" and self.asking == "stop":
            walk.ask_again()
        elif word.name == "person" and walk.status == "person":
            self._person_again()
        else:
            obey(walk, word, ())

    def _hear_asked(self, alternatives: Sequence[str]) -> None:
        """Take an answer to what the call itself asks."""
        said = yes_or_no(self.walk, alternatives) if self.asking != "language" else ""
        if self.asking == "more" and said != "no":
            self.asking = ""
            self._hear_answer(alternatives) if said != "yes" else self.walk.ask_again()
        elif said:
            self._answer_asked(yes=said == "yes")
        else:
            asks_yes_or_no = bool(alternatives) and self.asking != "language"
            self.unclear(Unclear("unclear.yes_no") if asks_yes_or_no else UNHEARD)

    def _press_asked(self, keys: str) -> None:
        walk = self.walk
        languages = self.languages()
        if keys == PERSON_KEY:
            obey(walk, PERSON, ())
        elif self.asking == "language":
            chosen = languages[int(keys) - 1] if keys.isdigit() and 0 < int(keys) <= len(languages) else ""
            self.choose_language(chosen) if chosen else self.unclear(UNHEARD)
        elif self.asking == "more":
            if keys == BACK_KEY and not self._means(keys):
                self.goodbye()
            else:
                self.asking = ""
                self._press_answer(keys)
        elif keys in (YES_KEY, NO_KEY, BACK_KEY):
            self._answer_asked(yes=keys == YES_KEY)
        else:
            self.unclear(Unclear("unclear.yes_no"))

    def _answer_asked(self, *, yes: bool) -> None:
        walk = self.walk
        if self.asking == "more":
            self.goodbye()
        elif self.asking == "stop":
            if yes:
                obey(walk, STOP, ())
                self.goodbye()
            else:
                walk.ask_again()
        else:
            settle(walk, yes=yes)

    def _hear_answer(self, alternatives: Sequence[str]) -> None:
        walk = self.walk
        kind = walk.stand.ask.type
        if kind == "pin":
            self.unclear(Unclear("call.pin_keys"))
            return
        if kind in RECORDED_TYPES:
            self._take_recording(alternatives)
            return
        found = meanings(walk, alternatives)
        keyword = found[0].keyword if len(found) == 1 else None
        if keyword is not None and walk.stand.flow.name == MENU:
            begin(walk, keyword)
        elif len(found) == 1 and found[0].word is None:
            answer(walk, found[0].body, spoken(found[0].body))
        elif len(found) > 1:
            self._between(found)
        elif not (alternatives and kind == "yes_no" and walk.correct(alternatives[0])):
            self.unclear(why_unclear(walk, alternatives))

    def _take_recording(self, alternatives: Sequence[str]) -> None:
        """Take what was transcribed, and where nothing was, that there is a recording."""
        walk = self.walk
        body = alternatives[0] if alternatives else ""
        parsed = walk.parse(body)
        if body == RECORDED:
            phrase = walk.library.phrase(COMMON, 0, "call.recording", walk.said.language)
            parsed = Understood(Value(walk.stand.ask.type, phrase.sms if phrase else body))
        meant = [elsewhere(walk, heard, spoken(heard)) for heard in alternatives]
        if meant and meant[0] is not None and all(one == meant[0] for one in meant):
            go_elsewhere(walk, meant[0])
        elif isinstance(parsed, Understood):
            walk.accept(parsed, body)
        else:
            self.unclear(parsed if body else UNHEARD)

    def _between(self, found: Sequence[Meaning]) -> None:
        """Alternatives that come to different things are as good as none; the caller says which it was."""
        values = [meaning.value for meaning in found if meaning.value is not None]
        if len(values) < len(found):
            self.unclear(UNHEARD)
            return
        first, second = values[:2]
        self.unclear(Unclear("call.between", {"first": first, "second": second}))

    def _message(self, alternatives: Sequence[str]) -> None:
        """Take a message for a person; who says no more than goodbye has none."""
        walk = self.walk
        words = [walk.library.vocabulary.word(spoken(body)) for body in alternatives]
        if yes_or_no(walk, alternatives) == "no" or any(
            word is not None and word.name == "quit" for word in words
        ):
            self.goodbye()
            return
        walk.said.happened("person.message")
        walk.said.say("call.message_kept", kind="question")

    def _person_again(self) -> None:
        """Take it that somebody who waits for a person would still rather talk to one now."""
        self.walk.said.happened("person.wanted_again")
        self.walk.said.say("call.person_waiting", kind="question")

    def _means(self, keys: str) -> Value | None:
        """Give the answer that keys are to the present question."""
        walk = self.walk
        question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
        parsed = understand(keys, walk.stand.ask.type, question)
        return parsed.value if isinstance(parsed, Understood) else None

    def _press_answer(self, keys: str) -> None:
        walk = self.walk
        if self.at_place() and keys not in (PERSON_KEY, BACK_KEY):
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
            self.unclear(parsed if told and isinstance(parsed, Unclear) else UNHEARD)

    def _take_pressed(self, value: Value, keys: str) -> None:
        """Take an answer that was pressed, which needs no reading back."""
        stand = self.walk.stand
        heard = tuple(name for name in stand.call.heard if name != stand.ask.name)
        stand.call = replace(stand.call, heard=heard)
        self.walk.accept(Understood(value), keys)

    def _press_place(self, keys: str) -> None:
        walk = self.walk
        question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
        shown = self.offered[self.page * OFFERED_AT_ONCE :][:OFFERED_AT_ONCE]
        chosen = shown[int(keys) - 1 : int(keys)] if keys.isdigit() and int(keys) else ()
        found = chosen or places_spelt(keys, question)
        if not keys:
            self.offer(all_places(question), 0)
        elif keys == MORE_KEY and self.offered:
            pages = -(-len(self.offered) // OFFERED_AT_ONCE)
            self.offer(self.offered, (self.page + 1) % pages)
        elif len(found) == 1:
            self._take_pressed(found[0], keys)
        elif found:
            self.offer(found, 0)
        else:
            self.unclear(Unclear("unclear.place"))


_ASKED_ON_CALLS = ("language", "stop", "more")
_NOT_COMPARED = RECORDED_TYPES | {"pin"}
