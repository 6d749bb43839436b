"""One time card becomes a pay slip, a payout and its postings, in one transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.audit.services import Act, record
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import BANK_FILE, NO_ACCOUNT, NO_GATEWAY, PayoutState
from marketplace.domain.payments.services.telling import tell_payee_is_needed
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.services import issue_slip
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.domain.timecards.services import lock_card
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money

CLOSING: Final = timedelta(minutes=1)
"""How long to wait for a day whose last minute has passed to be closed."""


def pay_card(session: Session, time_card_id: int, *, till: Till) -> PaySlip | None:
    """Issue the slip of an approved card and ask for its payment; running it again changes nothing.

    Returns the slip, also when it was there before; None when there is nothing to pay: the card
    is not approved (any more), or its day was cancelled. Flushes, never commits.
    Raises NotYetError while the day still runs, PayeeIncompleteError when the person has not
    given what a slip needs, PayError when the day cannot be priced or taxed.
    """
    card = lock_one(session, TimeCard, time_card_id)
    issued = session.scalar(
        sa.select(PaySlip).where(PaySlip.time_card_id == card.id, PaySlip.kind == "original"),
    )
    if issued is not None or card.state != CardState.APPROVED:
        return issued
    if not _is_over(session, card, till.clock):
        return None
    person = lock_one(session, Person, card.person_id)
    slip = issue_slip(session, card, vault=till.vault, write=till.write, clock=till.clock)
    lock_card(card, clock=till.clock)
    _post(session, slip, till.clock)
    payout = _payout(session, slip, person, till)
    _log(session, slip, payout, till.clock)
    _ask(session, slip, payout, till.clock)
    return slip


def _is_over(session: Session, card: TimeCard, clock: Clock) -> bool:
    """Say whether the day is over and was not cancelled; raises NotYetError while it runs."""
    day = session.get_one(ShootDay, card.shoot_day_id)
    if day.state == DayState.PLANNED:
        raise NotYetError(max(day.wrap_at, clock.now() + CLOSING))
    return day.state != DayState.CANCELLED


def _post(session: Session, slip: PaySlip, clock: Clock) -> None:
    """Post what was earned, and what of it is owed to others than the person."""
    key, payable = f"slip:{slip.public_id}", accounts.payable(slip.person_id)
    postings = (
        ("gross", accounts.wages(slip.company_id), payable, slip.gross_minor),
        (
            "withheld",
            payable,
            accounts.withholding(slip.withholding_agent, slip.scheme),
            slip.withheld_minor,
        ),
        ("deducted", payable, accounts.deductions(slip.withholding_agent), slip.deducted_minor),
    )
    for what, debit, credit, minor in postings:
        amount = Money(minor, slip.currency)
        post(session, Posting(f"{key}:{what}", debit, credit, amount), clock=clock)


def _payout(session: Session, slip: PaySlip, person: Person, till: Till) -> Payout:
    gateway = _gateway(session, slip, person, till)
    state, problem = _readiness(session, slip, has_gateway=bool(gateway))
    payout = Payout(
        pay_slip_id=slip.id,
        company_id=slip.company_id,
        production_id=slip.production_id,
        shoot_day_id=slip.shoot_day_id,
        person_id=slip.person_id,
        amount_minor=slip.net_minor,
        currency=slip.currency,
        state=state,
        gateway=gateway,
        problem_code=problem,
        created_at=till.clock.now(),
    )
    session.add(payout)
    session.flush()
    return payout


def _gateway(session: Session, slip: PaySlip, person: Person, till: Till) -> str:
    """Return what will carry the money: the company's own bank, or a gateway of ours."""
    pays_by = session.scalar(sa.select(Company.pays_by).where(Company.id == slip.company_id))
    if pays_by == PaysBy.OWN_BANK:
        return BANK_FILE
    gateway = till.gateway_for(person.country, slip.currency)
    return gateway.name if gateway else ""


def _readiness(session: Session, slip: PaySlip, *, has_gateway: bool) -> tuple[PayoutState, str]:
    if slip.net_minor == 0:
        return PayoutState.NOTHING_DUE, ""
    if not has_gateway:
        return PayoutState.HELD, NO_GATEWAY
    account = session.scalar(
        sa.select(Payee.account_sealed).where(Payee.person_id == slip.person_id)
    )
    return (PayoutState.DUE, "") if account else (PayoutState.HELD, NO_ACCOUNT)


def _log(session: Session, slip: PaySlip, payout: Payout, clock: Clock) -> None:
    act = Act(
        subject=f"slip:{slip.public_id}",
        action="issue",
        after={
            "number": slip.number,
            "net": Money(slip.net_minor, slip.currency),
            "payout": payout.state,
        },
        company_id=slip.company_id,
    )
    record(session, act, actor_id=None, clock=clock)


def _ask(session: Session, slip: PaySlip, payout: Payout, clock: Clock) -> None:
    """Ask for what follows: print the slip, send the money or tell who must act."""
    now = clock.now()
    tasks.ask(session, "print_slip", f"print_slip:{slip.id}", slip.id, run_at=now)
    if payout.state == PayoutState.DUE and payout.gateway != BANK_FILE:
        key = f"send_payout:{payout.id}:{payout.attempts}"
        tasks.ask(session, "send_payout", key, payout.id, run_at=now)
    if payout.state == PayoutState.HELD:
        tell_payee_is_needed(session, payout, slip, clock=clock)
