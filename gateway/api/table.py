"""The table of everything the API can do."""

from __future__ import annotations

from gateway.api import (
    announcements,
    board,
    calendars,
    conversations,
    events,
    exports,
    flow_results,
    georeport,
    members,
    messages,
    people,
    poll_drafts,
    poll_moves,
    polls,
    referrals,
    request_moves,
    requests,
    runs,
    shifts,
    tds,
    trips,
    volunteers,
)
from gateway.api.operations import Operation

OPERATIONS: tuple[Operation, ...] = (
    *requests.OPERATIONS,
    *request_moves.OPERATIONS,
    *trips.OPERATIONS,
    *runs.OPERATIONS,
    *tds.OPERATIONS,
    *polls.OPERATIONS,
    *poll_drafts.OPERATIONS,
    *poll_moves.OPERATIONS,
    *board.OPERATIONS,
    *shifts.OPERATIONS,
    *announcements.OPERATIONS,
    *referrals.OPERATIONS,
    *volunteers.OPERATIONS,
    *members.OPERATIONS,
    *people.OPERATIONS,
    *messages.OPERATIONS,
    *conversations.OPERATIONS,
    *flow_results.OPERATIONS,
    *georeport.OPERATIONS,
    *calendars.OPERATIONS,
    *exports.OPERATIONS,
    *events.OPERATIONS,
)
"""Every operation; routes, checks and document are made from it."""
