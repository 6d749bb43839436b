"""The last way of money: from a payee's account at the gateway to their own bank."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.queries import readers
from marketplace.domain.accounts.rules import PAYERS
from marketplace.domain.notices.services import Message, tell
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.rules.events import BankPayout, BankStep, is_news
from marketplace.domain.payments.services.answers import amount_of, log_payouts
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.queries import reader_of
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say


def record_bank_payout(
    session: Session, gateway: str, told: BankPayout, *, clock: Clock
) -> list[int]:
    """Write down how far payments are on their last way; returns those of which that is news.

    They stay paid, whatever the bank does: what it returns lies in the payee's account at the
    gateway and sets out again from there, so it is never paid again. Who is paid, and who pays,
    are told when it comes back.
    """
    wanted = sa.select(Payout.id).where(
        Payout.gateway == gateway, Payout.gateway_ref.in_(told.transfers)
    )
    changed = [
        payout
        for payout in lock(session, Payout, list(session.scalars(wanted)))
        if is_news(payout.bank_ref, payout.bank_made_at, told) and _move(payout, told, clock)
    ]
    log_payouts(session, changed, f"bank_{told.step}", clock, why=told.problem)
    if told.step is BankStep.RETURNED:
        _tell_returned(session, changed, clock)
    session.flush()
    return [payout.id for payout in changed]


def may_become_ours(session: Session, gateway: str, told: BankPayout) -> bool:
    """Say whether a transfer we do not know may be the one a payment is still waiting to hear of.

    Only while an attempt is open can the gateway have carried out more than our rows say.
    """
    known = sa.select(sa.func.count(Payout.id)).where(
        Payout.gateway == gateway, Payout.gateway_ref.in_(told.transfers)
    )
    if session.scalar(known) == len(told.transfers):
        return False
    is_open = sa.exists().where(Payout.gateway == gateway, Payout.state == PayoutState.SENDING)
    return bool(session.scalar(sa.select(is_open)))


def _move(payout: Payout, told: BankPayout, clock: Clock) -> bool:
    """Take over what was read; False when our row says so already."""
    before = (payout.bank_ref, _step(payout))
    payout.bank_ref = told.ref
    payout.bank_made_at = told.made_at
    if before == (told.ref, told.step):
        return False
    payout.banked_at = clock.now() if told.step is BankStep.BANKED else None
    payout.bank_returned_at = clock.now() if told.step is BankStep.RETURNED else None
    payout.bank_problem = told.problem or None
    return True


def _step(payout: Payout) -> BankStep:
    if payout.bank_returned_at is not None:
        return BankStep.RETURNED
    return BankStep.BANKED if payout.banked_at is not None else BankStep.UNDER_WAY


def _tell_returned(session: Session, payouts: Sequence[Payout], clock: Clock) -> None:
    for payout in payouts:
        _tell_payee(session, payout, clock)
        _tell_company(session, payout, clock)


def _tell_payee(session: Session, payout: Payout, clock: Clock) -> None:
    message = Message(
        key=f"bank_returned:{payout.id}:{payout.bank_ref}",
        kind="needs_you",
        subject=say("Your bank sent %(amount)s back", amount=amount_of(payout)),
        lines=(
            say("The money is safe in your account at the payment provider."),
            say("Check the bank account you gave there. It then sets out again by itself."),
        ),
        button=say("Open your payment details"),
        path="/me/payee",
    )
    tell(session, reader_of(session, payout.person_id), message, clock=clock)


def _tell_company(session: Session, payout: Payout, clock: Clock) -> None:
    company = session.get_one(Company, payout.company_id)
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    message = Message(
        key=f"bank_returned:{payout.id}:{payout.bank_ref}:company",
        kind="money",
        subject=say(
            "The bank of %(name)s sent %(amount)s back",
            name=slip.stage_name,
            amount=amount_of(payout),
        ),
        lines=(
            say("It lies in their account at the payment provider and sets out again from there."),
            say("Do not pay it again."),
        ),
        button=say("Open the pay slip"),
        path=f"/c/{company.public_id}/slips/{slip.public_id}",
    )
    for reader in readers(session, company.id, PAYERS):
        tell(session, reader, message, clock=clock)
