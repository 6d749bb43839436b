"""What a bank's answer would change: matched with our rows, before anybody takes it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.banking.rules.answers import Answer, Fate, references
from marketplace.domain.banking.rules.nacha import trace
from marketplace.domain.payments.models import BankAnswer, BankFile, BankFileRow, Payout
from marketplace.domain.payments.queries.bank_files import corrected
from marketplace.domain.payments.rules import RowState
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say


class Verdict(StrEnum):
    """What taking an answer over would do to one payment."""

    PAID = "paid"
    RETURNED = "returned"
    KNOWN = "known"
    PENDING = "pending"
    UNMATCHED = "unmatched"


DOUBTS: Final[dict[str, Sentence]] = {
    "unknown": say("No file of yours holds this payment."),
    "amount": say("The bank names another amount than the file."),
    "other_file": say("The bank speaks of another file than the one that holds it now."),
    "unclear": say("The bank's status has no meaning here."),
    "back": say("It came back before; it cannot be paid now."),
    "cancelled": say("Its file was cancelled."),
    "corrected": say("Its slip was corrected and counts on this money; settle it by hand."),
}
"""Why a line is not taken over."""


@dataclass(frozen=True, slots=True)
class Held:
    """A row of a file, as far as an answer is held against it."""

    id: int
    file_number: int
    position: int
    message_id: str
    payout_id: str
    stage_name: str
    slip_number: str
    amount: Money
    state: RowState
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of an answer. row: ours, None when there is none; doubt: why it is left."""

    answer: Answer
    row: Held | None
    verdict: Verdict
    doubt: Sentence | None = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer that was uploaded."""

    id: int
    public_id: str
    name: str
    currency: str
    uploaded_at: datetime
    applied_at: datetime | None


def answers(session: Session, company_id: int) -> list[AnswerRow]:
    """Return the answers a company has uploaded, newest first."""
    rows = session.scalars(
        sa.select(BankAnswer)
        .where(BankAnswer.company_id == company_id)
        .order_by(BankAnswer.id.desc()),
    )
    return [_row(one) for one in rows]


def answer_row(session: Session, company_id: int, public_id: str) -> AnswerRow | None:
    """Return one answer, or None when it is not the company's."""
    wanted = sa.select(BankAnswer).where(
        BankAnswer.company_id == company_id,
        BankAnswer.public_id == public_id,
    )
    found = session.scalars(wanted).first()
    return _row(found) if found else None


def lines_of(session: Session, company_id: int, said: Sequence[Answer]) -> list[Line]:
    """Return every line of an answer beside the row it is about; nothing is guessed.

    A line about a whole message stands for each of its rows.
    """
    messages = {one.message_id for one in said if not one.reference}
    rows = _rows(session, company_id, references(said), messages)
    by_payout: dict[str, list[Held]] = {}
    for row in rows:
        by_payout.setdefault(row.payout_id, []).append(row)
    lines = []
    for one in said:
        if one.reference:
            lines.append(_line(one, by_payout.get(one.reference, [])))
            continue
        of_message = [row for row in rows if row.message_id == one.message_id]
        lines += [_line(one, [row]) for row in of_message] or [_line(one, [])]
    return lines


def _line(answer: Answer, rows: Sequence[Held]) -> Line:
    """Judge one line: the row of the named file, else the newest one."""
    named = [row for row in rows if _is_named(answer, row)]
    if rows and not named:
        return Line(answer, rows[-1], Verdict.UNMATCHED, DOUBTS["other_file"])
    if not named:
        return Line(answer, None, Verdict.UNMATCHED, DOUBTS["unknown"])
    row = named[-1]
    doubt = _doubt(answer, row)
    if doubt is not None:
        return Line(answer, row, Verdict.UNMATCHED, DOUBTS[doubt])
    if answer.fate is Fate.PENDING:
        return Line(answer, row, Verdict.PENDING)
    is_known = row.state.value == answer.fate.value
    return Line(answer, row, Verdict.KNOWN if is_known else Verdict(answer.fate))


def _is_named(answer: Answer, row: Held) -> bool:
    if answer.message_id and answer.message_id != row.message_id:
        return False
    return not answer.trace or answer.trace == trace(row.file_number, row.position)


def _doubt(answer: Answer, row: Held) -> str | None:
    if answer.amount is not None and answer.amount != row.amount:
        return "amount"
    if answer.fate is Fate.UNCLEAR:
        return "unclear"
    if row.state is RowState.CANCELLED:
        return "cancelled"
    if row.is_corrected and answer.fate is Fate.RETURNED:
        return "corrected"
    is_back = row.state is RowState.RETURNED and answer.fate is Fate.PAID
    return "back" if is_back else None


def _rows(
    session: Session, company_id: int, payout_ids: set[str], messages: set[str]
) -> list[Held]:
    company = session.scalars(sa.select(Company.public_id).where(Company.id == company_id)).one()
    numbers = {
        number
        for number, message in _message_ids(session, company_id, company).items()
        if message in messages
    }
    found = session.execute(
        sa.select(BankFileRow, BankFile, Payout.public_id, PaySlip.stage_name, PaySlip.number)
        .join(BankFile, BankFile.id == BankFileRow.bank_file_id)
        .join(Payout, Payout.id == BankFileRow.payout_id)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .where(
            BankFile.company_id == company_id,
            sa.or_(Payout.public_id.in_(payout_ids), BankFile.number.in_(numbers)),
        )
        .order_by(BankFile.number, BankFileRow.position),
    ).all()
    spoken_for = corrected(session, [row.payout_id for row, *_ in found])
    return [
        Held(
            id=row.id,
            file_number=made.number,
            position=row.position,
            message_id=message_id(company, made.number),
            payout_id=payout_id,
            stage_name=name,
            slip_number=number,
            amount=Money(row.amount_minor, made.currency),
            state=RowState(row.state),
            is_corrected=row.payout_id in spoken_for,
        )
        for row, made, payout_id, name, number in found
    ]


def message_id(company_public_id: str, number: int) -> str:
    """Name a file for ever: what the bank repeats in its answers."""
    return f"DR-{company_public_id}-{number}"


def _message_ids(session: Session, company_id: int, company: str) -> dict[int, str]:
    numbers = session.scalars(sa.select(BankFile.number).where(BankFile.company_id == company_id))
    return {number: message_id(company, number) for number in numbers}


def _row(one: BankAnswer) -> AnswerRow:
    return AnswerRow(one.id, one.public_id, one.name, one.currency, one.uploaded_at, one.applied_at)
