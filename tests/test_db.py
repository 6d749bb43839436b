"""The database layer on both databases: who may write, what a commit is, what a lock re-reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Session

from marketplace import db
from tests.support.databases import Database

HALF_PAST_ELEVEN = datetime(2026, 3, 7, 23, 30, tzinfo=timezone(timedelta(hours=-8)))


class Own(db.Base):
    """Tables of these tests alone, unknown to the product's metadata."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=db.NAMES)


class Probe(Own):
    """Something to write."""

    __tablename__ = "probe"

    id: orm.Mapped[int] = db.key()
    name: orm.Mapped[str]
    seen_at: orm.Mapped[datetime | None] = orm.mapped_column(db.Instant, default=None)


class Owner(Own):
    """Something to refer to."""

    __tablename__ = "owner"

    id: orm.Mapped[int] = db.key()


class Owned(Own):
    """Something that refers."""

    __tablename__ = "owned"

    id: orm.Mapped[int] = db.key()
    owner_id: orm.Mapped[int] = db.ref("owner.id")
    former_id: orm.Mapped[int | None] = db.optional_ref("owner.id")
    born_on: orm.Mapped[date] = orm.mapped_column(default=date(2026, 1, 1))


@pytest.fixture
def probes(database: Database) -> Database:
    """A database that has the table."""
    with db.writing(), database.engine.begin() as connection:
        Probe.metadata.create_all(connection)
    return database


def a_probe(database: Database, name: str = "call", seen_at: datetime | None = None) -> int:
    with database.session() as session, db.transaction(session):
        probe = Probe(name=name, seen_at=seen_at)
        session.add(probe)
        session.flush()
        return probe.id


def names(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(sa.select(Probe.name).order_by(Probe.id)))


def test_a_transaction_keeps_everything(probes: Database) -> None:
    a_probe(probes, "call")

    assert names(probes) == ["call"]


def test_a_failed_transaction_keeps_nothing(probes: Database) -> None:
    def fail() -> None:
        with probes.session() as session, db.transaction(session):
            session.add(Probe(name="call"))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert names(probes) == []


def test_a_write_outside_a_transaction_is_refused(probes: Database) -> None:
    with probes.session() as session:
        session.add(Probe(name="stray"))
        with pytest.raises(sa.exc.DBAPIError, match=r"read.?only"):
            session.flush()

    assert names(probes) == []


def test_a_read_after_a_transaction_may_not_write_again(probes: Database) -> None:
    with probes.session() as session:
        with db.transaction(session):
            session.add(Probe(name="call"))
        session.add(Probe(name="stray"))
        with pytest.raises(sa.exc.DBAPIError, match=r"read.?only"):
            session.flush()

    assert names(probes) == ["call"]


def test_a_lock_reads_the_row_again(probes: Database) -> None:
    probe_id = a_probe(probes, "before")
    with probes.session() as session:
        seen = session.get_one(Probe, probe_id)
        assert seen.name == "before"
        with probes.session() as other, db.transaction(other):
            db.lock_one(other, Probe, probe_id).name = "after"
        with db.transaction(session):
            assert db.lock_one(session, Probe, probe_id).name == "after"


def test_a_lock_refreshes_a_row_loaded_in_the_same_transaction(session: Session) -> None:
    Probe.metadata.create_all(session.connection())
    probe = Probe(name="before")
    session.add(probe)
    session.flush()
    session.execute(sa.text("UPDATE probe SET name = 'after'"))

    (locked,) = db.lock(session, Probe, [probe.id])

    assert locked is probe
    assert probe.name == "after"


def test_locks_are_taken_in_the_order_of_ids_and_once(probes: Database) -> None:
    first, second = a_probe(probes), a_probe(probes)

    with probes.session() as session, db.transaction(session):
        locked = db.lock(session, Probe, [second, first, second])

        assert [probe.id for probe in locked] == [first, second]


def test_a_row_that_is_not_there_cannot_be_locked(probes: Database) -> None:
    with (
        probes.session() as session,
        db.transaction(session),
        pytest.raises(sa.exc.NoResultFound),
    ):
        db.lock_one(session, Probe, 404)


def test_an_instant_comes_back_aware_in_utc(probes: Database) -> None:
    probe_id = a_probe(probes, seen_at=HALF_PAST_ELEVEN)

    with probes.session() as session:
        seen_at = session.get_one(Probe, probe_id).seen_at

    assert seen_at == HALF_PAST_ELEVEN
    assert seen_at is not None
    assert seen_at.tzinfo is UTC or seen_at.utcoffset() == timedelta(0)


def test_no_instant_stays_no_instant(probes: Database) -> None:
    probe_id = a_probe(probes, seen_at=None)

    with probes.session() as session:
        assert session.get_one(Probe, probe_id).seen_at is None


def test_an_instant_without_a_zone_is_refused(probes: Database) -> None:
    naive = HALF_PAST_ELEVEN.replace(tzinfo=None)

    with pytest.raises(sa.exc.StatementError, match="needs a time zone"):
        a_probe(probes, seen_at=naive)


def test_the_embedded_database_syncs_every_commit_and_checks_references(
    embedded_database: Database,
) -> None:
    with embedded_database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }

    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }


def test_a_checked_column_takes_only_known_words(session: Session) -> None:
    table = sa.Table(
        "mood",
        sa.MetaData(naming_convention=db.NAMES),
        sa.Column("word", sa.Text),
        db.one_of("word", ["calm", "busy"]),
    )
    table.create(session.connection())
    session.execute(table.insert().values(word="calm"))

    with pytest.raises(sa.exc.IntegrityError, match="ck_mood_word_known"):
        session.execute(table.insert().values(word="furious"))


def test_references_are_checked_and_may_be_optional(session: Session) -> None:
    Own.metadata.create_all(session.connection())
    owner = Owner()
    session.add(owner)
    session.flush()
    session.add(Owned(owner_id=owner.id))
    session.flush()

    session.add(Owned(owner_id=owner.id + 1))
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


def test_many_rows_are_stored_in_one_go_with_every_kind_of_value(probes: Database) -> None:
    rows = [{"name": "a\tb", "seen_at": HALF_PAST_ELEVEN + timedelta(minutes=n)} for n in range(3)]
    with probes.session() as session, db.transaction(session):
        first = db.insert_rows(session, Probe, rows)
        second = db.insert_rows(session, Probe, [{"name": "", "seen_at": None}])

    with probes.session() as session:
        stored = {probe.id: probe.seen_at for probe in session.scalars(sa.select(Probe))}
    assert stored == dict(zip(first, [row["seen_at"] for row in rows], strict=True)) | {
        second[0]: None
    }


def test_many_new_objects_are_held_as_stored(probes: Database) -> None:
    made = [Probe(name="一", seen_at=HALF_PAST_ELEVEN), Probe(name="b")]
    with probes.session() as session, db.transaction(session):
        db.insert_all(session, made)

        assert not session.new
        assert not session.dirty
        assert session.get_one(Probe, made[0].id) is made[0]
        made[1].seen_at = HALF_PAST_ELEVEN
        changed = made[1].id
    with probes.session() as session:
        assert session.get_one(Probe, changed).seen_at == HALF_PAST_ELEVEN


def test_no_rows_are_no_statement(probes: Database) -> None:
    with probes.session() as session, db.transaction(session):
        assert db.insert_rows(session, Probe, []) == []
        db.insert_all(session, [])
