"""Emergency words on a call: whoever may be misheard is asked, and whoever does not say no is in danger."""

from __future__ import annotations

from collections.abc import Sequence

from flows.answering import emergency
from flows.by_ear import RECORDED_TYPES
from flows.call_asking import PERSON, Asking
from flows.deeds import obey
from flows.hearing import yes_or_no
from flows.keypad import NO_KEY, PERSON_KEY
from flows.walk import Walk
from flows.words import Word, spoken


class Crying(Asking):
    """What is asked and done when words on a call sound like an emergency; `cry` are those words."""

    def hear_cry(self, cry: str, language: str) -> None:
        """Tell people of an emergency, but ask first where any word might have been taken for its word."""
        if not self.cry and _may_be_misheard(self.walk):
            self._ask_if(cry)
        else:
            emergency(self.walk, language, cry, spoken(cry))

    def hear_if_cry(self, alternatives: Sequence[str], word: Word | None) -> None:
        """Take an answer to whether it is an emergency: all but a plain no says that it is.

        `word` is the word that works everywhere which the answer is.
        """
        if yes_or_no(self.walk, alternatives) == "no":
            self._deny()
        elif word is not None and word.name == PERSON.name:
            self._alarm_for_person()
        else:
            self.raise_alarm()

    def press_if_cry(self, keys: str) -> None:
        """Take a key as such an answer; 9 is how the numbers of emergencies begin, and no way back here."""
        if keys == NO_KEY:
            self._deny()
        elif keys == PERSON_KEY:
            self._alarm_for_person()
        else:
            self.raise_alarm()

    def raise_alarm(self) -> None:
        """Take what sounded like an emergency for one."""
        language = self.walk.library.vocabulary.emergency(spoken(self.cry), self.walk.said.language)
        emergency(self.walk, language, self.cry, spoken(self.cry))

    def _ask_if(self, cry: str) -> None:
        """Give the number to call at once, and ask whether it is an emergency."""
        self.walk.said.say("call.cry", kind="question")
        self.cry = cry
        self.keep_asked()

    def _deny(self) -> None:
        """Go on as if nothing had sounded like an emergency: what was asked before is still asked."""
        self.cry = ""
        self.ask_present()

    def _alarm_for_person(self) -> None:
        self.walk.said.happened("emergency")
        obey(self.walk, PERSON, ())


def _may_be_misheard(walk: Walk) -> bool:
    """Tell whether other words may have been taken for an emergency's: where few are listened for.

    Words of one's own are heard as they are.
    """
    if walk.setting.stopped or walk.status != "active":
        return False
    return bool(walk.stand.call.check) or walk.stand.ask.type not in RECORDED_TYPES
