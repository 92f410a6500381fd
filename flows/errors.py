"""What can go wrong with flows: one root error."""

from __future__ import annotations


class FlowsError(Exception):
    """A flow cannot be used as written; the message names file, line and remedy."""


class UnknownFlow(FlowsError):
    """A conversation names a flow or version that is not in the library."""
