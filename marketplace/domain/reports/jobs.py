"""Make archives of slips: a chunk at a time, so that they may be stopped and go on anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import UnitOfWork
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.documents.queries import open_file, pieces, stored
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import legal_name_owner
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports import services
from marketplace.domain.reports.rules import (
    PATIENCE,
    UNPRINTED,
    Entry,
    archive,
    chunks,
    file_name,
)
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import Clock

BATCH: Final = 20
LOOK_AGAIN: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an archive is made of, and how many chunks of it are there."""

    job_id: int
    slips: Sequence[int]
    kept: int
    asked_at: datetime


def build_export(unit: UnitOfWork, job_id: int, *, vault: Vault, clock: Clock) -> None:
    """Put the papers of all slips of a job into one file.

    No transaction lasts longer than one chunk. Raises NotYetError while papers are printed.
    """
    with unit() as session:
        begun = services.begin_export(session, job_id, clock=clock)
        if begun is None:
            return
        job, kept = begun
        plan = Plan(job.id, tuple(job.arguments["slips"]), kept, job.created_at)
    if not _is_printed(unit, plan):
        _wait(unit, plan, clock)
        return
    written = _write(unit, plan, vault)
    if written is None:
        return
    size, sha256 = written
    with unit() as session:
        services.finish_export(session, job_id, size=size, sha256=sha256, clock=clock)


def forget_export(session: Session, job_id: int, *, clock: Clock) -> None:
    """Drop the file of an archive whose time is over."""
    services.forget_export(session, job_id, clock=clock)


def _wait(unit: UnitOfWork, plan: Plan, clock: Clock) -> None:
    if clock.now() - plan.asked_at < PATIENCE:
        raise NotYetError(clock.now() + LOOK_AGAIN)
    with unit() as session:
        services.fail_export(session, plan.job_id, UNPRINTED, clock=clock)


def _is_printed(unit: UnitOfWork, plan: Plan) -> bool:
    for ids in _batches(plan.slips, 500):
        with unit() as session:
            names = session.scalars(sa.select(PaySlip.public_id).where(PaySlip.id.in_(ids)))
            subjects = [slip_subject(name) for name in names]
            if stored(session, subjects) != set(subjects):
                return False
    return True


def _write(unit: UnitOfWork, plan: Plan, vault: Vault) -> tuple[int, str] | None:
    """Write every chunk that is not there yet; returns size and digest of the whole.

    The bytes are always the same, so chunks that are there are worked out and passed over.
    None when somebody cancelled, or another worker went on.
    """
    digest = hashlib.sha256()
    size = 0
    made = chunks(archive(_entries(unit, plan, vault)))
    for position, (done, content) in enumerate(made):
        digest.update(content)
        size += len(content)
        if position < plan.kept:
            continue
        with unit() as session:
            is_mine = services.add_chunk(session, plan.job_id, position, content, done=done)
        if not is_mine:
            return None
    return size, digest.hexdigest()


def _entries(unit: UnitOfWork, plan: Plan, vault: Vault) -> Iterator[Entry]:
    for ids in _batches(plan.slips, BATCH):
        with unit() as session:
            wanted = sa.select(PaySlip).where(PaySlip.id.in_(ids)).order_by(PaySlip.id)
            papers = [_entry(session, slip, vault) for slip in session.scalars(wanted)]
        yield from papers


def _entry(session: Session, slip: PaySlip, vault: Vault) -> Entry:
    paper = open_file(session, slip_subject(slip.public_id))
    if paper is None:  # pragma: no cover - papers are never removed once printed
        raise LookupError(slip.number)
    legal_name = vault.open(slip.legal_name_sealed, legal_name_owner(slip.public_id))
    content = b"".join(pieces(session, paper.id))
    return Entry(file_name(slip.number, legal_name, ending="pdf"), slip.issued_at, content)


def _batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
