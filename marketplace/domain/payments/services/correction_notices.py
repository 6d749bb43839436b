"""Who is told what about a corrected slip and about money to come back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.queries import readers
from marketplace.domain.accounts.rules import PAYERS
from marketplace.domain.notices.services import Message, tell
from marketplace.domain.payroll.models import Overpayment, PaySlip
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.payroll.services.corrections import Replacing
from marketplace.domain.people.queries import reader_of
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard
from marketplace.domain.timecards.services.voucher_notices import makers, subject_of
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say


def tell_corrected(session: Session, of: Replacing, slip: PaySlip, *, clock: Clock) -> None:
    """Tell the person and the production that another slip counts now."""
    company = session.get_one(Company, slip.company_id)
    values = {"old": of.slip.number, "number": slip.number, "date": slip.shoot_date}
    subject = say("Pay slip %(old)s is replaced by %(number)s, for %(date)s", **values)
    message = Message(
        key=f"slip_corrected:{slip.id}",
        kind="paid",
        subject=subject,
        lines=(_difference(of, slip),),
        button=say("Open the pay slip"),
        path=f"/me/pay/{slip.public_id}",
    )
    tell(session, reader_of(session, slip.person_id), message, clock=clock)
    theirs = Message(
        key=f"slip_corrected:{slip.id}:company",
        kind="paid",
        subject=subject,
        lines=(say("%(name)s was told too.", name=slip.stage_name),),
        button=say("Open the adjustment"),
        path=subject_of(session, of.voucher).production_path,
    )
    for reader in makers(session, of.voucher):
        tell(session, reader, theirs, clock=clock)
    for reader in readers(session, company.id, PAYERS):
        tell(session, reader, theirs, clock=clock)


def _difference(of: Replacing, slip: PaySlip) -> Sentence:
    net = Money(slip.net_minor, slip.currency)
    if net.minor and of.paid.minor:
        return say(
            "%(paid)s was paid already; %(net)s more is on its way.",
            paid=of.paid,
            net=net,
        )
    if net.minor:
        return say("%(net)s will be paid in its place.", net=net)
    return say("Nothing more is to be paid.")


def tell_overpaid(session: Session, claim: Overpayment, slip: PaySlip, *, clock: Clock) -> None:
    """Ask the person whether it may be kept from later slips; tell the company too."""
    values = {"amount": Money(claim.amount_minor, claim.currency), "number": slip.number}
    message = Message(
        key=f"overpaid:{claim.id}",
        kind="needs_you",
        subject=say("You were paid %(amount)s too much; please say what happens", **values),
        lines=(
            say("It is kept from your next pay slips only if you agree."),
            say("The corrected pay slip is %(number)s.", **values),
        ),
        button=say("See the amount and answer"),
        path=f"/me/pay/owed/{claim.public_id}",
    )
    tell(session, reader_of(session, claim.person_id), message, clock=clock)
    _tell_payers(session, claim, slip, say("%(name)s was asked.", name=slip.stage_name), clock)


def tell_answered(session: Session, claim: Overpayment, *, clock: Clock) -> None:
    """Tell the company what the person said."""
    slip = session.get_one(PaySlip, claim.correction_id)
    said = {
        "agreed": say("%(name)s agreed: it is kept from the next pay slips.", name=slip.stage_name),
        "declined": say("%(name)s declined: nothing is kept. Talk to them.", name=slip.stage_name),
    }[claim.state]
    _tell_payers(session, claim, slip, said, clock)


def _tell_payers(
    session: Session,
    claim: Overpayment,
    slip: PaySlip,
    line: Sentence,
    clock: Clock,
) -> None:
    company = session.get_one(Company, claim.company_id)
    message = Message(
        key=f"overpaid:{claim.id}:{claim.state}:company",
        kind="needs_you",
        subject=say(
            "%(name)s was paid %(amount)s too much",
            name=slip.stage_name,
            amount=Money(claim.amount_minor, claim.currency),
        ),
        lines=(line,),
        button=say("See the adjustments"),
        path=f"/c/{company.public_id}/adjustments",
    )
    for reader in readers(session, company.id, PAYERS):
        tell(session, reader, message, clock=clock)


def tell_uncorrected(
    session: Session,
    voucher_id: int,
    refusal: PayError,
    *,
    clock: Clock,
) -> None:
    """Tell the company's payers why an approved adjustment is not issued."""
    voucher = session.get_one(AdjustmentVoucher, voucher_id)
    about = subject_of(session, voucher)
    on = session.scalars(
        sa.select(ShootDay.shoot_date)
        .join(TimeCard, TimeCard.shoot_day_id == ShootDay.id)
        .where(TimeCard.id == voucher.time_card_id),
    ).one()
    message = Message(
        key=f"voucher_unissued:{voucher.id}:{voucher.version}",
        kind="needs_you",
        subject=say(
            "The corrected pay slip of %(name)s for %(date)s cannot be issued",
            name=about.name,
            date=on,
        ),
        lines=(refusal.message,),
        button=say("Open the adjustment"),
        path=about.company_path,
    )
    for reader in readers(session, voucher.company_id, PAYERS):
        tell(session, reader, message, clock=clock)
