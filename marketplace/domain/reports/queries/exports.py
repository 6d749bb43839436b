"""Export jobs of a company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.models import ExportJob, File
from marketplace.domain.reports.rules import PROBLEMS
from marketplace.kernel.sentences import Sentence

RUNNING: Final = ("queued", "running")


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export: how far it is, and its file when it is done."""

    public_id: str
    kind: str
    title: str
    state: str
    total: int
    done: int
    problem: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime
    user_id: int
    file_subject: str | None
    file_name: str | None
    size: int | None

    @property
    def is_running(self) -> bool:
        """Whether it is still being made."""
        return self.state in RUNNING

    @property
    def why(self) -> Sentence | None:
        """Why it failed."""
        return PROBLEMS.get(self.problem)


def exports(
    session: Session,
    company_id: int,
    now: datetime,
    only_of: int | None = None,
) -> list[ExportRow]:
    """Return the exports of a company that are still kept, newest first; only_of: one user's."""
    wanted = [ExportJob.company_id == company_id, ExportJob.expires_at > now]
    if only_of is not None:
        wanted.append(ExportJob.user_id == only_of)
    return [_row(found) for found in session.execute(_select().where(*wanted))]


def recent_exports(
    session: Session,
    company_id: int,
    user_id: int,
    since: datetime,
) -> list[ExportRow]:
    """Return what is being made for one person right now, or was ready since `since`."""
    wanted = (
        ExportJob.company_id == company_id,
        ExportJob.user_id == user_id,
        sa.or_(ExportJob.state.in_(RUNNING), ExportJob.finished_at > since),
        ExportJob.state != "cancelled",
    )
    return [_row(found) for found in session.execute(_select().where(*wanted))]


def export(
    session: Session,
    company_id: int,
    public_id: str,
    only_of: int | None = None,
) -> ExportRow | None:
    """Return one export of a company, or None; only_of: of one user alone."""
    wanted = [ExportJob.company_id == company_id, ExportJob.public_id == public_id]
    if only_of is not None:
        wanted.append(ExportJob.user_id == only_of)
    found = session.execute(_select().where(*wanted)).first()
    return _row(found) if found else None


def _select() -> sa.Select[ExportJob, str, str, int]:
    return (
        sa.select(ExportJob, File.subject, File.name, File.size)
        .join(File, File.id == ExportJob.file_id, isouter=True)
        .order_by(ExportJob.id.desc())
    )


def _row(found: sa.Row[ExportJob, str, str, int]) -> ExportRow:
    job, subject, name, size = found
    return ExportRow(
        public_id=job.public_id,
        kind=job.kind,
        title=job.title,
        state=job.state,
        total=job.total,
        done=job.done,
        problem=job.problem,
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        user_id=job.user_id,
        file_subject=subject,
        file_name=name,
        size=size,
    )
