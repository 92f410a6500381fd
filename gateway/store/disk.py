"""What the database raises, and whether the disk is to blame."""

from __future__ import annotations

import sqlite3

from gateway.errors import StoreError, StoreFull

# The second: no room for the index of the log.
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
_NOT_OURS = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})
_DISK_ERRORS = frozenset(
    {
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM),
    }
)


def of_the_disk(error: BaseException) -> bool:
    """Tell whether the disk or another process is to blame, and not the statement."""
    # The low octet of a code is its kind, the rest its detail.
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.OperationalError) and code & 0xFF in _DISK_ERRORS


def store_error(error: BaseException) -> StoreError:
    """Give our error for what the database raised: a full disk by its name."""
    if getattr(error, "sqlite_errorcode", None) in _FULL:
        return StoreFull(
            "The disk is full, so nothing was written. Texts wait and none is lost. Make room on the disk."
        )
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_OURS:
        return StoreError(
            f"The disk takes no changes ({error}). Texts wait and none is lost. Is the SD card worn out, or "
            "do the files in the data folder belong to another user? See: plainline doctor"
        )
    return StoreError(f"The database did not take the change ({error}); nothing of it was kept.")
