"""What was answered in flows whose results are wanted, and the packages it is handed on in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flows.conversation import Finished
from flows.value import Value
from gateway.store.database import Row, Tx
from gateway.store.instant import from_text, to_text
from gateway.store.packed import pack, unpack


@dataclass(frozen=True, slots=True)
class FlowPackage:
    """A version of a flow as a package; `pushed` is the last result that was pushed."""

    id: str
    flow: str
    version: int
    created_at: datetime
    published_at: datetime | None
    pushed: int


@dataclass(frozen=True, slots=True)
class FlowResult:
    """What a resident answered in one conversation that is over."""

    id: int
    resident_id: int
    ended_at: datetime
    answers: Mapping[str, Value]


_PACKAGE = "SELECT id, flow, version, created_at, published_at, pushed FROM flow_package"


def packages(tx: Tx) -> list[FlowPackage]:
    """Give every package."""
    return [_package(row) for row in tx.all(f"{_PACKAGE} ORDER BY flow, version")]


def package_by_id(tx: Tx, package_id: str) -> FlowPackage | None:
    """Find a package."""
    row = tx.one(f"{_PACKAGE} WHERE id = :id", id=package_id)
    return _package(row) if row else None


def ensure_packages(tx: Tx, flows: Iterable[tuple[str, int]], now: datetime) -> None:
    """Make a package of each version of a flow that has none."""
    for flow, version in flows:
        tx.run(
            "INSERT INTO flow_package (id, flow, version, created_at) VALUES (:id, :flow, :version, :now) "
            "ON CONFLICT (flow, version) DO NOTHING",
            id=str(uuid.uuid4()),
            flow=flow,
            version=version,
            now=to_text(now),
        )


def keep_result(tx: Tx, resident_id: int, finished: Finished, now: datetime) -> None:
    """Keep what was answered in a conversation that ended."""
    tx.run(
        "INSERT INTO flow_result (flow, version, resident_id, status, ended_at, answers) "
        "VALUES (:flow, :version, :resident, :status, :now, :answers)",
        flow=finished.flow,
        version=finished.version,
        resident=resident_id,
        status=finished.status,
        now=to_text(now),
        answers=pack({name: value.to_json() for name, value in finished.answers.items()}),
    )


def results_after(
    tx: Tx,
    flow: str,
    version: int,
    *,
    after: int,
    limit: int,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[FlowResult]:
    """Give results of a flow after an id, in the order in which they came."""
    rows = tx.all(
        "SELECT id, resident_id, ended_at, answers FROM flow_result WHERE flow = :flow "
        "AND version = :version AND id > :after AND ended_at > :since AND ended_at <= :until "
        "ORDER BY id LIMIT :limit",
        flow=flow,
        version=version,
        after=after,
        since=to_text(since) if since else "",
        until=to_text(until) if until else "9999",
        limit=limit,
    )
    return [_result(row) for row in rows]


def forget_results(tx: Tx, before: datetime) -> int:
    """Erase the results that came before a moment; give how many."""
    return tx.run("DELETE FROM flow_result WHERE ended_at < :before", before=to_text(before))


def note_published(tx: Tx, package_id: str, now: datetime) -> None:
    """Write down that another system knows a package."""
    tx.run("UPDATE flow_package SET published_at = :now WHERE id = :id", id=package_id, now=to_text(now))


def note_pushed(tx: Tx, package_id: str, result_id: int) -> None:
    """Write down how far a package's results were pushed."""
    tx.run("UPDATE flow_package SET pushed = :last WHERE id = :id", id=package_id, last=result_id)


def _result(row: Row) -> FlowResult:
    answers = {name: Value.from_json(value) for name, value in unpack(row["answers"]).items()}
    return FlowResult(row["id"], row["resident_id"], from_text(row["ended_at"]), answers)


def _package(row: Row) -> FlowPackage:
    return FlowPackage(
        row["id"],
        row["flow"],
        row["version"],
        from_text(row["created_at"]),
        from_text(row["published_at"]) if row["published_at"] else None,
        row["pushed"],
    )
