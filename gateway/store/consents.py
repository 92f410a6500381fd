"""That residents agreed to be asked something by another system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.store.database import Tx
from gateway.store.instant import from_text, to_text


@dataclass(frozen=True, slots=True)
class FlowConsent:
    """That a resident agreed to a flow: `how` is known in words, `token_id` is who recorded it."""

    resident_id: int
    flow: str
    how: str
    given_on: date
    token_id: int
    recorded_at: datetime


def keep_consent(tx: Tx, consent: FlowConsent) -> None:
    """Keep a consent, in place of an older one to the same flow."""
    tx.run(
        "INSERT INTO flow_consent (resident_id, flow, how, given_on, token_id, recorded_at) "
        "VALUES (:resident, :flow, :how, :given_on, :token, :recorded) "
        "ON CONFLICT (resident_id, flow) DO UPDATE SET how = excluded.how, given_on = excluded.given_on, "
        "token_id = excluded.token_id, recorded_at = excluded.recorded_at",
        resident=consent.resident_id,
        flow=consent.flow,
        how=consent.how,
        given_on=consent.given_on.isoformat(),
        token=consent.token_id,
        recorded=to_text(consent.recorded_at),
    )


def consent(tx: Tx, resident_id: int, flow: str) -> FlowConsent | None:
    """Give what a resident agreed to of a flow."""
    return next((one for one in consents(tx, resident_id) if one.flow == flow), None)


def consents(tx: Tx, resident_id: int) -> list[FlowConsent]:
    """Give everything a resident agreed to, by the name of the flow."""
    rows = tx.all(
        "SELECT flow, how, given_on, token_id, recorded_at FROM flow_consent "
        "WHERE resident_id = :resident ORDER BY flow",
        resident=resident_id,
    )
    return [
        FlowConsent(
            resident_id,
            row["flow"],
            row["how"],
            date.fromisoformat(row["given_on"]),
            row["token_id"],
            from_text(row["recorded_at"]),
        )
        for row in rows
    ]


def drop_consent(tx: Tx, resident_id: int, flow: str) -> bool:
    """Forget a consent; False where there was none."""
    return bool(
        tx.run(
            "DELETE FROM flow_consent WHERE resident_id = :resident AND flow = :flow",
            resident=resident_id,
            flow=flow,
        )
    )
