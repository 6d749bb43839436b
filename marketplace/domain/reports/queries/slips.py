"""Pay slips as lists and one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState, problem
from marketplace.domain.payroll.models import PayRun, PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.reports.rules import (
    STATES_OF,
    PayoutStatus,
    SlipFilters,
    status_of,
)
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.kernel.zones import local_date

PAGE: Final = 25
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One slip in a list; the legal name is sealed for "slip:<public id>|legal_name"."""

    id: int
    public_id: str
    number: str
    kind: str
    legal_name_sealed: bytes
    stage_name: str
    role_name: str
    role_kind: str
    production_title: str
    shoot_date: date
    pay_date: date
    gross: Money
    withheld: Money
    deducted: Money
    net: Money
    account_last4: str
    state: PayoutState | None
    status: PayoutStatus
    sent_at: datetime | None
    arrives_at: datetime | None
    paid_at: datetime | None
    problem: Sentence | None
    zone: str

    @property
    def money_on(self) -> date | None:
        """The date at the set when the money arrived, or should arrive."""
        at = self.paid_at or self.arrives_at
        return local_date(at, self.zone) if at else None


@dataclass(frozen=True, slots=True)
class SlipDetail:
    """One slip with its sealed document, for its own page."""

    row: SlipRow
    document_sealed: bytes
    digest: str
    issued_at: datetime
    person_id: int
    payout_public_id: str | None


@dataclass(frozen=True, slots=True)
class SlipPage:
    """One page of slips, newest first; `older` is where the next page begins, or None."""

    rows: tuple[SlipRow, ...]
    older: int | None
    count: int


_COLUMNS: Final = (
    PaySlip.id,
    PaySlip.public_id,
    PaySlip.number,
    PaySlip.kind,
    PaySlip.legal_name_sealed,
    PaySlip.stage_name,
    PaySlip.role_name,
    PaySlip.role_kind,
    PaySlip.production_title,
    PaySlip.shoot_date,
    PaySlip.pay_date,
    PaySlip.currency,
    PaySlip.gross_minor,
    PaySlip.withheld_minor,
    PaySlip.deducted_minor,
    PaySlip.net_minor,
    PaySlip.account_last4,
    Payout.state,
    Payout.sent_at,
    Payout.arrives_at,
    Payout.paid_at,
    Payout.problem_code,
    Payout.problem,
    Production.zone,
)


def conditions(company_id: int, filters: SlipFilters) -> list[sa.ColumnElement[bool]]:
    """Return what filters mean in SQL: the one place that reads them."""
    found: list[sa.ColumnElement[bool]] = [PaySlip.company_id == company_id]
    if filters.within is not None:
        found.append(PaySlip.production_id.in_(sorted(filters.within)))
    if filters.text:
        like = f"%{_escape(filters.text.strip())}%"
        found.append(
            sa.or_(
                PaySlip.stage_name.ilike(like, escape="\\"),
                PaySlip.role_name.ilike(like, escape="\\"),
                PaySlip.number.like(like, escape="\\"),
                PaySlip.legal_name_index == filters.name_index,
            ),
        )
    if filters.production:
        wanted = sa.select(Production.id).where(Production.public_id == filters.production)
        found.append(PaySlip.production_id.in_(wanted))
    if filters.run:
        run = sa.select(PayRun.id).where(PayRun.public_id == filters.run)
        found.append(PaySlip.pay_run_id.in_(run))
    return [*found, *_narrower(filters), *_of_payment(filters)]


def _narrower(filters: SlipFilters) -> Iterator[sa.ColumnElement[bool]]:
    if filters.worked_from:
        yield PaySlip.shoot_date >= filters.worked_from
    if filters.worked_to:
        yield PaySlip.shoot_date <= filters.worked_to
    if filters.status:
        is_so = Payout.state.in_(STATES_OF[filters.status])
        has_none = filters.status is PayoutStatus.NO_PAYMENT
        yield sa.or_(is_so, Payout.id.is_(None)) if has_none else is_so
    if filters.slips:
        yield PaySlip.public_id.in_(filters.slips)


def _of_payment(filters: SlipFilters) -> Iterator[sa.ColumnElement[bool]]:
    if filters.paid_from:
        yield PaySlip.pay_date >= filters.paid_from
    if filters.paid_to:
        yield PaySlip.pay_date <= filters.paid_to
    if filters.scheme:
        yield PaySlip.scheme == filters.scheme
    if filters.payee:
        payee = sa.select(Person.id).where(Person.public_id == filters.payee)
        yield PaySlip.person_id.in_(payee)


