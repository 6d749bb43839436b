"""Lists of single lines and of sums for somebody who closes a show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.queries.names import legal_name
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.slips import conditions, joined, rows_of, slips_of
from marketplace.domain.reports.queries.totals import totals
from marketplace.domain.reports.rules import Column, Kind, Link, Row, Sheet, SlipFilters
from marketplace.kernel.frozen import thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

LINES: Final = (
    Column(say("Pay slip")),
    Column(say("Legal name")),
    Column(say("Role")),
    Column(say("Worked on"), Kind.DATE),
    Column(say("What")),
    Column(say("Currency")),
    Column(say("Amount"), Kind.MONEY),
)
SUMS: Final = (
    Column(say("Currency")),
    Column(say("Pay slips"), Kind.NUMBER),
    Column(say("Gross"), Kind.MONEY),
    Column(say("Withheld"), Kind.MONEY),
    Column(say("Deducted"), Kind.MONEY),
    Column(say("Net"), Kind.MONEY),
)
DAY: Final = (
    Column(say("Pay slip")),
    Column(say("Legal name")),
    Column(say("Stage name")),
    Column(say("Role")),
    *SUMS[:1],
    *SUMS[2:],
)
COMMISSIONS: Final = sa.and_(
    PayLineRow.kind == "deduction", PayLineRow.code.contains("commission", autoescape=True)
)
RENTALS: Final = PayLineRow.code.endswith("_rental", autoescape=True)
FEES: Final = sa.or_(
    PayLineRow.code.contains("fee", autoescape=True),
    PayLineRow.code.contains("cancel", autoescape=True),
    PayLineRow.code.contains("standby", autoescape=True),
)


def show_tables(session: Session, office: Office) -> Iterator[tuple[str, Sheet]]:
    """Yield the tables of a show by file name: sums, single lines, and a table for each day."""
    yield "totals", totals_sheet(session, office)
    yield "commissions", lines_sheet(session, office, say("Commissions"), COMMISSIONS)
    yield "kit-rental", lines_sheet(session, office, say("Kit and box rental"), RENTALS)
    yield "fees", lines_sheet(session, office, say("Cancellation and standby fees"), FEES)
    where = conditions(office.company_id, office.filters)
    days = joined(PaySlip.shoot_date).where(*where).distinct().order_by(PaySlip.shoot_date)
    for on in session.scalars(days).all():
        of_day = replace(office.filters, worked_from=on, worked_to=on)
        yield f"days/{on}", day_sheet(session, office.company_id, of_day, office.vault)


def totals_sheet(session: Session, office: Office) -> Sheet:
    """Return what the slips add up to, a line for each currency."""
    found = totals(session, office.company_id, office.filters)
    rows: list[Row] = [
        (currency, one.slips, one.gross, one.withheld, one.deducted, one.net)
        for currency, one in sorted(found.items())
    ]
    return Sheet(say("Totals"), SUMS, rows)


def lines_sheet(
    session: Session,
    office: Office,
    title: Sentence,
    which: sa.ColumnElement[bool],
) -> Sheet:
    """Return every single line of one sort, in the order of the slips, with their sums."""
    where = conditions(office.company_id, office.filters)
    found = session.execute(
        sa.select(PayLineRow)
        .join(PaySlip, PaySlip.id == PayLineRow.pay_slip_id)
        .where(which, PayLineRow.kind != "memo", PayLineRow.pay_slip_id.in_(_ids(office)))
        .order_by(PayLineRow.pay_slip_id, PayLineRow.position),
    )
    lines = list(found.scalars())
    slips = {
        row.id: row
        for row in rows_of(
            session, [*where, PaySlip.id.in_({one.pay_slip_id for one in lines})], len(lines)
        )
    }
    rows: list[Row] = []
    sums: dict[str, int] = {}
    for one in lines:
        slip = slips[one.pay_slip_id]
        rows.append(
            (
                Link(slip.number, slip_subject(slip.public_id)),
                legal_name(slip, office.vault),
                slip.role_name,
                slip.shoot_date,
                thaw(one.line["label"]),
                one.currency,
                Money(one.amount_minor, one.currency),
            ),
        )
        sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
    total = tuple(
        (say("All lines"), *([None] * 4), currency, Money(minor, currency))
        for currency, minor in sorted(sums.items())
    )
    return Sheet(title, LINES, rows, total)


def _ids(office: Office) -> sa.Select[int]:
    return joined(PaySlip.id).where(*conditions(office.company_id, office.filters))


def day_sheet(session: Session, company_id: int, filters: SlipFilters, vault: Vault) -> Sheet:
    """Return the slips of one shoot day."""
    return Sheet(say("Shoot day"), DAY, list(_day_rows(session, company_id, filters, vault)))


def _day_rows(
    session: Session, company_id: int, filters: SlipFilters, vault: Vault
) -> Iterator[Row]:
    for row in slips_of(session, company_id, filters):
        yield (
            Link(row.number, slip_subject(row.public_id)),
            legal_name(row, vault),
            row.stage_name,
            row.role_name,
            row.gross.currency,
            row.gross,
            row.withheld,
            row.deducted,
            row.net,
        )
