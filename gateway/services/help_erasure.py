"""Words forgotten on the community's term: what somebody needed, where, and what was noted; counts stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.store import help as requests
from gateway.store import help_foodbank as referrals
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.help_settings import help_settings


def erase_help_words(tx: Tx, now: datetime) -> int:
    """Erase the words of help requests and food referrals that ended long enough ago; give of how many."""
    before = now - timedelta(days=help_settings(tx).erase_words_after_days)
    erased = requests.erase_words(tx, before, now) + referrals.erase_words(tx, before, now)
    if erased:
        write_event(tx, "help.erased", "help", {"count": erased}, now)
    return erased
