"""What a token may do, in words an organiser chooses by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Scope: TypeAlias = Literal[
    "requests:read",
    "requests:write",
    "trips:read",
    "trips:write",
    "polls:read",
    "people:read",
    "messages:read",
    "messages:write",
    "flows:start",
    "results:read",
    "export:read",
]
"""What a token may do. `people:read` also opens names, numbers and residents' own words elsewhere."""

SCOPES: Mapping[str, str] = {
    "requests:read": "Read requests for help: state, kind and dates.",
    "requests:write": "Move a request for help to another state; the resident hears of it.",
    "trips:read": "Read trips.",
    "trips:write": "Move a trip to another state; the rider hears of it.",
    "polls:read": "Read polls; results after the close.",
    "people:read": "Read names, numbers and residents' own words, here and in requests.",
    "messages:read": "Read texts in and out, but not what is being written about a vote.",
    "messages:write": "Send a text to somebody who is known and did not say STOP.",
    "flows:start": "Start a flow with somebody who agreed to it, and record that they did.",
    "results:read": "Read what residents answered, as Flow Results packages.",
    "export:read": "Export everything an organiser may see.",
}
"""Every scope, and what it opens."""
