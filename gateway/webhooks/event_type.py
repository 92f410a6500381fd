"""What is said of a type of event: the words, what it is about, what a webhook of it may carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of event.

    `about` says how its subject begins (`trip`, or one of several); `state` is what its subject is
    now. `sent` goes out besides id and state, `offered` only where an organiser ticked it: whatever
    else an event holds stays at home. One that is `private` is told to nobody.
    """

    type: str
    words: str
    about: str | tuple[str, ...]
    state: str = ""
    sent: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    private: bool = False

    @property
    def subjects(self) -> tuple[str, ...]:
        """How its subject may begin."""
        return (self.about,) if isinstance(self.about, str) else self.about
