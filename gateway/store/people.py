"""Residents: who has ever texted or been loaded, and how they want to be spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.store.database import Row, Tx
from gateway.store.instant import to_text

_COLUMNS = (
    "id, number, language, name, stopped, machine_signs, "
    "(SELECT home FROM rider WHERE rider.resident_id = resident.id) AS home"
)


@dataclass(frozen=True, slots=True)
class Resident:
    """A person with a number. `language` is BCP 47, empty until known; `stopped` after STOP.

    `machine_signs` counts texts in a row that came faster than a person reads and types. `home` is the
    key of the place a rider lives at, empty where it is not known.
    """

    id: int
    number: str
    language: str
    name: str
    stopped: bool
    machine_signs: int = 0
    home: str = ""


def resident_by_number(tx: Tx, number: str) -> Resident | None:
    """Find the resident with an E.164 number."""
    row = tx.one(f"SELECT {_COLUMNS} FROM resident WHERE number = :number", number=number)  # noqa: S608
    return _resident(row) if row else None


def resident_by_id(tx: Tx, resident_id: int) -> Resident:
    """Give the resident with an id, which must exist."""
    row = tx.one(f"SELECT {_COLUMNS} FROM resident WHERE id = :id", id=resident_id)  # noqa: S608
    assert row is not None, "a foreign key held a resident that is not there"  # noqa: S101
    return _resident(row)


def is_known(tx: Tx, resident_id: int) -> bool:
    """Tell whether there is a resident with an id."""
    return tx.one("SELECT 1 FROM resident WHERE id = :id", id=resident_id) is not None


def meet(tx: Tx, number: str, now: datetime) -> Resident:
    """Find the resident with a number, or make one."""
    known = resident_by_number(tx, number)
    if known is not None:
        return known
    resident_id = tx.insert(
        "INSERT INTO resident (number, created_at) VALUES (:number, :now) RETURNING id",
        number=number,
        now=to_text(now),
    )
    return Resident(resident_id, number, "", "", stopped=False)


def set_language(tx: Tx, resident_id: int, language: str) -> None:
    """Remember the language a resident wants."""
    tx.run("UPDATE resident SET language = :language WHERE id = :id", language=language, id=resident_id)


def set_name(tx: Tx, resident_id: int, name: str) -> None:
    """Remember a resident's name."""
    tx.run("UPDATE resident SET name = :name WHERE id = :id", name=name, id=resident_id)


def set_stopped(tx: Tx, resident_id: int, stopped: bool) -> None:
    """Remember STOP or START."""
    tx.run(
        "UPDATE resident SET stopped = :stopped, stopped_notice_at = NULL WHERE id = :id",
        stopped=stopped,
        id=resident_id,
    )


def coordinators_on_duty(tx: Tx) -> list[Resident]:
    """Give those told of urgent matters: whoever is on a shift for them, else the coordinators on duty."""
    on_shift = tx.all(
        f"SELECT {_COLUMNS} FROM resident WHERE id IN "  # noqa: S608
        "(SELECT resident_id FROM shift WHERE state = 'on' AND duty = 1) AND stopped = 0 ORDER BY id"
    )
    rows = on_shift or tx.all(
        f"SELECT {_COLUMNS} FROM resident WHERE id IN "  # noqa: S608
        "(SELECT resident_id FROM coordinator WHERE on_duty = 1) ORDER BY id"
    )
    return [_resident(row) for row in rows]


def is_coordinator(tx: Tx, resident_id: int) -> bool:
    """Say whether a resident is a coordinator, on duty or off."""
    return tx.one("SELECT 1 FROM coordinator WHERE resident_id = :id", id=resident_id) is not None


def coordinators(tx: Tx) -> list[Resident]:
    """Give every coordinator, those on duty first."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM resident JOIN coordinator ON resident_id = id "  # noqa: S608
        "ORDER BY on_duty DESC, id"
    )
    return [_resident(row) for row in rows]


def quiet(tx: Tx, resident_id: int, now: datetime, longest: timedelta) -> bool:
    """Tell whether long texts of a number are left unanswered because a machine seemed to send them.

    A silence that would last longer than `longest` came from a clock that was ahead, and is none.
    """
    row = tx.one(
        "SELECT 1 FROM resident WHERE id = :id AND quiet_until > :now AND quiet_until <= :latest",
        id=resident_id,
        now=to_text(now),
        latest=to_text(now + longest),
    )
    return row is not None


def be_quiet(tx: Tx, resident_id: int, until: datetime) -> None:
    """Leave a number's long texts unanswered until a moment."""
    tx.run(
        "UPDATE resident SET quiet_until = :until, machine_signs = 0 WHERE id = :id",
        until=to_text(until),
        id=resident_id,
    )


def add_machine_sign(tx: Tx, resident_id: int) -> int:
    """Count one more text that came faster than a person types; give how many came in a row."""
    row = tx.one(
        "UPDATE resident SET machine_signs = machine_signs + 1 WHERE id = :id RETURNING machine_signs",
        id=resident_id,
    )
    return int(row["machine_signs"]) if row else 0


def forget_machine_signs(tx: Tx, resident_id: int) -> None:
    """Begin the count again: a person answered."""
    tx.run("UPDATE resident SET machine_signs = 0 WHERE id = :id", id=resident_id)


def may_remind_of_stop(tx: Tx, resident_id: int, now: datetime) -> bool:
    """Tell whether somebody who said STOP may be told how to start again, which happens once a day."""
    return bool(
        tx.run(
            "UPDATE resident SET stopped_notice_at = :now WHERE id = :id "
            "AND (stopped_notice_at IS NULL OR stopped_notice_at < :yesterday OR stopped_notice_at > :now)",
            now=to_text(now),
            yesterday=to_text(now - timedelta(days=1)),
            id=resident_id,
        )
    )


def install_coordinator(tx: Tx, resident_id: int, *, on_duty: bool) -> None:
    """Make a resident a coordinator, on duty or off."""
    tx.run(
        "INSERT INTO coordinator (resident_id, on_duty) VALUES (:id, :on_duty) "
        "ON CONFLICT (resident_id) DO UPDATE SET on_duty = excluded.on_duty",
        id=resident_id,
        on_duty=on_duty,
    )


def relieve_coordinators(tx: Tx) -> None:
    """Take every coordinator's part away: `install_coordinator` gives it again."""
    tx.run("DELETE FROM coordinator")


def _resident(row: Row) -> Resident:
    return Resident(
        row["id"],
        row["number"],
        row["language"],
        row["name"],
        bool(row["stopped"]),
        row["machine_signs"],
        row["home"] or "",
    )
