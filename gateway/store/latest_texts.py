"""The latest texts of everybody, in and out, for whoever looks at the whole gateway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.store.database import Tx
from gateway.store.instant import from_text
from gateway.store.people import Resident


@dataclass(frozen=True, slots=True)
class LatestText:
    """A text: `kind` is text_in or text_out, `body` "" where nobody may read it."""

    kind: str
    at: datetime
    body: str
    state: str
    resident: Resident


def latest_texts(tx: Tx, limit: int, *, words: bool) -> list[LatestText]:
    """Give the latest texts, the newest first; without `words` none of their bodies is read."""
    return [
        LatestText(
            row["kind"],
            from_text(row["at"]),
            row["body"],
            row["state"],
            Resident(row["resident_id"], row["number"], "", row["name"], stopped=bool(row["stopped"])),
        )
        for row in tx.all(_LATEST, limit=limit, most=2 * limit, words=words)
    ]


# Ids only grow, so that the newest are found from the end. A reply counts from the moment its text came.
# What is being written about a secret vote is nobody's to read.
_LATEST = """
SELECT kind, id, at, body, state, resident_id, name, number, stopped FROM (
    SELECT 'text_in' AS kind, i.id AS id, i.received_at AS at,
        CASE WHEN NOT :words OR EXISTS (SELECT 1 FROM vote_talk v WHERE v.resident_id = i.resident_id
        AND v.secret = 1 AND v.first_inbound <= i.id) THEN '' ELSE i.body END AS body,
        i.state AS state, r.id AS resident_id, r.name AS name, r.number AS number, r.stopped AS stopped
        FROM inbound i JOIN resident r ON r.id = i.resident_id
        WHERE i.id > (SELECT COALESCE(MAX(id), 0) - :most FROM inbound)
    UNION ALL
    SELECT 'text_out', o.id, COALESCE(i.received_at, o.created_at),
        CASE WHEN NOT :words OR o.kind = 'secret' OR EXISTS (SELECT 1 FROM vote_talk v
        WHERE v.resident_id = r.id AND v.secret = 1 AND v.first_outbound <= o.id) THEN '' ELSE o.body END,
        o.state, r.id, r.name, r.number, r.stopped
        FROM outbound o JOIN resident r ON r.number = o.number LEFT JOIN inbound i ON i.id = o.inbound_id
        WHERE o.id > (SELECT COALESCE(MAX(id), 0) - :most FROM outbound)
) ORDER BY at DESC, kind DESC, id DESC LIMIT :limit
"""