def slip_page(
    session: Session,
    company_id: int,
    filters: SlipFilters,
    *,
    before: int | None = None,
) -> SlipPage:
    """Return one page of slips, newest first, after the one with id `before`."""
    where = conditions(company_id, filters)
    count = session.scalar(joined(sa.func.count(PaySlip.id)).where(*where)) or 0
    if before is not None:
        where.append(PaySlip.id < before)
    found = rows_of(session, where, PAGE + 1)
    rows = found[:PAGE]
    return SlipPage(tuple(rows), rows[-1].id if len(found) > PAGE else None, count)


def slips_of(session: Session, company_id: int, filters: SlipFilters) -> Iterator[SlipRow]:
    """Yield every slip that matches, newest first, a batch in memory at a time."""
    last: int | None = None
    while True:
        where = conditions(company_id, filters)
        if last is not None:
            where.append(PaySlip.id < last)
        batch = rows_of(session, where, BATCH)
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].id


@dataclass(frozen=True, slots=True)
class ProductionChoice:
    """A production whose slips can be chosen."""

    public_id: str
    title: str
    id: int


def production_choices(
    session: Session,
    company_id: int,
    within: frozenset[int] | None = None,
) -> list[ProductionChoice]:
    """Return the productions of a company that may be seen, newest first."""
    choices = sa.select(Production.public_id, Production.title, Production.id)
    choices = choices.where(Production.company_id == company_id)
    if within is not None:
        choices = choices.where(Production.id.in_(sorted(within)))
    found = session.execute(choices.order_by(Production.id.desc()))
    return [ProductionChoice(*row) for row in found]


def slip_of_company(
    session: Session,
    company_id: int,
    public_id: str,
    within: frozenset[int] | None = None,
) -> SlipDetail | None:
    """Return one slip of a company, or None when it is not there or not for the reader."""
    mine = conditions(company_id, SlipFilters(within=within))
    return _detail(session, sa.and_(*mine), public_id)


def slip_of_person(session: Session, person_id: int, public_id: str) -> SlipDetail | None:
    """Return one of a person's own slips, or None."""
    return _detail(session, PaySlip.person_id == person_id, public_id)


def _detail(session: Session, mine: sa.ColumnElement[bool], public_id: str) -> SlipDetail | None:
    more = (
        PaySlip.document_sealed,
        PaySlip.digest,
        PaySlip.issued_at,
        PaySlip.person_id,
        Payout.public_id,
    )
    found = session.execute(
        _listed(*more).where(mine, PaySlip.public_id == public_id),
    ).first()
    if found is None:
        return None
    width = len(_COLUMNS)
    return SlipDetail(_row(found[:width]), *found[width:])


def joined(*columns: Any) -> sa.Select[*tuple[Any, ...]]:
    """Select from slips with their payments, which every condition may name; some have none."""
    payment = Payout.pay_slip_id == PaySlip.id
    return sa.select(*columns).select_from(PaySlip).join(Payout, payment, isouter=True)


def rows_of(
    session: Session,
    where: Sequence[sa.ColumnElement[bool]],
    limit: int,
) -> list[SlipRow]:
    """Return the newest slips that meet conditions."""
    found = _listed().where(*where).order_by(PaySlip.id.desc()).limit(limit)
    return [_row(values) for values in session.execute(found)]


def _listed(*more: Any) -> sa.Select[*tuple[Any, ...]]:
    shown = joined(*_COLUMNS, *more)
    return shown.join(Production, Production.id == PaySlip.production_id)


def _row(values: Sequence[Any]) -> SlipRow:
    head, currency, minors, tail = values[:11], values[11], values[12:16], values[16:]
    last4, state, sent_at, arrives_at, paid_at, code, text, zone = tail
    amounts = [Money(minor, currency) for minor in minors]
    known = PayoutState(state) if state else None
    instants = (sent_at, arrives_at, paid_at)
    why = problem(code, text) if known else None
    payment = (last4, known, status_of(known), *instants, why, zone)
    fields: list[Any] = [*head, *amounts, *payment]
    return SlipRow(*fields)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
