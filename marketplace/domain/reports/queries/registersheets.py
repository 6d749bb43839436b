"""The payroll register as a sheet: one line for each slip, totals by currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.ledger.rules import Chart, Purpose, account_of
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.queries.charts import chart_of
from marketplace.domain.reports.queries.names import legal_name
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.registers import (
    Columns,
    RegisterRow,
    columns,
    on_register,
    register,
    side_of,
)
from marketplace.domain.reports.queries.slips import conditions, joined
from marketplace.domain.reports.queries.totals import totals
from marketplace.domain.reports.rules import (
    Cell,
    Column,
    Kind,
    Link,
    Paper,
    PayoutStatus,
    Row,
    Sheet,
    SlipFilters,
    Totals,
)
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

TITLE: Final = say("Payroll register")
STATUS_WORDS: Final[dict[PayoutStatus, Sentence]] = {
    PayoutStatus.PAID: say("Paid"),
    PayoutStatus.ON_ITS_WAY: say("On its way"),
    PayoutStatus.WAITING: say("Waiting to be sent"),
    PayoutStatus.NEEDS_YOU: say("Needs you"),
    PayoutStatus.NO_PAYMENT: say("No payment"),
}
KIND_WORDS: Final[dict[str, Sentence]] = {
    "original": say("Original"),
    "correction": say("Correction"),
    "reversal": say("Reversal"),
}
ROLE_WORDS: Final[dict[str, Sentence]] = {
    "principal": say("Principal"),
    "featured": say("Featured"),
    "background": say("Background"),
    "crew": say("Crew"),
}
ENGAGEMENT_WORDS: Final[dict[str, Sentence]] = {
    "employee": say("Employee"),
    "contractor": say("Contractor"),
    "labour_service": say("Labour service"),
}
FIRST: Final = (
    Column(say("Legal name")),
    Column(say("Pay slip")),
    Column(say("Kind of slip")),
    Column(say("Worked on"), Kind.DATE),
)
AMOUNTS: Final = (
    Column(say("Currency")),
    Column(say("Gross"), Kind.MONEY),
    Column(say("Withheld"), Kind.MONEY),
    Column(say("Deducted"), Kind.MONEY),
    Column(say("Net"), Kind.MONEY),
    Column(say("Total cost"), Kind.MONEY),
    Column(say("Hours worked"), Kind.NUMBER),
)
"""What somebody looks for first stands first; what it is made of follows."""
LAST: Final = (
    Column(say("Payment")),
    Column(say("Date of payment"), Kind.DATE),
    Column(say("Account")),
    Column(say("Classification")),
    Column(say("Kind of role")),
    Column(say("Role")),
    Column(say("Department")),
    Column(say("Production")),
    Column(say("Episodes")),
    Column(say("Stage name")),
    Column(say("Worker")),
)

Sums = dict[str, dict[tuple[str, str], int]]
"""By currency: minor units by side and code."""


def register_paper(session: Session, office: Office) -> Paper:
    """Return the register of the slips in an office's scope."""
    filters = office.filters
    named = columns(session, office.company_id, filters)
    rows = register(session, office.company_id, filters)
    sheet = Sheet(
        title=TITLE,
        columns=(*FIRST, *_columns(named)),
        rows=_rows(rows, named, chart_of(session, office.company_id), office.vault),
        totals=tuple(_totals(session, office, named)),
    )
    return Paper(TITLE, (sheet,))


def _columns(named: Columns) -> Iterator[Column]:
    yield from AMOUNTS
    yield from (Column(say("Hours: %(what)s", what=w), Kind.NUMBER) for w in named.hours.values())
    yield from (Column(say("Earned: %(what)s", what=w), Kind.MONEY) for w in named.earned.values())
    yield from (Column(say("Taken: %(what)s", what=w), Kind.MONEY) for w in named.taken.values())
    employer = named.employer.values()
    yield from (Column(say("Employer: %(what)s", what=w), Kind.MONEY) for w in employer)
    yield from LAST


def _rows(rows: Iterable[RegisterRow], named: Columns, chart: Chart, vault: Vault) -> Iterator[Row]:
    for row in rows:
        slip = row.slip
        yield (
            legal_name(slip, vault),
            Link(slip.number, slip_subject(slip.public_id)),
            KIND_WORDS[slip.kind],
            slip.shoot_date,
            slip.gross.currency,
            slip.gross,
            slip.withheld,
            slip.deducted,
            slip.net,
            row.cost,
            Fraction(row.worked_minutes, 60),
            *(row.hours.get(code) for code in named.hours),
            *(row.earned.get(code) for code in named.earned),
            *(row.taken.get(code) for code in named.taken),
            *(row.employer.get(code) for code in named.employer),
            *_about(row, chart),
        )


def _about(row: RegisterRow, chart: Chart) -> Row:
    """Return who worked as what, and where it is booked: the columns of LAST."""
    slip = row.slip
    return (
        STATUS_WORDS[slip.status],
        slip.pay_date,
        account_of(chart, Purpose(f"wages_{slip.role_kind}"), row.department).code,
        ENGAGEMENT_WORDS.get(row.engagement, row.engagement),
        ROLE_WORDS.get(slip.role_kind, slip.role_kind),
        slip.role_name,
        row.department,
        slip.production_title,
        row.episodes,
        slip.stage_name,
        row.worker,
    )


def _totals(session: Session, office: Office, named: Columns) -> Iterator[Row]:
    sums = code_sums(session, office.company_id, office.filters)
    for currency, one in totals(session, office.company_id, office.filters).items():
        yield _total(currency, one, sums[currency], named)


def _total(currency: str, one: Totals, sums: Mapping[tuple[str, str], int], named: Columns) -> Row:
    def amounts(side: str, codes: Iterable[str]) -> list[Cell]:
        return [Money(sums.get((side, code), 0), currency) for code in codes]

    employer = sum(minor for (side, _code), minor in sums.items() if side == "employer")
    return (
        say("All %(count)s slips", count=one.slips),
        *([None] * (len(FIRST) - 1)),
        currency,
        one.gross,
        one.withheld,
        one.deducted,
        one.net,
        one.gross + Money(employer, currency),
        *([None] * (1 + len(named.hours))),
        *amounts("earned", named.earned),
        *amounts("taken", named.taken),
        *amounts("employer", named.employer),
        *([None] * len(LAST)),
    )


def code_sums(session: Session, company_id: int, filters: SlipFilters) -> Sums:
    """Return what the lines of matching slips add up to, by currency, side and code."""
    matching = joined(PaySlip.id).where(*conditions(company_id, filters))
    found = session.execute(
        sa.select(
            PayLineRow.currency,
            PayLineRow.kind,
            PayLineRow.code,
            sa.func.sum(PayLineRow.amount_minor),
        )
        .where(PayLineRow.pay_slip_id.in_(matching), on_register())
        .group_by(PayLineRow.currency, PayLineRow.kind, PayLineRow.code),
    )
    sums: Sums = defaultdict(lambda: defaultdict(int))
    for currency, kind, code, minor in found:
        sums[currency][side_of(kind), code] += int(minor)
    return sums
