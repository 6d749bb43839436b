"""Who is told what about money from a company's own bank."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.notices.services import Message, tell
from marketplace.domain.payments.models import BankFileRow, Payout
from marketplace.domain.payments.rules import OF_THE_PAYEE, problem
from marketplace.domain.payments.services.telling import tell_company
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.queries import reader_of
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say


def tell_filed(
    session: Session, payout: Payout, row: BankFileRow, value_date: date, *, clock: Clock
) -> None:
    """Tell the person that their company's bank was asked to pay them, and for which day."""
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    company = session.get_one(Company, payout.company_id)
    lines = (
        _for(slip),
        say(
            "By bank transfer from %(company)s to your account ending in %(last4)s, on %(day)s.",
            company=company.legal_name,
            last4=slip.account_last4,
            day=value_date,
        ),
    )
    subject = say("%(amount)s is on its way to you", amount=_amount(payout))
    _tell(session, payout, _about(slip, f"bank_file_row:{row.id}:sent", subject, lines), clock)


def tell_paid(session: Session, payout: Payout, row: BankFileRow, *, clock: Clock) -> None:
    """Tell the person that they were paid, and what the bank calls the payment."""
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    lines = [_for(slip)]
    if row.bank_reference:
        lines.append(
            say("The bank's reference is %(reference)s.", reference=row.bank_reference),
        )
    subject = say("You were paid %(amount)s", amount=_amount(payout))
    message = _about(slip, f"bank_file_row:{row.id}:paid", subject, tuple(lines))
    _tell(session, payout, message, clock)


def tell_unfiled(session: Session, payout: Payout, row: BankFileRow, *, clock: Clock) -> None:
    """Tell the person that the payment was taken back and comes later."""
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    lines = (_for(slip), say("The company has taken its order back; a new one will follow."))
    subject = say("%(amount)s comes later than you were told", amount=_amount(payout))
    _tell(session, payout, _about(slip, f"bank_file_row:{row.id}:back", subject, lines), clock)


def tell_returned(session: Session, payout: Payout, row: BankFileRow, *, clock: Clock) -> None:
    """Tell the person and the company that the bank sent a payment back, and why."""
    slip = session.get_one(PaySlip, payout.pay_slip_id)
    why = problem(payout.problem_code, payout.problem) or say("It waits.")
    if payout.problem_code in OF_THE_PAYEE:
        subject = say("The bank sent %(amount)s back", amount=_amount(payout))
        lines = (why, say("Check how you are paid; then it is sent again."))
        message = Message(
            key=f"bank_file_row:{row.id}:returned",
            kind="needs_you",
            subject=subject,
            lines=lines,
            button=say("Check how you are paid"),
            path="/me/payee",
        )
        _tell(session, payout, message, clock)
    tell_company(session, payout, slip, why, clock=clock)


def tell_lacking(session: Session, payout: Payout, why: Sentence | None, *, clock: Clock) -> None:
    """Tell the person which detail their company's bank needs."""
    message = Message(
        key=f"payout_lacks:{payout.id}:{clock.now().isoformat()}",
        kind="needs_you",
        subject=say("%(amount)s waits for your payment details", amount=_amount(payout)),
        lines=(
            why or say("It waits."),
            say("Give what is missing and it goes with the next payments."),
        ),
        button=say("Finish your payment details"),
        path="/me/payee",
    )
    _tell(session, payout, message, clock)


def _about(slip: PaySlip, key: str, subject: Sentence, lines: tuple[Sentence, ...]) -> Message:
    return Message(
        key=key,
        kind="paid",
        subject=subject,
        lines=lines,
        button=say("Open the pay slip"),
        path=f"/me/pay/{slip.public_id}",
    )


def _for(slip: PaySlip) -> Sentence:
    return say(
        "For %(production)s on %(day)s, pay slip %(number)s.",
        production=slip.production_title,
        day=slip.shoot_date,
        number=slip.number,
    )


def _tell(session: Session, payout: Payout, message: Message, clock: Clock) -> None:
    tell(session, reader_of(session, payout.person_id), message, clock=clock)


def _amount(payout: Payout) -> Money:
    return Money(payout.amount_minor, payout.currency)
