"""Mark rows of bank files as paid or returned: by hand, or as a bank's answer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.banking.queries import bank_days
from marketplace.domain.banking.rules.answers import CLOSED, Fate, reason
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post, reverse
from marketplace.domain.payments.models import BankFile, BankFileRow, Payout
from marketplace.domain.payments.queries.bank_files import corrected
from marketplace.domain.payments.rules import (
    BANK_FILE,
    BANK_RETURNED,
    Event,
    Outcome,
    PayoutState,
    RowState,
    after,
)
from marketplace.domain.payments.services.bank_moves import (
    CORRECTED,
    NOON,
    attempt_of,
    log_payout,
    never_sent,
    payout_amount,
)
from marketplace.domain.payments.services.bank_telling import tell_paid, tell_returned
from marketplace.domain.payments.services.payouts import settle_day
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import at, local_date

ACCOUNT_CLOSED: Final = "account_closed"
LONGEST: Final = 140
"""How much of a bank's own words is kept."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one row. on: the day the bank says; None when it says none."""

    row_id: int
    fate: Fate
    on: date | None = None
    bank_reference: str = ""
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class MarkRows:
    """Somebody, or an answer they uploaded, says what became of rows of a company's files."""

    company_id: int
    actor_id: int
    marks: Sequence[Mark]


def mark_rows(session: Session, command: MarkRows, *, clock: Clock) -> int:
    """Mark rows; returns how many changed. A mark that a row bears already changes nothing.

    Raises BankError when a row is none of the company's, was cancelled or returned, or when the
    day is still to come; then nothing changes.
    """
    marks = {one.row_id: one for one in command.marks}
    files = _files_of(session, command.company_id, marks)
    payouts = {one.id: one for one in lock(session, Payout, [row.payout_id for row, _ in files])}
    rows = lock(session, BankFileRow, [row.id for row, _ in files])
    currency = {row.id: made.currency for row, made in files}
    _refuse_corrected(session, rows, marks)
    changed = 0
    for row in rows:
        mark, payout = marks[row.id], payouts[row.payout_id]
        if _is_marked(row, mark):
            continue
        changed += 1
        if mark.fate is Fate.PAID:
            _pay(session, row, payout, _day(mark, currency[row.id], clock), mark, clock)
        else:
            _return(session, row, payout, mark, clock)
        action = "paid" if mark.fate is Fate.PAID else "returned"
        log_payout(session, payout, action, command.actor_id, clock)
    session.flush()
    for day_id in sorted({one.shoot_day_id for one in payouts.values()}):
        settle_day(session, day_id, clock=clock)
    return changed


def _refuse_corrected(
    session: Session, rows: Sequence[BankFileRow], marks: Mapping[int, Mark]
) -> None:
    back = {row.payout_id for row in rows if marks[row.id].fate is not Fate.PAID}
    if corrected(session, back):
        raise BankError(CORRECTED)


def _files_of(
    session: Session, company_id: int, marks: Mapping[int, Mark]
) -> list[tuple[BankFileRow, BankFile]]:
    found = session.execute(
        sa.select(BankFileRow, BankFile)
        .join(BankFile, BankFile.id == BankFileRow.bank_file_id)
        .where(BankFile.company_id == company_id, BankFileRow.id.in_(marks)),
    ).all()
    if not marks or len(found) != len(marks):
        raise BankError(say("Choose at least one payment of your files."))
    return [(row, made) for row, made in found]


def _is_marked(row: BankFileRow, mark: Mark) -> bool:
    """Say whether a row bears a mark already; refuses one that contradicts what it bears."""
    if row.state == RowState.CANCELLED:
        raise BankError(say("A payment of a cancelled file cannot be marked."))
    if row.state == RowState.RETURNED and mark.fate is Fate.PAID:
        raise BankError(say("This payment came back; it goes again in a new file."))
    return row.state == mark.fate.value


def _day(mark: Mark, currency: str, clock: Clock) -> date:
    today = local_date(clock.now(), bank_days(currency).zone)
    if mark.on is not None and mark.on > today:
        raise BankError(say("%(day)s is still to come.", day=mark.on))
    return mark.on or today


def _pay(
    session: Session,
    row: BankFileRow,
    payout: Payout,
    on: date,
    mark: Mark,
    clock: Clock,
) -> None:
    row.state, row.paid_on, row.changed_at = RowState.PAID, on, clock.now()
    row.bank_reference = mark.bank_reference[:LONGEST]
    payout.state = after(PayoutState(payout.state), Event.ARRIVED)
    payout.paid_at = at(on, NOON, bank_days(payout.currency).zone)
    posting = Posting(
        f"bank_file_row:{row.id}:paid",
        accounts.clearing(BANK_FILE),
        accounts.bank(BANK_FILE),
        payout_amount(payout),
        payout.company_id,
    )
    post(session, posting, clock=clock)
    tell_paid(session, payout, row, clock=clock)


def _return(session: Session, row: BankFileRow, payout: Payout, mark: Mark, clock: Clock) -> None:
    """Reverse what was booked, from the bank too when it was paid: the money is back."""
    was_paid = row.state == RowState.PAID
    why = str(reason(mark.code, mark.text))[:LONGEST]
    row.state, row.changed_at = RowState.RETURNED, clock.now()
    row.return_code, row.return_text = mark.code, why
    attempt = attempt_of(session, row)
    attempt.outcome, attempt.detail = Outcome.REFUSED, why
    payout.state = after(PayoutState(payout.state), Event.RETURNED)
    payout.problem_code = ACCOUNT_CLOSED if mark.code in CLOSED else BANK_RETURNED
    payout.problem = why
    never_sent(payout)
    if was_paid:
        _reopen_day(session, payout.shoot_day_id)
    key = f"bank_file_row:{row.id}"
    for step, what in enumerate(("paid", "sent") if was_paid else ("sent",)):
        reverse(session, f"{key}:{what}", f"{key}:returned:{step}", clock=clock)
    tell_returned(session, payout, row, clock=clock)


def _reopen_day(session: Session, shoot_day_id: int) -> None:
    """Let a day be unsettled again when a payment of it came back."""
    (day,) = lock(session, ShootDay, [shoot_day_id])
    if day.state == DayState.SETTLED:
        day.state = DayState.CLOSED
