"""Small facts the gateway keeps about itself."""

from __future__ import annotations

from gateway.store.database import Tx


def fact(tx: Tx, name: str) -> str | None:
    """Give a fact, None when it is not known."""
    row = tx.one("SELECT value FROM fact WHERE name = :name", name=name)
    return str(row["value"]) if row else None


def keep_fact(tx: Tx, name: str, value: str | None) -> None:
    """Keep a fact; None forgets it."""
    if value is None:
        tx.run("DELETE FROM fact WHERE name = :name", name=name)
        return
    tx.run(
        "INSERT INTO fact (name, value) VALUES (:name, :value) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )
