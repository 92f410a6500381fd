"""What the gateway works with: its database, its flows, its community."""

from __future__ import annotations

from gateway.config import Config
from gateway.doctor.finding import Finding, bad, look, ok
from gateway.errors import StoreError
from gateway.store.inspect import inspect


def database(config: Config) -> Finding:
    """Whether the database is there, whole, and of this version."""
    if not config.database.exists():
        return ok("database", f"{config.database} is made when the gateway first runs.")
    try:
        found = inspect(config.database)
    except StoreError as error:
        return bad(
            "database", str(error), "Stop the gateway and restore a backup: docs/running.md, Restoring."
        )
    if found.schema > found.newest:
        return bad(
            "database",
            "It was written by a newer Plainline than this one.",
            "Install that version again, or restore a backup made before it.",
        )
    if found.schema < found.newest:
        return look(
            "database",
            "It was written by an older Plainline, and is brought up to date when the gateway starts.",
            "Make a copy first: plainline backup before-update.db",
        )
    return ok("database", f"{config.database} is whole ({found.size / 1e6:.1f} MB).")
