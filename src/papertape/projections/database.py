"""Where history is kept: a small port, and SQLite behind it.

SQLite comes with Python, needs no server and writes a few hundred thousand rows a second in batches, so plain
``sqlite3`` is used rather than an SQL toolkit: every statement here is a dozen words of SQL that PostgreSQL
understands too (``ON CONFLICT``, quoted names), and rows go in as tuples without a layer between. Another
database is another class with ``session`` and ``shared``, chosen by its URL in ``open_database``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from papertape.projections.tables.all_tables import APPLIED, TABLES
from papertape.projections.tables.table import Row

MEMORY = ":memory:"
FORMAT = 2
"""The version of the tables; ``tests/projections/test_format.py`` tells when it must grow."""


class HistoryError(Exception):
    """History that cannot be used, told in one sentence."""


class DatabaseSession(Protocol):
    """One connection, used by one thread at a time."""

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows that a statement gives."""
        ...

    def write(self, statements: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """All statements in one transaction, each once for every list of values; all of them or none."""
        ...

    def close(self) -> None:
        """Gives the connection back."""
        ...


class Database(Protocol):
    """A database that holds the tables of ``schema``; ``shared``: sessions see each other's rows.

    ``rebuilt``: the first session found tables of an older version and made them anew, empty.
    """

    shared: bool
    rebuilt: bool

    def session(self) -> DatabaseSession:
        """A connection of its own; of a database that is not ``shared`` there is only one."""
        ...


class SqliteSession:
    """A connection to an SQLite database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows that a statement gives."""
        return self._connection.execute(statement, values).fetchall()

    def write(self, statements: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> None:
        """All statements in one transaction."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in statements:
                connection.executemany(statement, values)
        except sqlite3.Error:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


class SqliteDatabase:
    """SQLite in a file, written ahead (WAL) so that readers do not wait for the writer; or in memory.

    ``synchronous`` is NORMAL: after a power cut the newest transactions may be gone, but the journal has them,
    and the sequence stored with the rows says from where to apply it again.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.shared = path != MEMORY
        self.rebuilt = self._made = False
        if self.shared:
            Path(path).parent.mkdir(parents=True, exist_ok=True)

    def session(self) -> SqliteSession:
        """A connection; the first one puts the tables in place."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=256)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA busy_timeout = 10000")
        session = SqliteSession(connection)
        if not self._made:
            self.rebuilt = _put_in_place(session, self.path)
            self._made = True
        return session


def definitions() -> list[str]:
    """The statements that make every table and index where it is missing."""
    return [APPLIED, *(statement for table in TABLES.values() for statement in table.definition())]


def _put_in_place(session: SqliteSession, path: str) -> bool:
    """Makes the tables. Tables of another version are dropped with their rows, which the log gives again; whether
    there were such."""
    (kept,) = session.rows("PRAGMA user_version")[0]
    if kept > FORMAT:
        raise HistoryError(
            f"{path}: a newer Papertape wrote this history (format {kept}, here {FORMAT}): "
            "use that version or a newer one"
        )
    old = [name for (name,) in session.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rebuild = bool(old) and kept < FORMAT
    drops = [f'DROP TABLE "{name}"' for name in old] if rebuild else []
    session.write((statement, [()]) for statement in (*drops, *definitions(), f"PRAGMA user_version = {FORMAT}"))
    return rebuild


def open_database(url: str) -> Database:
    """The database of a URL: a path, ``sqlite:///path``, or ``:memory:``; ``ValueError`` for any other scheme."""
    if url.startswith("sqlite://"):
        url = url.removeprefix("sqlite://").removeprefix("/") or MEMORY
    if "://" in url:
        raise ValueError(f"history cannot be kept in {url.split('://')[0]}: only SQLite is built in")
    return SqliteDatabase(url)
