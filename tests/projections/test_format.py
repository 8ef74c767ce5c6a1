"""History has a format: tables that change need a new number, so that old ones are written anew."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

from papertape.projections.database import FORMAT, definitions, open_database

KNOWN = {2: "4b523e7e2452fd3e"}
"""The tables of each format, as a hash of their definitions: where this fails, FORMAT must grow by one."""


def test_the_format_grows_with_every_change_of_the_tables() -> None:
    assert KNOWN[FORMAT] == sha256("\n".join(sorted(definitions())).encode()).hexdigest()[:16]


def test_tables_of_an_older_format_are_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (order_id INTEGER)")
    connection.execute("CREATE TABLE forgotten (row INTEGER)")
    connection.commit()
    connection.close()
    database = open_database(str(path))
    session = database.session()
    assert database.rebuilt
    assert session.rows("SELECT environment FROM orders") == []
    assert not session.rows("SELECT name FROM sqlite_master WHERE name = 'forgotten'")
    session.close()


def test_tables_of_this_format_stay_as_they_are(tmp_path: Path) -> None:
    first = open_database(str(tmp_path / "history.sqlite"))
    session = first.session()
    session.write([("INSERT INTO applied (one, sequence) VALUES (1, ?)", [(7,)])])
    session.close()
    again = open_database(str(tmp_path / "history.sqlite"))
    session = again.session()
    assert session.rows("SELECT sequence FROM applied") == [(7,)]
    assert not (first.rebuilt or again.rebuilt)
    session.close()
