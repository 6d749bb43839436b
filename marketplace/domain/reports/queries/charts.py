"""The chart of accounts of a company."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger.models import ChartAccount
from marketplace.domain.ledger.rules import DEFAULTS, Account, Chart, Purpose
from marketplace.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One account as the page of the chart shows it. usual: what it is called by default."""

    purpose: Purpose
    department: str
    code: str
    name: str
    usual: Sentence


def chart_of(session: Session, company_id: int) -> Chart:
    """Return the accounts that a company has named."""
    found = session.scalars(sa.select(ChartAccount).where(ChartAccount.company_id == company_id))
    return {
        (Purpose(row.purpose), row.department): Account(
            row.code, Sentence("%(name)s", {"name": row.name})
        )
        for row in found
    }


def chart_rows(session: Session, company_id: int) -> list[ChartRow]:
    """Return every purpose with its account, then those of departments."""
    chart = chart_of(session, company_id)
    keys = [(purpose, "") for purpose in Purpose]
    keys += sorted(key for key in chart if key[1])
    rows = []
    for purpose, department in keys:
        usual = DEFAULTS[purpose]
        own = chart.get((purpose, department))
        name = str(own.name) if own else ""
        rows.append(ChartRow(purpose, department, (own or usual).code, name, usual.name))
    return rows
