"""A production spends its own settled money alone, the oldest payment first.

Rows are locked in one order, everywhere: payments, then funds. What a payment is given stays its
own until it leaves or is cancelled, whatever else waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_missing, lock, lock_one
from marketplace.domain.audit.services import Act, record, record_all
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Fund, Payout
from marketplace.domain.payments.rules import Event, PayoutState, after
from marketplace.domain.payments.rules.funding import (
    ALWAYS_FUNDED,
    FROZEN,
    MAY_BE_FUNDED,
    UNFUNDED,
    fitting,
    needs_funds,
)
from marketplace.domain.payments.services.funding_notices import tell_unfunded
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money


def admit(session: Session, payouts: Sequence[Payout], *, clock: Clock) -> None:
    """Give locked payments that are due the money they need; hold those it is not enough for.

    payouts: in the order in which they shall be paid. What no fund is needed for stays due.
    """
    bound = [one for one in payouts if one.gateway in ALWAYS_FUNDED | MAY_BE_FUNDED]
    for fund in _funds(session, bound):
        mine = [one for one in bound if _draws_on(one, fund)]
        if mine:
            _admit(session, fund, mine, clock)


def _draws_on(payout: Payout, fund: Fund) -> bool:
    is_its = (payout.production_id, payout.currency) == (fund.production_id, fund.currency)
    return is_its and needs_funds(payout.gateway, is_required=fund.is_required)


def _funds(session: Session, payouts: Sequence[Payout]) -> list[Fund]:
    """Return the locked funds of some payments' productions; who must have one gets one."""
    always = {(one.production_id, one.currency) for one in payouts if one.gateway in ALWAYS_FUNDED}
    _make_missing(session, sorted(always))
    productions = {one.production_id for one in payouts}
    ids = session.scalars(sa.select(Fund.id).where(Fund.production_id.in_(productions)))
    return lock(session, Fund, list(ids))


def the_fund(session: Session, production_id: int, currency: str) -> Fund:
    """Return the fund of a production, locked; an empty one is made at first use."""
    _make_missing(session, [(production_id, currency)])
    wanted = sa.select(Fund.id).where(
        Fund.production_id == production_id, Fund.currency == currency
    )
    return lock_one(session, Fund, session.scalars(wanted).one())


def _make_missing(session: Session, wanted: Iterable[tuple[int, str]]) -> None:
    rows = [
        {
            "production_id": production_id,
            "currency": currency,
            "available_minor": 0,
            "short_minor": 0,
            "is_required": False,
            "disputes": 0,
        }
        for production_id, currency in wanted
    ]
    insert_missing(session, Fund, ["production_id", "currency"], rows)


def _admit(session: Session, fund: Fund, payouts: Sequence[Payout], clock: Clock) -> None:
    if fund.disputes:
        hold(session, payouts, FROZEN, clock)
        return
    poor = [one for one in payouts if one.allotted_at is None]
    first = _first_waiting(session, fund)
    in_line = [one for one in poor if first is None or one.id < first]
    count = fitting(fund.available_minor, [one.amount_minor for one in in_line])
    allot(session, fund, in_line[:count], clock)
    left = [one for one in poor if one.allotted_at is None]
    hold(session, left, UNFUNDED, clock)


def _first_waiting(session: Session, fund: Fund) -> int | None:
    """Return the oldest payment that waits for the fund: nobody younger goes first."""
    return session.scalar(
        sa.select(sa.func.min(Payout.id)).where(
            Payout.production_id == fund.production_id,
            Payout.currency == fund.currency,
            Payout.state == PayoutState.HELD,
            Payout.problem_code == UNFUNDED,
        ),
    )


def allot(session: Session, fund: Fund, payouts: Sequence[Payout], clock: Clock) -> None:
    """Give money of a locked fund to payments; the database refuses more than there is."""
    for payout in payouts:
        fund.available_minor -= payout.amount_minor
        payout.allotted_at = clock.now()
    session.flush()
    post_all(
        session,
        [
            Posting(
                f"payout:{one.public_id}:allotted",
                accounts.fund(one.production_id),
                accounts.allotted(one.production_id),
                Money(one.amount_minor, one.currency),
                one.company_id,
            )
            for one in payouts
        ],
        clock=clock,
    )


def free(session: Session, payout: Payout, *, clock: Clock) -> None:
    """Give back what a payment was given that is cancelled; nothing when it was given nothing."""
    if payout.allotted_at is None:
        return
    fund = the_fund(session, payout.production_id, payout.currency)
    add(fund, payout.amount_minor)
    payout.allotted_at = None
    posting = Posting(
        f"payout:{payout.public_id}:freed",
        accounts.allotted(payout.production_id),
        accounts.fund(payout.production_id),
        Money(payout.amount_minor, payout.currency),
        payout.company_id,
    )
    post_all(session, [posting], clock=clock)


def add(fund: Fund, minor: int) -> None:
    """Put money into a locked fund; what a dispute took beyond it is made good first."""
    good = min(minor, fund.short_minor)
    fund.short_minor -= good
    fund.available_minor += minor - good


def take(fund: Fund, minor: int) -> None:
    """Take money out of a locked fund that is gone whatever is left: the rest is missing."""
    there = min(minor, fund.available_minor)
    fund.available_minor -= there
    fund.short_minor += minor - there


def hold(session: Session, payouts: Sequence[Payout], why: str, clock: Clock) -> None:
    """Let due payments wait for the production's money, and tell who can bring it."""
    for payout in payouts:
        payout.state = after(PayoutState(payout.state), Event.UNFUNDED)
        payout.problem_code = why
        payout.problem = ""
    acts = [
        Act(
            subject=f"payout:{one.public_id}",
            action="wait",
            after={"state": str(one.state)},
            reason=why,
            company_id=one.company_id,
        )
        for one in payouts
    ]
    record_all(session, acts, actor_id=None, clock=clock)
    if why == UNFUNDED:
        tell_unfunded(session, payouts, clock=clock)


def require_funds(
    session: Session,
    production: tuple[int, int, str],
    *,
    is_required: bool,
    actor_id: int,
    clock: Clock,
) -> Fund:
    """Say whether a production of the embedded gateway pays from what it put in alone.

    production: its id, its company's, and its currency.
    """
    production_id, company_id, currency = production
    fund = the_fund(session, production_id, currency)
    before, fund.is_required = fund.is_required, is_required
    act = Act(
        subject=f"fund:{production_id}",
        action="require",
        before={"is_required": before},
        after={"is_required": is_required},
        company_id=company_id,
    )
    record(session, act, actor_id=actor_id, clock=clock)
    session.flush()
    return fund
