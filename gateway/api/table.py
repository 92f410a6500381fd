"""The table of everything the API can do."""

from __future__ import annotations

from gateway.api import (
    calendars,
    conversations,
    exports,
    flow_results,
    georeport,
    messages,
    people,
    polls,
    requests,
    trips,
)
from gateway.api.operations import Operation

OPERATIONS: tuple[Operation, ...] = (
    *requests.OPERATIONS,
    *trips.OPERATIONS,
    *polls.OPERATIONS,
    *people.OPERATIONS,
    *messages.OPERATIONS,
    *conversations.OPERATIONS,
    *flow_results.OPERATIONS,
    *georeport.OPERATIONS,
    *calendars.OPERATIONS,
    *exports.OPERATIONS,
)
"""Every operation; routes, checks and document are made from it."""
