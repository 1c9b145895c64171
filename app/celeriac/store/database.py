"""Engines and transactions. SQLite: one writer at a time by BEGIN IMMEDIATE, readers on an engine of their own."""

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

UNAVAILABLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
"""What is raised while the database is away, or has no connection left: nothing was written, trying again is right."""
UNSTORABLE = sa.exc.DataError
"""What is raised for a value that no column takes, such as a NUL character on PostgreSQL."""
BUSY_WAIT_S = 30.0
"""How long a writer waits for its turn on SQLite before it gives up."""


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()


def _loads(text: str | bytes) -> Any:
    return orjson.loads(text)


_PASSING = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE: connection, rollback (deadlocks), resources, not ready, shut down."""


def may_pass(error: BaseException) -> bool:
    """True for what another try may get through: the database is away or busy, or has broken a deadlock."""
    if isinstance(error, sa.exc.TimeoutError):
        return True
    if not isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return "locked" in str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state[:2] in _PASSING


class Database:
    """`write()` gives a connection inside a transaction, `read()` one outside of any."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        self._writer = self._engine(read_only=False)
        self._reader = self._engine(read_only=True)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed at the end of the block, rolled back by an exception.

        On SQLite the threads of a process take turns, which costs less than their waiting for the file's lock.
        """
        with self._turn, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Statements that see each what is committed when they start."""
        with self._reader.connect() as connection:
            yield connection

    @property
    def writer(self) -> Engine:
        """The engine of `write`, for migrations."""
        return self._writer

    @property
    def reader(self) -> Engine:
        """The engine of `read`, for flask-sqlalchemy."""
        return self._reader

    def insert(self, table: sa.Table) -> Any:
        """The dialect's INSERT, which knows ON CONFLICT."""
        return import_module(f"sqlalchemy.dialects.{'sqlite' if self.is_sqlite else 'postgresql'}").insert(table)

    def forget_connections(self) -> None:
        """After a fork: the parent's connections are not ours, and are not closed."""
        self._writer.dispose(close=False)
        self._reader.dispose(close=False)

    def close(self) -> None:
        """Closes every pooled connection."""
        self._writer.dispose()
        self._reader.dispose()

    @property
    def now_sql(self) -> str:
        """SQL of the database's clock in microseconds."""
        if self.is_sqlite:
            return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"
        return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"

    def _engine(self, *, read_only: bool) -> Engine:
        options: dict[str, Any] = {"json_serializer": _dumps, "json_deserializer": _loads}
        if not self.is_sqlite:
            level = "AUTOCOMMIT" if read_only else "READ COMMITTED"
            return sa.create_engine(
                self.url, pool_size=20, max_overflow=40, pool_pre_ping=True, isolation_level=level, **options
            )
        engine = sa.create_engine(
            self.url, pool_size=20, max_overflow=100, connect_args={"check_same_thread": False, "timeout": 5}, **options
        )
        sa.event.listen(engine, "connect", _connect_reader if read_only else _connect_writer)
        if not read_only:
            sa.event.listen(engine, "begin", _begin_immediate)
        return engine


def _connect_writer(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "journal_size_limit=67108864",
        "busy_timeout=0",
        "temp_store=2",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _connect_reader(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout=5000", "query_only=ON", "temp_store=2"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """SQLite's own busy handler is unfair (p99 1.5 s); short random waits are not (p99 24 ms)."""
    deadline = time.monotonic() + BUSY_WAIT_S
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment] # the sqlite driver
    while True:
        try:
            raw.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.0005 + random.random() * 0.0015)
