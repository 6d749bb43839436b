"""Ask for archives of slips, make them piece by piece, and note who read personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.audit.services import Act, record
from marketplace.domain.documents.models import ExportJob, File, FileChunk
from marketplace.domain.documents.services import forget
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.reports.queries.exports import RUNNING
from marketplace.domain.reports.queries.slips import conditions, joined
from marketplace.domain.reports.rules import (
    KEPT_FOR,
    MOST_SLIPS,
    PDF,
    PROBLEMS,
    ZIP,
    ExportError,
    ExportKind,
    Scope,
    SlipFilters,
    file_name,
)
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class AskExport:
    """Somebody wants the papers of all slips that match, in one file; title: for the list."""

    company_id: int
    user_id: int
    filters: SlipFilters
    title: str
    kind: ExportKind = ExportKind.SLIPS


@dataclass(frozen=True, slots=True)
class AskPaper:
    """Somebody wants a paper as a PDF. name: as in the address; within: what they may see."""

    company_id: int
    user_id: int
    name: str
    scope: Scope
    title: str
    within: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody of a company read or took away personal data. subject: "slip:k3m9…"."""

    company_id: int
    user_id: int
    subject: str
    action: str
    slips: Sequence[str] = ()


def ask_export(session: Session, command: AskExport, *, clock: Clock) -> ExportJob:
    """Ask for an archive of the slips that match now; slips issued later are not in it.

    Raises ExportError when there are none, or too many for one file.
    """
    where = conditions(command.company_id, command.filters)
    matching = joined(PaySlip.id).where(*where).order_by(PaySlip.id).limit(MOST_SLIPS + 1)
    slips = list(session.scalars(matching))
    if not slips:
        raise ExportError(say("There are no pay slips to download."))
    if len(slips) > MOST_SLIPS:
        raise ExportError(
            say("One file holds %(most)s pay slips at most; choose a period.", most=MOST_SLIPS),
        )
    job = ExportJob(
        company_id=command.company_id,
        user_id=command.user_id,
        kind=command.kind,
        title=command.title,
        arguments={"slips": slips, "scope": _scope(command.filters)},
        total=len(slips),
        created_at=clock.now(),
        expires_at=clock.now() + KEPT_FOR,
    )
    return _queued(session, job, command.filters.within, clock)


def ask_paper(session: Session, command: AskPaper, *, clock: Clock) -> ExportJob:
    """Ask for a paper as a PDF; it says what is true when it is printed."""
    job = ExportJob(
        company_id=command.company_id,
        user_id=command.user_id,
        kind=ExportKind.PAPER,
        title=command.title,
        arguments={"paper": command.name, "scope": command.scope.args},
        total=1,
        created_at=clock.now(),
        expires_at=clock.now() + KEPT_FOR,
    )
    return _queued(session, job, command.within, clock)


def _scope(filters: SlipFilters) -> dict[str, str]:
    return Scope(run=filters.run, production=filters.production).args


def _queued(
    session: Session, job: ExportJob, within: frozenset[int] | None, clock: Clock
) -> ExportJob:
    """Keep a job, with the productions its asker may see, and ask for the work."""
    job.arguments = {**job.arguments, "within": sorted(within) if within is not None else None}
    session.add(job)
    session.flush()
    tasks.ask(session, "build_export", _task(job), job.id, run_at=clock.now())
    _log(session, job, "ask", job.user_id, clock)
    return job


def cancel_export(
    session: Session,
    company_id: int,
    public_id: str,
    *,
    actor_id: int,
    clock: Clock,
) -> ExportJob:
    """Stop making an archive, and drop what was made.

    Raises NotFoundError for a job of somebody else, NotAllowedError when it is over.
    """
    wanted = sa.select(ExportJob.id).where(
        ExportJob.public_id == public_id,
        ExportJob.company_id == company_id,
    )
    job_id = session.scalar(wanted)
    if job_id is None:
        raise NotFoundError(say("There is no such export."))
    job = lock_one(session, ExportJob, job_id)
    if job.state not in RUNNING:
        raise NotAllowedError(say("This export is over already."))
    _end(session, job, "cancelled", clock)
    tasks.drop(session, _task(job), now=clock.now())
    _log(session, job, "cancel", actor_id, clock)
    return job


def begin_export(session: Session, job_id: int, *, clock: Clock) -> tuple[ExportJob, int] | None:
    """Start making an archive, or go on; returns the job and how many chunks are there.

    None when it is over already. Slips never change, so an archive of them goes on where it was;
    anything else begins anew, because it says what is true now.
    """
    job = lock_one(session, ExportJob, job_id)
    if job.state not in RUNNING:
        return None
    job.state = "running"
    if job.kind != ExportKind.SLIPS:
        forget(session, export_subject(job.public_id))
    is_paper = job.kind == ExportKind.PAPER
    if _file_id(session, job) is None:
        file = File(
            subject=export_subject(job.public_id),
            name=file_name(job.title, ending="pdf" if is_paper else "zip"),
            media_type=PDF if is_paper else ZIP,
            size=0,
            sha256="",
            created_at=clock.now(),
        )
        session.add(file)
    session.flush()
    return job, _chunks(session, job)


