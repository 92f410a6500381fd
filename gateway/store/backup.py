"""A copy of the database, made while it is in use, checked before it is called one.

It holds no votes of polls that are still open (`backup_secrecy`).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from gateway.errors import StoreError
from gateway.store.backup_secrecy import forget_votes_in_hand, holds_votes_in_hand
from gateway.store.database import Tx, read_only


def back_up(database: Path, target: Path, *, replace: bool = False) -> int:
    """Copy `database` to `target`, for its owner's eyes alone, and give the size in bytes.

    The copy is made beside the target and takes its name only once it is whole and on the disk.
    Raises StoreError; then the target is as it was.
    """
    if not database.is_file():
        raise StoreError(f"There is no database {database} yet, so there is nothing to copy.")
    if any(_same(target, place) for place in (database, *_beside(database))):
        raise StoreError(f"{target} is the database itself. Name another file, best on another disk.")
    if target.exists() and not replace:
        raise StoreError(f"{target} is there already. Choose another name, or replace it with --force.")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        _copy(database, unfinished)
        unfinished.replace(target)
        _sync(target.absolute().parent)
        return target.stat().st_size
    except sqlite3.Error as error:
        raise StoreError(
            f"The backup to {target} failed ({error}). Check room and rights there, and run: plainline doctor"
        ) from None
    except OSError as error:
        raise StoreError(
            f"The backup to {target} failed ({error.strerror}). Check that the folder is there, has room and "
            "may be written to."
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _same(target: Path, place: Path) -> bool:
    return target.resolve() == place.resolve() or (
        target.exists() and place.exists() and target.samefile(place)
    )


def _beside(database: Path) -> tuple[Path, ...]:
    """Give the files that SQLite keeps beside a database."""
    return tuple(database.with_name(database.name + ending) for ending in ("-wal", "-shm", "-journal"))


def _copy(database: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    # Made before SQLite opens it, so that nobody else may read it for even a moment.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        closing(sqlite3.connect(read_only(database), uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        _fill(copy, source)
        copy.execute("PRAGMA journal_mode = DELETE")
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise StoreError(
            f"The copy is damaged ({verdict}), so it was thrown away. The database itself may be: "
            "run plainline doctor."
        )
    _sync(target)


def _fill(copy: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """Copy what is committed now; where votes are being cast, without them."""
    source.row_factory = sqlite3.Row
    source.execute("BEGIN")
    if not holds_votes_in_hand(Tx(source)):
        source.backup(copy)
        return
    # In memory first: what is overwritten on a memory stick can often be read all the same.
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as cleared:
        cleared.row_factory = sqlite3.Row
        source.backup(cleared)
        cleared.execute("PRAGMA secure_delete = ON")
        cleared.execute("BEGIN")
        forget_votes_in_hand(Tx(cleared), datetime.now(UTC))
        cleared.execute("COMMIT")
        cleared.execute("VACUUM")  # what moved within the file while it was in use lies there more than once
        cleared.backup(copy)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
