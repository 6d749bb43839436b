"""Payments that no file can hold yet: ask for what is missing, and put back what may go again."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.queries.bank_files import candidates
from marketplace.domain.payments.queries.bank_profiles import the_profile
from marketplace.domain.payments.rules import BANK_DETAILS, BANK_FILE, Event, PayoutState, after
from marketplace.domain.payments.services.bank_moves import log_payout
from marketplace.domain.payments.services.bank_telling import tell_lacking
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class OneCurrency:
    """Somebody acts on all that waits in one currency of a company."""

    company_id: int
    actor_id: int
    currency: str


def hold_lacking(session: Session, command: OneCurrency, *, vault: Vault, clock: Clock) -> int:
    """Hold every due payment whose details the bank would refuse, and ask those people.

    Returns how many payments that are.
    """
    profile = the_profile(session, command.company_id, command.currency, vault)
    lacking = {
        one.id: one
        for one in candidates(session, command.company_id, command.currency, profile, vault)
        if one.why is not None
    }
    held = [one for one in lock(session, Payout, list(lacking)) if one.state == PayoutState.DUE]
    for payout in held:
        why = lacking[payout.id].why
        payout.state = after(PayoutState(payout.state), Event.LACKING)
        payout.problem_code = BANK_DETAILS
        log_payout(session, payout, "hold", command.actor_id, clock)
        tell_lacking(session, payout, why, clock=clock)
    session.flush()
    return len(held)


def pay_again(
    session: Session, company_id: int, payout_id: str, *, actor_id: int, clock: Clock
) -> None:
    """Put a held payment back among those that wait for a file.

    Raises NotFoundError for a payment of somebody else, NotAllowedError when it is not held.
    """
    wanted = sa.select(Payout.id).where(
        Payout.public_id == payout_id,
        Payout.company_id == company_id,
        Payout.gateway == BANK_FILE,
    )
    found = session.scalar(wanted)
    if found is None:
        raise NotFoundError(say("There is no such payment."))
    payout = lock_one(session, Payout, found)
    payout.state = after(PayoutState(payout.state), Event.RELEASE)
    payout.problem_code = payout.problem = ""
    log_payout(session, payout, "pay_again", actor_id, clock)
    session.flush()