def add_chunk(session: Session, job_id: int, position: int, content: bytes, *, done: int) -> bool:
    """Keep the next chunk of an archive; False when somebody cancelled or writes it too."""
    job = lock_one(session, ExportJob, job_id)
    file_id = _file_id(session, job)
    if job.state != "running" or file_id is None or _chunks(session, job) != position:
        return False
    session.add(FileChunk(file_id=file_id, position=position, content=content))
    job.done = min(done, job.total)
    session.flush()
    return True


def finish_export(
    session: Session,
    job_id: int,
    *,
    size: int,
    sha256: str,
    clock: Clock,
) -> None:
    """Offer a finished archive, and tell who asked for it."""
    job = lock_one(session, ExportJob, job_id)
    if job.state != "running":
        return
    file = session.get_one(File, _file_id(session, job))
    file.size, file.sha256 = size, sha256
    job.file_id = file.id
    job.state = "done"
    job.done = job.total
    job.finished_at = clock.now()
    job.expires_at = clock.now() + KEPT_FOR
    session.flush()
    key = f"forget_export:{job.id}"
    tasks.ask(session, "forget_export", key, job.id, run_at=job.expires_at)
    _log(session, job, "finish", None, clock)
    title = say("Your download is ready: %(title)s", title=job.title)
    lines = say("You can download the file until %(time)s.", time=job.expires_at)
    _tell(session, job, title, lines, clock=clock)


def fail_export(session: Session, job_id: int, problem: str, *, clock: Clock) -> None:
    """Give an archive up, and tell who asked for it; problem: a code of `rules.PROBLEMS`."""
    job = lock_one(session, ExportJob, job_id)
    if job.state not in RUNNING:
        return
    job.problem = problem
    _end(session, job, "failed", clock)
    _log(session, job, "fail", None, clock)
    title = say("Your download could not be made: %(title)s", title=job.title)
    _tell(session, job, title, PROBLEMS[problem], clock=clock)


def forget_export(session: Session, job_id: int, *, clock: Clock) -> None:
    """Drop the file of an archive whose time is over."""
    job = lock_one(session, ExportJob, job_id)
    job.file_id = None
    session.flush()
    forget(session, export_subject(job.public_id))
    _log(session, job, "forget", None, clock)


def note_reading(session: Session, reading: Reading, *, clock: Clock) -> None:
    """Note who saw legal names or took papers away."""
    act = Act(
        subject=reading.subject,
        action=reading.action,
        after={"slips": list(reading.slips)} if reading.slips else {},
        company_id=reading.company_id,
    )
    record(session, act, actor_id=reading.user_id, clock=clock)


def export_subject(public_id: str) -> str:
    """Return the subject under which the file of an export is stored."""
    return f"export:{public_id}"


def _task(job: ExportJob) -> str:
    return f"build_export:{job.id}"


def _file_id(session: Session, job: ExportJob) -> int | None:
    wanted = sa.select(File.id).where(File.subject == export_subject(job.public_id))
    return session.scalar(wanted)


def _chunks(session: Session, job: ExportJob) -> int:
    file_id = _file_id(session, job)
    counted = sa.select(sa.func.count(FileChunk.id)).where(FileChunk.file_id == file_id)
    return session.scalar(counted) or 0


def _end(session: Session, job: ExportJob, state: str, clock: Clock) -> None:
    job.state = state
    job.finished_at = clock.now()
    session.flush()
    forget(session, export_subject(job.public_id))


def _log(
    session: Session,
    job: ExportJob,
    action: str,
    actor_id: int | None,
    clock: Clock,
) -> None:
    act = Act(
        subject=export_subject(job.public_id),
        action=action,
        after={"state": job.state, "slips": job.total},
        company_id=job.company_id,
    )
    record(session, act, actor_id=actor_id, clock=clock)


def _tell(
    session: Session,
    job: ExportJob,
    subject: Sentence,
    line: Sentence,
    *,
    clock: Clock,
) -> None:
    user = session.get_one(User, job.user_id)
    company = session.get_one(Company, job.company_id)
    message = Message(
        key=f"export:{job.id}",
        kind="export",
        subject=subject,
        lines=(line,),
        button=say("Open the export"),
        path=f"/c/{company.public_id}/exports/{job.public_id}",
    )
    tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)
