"""Emergency words on a call: whoever may be misheard is asked, and whoever does not say no is in danger."""

from __future__ import annotations

from flows.by_ear import RECORDED_TYPES
from flows.walk import Walk
from flows.words import spoken

CRY = "cry"
"""What a call asks when something sounded like an emergency."""


def may_be_misheard(walk: Walk, cry: str) -> bool:
    """Tell whether other words may have been taken for an emergency's: where few are listened for.

    Words of one's own are heard as they are, and so is whatever says more than one word for danger.
    """
    if walk.setting.stopped or walk.status != "active":
        return False
    return walk.stand.ask.type not in RECORDED_TYPES and walk.library.vocabulary.is_cry(spoken(cry))
