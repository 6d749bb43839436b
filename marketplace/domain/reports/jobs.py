"""Make exports: a chunk at a time, so that they may be stopped and go on anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import UnitOfWork
from marketplace.domain.accounts.models import Company, User
from marketplace.domain.booking.models import DealMemo
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.documents.ports import UnprintableTextError
from marketplace.domain.documents.queries import open_file, pieces, stored
from marketplace.domain.documents.services import NewFile, store
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import legal_name_owner
from marketplace.domain.people.models import Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports import services
from marketplace.domain.reports.ports import Desk
from marketplace.domain.reports.queries.linelists import show_tables
from marketplace.domain.reports.queries.memos import (
    BothWords,
    memo_paper,
    memo_subject,
    number_of,
)
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.papers import paper
from marketplace.domain.reports.queries.remittances import own_remittance
from marketplace.domain.reports.rules import (
    PATIENCE,
    PDF,
    UNPRINTABLE,
    UNPRINTED,
    Entry,
    ExportKind,
    Scope,
    archive,
    chunks,
    file_name,
)
from marketplace.domain.reports.services import remittance_subject
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

BATCH: Final = 20
LOOK_AGAIN: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export is made of, and how many chunks of it are there. locale: of who asked."""

    job_id: int
    kind: ExportKind
    company_id: int
    arguments: Mapping[str, Any]
    kept: int
    asked_at: datetime
    locale: str

    @property
    def slips(self) -> Sequence[int]:
        """The ids of the slips in it."""
        return tuple(self.arguments.get("slips", ()))

    def office(self, vault: Vault) -> Office:
        """Return who asked, and about what."""
        within = self.arguments.get("within")
        return Office(
            self.company_id,
            Scope.read(self.arguments["scope"]),
            vault,
            self.asked_at.date(),
            None if within is None else frozenset(within),
        )


def build_export(unit: UnitOfWork, job_id: int, *, desk: Desk, clock: Clock) -> None:
    """Make the file of an export: papers of slips, everything of a show, or one paper.

    No transaction lasts longer than one chunk. Raises NotYetError while slips are printed.
    """
    with unit() as session:
        plan = _plan(session, job_id, clock)
    if plan is None:
        return
    if not _is_printed(unit, plan):
        _wait(unit, plan, clock)
        return
    try:
        written = _write(unit, plan, _content(unit, plan, desk))
    except UnprintableTextError:
        with unit() as session:
            services.fail_export(session, job_id, UNPRINTABLE, clock=clock)
        return
    if written is None:
        return
    size, sha256 = written
    with unit() as session:
        services.finish_export(session, job_id, size=size, sha256=sha256, clock=clock)


def _plan(session: Session, job_id: int, clock: Clock) -> Plan | None:
    begun = services.begin_export(session, job_id, clock=clock)
    if begun is None:
        return None
    job, kept = begun
    kind, locale = ExportKind(job.kind), session.get_one(User, job.user_id).locale
    where = (job.company_id, job.arguments)
    return Plan(job.id, kind, *where, kept, job.created_at, locale)


def _content(unit: UnitOfWork, plan: Plan, desk: Desk) -> Iterable[bytes]:
    match plan.kind:
        case ExportKind.SLIPS:
            return archive(_entries(unit, plan, desk.vault))
        case ExportKind.SHOW:
            folder = _entries(unit, plan, desk.vault, "pay-slips/")
            return archive(chain(folder, _tables(unit, plan, desk)))
        case ExportKind.PAPER:
            return [_printed(unit, plan, desk)]


def _printed(unit: UnitOfWork, plan: Plan, desk: Desk) -> bytes:
    """Print a paper between two transactions, so that nobody waits for the printer."""
    words = desk.words_in(plan.locale)
    with unit() as session:
        found = paper(session, plan.arguments["paper"], plan.office(desk.vault))
        read = [replace(sheet, rows=list(sheet.rows)) for sheet in found.sheets]
        company = session.get_one(Company, plan.company_id).legal_name
    made = say("%(company)s, %(day)s", company=company, day=plan.asked_at)
    return desk.writer.printed(replace(found, sheets=tuple(read)), words, made=words(made))


def _tables(unit: UnitOfWork, plan: Plan, desk: Desk) -> Iterator[Entry]:
    """Yield everything about a show that is not a slip: tables by day, sums, lists, books."""
    office = plan.office(desk.vault)
    with unit() as session:
        found = list(show_tables(session, office))
    with unit() as session:
        books = [(name, paper(session, name, office)) for name in ("register", "journal")]
        for name, one in books:
            found += [(name, sheet) for sheet in one.sheets if one.problem is None]
        for name, sheet in found:
            content = b"".join(desk.table((sheet,), plan.locale))
            yield Entry(f"{name}.csv", plan.asked_at, content)
    words = desk.words_in(plan.locale)
    with unit() as session:
        sheets = [s for name, _one in books for s in paper(session, name, office).sheets]
        content = desk.writer.workbook(sheets, words, made_at=plan.asked_at)
    yield Entry("register-journal.xlsx", plan.asked_at, content)


def print_remittance(unit: UnitOfWork, slip_id: int, *, desk: Desk, clock: Clock) -> None:
    """Print the remittance advice of a slip for whoever was paid, and keep the paper."""
    with unit() as session:
        slip = session.get_one(PaySlip, slip_id)
        subject, words = remittance_subject(slip.public_id), desk.words_in(_language(session, slip))
        if open_file(session, subject):
            return
        found = own_remittance(session, slip.person_id, slip.public_id, desk.vault)
        company = session.get_one(Company, slip.company_id).legal_name
        new = NewFile(subject, f"{slip.number}.pdf", PDF)
    if found.problem:
        return
    made = say("%(company)s, %(day)s", company=company, day=clock.now())
    content = desk.writer.printed(found, words, made=words(made))
    with unit() as session:
        store(session, new, [content], clock=clock)


def print_memo(unit: UnitOfWork, memo_id: int, *, desk: Desk, clock: Clock) -> None:
    """Print a deal memo in both languages, and keep the paper; once."""
    with unit() as session:
        memo = session.get_one(DealMemo, memo_id)
        subject, number = memo_subject(memo.public_id), number_of(memo)
        if open_file(session, subject):
            return
        found, company = memo_paper(memo), memo.terms["company"]
    words = BothWords(desk.words_in("en"), desk.words_in("zh_Hans"))
    content = desk.writer.printed(found, words, made=f"{company}, {number}")
    with unit() as session:
        store(session, NewFile(subject, f"{number}.pdf", PDF), [content], clock=clock)


def _language(session: Session, slip: PaySlip) -> str:
    mine = sa.select(User.locale).join(Person, Person.user_id == User.id)
    return session.scalar(mine.where(Person.id == slip.person_id)) or "en"


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


def _write(unit: UnitOfWork, plan: Plan, content: Iterable[bytes]) -> tuple[int, str] | None:
    """Write every chunk that is not there yet; returns size and digest of the whole.

    The bytes are always the same, so chunks that are there are worked out and passed over.
    None when somebody cancelled, or another worker went on.
    """
    digest = hashlib.sha256()
    size = 0
    for position, (done, chunk) in enumerate(chunks(content)):
        digest.update(chunk)
        size += len(chunk)
        if position < plan.kept:
            continue
        with unit() as session:
            is_mine = services.add_chunk(session, plan.job_id, position, chunk, done=done)
        if not is_mine:
            return None
    return size, digest.hexdigest()


def _entries(unit: UnitOfWork, plan: Plan, vault: Vault, folder: str = "") -> Iterator[Entry]:
    for ids in _batches(plan.slips, BATCH):
        with unit() as session:
            wanted = sa.select(PaySlip).where(PaySlip.id.in_(ids)).order_by(PaySlip.id)
            papers = [_entry(session, slip, vault, folder) for slip in session.scalars(wanted)]
        yield from papers


def _entry(session: Session, slip: PaySlip, vault: Vault, folder: str) -> Entry:
    paper = open_file(session, slip_subject(slip.public_id))
    if paper is None:  # pragma: no cover - papers are never removed once printed
        raise LookupError(slip.number)
    legal_name = vault.open(slip.legal_name_sealed, legal_name_owner(slip.public_id))
    content = b"".join(pieces(session, paper.id))
    name = file_name(slip.number, legal_name, ending="pdf")
    return Entry(f"{folder}{name}", slip.issued_at, content)


def _batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
