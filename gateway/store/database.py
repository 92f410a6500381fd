"""The database: one writer whose transactions share commits, one reader beside it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from gateway.errors import StoreError
from gateway.store.disk import of_the_disk, store_error
from gateway.store.migrate import migrate

P = ParamSpec("P")
R = TypeVar("R")
Row = sqlite3.Row

CACHED_STATEMENTS = 512


class Tx:
    """One open transaction, on the database's thread. SQL takes named parameters (`:name`)."""

    __slots__ = ("_connection", "_execute", "forgets", "told")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.forgets = False
        self.told: set[str] = set()
        self._connection = connection
        self._execute = connection.execute

    def run(self, sql: str, /, **values: Any) -> int:
        """Run one statement and give the number of rows it changed."""
        return self._execute(sql, values).rowcount

    def one(self, sql: str, /, **values: Any) -> Row | None:
        """Give the first row, or None."""
        row: Row | None = self._execute(sql, values).fetchone()
        return row

    def all(self, sql: str, /, **values: Any) -> list[Row]:
        """Give every row."""
        return self._execute(sql, values).fetchall()

    def insert(self, sql: str, /, **values: Any) -> int:
        """Run one `INSERT … RETURNING id` and give the id."""
        return int(self._execute(sql, values).fetchone()[0])

    def tell(self, type: str) -> None:  # noqa: A002
        """Tell whoever listens to the store, once this is committed, that a `help.opened` happened."""
        self.told.add(type)

    def forget_log(self) -> None:
        """Empty the write-ahead log after the commit: it still holds the pages from before an erasure."""
        self.forgets = True

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what is done inside, and that alone, when it raises.

        What the disk did not take is raised as StoreError: it is no fault of what was done inside.
        """
        self._execute("SAVEPOINT inner_part")
        try:
            yield
        except BaseException as error:
            if self._connection.in_transaction:  # SQLite may have undone everything already (disk full)
                self._execute("ROLLBACK TO inner_part")
                self._execute("RELEASE inner_part")
            if of_the_disk(error):
                raise store_error(error) from error
            raise
        self._execute("RELEASE inner_part")


class _Waiting:
    """A transaction that waits for its commit, and what came of it."""

    __slots__ = ("error", "future", "result", "transaction")

    def __init__(self, transaction: Callable[[Tx], Any], future: asyncio.Future[Any]) -> None:
        self.transaction = transaction
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self) -> None:
        """Tell whoever waits, unless they went away."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Store:
    """The database of one gateway. Make it with `open_store`.

    `trouble` says, for a coordinator, why the last commit was not taken; "" when it was. `erased` says
    whether words were erased since the file was last written anew (see `rewrite`).
    """

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self.trouble = ""
        self.erased = False
        self._writer = writer
        self._reader = reader
        self._waiting: list[_Waiting] = []
        self._forgets = False
        self._told: set[str] = set()
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self._closed = False
        self._committing: asyncio.Task[None] | None = None

    async def write(
        self, transaction: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `transaction(tx, …)` whole and give its result once it is on the disk.

        What it raises undoes it alone. Raises StoreError when the commit itself fails.
        Transactions that wait at the same moment share one commit.
        """
        if self._closed:
            raise StoreError("The database is closed: the gateway is stopping. Nothing was changed.")
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(lambda tx: transaction(tx, *args, **kwargs), future))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_waiting())
        return await future

    async def read(self, query: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `query(tx, …)` on the read-only connection, on one snapshot of what is committed.

        Raises StoreError when the disk does not give it.
        """
        if self._closed:
            raise StoreError("The database is closed: the gateway is stopping.")
        result: R = await _on_thread(self._reader, _read, lambda tx: query(tx, *args, **kwargs))
        return result

    async def rewrite(self) -> None:
        """Write the whole file anew: SQLite leaves copies of rows where they lay before they moved within it.

        Transactions wait meanwhile, a second for 60 MB. Raises StoreError where no second copy has room.
        """
        if self._closed:
            raise StoreError("The database is closed: the gateway is stopping. Nothing was changed.")
        try:
            await _on_thread(self._writer, self._rewrite)
        except sqlite3.Error as error:
            raise store_error(error) from error

    def listen(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Call `listener` on the event loop after each commit with the types of what happened in it.

        It must not raise, nor wait. It may be told of what a savepoint undid: it is a reason to look.
        """
        self._listeners.append(listener)

    def announce(self, types: set[str]) -> None:
        """Tell the listeners of something that is in no transaction, such as a modem's state."""
        for listener in self._listeners:
            listener(frozenset(types))

    async def close(self) -> None:
        """Wait for what is being committed, then let go of the file; what comes later raises StoreError."""
        self._closed = True
        if self._committing is not None:
            await asyncio.gather(self._committing, return_exceptions=True)
        await self._reader.close()
        await self._writer.close()

    async def _commit_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await _on_thread(self._writer, self._commit_together, batch)
            except Exception as error:
                # Nobody may be left waiting for an answer that never comes.
                for waiting in batch:
                    waiting.error = waiting.error or store_error(error)
            failed = [waiting.error for waiting in batch if isinstance(waiting.error, StoreError)]
            self.trouble = str(failed[0]) if failed else ""
            for waiting in batch:
                waiting.settle()
            told, self._told = frozenset(self._told), set()
            for listener in self._listeners if told else ():
                listener(told)

    def _commit_together(self, connection: sqlite3.Connection, batch: list[_Waiting]) -> None:
        """Run a batch in one commit, each transaction in a savepoint of its own."""
        tx = Tx(connection)
        try:
            connection.execute("BEGIN IMMEDIATE")
            if len(batch) == 1:  # the common case at night in a village: nobody else's work to protect
                _run_alone(connection, tx, batch[0])
            else:
                for waiting in batch:
                    _run_in_savepoint(connection, tx, waiting)
            if connection.in_transaction:
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            for waiting in batch:
                waiting.error = waiting.error or store_error(error)
        else:
            self._told |= tx.told
            self._forgets = self._forgets or tx.forgets
            self.erased = self.erased or tx.forgets
            if self._forgets:
                self._forget_log(connection)

    def _rewrite(self, connection: sqlite3.Connection) -> None:
        connection.execute("VACUUM")
        self.erased = False
        self._forgets = True
        self._forget_log(connection)

    def _forget_log(self, connection: sqlite3.Connection) -> None:
        """Empty the log; where a reader or a full disk is in the way, the next commit tries again."""
        with suppress(sqlite3.Error):  # what was committed is committed, whatever becomes of the log
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._forgets = bool(busy)


def read_only(path: Path) -> str:
    """Give the URI under which SQLite opens a file without the right to change it."""
    return f"{path.absolute().as_uri()}?mode=ro"


async def open_store(path: Path, *, now: datetime) -> Store:
    """Open the database at `path`, making and migrating it as needed.

    A new file is for its owner's eyes alone. Raises StoreFromFuture for a file that a newer version
    wrote, StoreFull on a full disk, StoreError for a file that cannot be opened or is damaged.
    """
    try:
        # SQLite gives the log beside it the same rights.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        writer = await aiosqlite.connect(path, isolation_level=None, cached_statements=CACHED_STATEMENTS)
    except (sqlite3.Error, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"The database {path} cannot be opened ({why}). If another user ran Plainline there before "
            f"(with sudo?), give it back: sudo chown -R $USER {path.parent}"
        ) from error
    try:
        await _on_thread(writer, _prepare, now)
        reader = await aiosqlite.connect(
            read_only(path), uri=True, isolation_level=None, cached_statements=CACHED_STATEMENTS
        )
    except sqlite3.Error as error:
        await writer.close()
        if of_the_disk(error):
            raise store_error(error) from error
        raise StoreError(
            f"The database {path} is damaged or not ours ({error}). Restore the newest backup."
        ) from error
    except BaseException:
        await writer.close()
        raise
    reader.row_factory = sqlite3.Row
    return Store(path, writer, reader)


async def _on_thread(connection: aiosqlite.Connection, function: Callable[..., R], *args: Any) -> R:
    # aiosqlite has no public call for "run this function on your thread", which is what makes a
    # transaction one uninterruptible piece; tests/store holds this to the version in use.
    result: R = await connection._execute(partial(function, connection._conn), *args)  # type: ignore[no-untyped-call]
    return result


def _prepare(connection: sqlite3.Connection, now: datetime) -> None:
    connection.row_factory = sqlite3.Row
    for setting in (
        "PRAGMA busy_timeout = 5000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA secure_delete = ON",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA temp_store = MEMORY",  # or savepoints would put residents' words into /var/tmp
        "PRAGMA wal_autocheckpoint = 1000",
    ):
        connection.execute(setting)
    migrate(connection, now)
    # A crash may have come between a commit and the emptying of the log it asked for (`Tx.forget_log`).
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _run_alone(connection: sqlite3.Connection, tx: Tx, waiting: _Waiting) -> None:
    try:
        waiting.result = waiting.transaction(tx)
    except BaseException as error:
        waiting.error = store_error(error) if isinstance(error, sqlite3.OperationalError) else error
        tx.told.clear()
        if connection.in_transaction:  # else SQLite undid it already (disk full, I/O error)
            connection.execute("ROLLBACK")


def _run_in_savepoint(connection: sqlite3.Connection, tx: Tx, waiting: _Waiting) -> None:
    connection.execute("SAVEPOINT one")
    told = tx.told.copy()
    try:
        waiting.result = waiting.transaction(tx)
    except BaseException as error:
        waiting.error = store_error(error) if isinstance(error, sqlite3.OperationalError) else error
        if not connection.in_transaction:
            # SQLite undid the whole batch (disk full, I/O error): nobody's work was kept.
            raise (
                error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError(str(error))
            ) from error
        tx.told = told
        connection.execute("ROLLBACK TO one")
    connection.execute("RELEASE one")


def _read(connection: sqlite3.Connection, query: Callable[[Tx], R]) -> R:
    try:
        connection.execute("BEGIN")
        try:
            return query(Tx(connection))
        finally:
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if of_the_disk(error):
            raise StoreError(f"The database cannot be read ({error}). Texts wait, none is lost.") from error
        raise
