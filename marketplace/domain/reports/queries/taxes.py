"""What was withheld, by agent, tax rules and month of payment; tied to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import PLATFORM
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.slips import conditions, joined
from marketplace.domain.reports.rules import Cell, Column, Kind, Link, Paper, Row, Sheet
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

TITLE: Final = say("Taxes")
WITHHOLDING: Final = "withholding:"
COLUMNS: Final = (
    Column(say("Month of payment")),
    Column(say("Who withholds")),
    Column(say("Tax rules")),
    Column(say("Pay slips"), Kind.NUMBER),
    Column(say("Currency")),
    Column(say("Base"), Kind.MONEY),
    Column(say("Withheld"), Kind.MONEY),
    Column(say("In the ledger"), Kind.MONEY),
    Column(say("Difference"), Kind.MONEY),
)
TAXED: Final = PaySlip.inputs[("payment", "gross", "$money", 0)].as_integer()


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One agent, rules and month in one currency. booked: what the ledger owes for its slips."""

    month: date
    agent: str
    scheme: str
    slips: int
    base: Money
    withheld: Money
    booked: Money

    @property
    def difference(self) -> Money:
        """What the ledger and the slips differ by: zero, or somebody must look."""
        return self.withheld - self.booked


def taxes_paper(session: Session, office: Office) -> Paper:
    """Return what was withheld in a year, month by month."""
    rows = tax_rows(session, office)
    agrees = all(row.difference.minor == 0 for row in rows)
    check = say("The ledger agrees with the pay slips in every line.")
    wrong = say("The ledger and the pay slips differ: run the check of the books.")
    sheet = Sheet(
        title=TITLE,
        columns=COLUMNS,
        rows=[_row(row) for row in rows],
        totals=tuple(_total(rows, currency) for currency in sorted({_currency(r) for r in rows})),
        facts=((say("Year of payment"), str(office.year)),),
        notes=(check if agrees else wrong,) if rows else (),
    )
    return Paper(TITLE, (sheet,), has_names=False)


def tax_rows(session: Session, office: Office) -> list[TaxRow]:
    """Return the lines of the page, the newest month first."""
    where = conditions(office.company_id, whole_year(office).filters)
    group = (PaySlip.pay_date, PaySlip.withholding_agent, PaySlip.scheme, PaySlip.currency)
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    is_owed = credit.code.startswith(WITHHOLDING)
    is_given_back = debit.code.startswith(WITHHOLDING)
    booked = sa.case(
        (is_owed, LedgerTransfer.amount_minor),
        (is_given_back, -LedgerTransfer.amount_minor),
        else_=0,
    )
    transfer = LedgerTransfer.key == "slip:" + PaySlip.public_id + ":withheld"
    found = session.execute(
        joined(
            *group,
            sa.func.count(PaySlip.id),
            sa.func.sum(taxed()),
            sa.func.sum(PaySlip.withheld_minor),
            sa.func.coalesce(sa.func.sum(booked), 0),
        )
        .join(LedgerTransfer, transfer, isouter=True)
        .join(debit, debit.id == LedgerTransfer.debit_id, isouter=True)
        .join(credit, credit.id == LedgerTransfer.credit_id, isouter=True)
        .where(*where)
        .group_by(*group),
    )
    return _by_month(found.all())


def taxed() -> sa.ColumnElement[int]:
    """Return what a slip was taxed on; a reversal takes it back."""
    return sa.case((PaySlip.gross_minor < 0, -sa.func.abs(TAXED)), else_=TAXED)


def whole_year(office: Office) -> Office:
    """Return the same office asking about a whole year: the one named, or the present one."""
    return replace(office, scope=replace(office.scope, year=office.year))


def _by_month(found: Sequence[Any]) -> list[TaxRow]:
    sums: dict[tuple[date, str, str, str], list[int]] = {}
    for on, agent, scheme, currency, *numbers in found:
        key = (on.replace(day=1), agent, scheme, currency)
        before = sums.get(key, [0, 0, 0, 0])
        sums[key] = [one + int(more) for one, more in zip(before, numbers, strict=True)]
    rows = []
    for (month, agent, scheme, currency), (count, *minors) in sums.items():
        amounts = [Money(minor, currency) for minor in minors]
        rows.append(TaxRow(month, agent, scheme, count, *amounts))
    return sorted(rows, key=lambda row: (row.month, row.agent, row.scheme), reverse=True)


def _row(row: TaxRow) -> Row:
    agent = say("The platform") if row.agent == PLATFORM else say("The company")
    last = (row.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    month = f"{row.month:%Y-%m}"
    subject = f"slips:{row.month.isoformat()}:{last.isoformat()}:{row.scheme}"
    return (
        Link(month, subject),
        agent,
        row.scheme,
        row.slips,
        _currency(row),
        row.base,
        row.withheld,
        row.booked,
        row.difference,
    )


def _total(rows: list[TaxRow], currency: str) -> Row:
    mine = [row for row in rows if _currency(row) == currency]
    zero = Money(0, currency)
    amounts: list[Cell] = [
        sum((row.base for row in mine), zero),
        sum((row.withheld for row in mine), zero),
        sum((row.booked for row in mine), zero),
        sum((row.difference for row in mine), zero),
    ]
    return (say("The whole year"), None, None, sum(row.slips for row in mine), currency, *amounts)


def _currency(row: TaxRow) -> str:
    return row.base.currency
