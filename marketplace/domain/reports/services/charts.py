"""Keep the chart of accounts of a company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.audit.services import Act, record
from marketplace.domain.ledger.models import ChartAccount
from marketplace.domain.ledger.rules import DEFAULTS, Purpose
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say

LONGEST_CODE: Final = 40
LONGEST_ACCOUNT: Final = 80


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """One account as an accountant typed it; without a code it is the usual one again."""

    purpose: Purpose
    department: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class KeepChart:
    """The accounts of a company's own books, all of them."""

    company_id: int
    by_id: int
    accounts: tuple[NamedAccount, ...]


class ChartError(DomainError):
    """An account that cannot be kept."""


def keep_chart(session: Session, command: KeepChart, *, clock: Clock) -> None:
    """Keep the accounts a company has named; journals use them from now on, older ones too.

    Raises ChartError for a code or name that is too long.
    """
    company = lock_one(session, Company, command.company_id)
    mine = sa.select(ChartAccount).where(ChartAccount.company_id == company.id)
    known = {(row.purpose, row.department): row for row in session.scalars(mine)}
    before = {_account(row.purpose, row.department): row.code for row in known.values()}
    for account in command.accounts:
        _keep(session, company.id, account, known)
    session.flush()
    after = {_account(row.purpose, row.department): row.code for row in session.scalars(mine)}
    if before != after:
        act = Act(f"company:{company.public_id}", "chart", before, after, company_id=company.id)
        record(session, act, actor_id=command.by_id, clock=clock)


def _keep(
    session: Session,
    company_id: int,
    account: NamedAccount,
    known: dict[tuple[str, str], ChartAccount],
) -> None:
    code, name, department = account.code.strip(), account.name.strip(), account.department.strip()
    if max(len(code), len(department)) > LONGEST_CODE or len(name) > LONGEST_ACCOUNT:
        raise ChartError(
            say(
                "A code has %(code)s signs at most, and a name %(name)s.",
                code=LONGEST_CODE,
                name=LONGEST_ACCOUNT,
            ),
        )
    usual = DEFAULTS[account.purpose]
    name = name or str(usual.name)
    row = known.get((account.purpose, department))
    is_usual = not code or ((code, name) == (usual.code, str(usual.name)) and not department)
    if row is not None and is_usual:
        session.delete(row)
    elif row is not None:
        row.code, row.name = code, name
    elif not is_usual:
        session.add(
            ChartAccount(
                company_id=company_id,
                purpose=account.purpose,
                department=department,
                code=code,
                name=name,
            ),
        )


def _account(purpose: str, department: str) -> str:
    return f"{purpose} {department}".strip()
