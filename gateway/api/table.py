"""The table of everything the API can do."""

from __future__ import annotations

from gateway.api import (
    calendars,
    conversations,
    events,
    exports,
    flow_results,
    georeport,
    messages,
    people,
    polls,
    requests,
    tds,
    trips,
)
from gateway.api.operations import Operation

OPERATIONS: tuple[Operation, ...] = (
    *requests.OPERATIONS,
    *trips.OPERATIONS,
    *tds.OPERATIONS,
    *polls.OPERATIONS,
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
