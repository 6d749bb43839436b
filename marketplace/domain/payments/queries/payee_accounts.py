"""A payee's account as its owner reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.payments.models import PayeeAccount, Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.rules.gateways import OF_THE_ACCOUNT, PayeeState, need_words
from marketplace.domain.people.models import Person
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account; name: of its row, None when there is none yet. needs: in plain words."""

    gateway: str
    name: str | None
    state: PayeeState
    is_open: bool
    needs: tuple[Sentence, ...]
    checked_at: datetime | None


def country_of(session: Session, person_id: int) -> str:
    """Return the country a person lives in; empty when they have not said."""
    return session.scalars(sa.select(Person.country).where(Person.id == person_id)).one()


def payee_named(session: Session, email: str) -> Person | None:
    """Return who is paid under an e-mail address."""
    mine = sa.select(Person).join(User, User.id == Person.user_id).where(User.email == email)
    return session.scalar(mine)


def payee_account(session: Session, person_id: int, gateway: str) -> AccountRow:
    """Return a person's account at a gateway."""
    row = session.scalar(
        sa.select(PayeeAccount).where(
            PayeeAccount.person_id == person_id,
            PayeeAccount.gateway == gateway,
        ),
    )
    if row is None:
        return AccountRow(gateway, None, PayeeState.NEW, is_open=False, needs=(), checked_at=None)
    return AccountRow(
        gateway,
        row.public_id,
        PayeeState(row.state),
        is_open=row.account is not None,
        needs=tuple(need_words(row.needs)),
        checked_at=row.checked_at,
    )


def account_gateways(session: Session, person_id: int) -> list[str]:
    """Return at which gateways a person has accounts."""
    mine = PayeeAccount.person_id == person_id
    return list(session.scalars(sa.select(PayeeAccount.gateway).where(mine)))


def waiting(session: Session, person_id: int, gateway: str) -> list[Money]:
    """Return what waits for a person's account at a gateway, one sum for each currency."""
    total = sa.func.sum(Payout.amount_minor)
    rows = session.execute(
        sa.select(Payout.currency, total)
        .where(
            Payout.person_id == person_id,
            Payout.gateway == gateway,
            Payout.state.in_([PayoutState.HELD, PayoutState.BLOCKED]),
            Payout.problem_code.in_(OF_THE_ACCOUNT),
        )
        .group_by(Payout.currency)
        .order_by(Payout.currency),
    )
    return [Money(int(minor), currency) for currency, minor in rows]
