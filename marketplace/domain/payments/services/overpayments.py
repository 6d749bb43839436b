"""A person says whether what was paid too much may be kept from later slips."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.audit.services import Act, record
from marketplace.domain.payments.services.correction_notices import tell_answered
from marketplace.domain.payroll.models import ClaimState, Overpayment
from marketplace.domain.people.models import Person
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class AnswerOverpayment:
    """A person's answer about one overpayment."""

    claim: str
    person_id: int
    is_agreed: bool


def answer_overpayment(
    session: Session,
    command: AnswerOverpayment,
    *,
    clock: Clock,
) -> Overpayment:
    """Keep a person's answer; it can be changed until the money is back. Twice is once.

    Raises NotFoundError for what is somebody else's, NotAllowedError for a claim that a later
    correction has replaced.
    """
    lock_one(session, Person, command.person_id)
    found = session.scalar(
        sa.select(Overpayment.id).where(
            Overpayment.public_id == command.claim,
            Overpayment.person_id == command.person_id,
        ),
    )
    if found is None:
        raise NotFoundError(say("There is no such amount."))
    claim = lock_one(session, Overpayment, found)
    if claim.state == ClaimState.REPLACED:
        raise NotAllowedError(say("The pay slip was corrected again; please read the new amount."))
    state = ClaimState.AGREED if command.is_agreed else ClaimState.DECLINED
    if claim.state == state:
        return claim
    before, claim.state, claim.answered_at = claim.state, state, clock.now()
    act = Act(
        subject=f"overpayment:{claim.public_id}",
        action=state,
        before={"state": str(before)},
        after={"state": str(state), "amount": Money(claim.amount_minor, claim.currency)},
        company_id=claim.company_id,
    )
    by_id = session.get_one(Person, command.person_id).user_id
    record(session, act, actor_id=by_id, clock=clock)
    tell_answered(session, claim, clock=clock)
    session.flush()
    return claim
