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
    "polls:write",
    "board:read",
    "board:write",
    "shifts:read",
    "shifts:write",
    "announcements:read",
    "announcements:write",
    "foodbank:read",
    "foodbank:write",
    "volunteers:read",
    "volunteers:write",
    "members:read",
    "members:write",
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
    "trips:read": "Read trips and runs.",
    "trips:write": "Change trips and runs; riders and drivers hear of it.",
    "polls:read": "Read polls; results, reports and ballots once they are published.",
    "polls:write": "Open and close polls, and enter votes on paper where they are not secret.",
    "board:read": "Read the board: ideas, and how many take part.",
    "board:write": "Let ideas through, plan meetings and close ideas; those who take part hear of it.",
    "shifts:read": "Read the rota, and who is on duty.",
    "shifts:write": "Make shifts, give them to people and take them away; whoever has one hears of it.",
    "announcements:read": "Read announcements, and how many were told.",
    "announcements:write": "Text a group, after a look at what it costs; stop what is being sent.",
    "foodbank:read": "Read referrals to the food bank: household, state and time.",
    "foodbank:write": "Move a referral on, or give it a time.",
    "volunteers:read": "Read what volunteers offer, where, when, and whether they pause.",
    "volunteers:write": "Let volunteers pause or come back, and say how many offers they bear.",
    "members:read": "Read members and those who want to be one.",
    "members:write": "Decide who becomes a member, end memberships and give new PINs.",
    "people:read": "Read names, numbers and residents' own words, here and in all other answers.",
    "messages:read": "Read texts in and out, but not what is being written about a vote.",
    "messages:write": "Send a text to somebody who is known and did not say STOP.",
    "flows:start": "Start a flow with somebody who agreed to it, and record that they did.",
    "results:read": "Read what residents answered, as Flow Results packages.",
    "export:read": "Export everything an organiser may see.",
}
"""Every scope, and what it opens."""
