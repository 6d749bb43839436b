"""Companies as customers of a gateway: made once, before their first bank transfer."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.payments.models import Funding, Payer
from marketplace.domain.payments.ports import PayerRef
from marketplace.domain.payments.rules.funding import TRANSFER
from marketplace.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class WantedPayer:
    """A customer that is wanted: its row, its key, whom it stands for; account: once there."""

    id: int
    key: str
    payer: PayerRef
    account: str | None


def want_payer(session: Session, funding_id: int, *, clock: Clock) -> WantedPayer | None:
    """Write down that the company of a funding is to be a customer; None when it need not be.

    Asking twice, or at the same time, gives the same row and the same key.
    """
    funding = session.get_one(Funding, funding_id)
    if funding.way != TRANSFER:
        return None
    company = session.get_one(Company, funding.company_id)
    insert_once(
        session,
        Payer,
        ["company_id", "gateway"],
        company_id=company.id,
        gateway=funding.gateway,
        name=company.legal_name,
        created_at=clock.now(),
    )
    mine = Payer.company_id == company.id, Payer.gateway == funding.gateway
    row = session.scalars(sa.select(Payer).where(*mine)).one()
    ref = PayerRef(company.public_id, row.name)
    return WantedPayer(row.id, f"payer-{company.public_id}", ref, row.account)


def keep_payer(session: Session, payer_id: int, account: str) -> None:
    """Keep what the gateway calls a company; what was kept first stays."""
    row = lock_one(session, Payer, payer_id)
    row.account = row.account or account
    session.flush()
