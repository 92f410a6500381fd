"""The phrases that calls add to those every flow shares, and the words that work on a call alone."""

from __future__ import annotations

from collections.abc import Mapping

from flows.answers import TYPES

CALL_WORDS = ("slower", "repeat")
"""Global words that mean something on a call alone."""

GO_ON = "go_on"
"""The global word that takes up a conversation where a call was cut off."""

KEYS = "call.keys."
"""`call.keys.TYPE` says which keys answer a question of that type."""

CALL_PHRASES: Mapping[str, tuple[str, ...]] = {
    "call.greeting": (),
    "call.ring_back": (),
    "call.language": ("key",),
    "call.go_on": (),
    "call.stopped": (),
    "call.stop_sure": (),
    "call.cry": (),
    "call.echo": ("answer",),
    "call.right": (),
    "call.recorded": (),
    "call.recording": (),
    "call.tone": (),
    "call.option": ("label", "key"),
    "call.option_key": ("label", "key"),
    "call.between": ("first", "second"),
    "call.unheard": (),
    "call.pin_keys": (),
    "call.offer": (),
    "call.offer_more": (),
    "call.anything_else": (),
    "call.goodbye": (),
    "call.give_up": (),
    "call.person": (),
    "call.person_waiting": (),
    "call.message_kept": (),
    "call.help": (),
    **{KEYS + name: () for name in TYPES},
}
"""What is said in turns on calls, and what fills it besides what fills every phrase."""

CALL_NOTICES: Mapping[str, tuple[str, ...]] = {
    "cut_off": (),
    "busy": (),
    "call.reminder": ("community",),
    "call.announcement": ("community", "words"),
    "call.closed": ("community",),
    "call.withheld": ("community",),
    "call.through.wait": (),
    "call.through.offer": ("community",),
    "call.through.nobody": (),
    "call.read.welcome": ("community",),
    "call.read.keep": (),
    "call.read.unheard": (),
    "call.read.nothing": ("community",),
    "call.read.wrong_code": (),
    "call.read.thanks": (),
    "call.measure.quiet": ("community",),
    "call.measure.count": (),
    "call.measure.thanks": (),
}
"""What the gateway says around calls, outside a turn: `cut_off` and `busy` as texts, the others aloud."""
