"""Payments that waited for a production's money go on, the oldest first."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.payments.models import Fund, Payout
from marketplace.domain.payments.rules import Event, PayoutState, after
from marketplace.domain.payments.rules.funding import (
    OF_THE_FUNDS,
    UNFUNDED,
    fitting,
    needs_funds,
)
from marketplace.domain.payments.services.answers import log_payouts
from marketplace.domain.payments.services.funds import allot
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.services import Wanted
from marketplace.kernel.clock import Clock


def release_funds(session: Session, fund_id: int, *, clock: Clock) -> int:
    """Let go what a fund can pay now; returns how many payments that are.

    Nothing while a dispute is open. Payments are locked before the fund, as everywhere.
    """
    payouts = _waiting(session, fund_id)
    fund = lock_one(session, Fund, fund_id)
    if fund.disputes:
        return 0
    free = [one for one in payouts if not _is_bound(one, fund)]
    poor = [one for one in payouts if _is_bound(one, fund)]
    count = fitting(fund.available_minor, [one.amount_minor for one in poor])
    allot(session, fund, poor[:count], clock)
    for payout in poor[count:]:
        payout.problem_code = UNFUNDED
    going = sorted([*free, *poor[:count]], key=lambda one: one.id)
    for payout in going:
        payout.state = after(PayoutState(payout.state), Event.RELEASE)
        payout.problem_code = ""
    session.flush()
    log_payouts(session, going, "release", clock)
    now = clock.now()
    wanted = [
        Wanted("send_payout", f"send_payout:{one.id}:{one.attempts}:{now.isoformat()}", one.id, now)
        for one in going
    ]
    tasks.ask_all(session, wanted)
    return len(going)


def _waiting(session: Session, fund_id: int) -> list[Payout]:
    fund = session.get_one(Fund, fund_id)
    held = sa.and_(Payout.state == PayoutState.HELD, Payout.problem_code.in_(OF_THE_FUNDS))
    ids = sa.select(Payout.id).where(
        Payout.production_id == fund.production_id, Payout.currency == fund.currency, held
    )
    found = lock(session, Payout, list(session.scalars(ids)))
    return [
        one for one in found if one.state == PayoutState.HELD and one.problem_code in OF_THE_FUNDS
    ]


def _is_bound(payout: Payout, fund: Fund) -> bool:
    """Say whether a payment still needs money of the fund."""
    is_poor = payout.allotted_at is None
    return is_poor and needs_funds(payout.gateway, is_required=fund.is_required)
