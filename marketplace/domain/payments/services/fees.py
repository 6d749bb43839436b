"""What the platform takes for bringing pay to people: from the company, on top, never from pay."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.audit.services import Act, record
from marketplace.domain.payments.rules.funding import fee_rate
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say


def set_fee(session: Session, company_id: str, basis_points: int, *, clock: Clock) -> None:
    """Change a company's fee for what it funds from now on; company_id: its public id.

    Raises NotFoundError when there is no such company, FundingError for an absurd fee.
    """
    company = session.scalar(sa.select(Company).where(Company.public_id == company_id))
    if company is None:
        raise NotFoundError(say("There is no such company."))
    before, company.fee_basis_points = company.fee_basis_points, fee_rate(basis_points)
    act = Act(
        subject=f"company:{company.public_id}",
        action="set_fee",
        before={"basis_points": before},
        after={"basis_points": basis_points},
        company_id=company.id,
    )
    record(session, act, actor_id=None, clock=clock)
    session.flush()
