"""Watch a day being approved, closed, paid and slipped, told in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.demo.bank import house_banks
from marketplace.domain.accounts.models import Membership
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.domain.timecards.services import (
    ApproveCards,
    ApprovePayroll,
    approve,
    approve_payroll,
)
from marketplace.domain.timecards.services.approvals import last_minute
from marketplace.kernel.clock import MovableClock
from marketplace.kernel.money import Money
from marketplace.outside import Outside
from marketplace.worker.drain import Crew

ARRIVAL = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A shoot day whose hours were entered and wait for the production.

    accountant_id: who approves for payroll, where the production asks for it.
    """

    day_id: int
    number: int
    production_id: int
    title: str
    owner_id: int
    accountant_id: int | None
    ends_at: datetime
    versions: dict[int, int]


def play(crew: Crew, outside: Outside, clock: MovableClock) -> Iterator[str]:
    """Approve what waits, let the day end, pay it, and let the money arrive; yields sentences."""
    with crew.unit() as session:
        waiting = _waiting(session)
    if not waiting:
        yield "No hours wait for approval. Enter some on a time card page first."
        return
    for day in waiting:
        with crew.unit() as session:
            command = ApproveCards(day.day_id, day.production_id, day.versions, day.owner_id)
            done = approve(session, command, clock=outside.clock)
            if day.accountant_id is not None:
                seen = ApprovePayroll(
                    day.day_id, day.production_id, day.versions, day.accountant_id
                )
                approve_payroll(session, seen, clock=outside.clock)
        yield f"Day {day.number} of {day.title}: hours of {len(done)} people approved."
    clock.move_to(max(outside.clock.now(), *(day.ends_at for day in waiting)))
    crew.drain_all()
    banks = house_banks(crew.unit, outside)
    yield from filter(None, [bank.order() for bank in banks])
    for day in waiting:
        yield from _told(crew, day)
    clock.move_to(outside.clock.now() + ARRIVAL)
    crew.drain_all()
    for bank in banks:
        yield from bank.answer()
    yield f"It is now {outside.clock.now():%Y-%m-%d %H:%M} UTC; the money has arrived:"
    for day in waiting:
        yield from _told(crew, day)


def _waiting(session: Session) -> list[Waiting]:
    ready = (CardState.SENT, CardState.AGREED)
    found = session.execute(
        sa.select(ShootDay, Production)
        .join(Production, Production.id == ShootDay.production_id)
        .where(
            ShootDay.id.in_(sa.select(TimeCard.shoot_day_id).where(TimeCard.state.in_(ready))),
        )
        .order_by(ShootDay.id),
    )
    return [
        Waiting(
            day_id=day.id,
            number=day.number,
            production_id=production.id,
            title=production.title,
            owner_id=production.created_by_id,
            accountant_id=_accountant(session, production),
            ends_at=last_minute(session, day),
            versions={
                card.id: card.version
                for card in session.scalars(
                    sa.select(TimeCard).where(
                        TimeCard.shoot_day_id == day.id,
                        TimeCard.state.in_(ready),
                    ),
                )
            },
        )
        for day, production in found
    ]


def _accountant(session: Session, production: Production) -> int | None:
    """Return the company's accountant, when the production asks for their signature."""
    if not production.needs_payroll_approval:
        return None
    return session.scalars(
        sa.select(Membership.user_id).where(
            Membership.company_id == production.company_id,
            Membership.role == CompanyRole.ACCOUNTANT,
            Membership.ended_at.is_(None),
        ),
    ).first()


def _told(crew: Crew, day: Waiting) -> Iterator[str]:
    with crew.unit() as session:
        found = session.execute(
            sa.select(
                Payout.state,
                Payout.currency,
                sa.func.count(),
                sa.func.sum(PaySlip.net_minor),
            )
            .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
            .where(Payout.shoot_day_id == day.day_id)
            .group_by(Payout.state, Payout.currency)
            .order_by(Payout.state),
        )
        for state, currency, count, minor in found:
            net = Money(int(minor), currency)
            words = PayoutState(state).value.replace("_", " ")
            yield (
                f"  Day {day.number} of {day.title}: "
                f"{count} slips, {net.decimal:,} {currency} {words}."
            )
