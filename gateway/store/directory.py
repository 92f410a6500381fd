"""Everybody the gateway knows, with the parts they have in the community: for looking somebody up."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.store.database import Row, Tx
from gateway.store.people import Resident

PARTS = ("coordinator", "driver", "volunteer", "member")


@dataclass(frozen=True, slots=True)
class Listed:
    """A resident and their `parts` (of PARTS); `on_duty` says whether a coordinator is."""

    resident: Resident
    parts: tuple[str, ...]
    on_duty: bool


def find_residents(tx: Tx, wanted: str, part: str, *, by_name: bool, skip: int, limit: int) -> list[Listed]:
    """Give a page of those whose name or number holds `wanted` and who have a part ("": everybody).

    `by_name` puts them in the order of their names, those without one last; otherwise by id.
    """
    digits = "".join(character for character in wanted if character.isdigit()).lstrip("0")
    order = "CASE WHEN r.name = '' THEN 1 ELSE 0 END, r.name, r.id" if by_name else "r.id"
    rows = tx.all(
        f"SELECT * FROM ({_LISTED}) r WHERE (:wanted = '' OR r.name LIKE :words ESCAPE '!' "  # noqa: S608
        "OR (length(:digits) >= 3 AND r.number LIKE :number)) "
        "AND (:part = '' OR (:part = 'coordinator' AND coordinator) OR (:part = 'driver' AND driver) "
        "OR (:part = 'volunteer' AND volunteer) OR (:part = 'member' AND member)) "
        f"ORDER BY {order} LIMIT :limit OFFSET :skip",
        wanted=wanted,
        words="%" + wanted.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%",
        digits=digits,
        number=f"%{digits}%",
        part=part,
        limit=limit,
        skip=skip,
    )
    return [_listed(row) for row in rows]


def listed(tx: Tx, resident_id: int) -> Listed | None:
    """Give one resident with their parts, None where there is nobody of that id."""
    row = tx.one(f"SELECT * FROM ({_LISTED}) r WHERE r.id = :id", id=resident_id)  # noqa: S608
    return _listed(row) if row else None


def count_residents(tx: Tx) -> int:
    """Count everybody the gateway knows."""
    row = tx.one("SELECT COUNT(*) AS n FROM resident")
    return int(row["n"]) if row else 0


_LISTED = (
    "SELECT p.id, p.number, p.language, p.name, p.stopped, p.machine_signs, "
    "EXISTS (SELECT 1 FROM coordinator c WHERE c.resident_id = p.id) AS coordinator, "
    "EXISTS (SELECT 1 FROM coordinator c WHERE c.resident_id = p.id AND c.on_duty = 1) AS on_duty, "
    "EXISTS (SELECT 1 FROM driver d WHERE d.resident_id = p.id) AS driver, "
    "EXISTS (SELECT 1 FROM volunteer v WHERE v.resident_id = p.id AND v.active = 1) AS volunteer, "
    "EXISTS (SELECT 1 FROM member m WHERE m.resident_id = p.id AND m.left_at IS NULL) AS member "
    "FROM resident p"
)


def _listed(row: Row) -> Listed:
    resident = Resident(
        row["id"],
        row["number"],
        row["language"],
        row["name"],
        bool(row["stopped"]),
        row["machine_signs"],
    )
    return Listed(resident, tuple(part for part in PARTS if row[part]), bool(row["on_duty"]))
