from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.documents.models import ExportJob, File, FileChunk
from marketplace.domain.documents.queries import open_file, pieces
from marketplace.domain.documents.services import forget
from marketplace.domain.notices.models import Mail
from marketplace.domain.reports import jobs, queries, rules, services
from marketplace.domain.reports.rules import ExportError, SlipFilters
from marketplace.domain.reports.services import AskExport, cancel_export, exports
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.worker.drain import Crew
from tests.support.databases import Database
from tests.support.slipdays import PaidDays, a_crew_in, a_desk, ask_for_all, days_with_papers

Unit = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def crew(database: Database, tmp_path: Path, clock: FixedClock) -> Crew:
    return a_crew_in(database, tmp_path, clock)


@pytest.fixture
def days(database: Database, crew: Crew, clock: FixedClock) -> PaidDays:
    return days_with_papers(database, crew, clock)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHUNK", 30_000)


def job_of(database: Database, job: ExportJob) -> ExportJob:
    with database.session() as session:
        return session.get_one(ExportJob, job.id)


def content_of(database: Database, job: ExportJob) -> bytes:
    with database.session() as session:
        file = open_file(session, services.export_subject(job.public_id))
        assert file is not None
        content = b"".join(pieces(session, file.id))
        assert len(content) == file.size
        return content


def test_every_slip_is_in_the_file_under_its_number_and_legal_name(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)
    crew.drain_all()

    done = job_of(database, job)
    assert (done.state, done.done, done.total) == ("done", 6, 6)
    with zipfile.ZipFile(io.BytesIO(content_of(database, job))) as file:
        assert file.testzip() is None
        assert file.namelist() == [f"{slip.number} Lin Yuting.pdf" for slip in days.slips]
        assert file.read(file.namelist()[0]).startswith(b"%PDF")


def test_who_asked_is_told_once_with_the_page_of_the_file(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)
    crew.drain_all()

    with database.session() as session:
        mails = list(session.scalars(sa.select(Mail).where(Mail.kind == "export")))
    assert [mail.path for mail in mails] == [f"/c/{days.company}/exports/{job.public_id}"]


def killing(crew: Crew, after: int) -> Unit:
    """Open transactions of the crew; the one after so many does not begin any more."""
    opened = iter(range(after))

    @contextmanager
    def unit() -> Iterator[Session]:
        if next(opened, None) is None:
            raise KeyboardInterrupt
        with crew.unit() as session:
            yield session

    return unit


