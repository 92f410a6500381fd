"""What was recorded: who said it, when it must be gone, and in which file it lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording; `file` is its name below the recordings folder, `seconds` its length."""

    id: int
    resident_id: int | None
    kind: str
    file: str
    seconds: float
    transcript: str
    made_at: datetime


def keep_recording(
    tx: Tx,
    *,
    call_id: int,
    resident_id: int | None,
    kind: str,
    flow: str,
    step: str,
    file: str,
    seconds: float,
    transcript: str,
    now: datetime,
    keep: timedelta,
) -> int:
    """Write down a recording whose file is already whole on the disk, to be kept so long; give its id."""
    return tx.insert(
        "INSERT INTO recording "
        "(call_id, resident_id, kind, flow, step, file, seconds, transcript, made_at, erase_at) VALUES "
        "(:call, :resident, :kind, :flow, :step, :file, :seconds, :transcript, :now, :erase) RETURNING id",
        call=call_id,
        resident=resident_id,
        kind=kind,
        flow=flow,
        step=step,
        file=file,
        seconds=seconds,
        transcript=transcript,
        now=to_text(now),
        erase=to_text(now + keep),
    )


def recordings(tx: Tx, limit: int = 100) -> list[Recording]:
    """Give the newest recordings first."""
    rows = tx.all(f"SELECT {_COLUMNS} FROM recording ORDER BY id DESC LIMIT :limit", limit=limit)  # noqa: S608
    return [_recording(row) for row in rows]


def recording_by_id(tx: Tx, recording_id: int) -> Recording | None:
    """Find a recording."""
    row = tx.one(f"SELECT {_COLUMNS} FROM recording WHERE id = :id", id=recording_id)  # noqa: S608
    return _recording(row) if row else None


def forget_overdue(tx: Tx, now: datetime) -> list[str]:
    """Forget the recordings whose time is over; give the files to remove."""
    rows = tx.all("DELETE FROM recording WHERE erase_at <= :now RETURNING file", now=to_text(now))
    return [str(row["file"]) for row in rows]


def known_files(tx: Tx) -> set[str]:
    """Give the files that belong to a recording; any other was left by a crash."""
    return {str(row["file"]) for row in tx.all("SELECT file FROM recording")}


_COLUMNS = "id, resident_id, kind, file, seconds, transcript, made_at"


def _recording(row: Row) -> Recording:
    return Recording(
        row["id"],
        row["resident_id"],
        row["kind"],
        row["file"],
        row["seconds"],
        row["transcript"],
        from_text(row["made_at"]),
    )
