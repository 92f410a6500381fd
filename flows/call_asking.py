"""What a call asks of itself: the language, whether to go on, what was not understood, anything else."""

from __future__ import annotations

from dataclasses import replace

from flows.answers.base import Unclear
from flows.call_phrases import KEYS
from flows.deeds import obey
from flows.keypad import OFFERED_AT_ONCE, all_places
from flows.limits import LIVE, UNCLEAR_EXPLAINS
from flows.value import Value
from flows.walk import Walk
from flows.words import MENU, Word

PERSON = Word("person", ())


class Asking:
    """What is asked on a call beside the flow's own questions; `asking` is what was asked before the turn."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        state = walk.stand.call
        self.asking, self.cry, self.silences = state.asking, state.cry, state.silences
        self.offered, self.page = state.offered, state.page
        self.over = False
        self._ask(asking="")

    def take_up(self) -> None:
        """Go on where the conversation stopped, or ask what is wanted."""
        walk = self.walk
        if walk.status == "person":
            walk.said.say("call.person_waiting", kind="question")
        elif walk.status == "active" and walk.stand.flow.name != MENU:
            walk.said.say("call.go_on")
            walk.ask_again()
        else:
            walk.begin(MENU)

    def offer_start(self) -> None:
        """Say that we were told to stop, and how to begin again."""
        self.walk.said.say("call.stopped", kind="question")

    def ask_language(self) -> None:
        """Name each language in itself, the present one first."""
        walk = self.walk
        if walk.status not in LIVE:
            walk.stand_at(MENU)
        for place, language in enumerate(self.languages(), 1):
            walk.said.say_in(language, "call.language", {"key": Value("number", place)})
        self._ask(asking="language")

    def goodbye(self) -> None:
        """End the call with a kind word; half-done things stay for a text or another call."""
        walk = self.walk
        walk.said.say("call.goodbye")
        walk.said.happened("call.goodbye")
        if walk.status == "active" and walk.stand.flow.name == MENU:
            walk.leave("left")
        self.over = True

    def after(self) -> None:
        """Ask whether there is anything else, when whatever was going on has ended."""
        walk = self.walk
        started = "resident.started" in walk.said.happenings
        if self.over or (walk.setting.stopped and not started):
            return
        if walk.status in LIVE:
            self._offer_unasked()
            return
        walk.stand_at(MENU)
        self._anything_else()

    def _offer_unasked(self) -> None:
        """Where nobody listens, places are on offer as soon as one is asked for."""
        walk = self.walk
        asks_place = walk.status == "active" and walk.stand.ask.type == "place"
        call = walk.stand.call
        own = call.asking or call.cry or call.check or call.offered
        if asks_place and not own and not walk.setting.hears:
            question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
            self.offer(all_places(question), 0)
            walk.said.say(f"{KEYS}place")

    def offer(self, places: tuple[Value, ...], page: int) -> None:
        """Read out one page of places, to be chosen by one key."""
        walk = self.walk
        shown = places[page * OFFERED_AT_ONCE :][:OFFERED_AT_ONCE]
        labels = tuple(str(place.data[1]) for place in shown if isinstance(place.data, list))
        walk.said.say("call.offer", kind="question", options=labels, variant="keys")
        if len(places) > OFFERED_AT_ONCE:
            walk.said.say("call.offer_more")
        walk.stand.call = replace(walk.stand.call, offered=places, page=page)

    def unclear(self, unclear: Unclear) -> None:
        """Say why and ask again; then the keys; then a person."""
        walk = self.walk
        helpless = walk.puzzle()
        where = {"flow": walk.stand.flow.name, "step": walk.stand.step}
        walk.said.happened("conversation.unclear", **where, reason=unclear.reason, count=walk.stand.unclear)
        if helpless and self.asking == "language":
            self.choose_language(walk.said.language)
            return
        if helpless:
            obey(walk, PERSON, ())
            return
        walk.said.say(unclear.reason, unclear.values, private=walk.stand.flow.secret)
        if walk.stand.unclear == UNCLEAR_EXPLAINS:
            self.ask_with_keys()
        else:
            self.ask_present()

    def ask_present(self) -> None:
        """Ask once more what was asked before this turn."""
        walk = self.walk
        if self.asking == "language":
            self.ask_language()
        elif self.asking == "stop":
            self.ask_to_stop()
        elif self.asking == "more":
            self._anything_else()
        else:
            walk.ask_again()
            walk.stand.call = replace(walk.stand.call, offered=self.offered, page=self.page)

    def ask_with_keys(self) -> None:
        """Ask once more, with the keys that answer."""
        walk = self.walk
        if self.asking or walk.stand.call.check:
            self.ask_present()
            if self.asking in ("", "stop"):
                walk.said.say("call.keys.yes_no")
            return
        walk.ask_again("keys")
        if self.at_place():
            question = walk.stand.question(walk.stand.ask, walk.setting, walk.said.language)
            self.offer(self.offered or all_places(question), self.page)
            walk.said.say(f"{KEYS}place")

    def at_place(self) -> bool:
        """Tell whether a place is asked for, so that keys choose or spell one."""
        walk = self.walk
        return walk.status == "active" and walk.stand.ask.type == "place" and not (self.asking or self.cry)

    def _anything_else(self) -> None:
        walk = self.walk
        labels = tuple(choice.label for choice in walk.stand.choices(walk.stand.ask, walk.said.language))
        walk.said.say("call.anything_else", kind="question", options=labels)
        self._ask(asking="more")

    def ask_to_stop(self) -> None:
        """Make sure of a stop, which one wrong word would bring."""
        self.walk.said.say("call.stop_sure", kind="question")
        self._ask(asking="stop")

    def choose_language(self, language: str) -> None:
        """Speak another language from here on, and remember it."""
        walk = self.walk
        choosing = self.asking == "language"
        walk.said.choose(language)
        if choosing:
            self.take_up()
        else:
            walk.said.say("language_set")
            if walk.status == "active":
                walk.ask_again()

    def languages(self) -> tuple[str, ...]:
        """Give the languages on offer, the present one first."""
        own = self.walk.said.language
        return (own, *(language for language in self.walk.library.languages if language != own))

    def repeat(self) -> None:
        """Have the last words said again; whatever they asked is still asked."""
        self.walk.said.again()
        self.keep_asked()

    def keep_asked(self) -> None:
        """Let what was asked before this turn be asked still."""
        stand = self.walk.stand
        stand.call = replace(
            stand.call, asking=self.asking, cry=self.cry, offered=self.offered, page=self.page
        )

    def _ask(self, *, asking: str) -> None:
        stand = self.walk.stand
        stand.call = stand.call.asked(asking)
