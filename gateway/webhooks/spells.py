"""When an endpoint fails, and when it is well again: what is written down of it, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from gateway.store import webhooks as store
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.webhook_deliveries import try_all_now
from gateway.store.webhooks import Endpoint
from gateway.webhooks import schedule
from gateway.webhooks.attempt import GONE, Answer

# A receiver that is being updated is back by then; whoever is on duty need not know.
TELL_AFTER = timedelta(minutes=5)
# Whoever fails and heals in turns has everything tried at once no more often than this.
TRY_ALL_AFTER = timedelta(minutes=5)

Tell = Callable[[Tx, str, Endpoint, datetime], None]
"""Texts whoever is on duty about an endpoint, with a common phrase: `webhook_failing` and so on."""


class Spell:
    """How one endpoint has been doing. It is left alone until `rest_until`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.gone = False
        self.rest_until = endpoint.paused_until
        self.trouble = endpoint.trouble
        self._failures = schedule.FAILING if endpoint.failing_since is not None else 0
        self._was_failing = self._failures > 0
        self._paused_until: datetime | None = None
        self._tried_all_at: datetime | None = None

    @property
    def failing(self) -> bool:
        """Whether it failed so often in a row that one call at a time is enough."""
        return self._failures >= schedule.FAILING

    def forgive(self) -> None:
        """Begin anew: somebody changed something about the endpoint."""
        self.rest_until = None
        self._failures = 0

    def note(self, answer: Answer, now: datetime, random: Random) -> None:
        """Take an answer into account."""
        if answer.taken:
            self._failures, self.trouble, self.rest_until = 0, "", None
            return
        self._failures += 1
        self._was_failing = self._was_failing or self.failing
        self.trouble = answer.reason
        self.gone = self.gone or answer.status == GONE
        waits = [schedule.rest(self._failures, random)]
        if answer.retry_after is not None:
            self._paused_until = now + answer.retry_after
            waits.append(answer.retry_after)
        if max(waits):
            self.rest_until = now + max(waits)

    def keep(self, tx: Tx, endpoint_id: int, tell: Tell, now: datetime) -> bool:
        """Write down how it is doing, and tell whoever is on duty once; give whether texts were queued."""
        endpoint = store.endpoint_by_id(tx, endpoint_id)
        if endpoint is None or endpoint.state != "on":
            return False
        if self.gone:
            store.set_state(tx, endpoint_id, "gone", self.trouble, now)
            return _tell(tx, "gone", tell, endpoint, now)
        if self._failures:
            store.note_failing(tx, endpoint_id, self.trouble, now)
            if self._paused_until is not None:
                store.note_pause(tx, endpoint_id, self._paused_until)
            long = endpoint.failing_since is not None and now - endpoint.failing_since >= TELL_AFTER
            if self.failing and long and store.note_told(tx, endpoint_id, now):
                return _tell(tx, "failing", tell, endpoint, now)
        elif endpoint.failing_since is not None:
            return self._heal(tx, endpoint, tell, now)
        return False

    def _heal(self, tx: Tx, endpoint: Endpoint, tell: Tell, now: datetime) -> bool:
        told = store.note_healed(tx, endpoint.id)
        lately = self._tried_all_at is not None and now - self._tried_all_at < TRY_ALL_AFTER
        if self._was_failing and not lately:
            try_all_now(tx, endpoint.id, now)
            self._tried_all_at = now
        self._was_failing = False
        return told and _tell(tx, "healed", tell, endpoint, now)


def _tell(tx: Tx, what: str, tell: Tell, endpoint: Endpoint, now: datetime) -> bool:
    write_event(tx, f"webhook.{what}", f"webhook:{endpoint.id}", {"endpoint": endpoint.wanted.name}, now)
    tell(tx, f"webhook_{what}", endpoint, now)
    return True
