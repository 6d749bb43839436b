"""The journal of pay slips and payments for a company's own books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace.domain.booking.models import Booking
from marketplace.domain.casting.models import Role
from marketplace.domain.ledger.rules import Booked, JournalLine, imbalance, journal, sides
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.reports.queries.charts import chart_of
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.registers import PLAIN, on_register
from marketplace.domain.reports.queries.slips import conditions, joined
from marketplace.domain.reports.rules import Column, Kind, Paper, Row, Sheet
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import local_date

TITLE: Final = say("Journal")
A_DAY: Final = timedelta(days=1)
GONE: Final = (PayoutState.SENDING, PayoutState.SENT, PayoutState.PAID)
COLUMNS: Final = (
    Column(say("Date"), Kind.DATE),
    Column(say("Account")),
    Column(say("Name of the account")),
    Column(say("Production")),
    Column(say("Episodes")),
    Column(say("Department")),
    Column(say("Text")),
    Column(say("Currency")),
    Column(say("Debit"), Kind.MONEY),
    Column(say("Credit"), Kind.MONEY),
)


def journal_paper(session: Session, office: Office) -> Paper:
    """Return the journal of the slips in an office's scope and of what was paid on them."""
    lines = journal_lines(session, office)
    sums = sides(lines).items()
    sheet = Sheet(
        title=TITLE,
        columns=COLUMNS,
        rows=[_row(line) for line in lines],
        totals=tuple(
            (say("All lines"), *([None] * 6), currency, *both) for currency, both in sorted(sums)
        ),
        notes=(
            say(
                "Pay slips are booked on their date of payment, payments on the date they arrived "
                "at the bank. A reversal stands on the other side.",
            ),
        ),
    )
    return Paper(TITLE, (sheet,), problem=imbalance(lines), has_names=False)


def journal_lines(session: Session, office: Office) -> list[JournalLine]:
    """Return the lines of the journal."""
    sums = [*_lines(session, office), *_nets(session, office), *_payments(session, office)]
    return journal(sums, chart_of(session, office.company_id))


def _row(line: JournalLine) -> Row:
    amount = line.debit or line.credit
    return (
        line.on,
        line.account.code,
        line.account.name,
        line.production,
        line.episodes,
        line.department,
        line.text,
        amount.currency if amount else "",
        line.debit,
        line.credit,
    )


def _lines(session: Session, office: Office) -> Iterator[Booked]:
    """Yield the sums of pay lines by everything they are booked by."""
    matching = joined(PaySlip.id).where(*conditions(office.company_id, office.filters))
    group = (
        PaySlip.pay_date,
        PayLineRow.kind,
        PayLineRow.code,
        PayLineRow.currency,
        PaySlip.scheme,
        PaySlip.role_kind,
        Role.department,
        ShootDay.episodes,
        Production.title,
    )
    found = session.execute(
        sa.select(*group, sa.func.sum(PayLineRow.amount_minor), sa.func.min(PayLineRow.id))
        .join(PaySlip, PaySlip.id == PayLineRow.pay_slip_id)
        .join(Booking, Booking.id == PaySlip.booking_id)
        .join(Role, Role.id == Booking.role_id)
        .join(ShootDay, ShootDay.id == PaySlip.shoot_day_id)
        .join(Production, Production.id == PaySlip.production_id)
        .where(PayLineRow.pay_slip_id.in_(matching), on_register())
        .group_by(*group),
    ).all()
    labels = _labels(session, [values[-1] for values in found])
    for on, kind, code, currency, scheme, *dimensions, minor, first in found:
        text = PLAIN.get(code) or labels[first]
        if kind == "withholding":
            text = say("%(what)s (%(scheme)s)", what=text, scheme=scheme)
        yield Booked(on, kind, code, text, int(minor), currency, *dimensions)


def _labels(session: Session, ids: list[int]) -> dict[int, Sentence]:
    found = session.execute(
        sa.select(PayLineRow.id, PayLineRow.line).where(PayLineRow.id.in_(ids)),
    )
    return {line_id: thaw(line["label"]) for line_id, line in found}


def _nets(session: Session, office: Office) -> Iterator[Booked]:
    """Yield what the slips owe people; what had left already when it was reversed comes back."""
    before = aliased(Payout)
    had_left = sa.and_(PaySlip.kind == "reversal", before.state.in_(GONE))
    kind = sa.case((had_left, "net_overpaid"), else_="net").label("booked_as")
    group = (PaySlip.pay_date, PaySlip.currency, Production.title)
    found = session.execute(
        joined(kind, *group, sa.func.sum(PaySlip.net_minor))
        .join(Production, Production.id == PaySlip.production_id)
        .join(before, before.pay_slip_id == PaySlip.corrects_id, isouter=True)
        .where(*conditions(office.company_id, office.filters))
        .group_by(kind, *group),
    )
    for booked_as, on, currency, title, minor in found:
        text = say("Net pay to come back") if booked_as == "net_overpaid" else say("Net pay")
        yield Booked(on, booked_as, "", text, int(minor), currency, production=title)


def _payments(session: Session, office: Office) -> Iterator[Booked]:
    """Yield what arrived at the bank, by date at the set."""
    scope = office.filters
    where = conditions(office.company_id, replace(scope, paid_from=None, paid_to=None))
    columns = (Payout.paid_at, Production.zone, Production.title, Payout.currency)
    found = session.execute(
        joined(*columns, sa.func.sum(Payout.amount_minor))
        .join(Production, Production.id == PaySlip.production_id)
        .where(*where, Payout.state == PayoutState.PAID, *_around(scope.paid_from, scope.paid_to))
        .group_by(*columns),
    )
    sums: dict[tuple[Any, ...], int] = {}
    for paid_at, zone, title, currency, minor in found:
        on = local_date(paid_at, zone)
        if (scope.paid_from or on) <= on <= (scope.paid_to or on):
            key = (on, title, currency)
            sums[key] = sums.get(key, 0) + int(minor)
    for (on, title, currency), minor in sums.items():
        yield Booked(on, "payment", "", say("Paid out"), minor, currency, production=title)


def _around(first: date | None, last: date | None) -> Iterator[sa.ColumnElement[bool]]:
    """Narrow to instants that can be in a period somewhere; the date itself is checked after."""
    if first:
        yield Payout.paid_at >= datetime.combine(first - A_DAY, time(), UTC)
    if last:
        yield Payout.paid_at < datetime.combine(last + 2 * A_DAY, time(), UTC)


def ledger_sides(lines: list[JournalLine]) -> dict[tuple[str, str], Money]:
    """Return debits less credits by account code and currency, as the ledger counts."""
    found: dict[tuple[str, str], Money] = {}
    for line in lines:
        for amount in (line.debit, -line.credit if line.credit else None):
            if amount is not None:
                key = (line.account.code, amount.currency)
                found[key] = found.get(key, Money(0, amount.currency)) + amount
    return found
