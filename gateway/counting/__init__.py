"""Counting votes: pure, in exact arithmetic, every round kept."""

from __future__ import annotations

from gateway.counting.count import METHODS, count_votes
from gateway.counting.model import Count, Preferences, Round, count_from_json, count_to_json

__all__ = [
    "METHODS",
    "Count",
    "Preferences",
    "Round",
    "count_from_json",
    "count_to_json",
    "count_votes",
]
