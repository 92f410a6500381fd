"""Emergency words on a call: whoever may be misheard is asked, and whoever does not say no is in danger."""

from __future__ import annotations

from flows.by_ear import RECORDED_TYPES
from flows.walk import Walk


def may_be_misheard(walk: Walk) -> bool:
    """Tell whether other words may have been taken for an emergency's: where few are listened for.

    Words of one's own are heard as they are.
    """
    if walk.setting.stopped or walk.status != "active":
        return False
    return bool(walk.stand.call.check) or walk.stand.ask.type not in RECORDED_TYPES