def test_a_killed_export_goes_on_where_it_was_with_the_same_bytes(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    whole = ask_for_all(crew, days, clock)
    jobs.build_export(crew.unit, whole.id, desk=a_desk(), clock=clock)
    expected = content_of(database, whole)

    killed = ask_for_all(crew, days, clock)
    ends = 0
    while job_of(database, killed).state != "done":
        try:
            unit = killing(crew, 3 + ends)
            jobs.build_export(unit, killed.id, desk=a_desk(), clock=clock)
        except KeyboardInterrupt:
            ends += 1

    assert ends > 2
    assert content_of(database, killed) == expected


def test_progress_is_seen_while_the_file_is_made(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)

    with pytest.raises(KeyboardInterrupt):
        jobs.build_export(killing(crew, 4), job.id, desk=a_desk(), clock=clock)

    now = job_of(database, job)
    assert now.state == "running"
    assert 0 < now.done < now.total
    assert now.file_id is None


def test_a_cancelled_export_stops_and_leaves_nothing(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)
    with pytest.raises(KeyboardInterrupt):
        jobs.build_export(killing(crew, 4), job.id, desk=a_desk(), clock=clock)

    who = days.accountant.id
    with crew.unit() as session:
        cancel_export(session, days.company_id, job.public_id, actor_id=who, clock=clock)
    crew.drain_all()
    jobs.build_export(crew.unit, job.id, desk=a_desk(), clock=clock)

    assert job_of(database, job).state == "cancelled"
    with database.session() as session:
        assert open_file(session, services.export_subject(job.public_id)) is None
    with pytest.raises(NotAllowedError), crew.unit() as session:
        cancel_export(session, days.company_id, job.public_id, actor_id=who, clock=clock)


def test_an_export_cancelled_between_two_chunks_stops_there(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)
    opened = iter(range(100))

    @contextmanager
    def unit() -> Iterator[Session]:
        if next(opened) == 4:
            with crew.unit() as session:
                who = days.accountant.id
                cancel_export(session, days.company_id, job.public_id, actor_id=who, clock=clock)
        with crew.unit() as session:
            yield session

    jobs.build_export(unit, job.id, desk=a_desk(), clock=clock)

    assert job_of(database, job).state == "cancelled"
    with database.session() as session:
        assert session.scalar(sa.select(File).where(File.subject.startswith("export:"))) is None


def test_an_export_of_somebody_else_cannot_be_cancelled(
    crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)

    with pytest.raises(NotFoundError), crew.unit() as session:
        cancel_export(session, days.company_id + 1, job.public_id, actor_id=1, clock=clock)


def unprint(crew: Crew, days: PaidDays) -> None:
    with crew.unit() as session:
        forget(session, f"slip:{days.slips[0].public_id}")


def test_an_export_waits_for_papers_that_are_still_printed(
    crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    unprint(crew, days)
    job = ask_for_all(crew, days, clock)

    with pytest.raises(NotYetError) as early:
        jobs.build_export(crew.unit, job.id, desk=a_desk(), clock=clock)

    assert early.value.run_at == clock.now() + jobs.LOOK_AGAIN


def test_an_export_gives_up_after_an_hour_and_says_so(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    unprint(crew, days)
    job = ask_for_all(crew, days, clock)
    clock.at += timedelta(hours=1)
    jobs.build_export(crew.unit, job.id, desk=a_desk(), clock=clock)

    assert job_of(database, job).state == "failed"
    with database.session() as session:
        row = queries.export(session, days.company_id, job.public_id)
        mail = session.scalars(sa.select(Mail).where(Mail.kind == "export")).one()
    assert row is not None
    assert "could not be printed" in str(row.why)
    assert "could not be made" in str(mail.subject)


def test_a_file_is_kept_for_seven_days_and_then_forgotten(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)
    crew.drain_all()
    with database.session() as session:
        assert len(queries.exports(session, days.company_id, clock.now())) == 1

    clock.at += rules.KEPT_FOR
    crew.drain_all()

    with database.session() as session:
        assert queries.exports(session, days.company_id, clock.now()) == []
        kept = sa.select(sa.func.count(FileChunk.id)).join(File, File.id == FileChunk.file_id)
        assert session.scalar(kept.where(File.subject.startswith("export:"))) == 0
    assert job_of(database, job).file_id is None


def test_nothing_and_too_much_are_refused(
    crew: Crew, days: PaidDays, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = AskExport(days.company_id, days.accountant.id, SlipFilters(text="nobody"), "x")
    everything = AskExport(days.company_id, days.accountant.id, days.all, "x")

    with pytest.raises(ExportError, match="no pay slips"), crew.unit() as session:
        services.ask_export(session, nothing, clock=clock)
    monkeypatch.setattr(exports, "MOST_SLIPS", 5)
    with pytest.raises(ExportError, match="5 pay slips at most"), crew.unit() as session:
        services.ask_export(session, everything, clock=clock)


def test_what_is_running_or_just_done_is_shown_to_who_asked(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)

    def seen(user_id: int) -> list[str]:
        with database.session() as session:
            since = clock.now() - timedelta(minutes=15)
            rows = queries.recent_exports(session, days.company_id, user_id, since)
            return [row.public_id for row in rows]

    assert seen(days.accountant.id) == [job.public_id]
    assert seen(days.accountant.id + 1) == []
    crew.drain_all()
    assert seen(days.accountant.id) == [job.public_id]
    clock.at += timedelta(hours=1)
    assert seen(days.accountant.id) == []


def test_asking_finishing_and_forgetting_are_written_down(
    database: Database, crew: Crew, days: PaidDays, clock: FixedClock
) -> None:
    job = ask_for_all(crew, days, clock)
    crew.drain_all()
    clock.at += rules.KEPT_FOR
    crew.drain_all()

    subject = services.export_subject(job.public_id)
    with database.session() as session:
        acts = sa.select(AuditEntry.action).where(AuditEntry.subject == subject)
        assert list(session.scalars(acts.order_by(AuditEntry.id))) == ["ask", "finish", "forget"]
