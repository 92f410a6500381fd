"""What a call adds to a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flows.value import Json, Value


@dataclass(frozen=True, slots=True)
class CallState:
    """What calls leave in a conversation until it is settled; one held by texts alone has none of it.

    `on`: a call is going on; `cut`: the last one ended over an open question. `heard` names the
    answers that were taken by ear and that no yes has confirmed; `check` is the step with an action
    that binds, which waits for this yes. `asking` is what is asked instead of the step's question:
    `` (the step's), `language`, `check`, `stop` (really stop?), `more` (anything else?). `cry` is
    what sounded like an emergency: whether it is one is asked before all of these, which wait. `silences`
    counts those in a row; `offered` are the values that the keys 1, 2, … stand for, `page` which of several
    pages of them.
    """

    on: bool = False
    cut: bool = False
    heard: tuple[str, ...] = ()
    check: str = ""
    asking: str = ""
    cry: str = ""
    silences: int = 0
    offered: tuple[Value, ...] = ()
    page: int = 0

    def asked(self, asking: str) -> CallState:
        """Give it as it is when this alone is asked anew: nothing is on offer, and no silence counted."""
        return replace(self, asking=asking, cry="", silences=0, offered=(), page=0)

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object that `from_json` reads."""
        return {
            "on": self.on,
            "cut": self.cut,
            "heard": list(self.heard),
            "check": self.check,
            "asking": self.asking,
            "cry": self.cry,
            "silences": self.silences,
            "offered": [value.to_json() for value in self.offered],
            "page": self.page,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> CallState:
        """Read what `to_json` gave."""
        return cls(
            on=bool(data["on"]),
            cut=bool(data["cut"]),
            heard=tuple(data["heard"]),  # type: ignore[arg-type]
            check=str(data["check"]),
            asking=str(data["asking"]),
            cry=str(data.get("cry", "")),  # conversations from before it was asked have none
            silences=int(data["silences"]),  # type: ignore[arg-type]
            offered=tuple(Value.from_json(value) for value in data["offered"]),  # type: ignore[union-attr,arg-type]
            page=int(data["page"]),  # type: ignore[arg-type]
        )


NO_CALL = CallState()
"""The state of a conversation that no call has touched, or whose calls are settled."""
