"""What the community does with its number: help, lifts, votes, and knowing people."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.services import (
    announcements,
    board,
    help,  # noqa: A004 - the service is called help
    kept_results,
    lifts,
    membership,
    people,
    privacy,
    results,
    scoring,
    shifts,
    votes,
)
from gateway.services.acting import Action, Heeded, Timed

ACTIONS: Mapping[str, Action] = {
    **help.ACTIONS,
    **lifts.ACTIONS,
    **people.ACTIONS,
    **privacy.ACTIONS,
    **votes.ACTIONS,
    **scoring.ACTIONS,
    **results.ACTIONS,
    **membership.ACTIONS,
    **board.ACTIONS,
    **announcements.ACTIONS,
    **shifts.ACTIONS,
}
"""Every action a flow may do, by the name it has there."""

BINDING = frozenset(name for name, action in ACTIONS.items() if action.spec.binding)
"""The actions that change the world: BACK does not go behind them."""

TIMED: tuple[Timed, ...] = (
    help.TIMED,
    lifts.TIMED,
    votes.TIMED,
    kept_results.TIMED,
    board.TIMED,
    announcements.TIMED,
    shifts.TIMED,
)
"""What services do because time passes."""

HEEDED: Mapping[str, Heeded] = {
    **help.HEEDED,
    **lifts.HEEDED,
    **board.HEEDED,
    **announcements.HEEDED,
    **shifts.HEEDED,
}
"""The flows that are commands, and whose they are to give."""
