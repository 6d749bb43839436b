"""Who is told what about their money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.queries import readers
from marketplace.domain.accounts.rules import PAYERS
from marketplace.domain.notices.services import Message, Reader, tell, tell_all
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import OF_THE_PAYEE, problem
from marketplace.domain.payments.rules.gateways import KEEPS_BANKS, OF_THE_ACCOUNT, name_of
from marketplace.domain.payments.services.reminders import ask_to_remind
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import PayeeIncompleteError
from marketplace.domain.people.models import Person
from marketplace.domain.people.queries import reader_of
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import local_date

BANK_ENDS_IT: Final = say("Give your bank account and it is sent the same day.")
READY_ENDS_IT: Final = say("Set up your payouts and it is sent the same day.")


def tell_all_on_their_way(
    session: Session,
    payouts: Sequence[Payout],
    *,
    clock: Clock,
) -> None:
    """Tell each person that the money has left, and when it should arrive; one query for all."""
    rows = session.execute(
        sa.select(
            PaySlip.id.label("slip_id"),
            PaySlip.public_id,
            PaySlip.number,
            PaySlip.production_title,
            PaySlip.shoot_date,
            PaySlip.account_last4,
            Production.zone,
            User.id.label("user_id"),
            User.email,
            User.locale,
        )
        .select_from(PaySlip)
        .join(Production, Production.id == PaySlip.production_id)
        .join(Person, Person.id == PaySlip.person_id)
        .join(User, User.id == Person.user_id)
        .where(PaySlip.id.in_([payout.pay_slip_id for payout in payouts])),
    )
    slips: dict[int, Any] = {row.slip_id: row for row in rows}
    told = [
        (_reader(slips[payout.pay_slip_id]), _on_its_way(payout, slips[payout.pay_slip_id]))
        for payout in payouts
    ]
    tell_all(session, told, clock=clock)


def _reader(row: Any) -> Reader:  # noqa: ANN401 - a row of the query above
    return Reader(row.user_id, row.email, row.locale)


def _on_its_way(payout: Payout, slip: Any) -> Message:  # noqa: ANN401 - a row of the query above
    lines = [
        say(
            "For %(production)s on %(day)s, pay slip %(number)s.",
            production=slip.production_title,
            day=slip.shoot_date,
            number=slip.number,
        ),
        _paid_to(payout, slip.account_last4),
    ]
    if payout.arrives_at is not None:
        arrives = local_date(payout.arrives_at, slip.zone)
        lines.append(say("It should arrive by %(day)s.", day=arrives))
    return Message(
        key=f"payout_sent:{payout.id}",
        kind="paid",
        subject=say("%(amount)s is on its way to you", amount=_amount(payout)),
        lines=tuple(lines),
        button=say("Open the pay slip"),
        path=f"/me/pay/{slip.public_id}",
    )


def _paid_to(payout: Payout, last4: str) -> Sentence:
    if payout.gateway in KEEPS_BANKS:
        return say("Paid to your account at %(gateway)s.", gateway=name_of(payout.gateway))
    return say("Paid to your account ending in %(last4)s.", last4=last4)


def tell_payee_is_needed(session: Session, payout: Payout, slip: PaySlip, *, clock: Clock) -> None:
    """Tell who must act on a payment that waits: the person, or the company when it cannot."""
    why = problem(payout.problem_code, payout.problem) or say("It waits.")
    if payout.problem_code in OF_THE_PAYEE:
        has_account = payout.problem_code in OF_THE_ACCOUNT
        message = Message(
            key=f"payout_waits:{payout.id}:{payout.attempts}:{payout.problem_code}",
            kind="needs_you",
            subject=_waits_for_account(payout) if has_account else _waits_for_bank(payout),
            lines=(why, READY_ENDS_IT if has_account else BANK_ENDS_IT),
            button=say("Set up your payouts")
            if has_account
            else say("Finish your payment details"),
            path="/me/payouts" if has_account else "/me/payee",
        )
        tell(session, reader_of(session, payout.person_id), message, clock=clock)
        if has_account:
            ask_to_remind(session, payout, clock=clock)
    tell_company(session, payout, slip, why, clock=clock)


def _waits_for_account(payout: Payout) -> Sentence:
    return say("%(amount)s waits for your payout account", amount=_amount(payout))


def _waits_for_bank(payout: Payout) -> Sentence:
    return say("%(amount)s waits for your payment details", amount=_amount(payout))


def tell_company(
    session: Session,
    payout: Payout,
    slip: PaySlip,
    why: Sentence,
    *,
    clock: Clock,
) -> None:
    """Tell the company's payers that a payment waits, and why."""
    company = session.get_one(Company, payout.company_id)
    message = Message(
        key=f"payout_waits:{payout.id}:{payout.attempts}:company",
        kind="needs_you",
        subject=say(
            "The payment of %(amount)s to %(name)s waits",
            amount=_amount(payout),
            name=slip.stage_name,
        ),
        lines=(why,),
        button=say("Open the pay slip"),
        path=f"/c/{company.public_id}/slips/{slip.public_id}",
    )
    for reader in readers(session, company.id, PAYERS):
        tell(session, reader, message, clock=clock)


def tell_unpaid(
    session: Session,
    time_card_id: int,
    refusal: DomainError,
    *,
    clock: Clock,
) -> None:
    """Tell who must act when no slip can be issued: the person when papers are missing."""
    card = session.get_one(TimeCard, time_card_id)
    day = session.get_one(ShootDay, card.shoot_day_id)
    production = session.get_one(Production, card.production_id)
    values = {"production": production.title, "day": day.shoot_date}
    key = f"card_unpaid:{card.id}:{card.version}"
    if isinstance(refusal, PayeeIncompleteError):
        message = Message(
            key=key,
            kind="needs_you",
            subject=say("Your pay for %(day)s waits for your payment details", **values),
            lines=(
                say("Your hours on %(production)s are approved.", **values),
                say("A pay slip needs your legal name and your tax form."),
            ),
            button=say("Finish your payment details"),
            path="/me/payee",
        )
        tell(session, reader_of(session, card.person_id), message, clock=clock)
    message = Message(
        key=f"{key}:company",
        kind="needs_you",
        subject=say("A pay slip of %(production)s for %(day)s cannot be issued", **values),
        lines=(refusal.message,),
        button=say("Open the time cards"),
        path=f"/p/{production.public_id}/days/{day.public_id}/time-cards",
    )
    for reader in readers(session, production.company_id, PAYERS):
        tell(session, reader, message, clock=clock)


def _amount(payout: Payout) -> Money:
    return Money(payout.amount_minor, payout.currency)
