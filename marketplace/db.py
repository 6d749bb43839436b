"""The database layer: typed base, aware instants, engine recipe, locks and the one commit.

Reads run in read-only transactions; writes only inside `transaction()`. On SQLite a writer
takes the write lock at once (BEGIN IMMEDIATE), so that nothing is read and then overwritten;
on PostgreSQL `lock()` takes the rows. See docs/adr/0004-one-transaction.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final, Literal, TypeVar, cast, dataclass_transform

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Session
from sqlalchemy.types import TypeDecorator

Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""Column type of primary and foreign keys (a rowid alias on SQLite)."""

T = TypeVar("T")

UnitOfWork = Callable[[], AbstractContextManager[Session]]
"""Opens one transaction and commits it at its end: what a job of several transactions is given."""

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; refuses naive values on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def key(*, init: Literal[False] = False, **options: Any) -> orm.Mapped[int]:
    """Return the primary key column of a table."""
    return orm.mapped_column(Key, primary_key=True, init=init, **options)


def ref(target: str, **options: Any) -> orm.Mapped[int]:
    """Return a required reference to `target` ("table.id"); nothing cascades, ever."""
    return orm.mapped_column(Key, sa.ForeignKey(target), **options)


@dataclass_transform(
    kw_only_default=True,  # the type checker does not inherit kw_only from the base
    field_specifiers=(orm.mapped_column, orm.relationship, key, ref),
)
class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """Typed constructors: a forgotten column or a float in a money column fails the type check."""

    registry: ClassVar[orm.registry] = orm.registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            int: sa.BigInteger,
            str: sa.Text,
            bytes: sa.LargeBinary,
            datetime: Instant,
            date: sa.Date,
            dict[str, Any]: sa.JSON,
            list[Any]: sa.JSON,
            list[str]: sa.JSON,
        },
    )


def optional_ref(target: str, **options: Any) -> orm.Mapped[int | None]:
    """Return an optional reference to `target`."""
    return orm.mapped_column(Key, sa.ForeignKey(target), default=None, **options)


def one_of(column: str, values: type[Any] | Sequence[str]) -> sa.CheckConstraint:
    """Return the named check that `column` holds one of the words of a StrEnum or a list."""
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def prepare(engine: Engine) -> Engine:
    """Install the recipe of each database on an engine; returns the engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgresql_begin)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """Return the options of `create_engine` for a database URL."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30, "check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}


def create_engine(url: str) -> Engine:
    """Return a prepared engine for a process without a web app (worker, commands, tests)."""
    return prepare(sa.create_engine(url, **engine_options(url)))


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not start transactions itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writing = _writing.get()
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgresql_begin(connection: Connection) -> None:
    if not _writing.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@contextmanager
def writing() -> Iterator[None]:
    """Let transactions that begin inside write; for engine-level work such as migrations."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Run one unit of work: everything inside is committed, or nothing is.

    The only place that commits. Ends a read transaction the session may have open,
    so rows read before are read again.
    """
    session.rollback()
    with writing():
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def lock(session: Session, model: type[T], ids: Sequence[int]) -> list[T]:
    """Lock rows by id, in id order, re-read; returns them in that order.

    The only place that locks rows. On SQLite the transaction already holds the write lock.
    """
    column = sa.inspect(model).primary_key[0]
    found = (
        sa.select(model)
        .where(column.in_(sorted(set(ids))))
        .order_by(column)
        .execution_options(populate_existing=True)
    )
    # NO KEY UPDATE: rows that only refer to a locked one do not wait, so nobody waits in a circle
    return list(session.scalars(found.with_for_update(key_share=True)))


def lock_one(session: Session, model: type[T], row_id: int) -> T:
    """Lock one row by id, re-read; raises NoResultFound when it is not there."""
    (row,) = lock(session, model, [row_id]) or (None,)
    if row is None:
        raise sa.exc.NoResultFound
    return row


def lock_next(session: Session, found: sa.Select[T]) -> T | None:
    """Lock the first row of a query that no other transaction holds, or return None."""
    return next(iter(lock_some(session, found, 1)), None)


def lock_some(session: Session, found: sa.Select[T], most: int) -> list[T]:
    """Lock the first rows of a query, at most so many, that no other transaction holds."""
    statement = found.limit(most).with_for_update(skip_locked=True)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def insert_once(
    session: Session,
    model: type[Base],
    unique: Sequence[str],
    **values: object,
) -> int | None:
    """Insert a row unless one with the same `unique` columns is there.

    Returns its id, or None when it was there already.
    """
    key_columns = cast("sa.Table", model.__table__).primary_key.columns
    statement = _insert_new(session, model, unique).values(values).returning(*key_columns)
    made: int | None = session.scalar(statement)
    return made


def insert_missing(
    session: Session,
    model: type[Base],
    unique: Sequence[str],
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Insert those of many rows whose `unique` columns are not there yet."""
    if rows:
        session.flush()
        session.connection().execute(_insert_new(session, model, unique), list(rows))


def _insert_new(session: Session, model: type[Base], unique: Sequence[str]) -> Any:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    dialect = sqlite if is_sqlite else postgresql
    table = cast("sa.Table", model.__table__)
    return dialect.insert(table).on_conflict_do_nothing(index_elements=unique)


def insert_rows(
    session: Session,
    model: type[Base],
    rows: Sequence[Mapping[str, object]],
) -> list[int]:
    """Insert many rows in one go; returns their ids, in order.

    Every row names the same columns; a column that is not named stays NULL. PostgreSQL is given
    them as one COPY, SQLite as one statement for all.
    """
    if not rows:
        return []
    session.flush()
    connection = session.connection()
    table = cast("sa.Table", model.__table__)
    ids = _reserve(connection, table, len(rows))
    named = [{**row, "id": row_id} for row, row_id in zip(rows, ids, strict=True)]
    if connection.dialect.name == "sqlite":
        connection.execute(sa.insert(table), named)
    else:
        _copy(connection, table, named)
    return ids


def insert_all(session: Session, objects: Sequence[Base]) -> None:
    """Insert new objects of one model in one go; afterwards the session holds them as stored."""
    if not objects:
        return
    model = type(objects[0])
    names = [column.key for column in model.__table__.columns if column.key != "id"]
    rows = [{name: getattr(one, name) for name in names} for one in objects]
    for made, row_id in zip(objects, insert_rows(session, model, rows), strict=True):
        orm.attributes.set_committed_value(made, "id", row_id)
        orm.make_transient_to_detached(made)
    session.add_all(objects)


def _reserve(connection: Connection, table: sa.Table, count: int) -> list[int]:
    """Return ids nobody else will use; on SQLite the transaction holds the write lock."""
    if connection.dialect.name == "sqlite":
        last = connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    return list(
        connection.scalars(
            sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count)),
        ),
    )


def _copy(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Send rows to PostgreSQL as one COPY, each value written as its column type writes it."""
    writers = {name: _writer(table.c[name], connection.dialect) for name in rows[0]}
    names = ", ".join(f'"{name}"' for name in writers)
    cursor: Any = connection.connection.cursor()  # the driver's own: COPY is no SQLAlchemy's
    with cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([write(row[name]) for name, write in writers.items()])


def _writer(column: sa.Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    return column.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: object) -> object:
    return value
