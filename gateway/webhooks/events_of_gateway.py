"""The events of people, conversations, texts, calls, and of webhooks themselves."""

from __future__ import annotations

from gateway.webhooks.event_type import EventType


def _person(name: str, words: str, *offered: str) -> EventType:
    return EventType(name, words, "resident", "", (), offered)


def _message(name: str, words: str, *, state: str = "", offered: tuple[str, ...] = ()) -> EventType:
    return EventType(f"message.{name}", words, "message", state or name, (), offered)


def _endpoint(name: str, words: str, state: str = "") -> EventType:
    return EventType(f"webhook.{name}", words, "webhook", state, (), ("endpoint",))


def _source(name: str, words: str, state: str = "") -> EventType:
    return EventType(f"source.{name}", words, "source", state)


def _code(name: str, words: str, state: str, *offered: str) -> EventType:
    return EventType(f"reading_code.{name}", words, "reading_code", state, (), offered)


_WHO = ("name", "number")
PEOPLE = (
    _person("resident.named", "A resident said their name.", *_WHO),
    _person("resident.stopped", "A resident wants no more texts.", *_WHO),
    _person("resident.started", "A resident wants texts again.", *_WHO),
    _person("resident.forget_asked", "A resident asked to be forgotten."),
    _person("resident.forgotten", "A resident was forgotten: this id will not be heard of again."),
    _person("language.set", "A resident goes on in another language.", "language"),
    _person("speech.slower", "A resident wants calls spoken slower."),
    _person("person.wanted", "A resident wants to talk to a person.", "flow", *_WHO),
    _person("person.wanted_again", "A caller who waits for a person asked for one once more."),
    _person("person.message", "A resident wrote or said something to a person.", *_WHO),
    _person("person.answers", "A coordinator took a conversation over.", "flow"),
    _person("person.assigned", "A coordinator asked another one to answer a resident."),
    _person("person.handed_back", "A coordinator let the flow go on."),
    _person("person.closed", "A coordinator is done with what a resident wanted."),
    _person("message.replied", "A coordinator answered a resident."),
    _person("emergency", "A resident used emergency words.", "answered", *_WHO),
    EventType("urgent.told", "Somebody on duty was told of something urgent.", ("resident", "help")),
    EventType("urgent.taken", "Somebody sees to something urgent.", ("resident", "help")),
    EventType("coordinator.on_duty", "A coordinator hears of what is urgent.", "resident", "on_duty"),
    EventType(
        "coordinator.off_duty", "A coordinator is told of what is urgent no more.", "resident", "off_duty"
    ),
    _person("consent.given", "A resident agreed to be asked something by another system.", "flow"),
    _person("consent.withdrawn", "A resident agrees no more.", "flow"),
    _person("machine.suspected", "A number seems to be answered by a machine.", "reason"),
)
# At which step somebody was unclear or left is not told: in a vote it could say what they were about
# to choose.
CONVERSATIONS = (
    _person("conversation.started", "A conversation began.", "flow", "language"),
    _person("conversation.ended", "A conversation ended.", "flow", "status"),
    _person("conversation.unclear", "An answer was not understood.", "flow", "reason", "count"),
    _person("text.unknown", "A text outside a conversation was not understood."),
    _person("stopped.text", "A resident who wants no more texts wrote."),
    _person("turn.failed", "A fault kept a resident from being answered.", "error"),
    _person("message.incomplete", "Only part of a long text came."),
)
MESSAGES = (
    _message("asked_for", "Another system had a text sent.", state="queued"),
    _message("sent", "The network took a text."),
    _message("delivered", "A text reached the handset."),
    _message("failed", "A text could not be sent.", offered=("reason",)),
    _message("uncertain", "Nobody knows whether a text was sent.", offered=("reason",)),
    _message("expired", "A text waited until nobody needed it any more."),
    _message("held", "A text may not be sent.", offered=("reason",)),
    _message("delayed", "A text has to wait.", state="queued", offered=("reason",)),
    EventType(
        "message.ignored", "A text came in that may not be answered.", "inbound", "ignored", (), ("reason",)
    ),
    EventType("message.broken", "A text came in that could not be read.", "link", "", (), ("reason",)),
)
CALLS = (
    EventType("call.began", "A call began.", "call", "", (), ("direction", "purpose")),
    EventType("call.ended", "A call ended.", "call", "ended", (), ("how",)),
    EventType("call.missed", "A caller hung up while it rang.", "call", "", (), ("ring_back", "why")),
    EventType("call.busy", "Somebody rang while the line was busy.", "call"),
    EventType("call.failed", "A call of ours reached nobody.", "call", "failed", (), ("purpose", "why")),
    _person("call.goodbye", "A call came to its end in words."),
    _person("call.give_up", "A call was given up: nobody could be understood."),
    _person("call.cut_off", "A call was cut off in the middle."),
    EventType("recording.kept", "Something said on a call was kept.", "recording", "", (), ("call", "kind")),
    _code("made", "A code was made for a neighbour to read the prompts by telephone.", "waiting"),
    _code("used", "A neighbour keyed the code and reads the prompts.", "used", "call"),
    _code("spent", "The code was guessed at too often and is of no more use.", "spent", "call"),
)
WEBHOOKS = (
    _endpoint("added", "An endpoint was added.", "on"),
    _endpoint("changed", "An endpoint was changed."),
    _endpoint("secret_changed", "An endpoint has a new secret, or its old one ended."),
    _endpoint("switched_on", "An endpoint was switched on.", "on"),
    _endpoint("switched_off", "An endpoint was switched off.", "off"),
    _endpoint("gone", "An endpoint answered that it is gone for good, and is told nothing more.", "gone"),
    _endpoint("removed", "An endpoint was removed.", "removed"),
    _endpoint("failing", "An endpoint has not taken webhooks for some time.", "on"),
    _endpoint("healed", "An endpoint takes webhooks again.", "on"),
    _endpoint("replayed", "Somebody had webhooks sent once more."),
    _endpoint("test", "Somebody tries an endpoint out."),
    _source("added", "A system may send webhooks to us.", "on"),
    _source("secret_changed", "A system that sends webhooks to us has a new secret, or its old one ended."),
    _source("switched_on", "A system may send webhooks to us again.", "on"),
    _source("switched_off", "A system may send no webhooks to us for now.", "off"),
    _source("removed", "A system may send no more webhooks to us.", "removed"),
)
