"""One row of a bank file leaves, or is taken back: state, attempt, ledger, log and notice."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.services import Act, record
from marketplace.domain.banking.queries import bank_days
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post, reverse
from marketplace.domain.payments.models import BankFile, BankFileRow, Payout, PayoutAttempt
from marketplace.domain.payments.rules import (
    BANK_FILE,
    Event,
    Outcome,
    PayoutState,
    RowState,
    after,
)
from marketplace.domain.payments.services.bank_telling import tell_filed, tell_unfiled
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import freeze
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import at

NOON: Final = 12 * 60
"""Money of a value date is told to arrive by noon of the bank's own day."""

CORRECTED: Final = say(
    "A pay slip of these payments was corrected meanwhile, and counts on this money as paid. "
    "Settle it with the person first; ask us to mark it.",
)
"""Why a payment of a reversed slip is not taken back: its correction pays the difference alone."""


def leave(session: Session, made: BankFile, row: BankFileRow, payout: Payout, clock: Clock) -> None:
    """Let a due payout go out as a row of a file."""
    payout.state = after(PayoutState(payout.state), Event.FILED)
    payout.gateway_ref = f"{made.public_id}/{row.position}"
    payout.sent_at = clock.now()
    payout.arrives_at = at(made.value_date, NOON, bank_days(made.currency).zone)
    payout.attempts += 1
    session.add(
        PayoutAttempt(
            payout_id=payout.id,
            number=payout.attempts,
            key=_attempt_key(row.id),
            order={
                "file": made.public_id,
                "row": row.position,
                "amount": freeze(payout_amount(payout)),
            },
            outcome=Outcome.SENT,
            first_sent_at=clock.now(),
            last_sent_at=clock.now(),
        ),
    )
    posting = Posting(
        f"bank_file_row:{row.id}:sent",
        accounts.payable(payout.person_id),
        accounts.clearing(BANK_FILE),
        payout_amount(payout),
        payout.company_id,
    )
    post(session, posting, clock=clock)
    log_payout(session, payout, "send", made.made_by_id, clock)
    tell_filed(session, payout, row, made.value_date, clock=clock)


def take_back(
    session: Session, found: BankFile, row: BankFileRow, payout: Payout, clock: Clock
) -> None:
    """Take a row back: nothing of it has left, and its payout is due again."""
    row.state = RowState.CANCELLED
    row.changed_at = clock.now()
    attempt_of(session, row).outcome = Outcome.ABSENT
    payout.state = after(PayoutState(payout.state), Event.UNFILED)
    never_sent(payout)
    key = f"bank_file_row:{row.id}"
    reverse(session, f"{key}:sent", f"{key}:back", clock=clock)
    log_payout(session, payout, "take_back", found.cancelled_by_id, clock)
    tell_unfiled(session, payout, row, clock=clock)


def never_sent(payout: Payout) -> None:
    """Forget that a payout had left: nothing of it stands anywhere."""
    payout.gateway_ref = None
    payout.sent_at = None
    payout.arrives_at = None
    payout.paid_at = None


def _attempt_key(row_id: int) -> str:
    return f"bank-file-row-{row_id}"


def log_payout(
    session: Session,
    payout: Payout,
    action: str,
    actor_id: int | None,
    clock: Clock,
) -> None:
    """Write down what happened to a payout, and who did it."""
    act = Act(
        subject=f"payout:{payout.public_id}",
        action=action,
        after={"state": str(payout.state), "ref": payout.gateway_ref, "attempt": payout.attempts},
        reason=payout.problem_code,
        company_id=payout.company_id,
    )
    record(session, act, actor_id=actor_id, clock=clock)


def payout_amount(payout: Payout) -> Money:
    """Return what a payout pays."""
    return Money(payout.amount_minor, payout.currency)


def attempt_of(session: Session, row: BankFileRow) -> PayoutAttempt:
    """Return the attempt a row of a file was."""
    wanted = sa.select(PayoutAttempt).where(PayoutAttempt.key == _attempt_key(row.id))
    return session.scalars(wanted).one()
