"""Who is told about a production's money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.queries import readers
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.notices.services import Message, tell
from marketplace.domain.payments.models import Funding, Payout, Refund
from marketplace.domain.payments.rules.funding import FundingStage
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

FUNDERS: Final = (CompanyRole.OWNER, CompanyRole.PRODUCER, CompanyRole.ACCOUNTANT)
"""Who brings a production's money, or sees that it is missing."""

NEWS: Final[dict[str, tuple[Sentence, Sentence]]] = {
    FundingStage.SETTLED: (
        say("%(amount)s for %(production)s has settled"),
        say("It pays what waited for it, the oldest first."),
    ),
    FundingStage.FAILED: (
        say("%(amount)s for %(production)s did not come"),
        say("The bank refused the payment. The days are not funded; try another way to pay."),
    ),
    FundingStage.DISPUTED: (
        say("%(amount)s for %(production)s is disputed"),
        say("The bank of who paid has taken the money back. Nothing is sent until it is settled."),
    ),
    FundingStage.LOST: (
        say("The dispute about %(amount)s for %(production)s is lost"),
        say("The money does not come back. What is missing has to be put in again."),
    ),
}
"""What people are told when a funding gets to a stage: the subject and what follows."""


def tell_unfunded(session: Session, payouts: Sequence[Payout], *, clock: Clock) -> None:
    """Tell who brings the money that people of a shoot day wait for it; once for a day."""
    days = {one.shoot_day_id: one for one in payouts}
    rows = session.execute(
        sa.select(ShootDay.id, ShootDay.shoot_date, Production.title, Production.public_id)
        .join(Production, Production.id == ShootDay.production_id)
        .where(ShootDay.id.in_(days))
        .order_by(ShootDay.id),
    )
    for day_id, shoot_date, title, public_id in rows.all():
        message = Message(
            key=f"unfunded:{day_id}",
            kind="needs_you",
            subject=say(
                "The pay of %(production)s for %(day)s is not funded",
                production=title,
                day=shoot_date,
            ),
            lines=(
                say("People have worked, and their pay waits for the production's funds."),
                say("It is sent by itself as soon as the money has settled."),
            ),
            button=say("Fund the production"),
            path=f"/p/{public_id}/funding",
        )
        _tell(session, days[day_id].company_id, message, clock)


def tell_funding(session: Session, funding: Funding, event: str, *, clock: Clock) -> None:
    """Tell that an event brought a funding to a stage that people should know of."""
    news = NEWS.get(funding.stage)
    if news is None:
        return
    subject, line = news
    rounds = funding.dispute_rounds
    production = session.get_one(Production, funding.production_id)
    values = {
        "amount": Money(funding.amount_minor, funding.currency),
        "production": production.title,
    }
    message = Message(
        key=f"funding:{funding.id}:{event}" + (f":{rounds}" if rounds > 1 else ""),
        kind="funding",
        subject=Sentence(subject.text, values),
        lines=(line,),
        button=say("Open the funding"),
        path=f"/p/{production.public_id}/funding/{funding.public_id}",
    )
    _tell(session, funding.company_id, message, clock)


def tell_refused(session: Session, refund: Refund, funding: Funding, *, clock: Clock) -> None:
    """Tell that money was not given back, and that it is in the fund again."""
    production = session.get_one(Production, funding.production_id)
    message = Message(
        key=f"refund_refused:{refund.id}",
        kind="needs_you",
        subject=say(
            "The refund of %(amount)s was refused",
            amount=Money(refund.amount_minor, refund.currency),
        ),
        lines=(
            say("The gateway said: %(text)s", text=refund.problem),
            say("The money is in the production's funds again."),
        ),
        button=say("Open the funding"),
        path=f"/p/{production.public_id}/funding/{funding.public_id}",
    )
    _tell(session, funding.company_id, message, clock)


def _tell(session: Session, company_id: int, message: Message, clock: Clock) -> None:
    for reader in readers(session, company_id, FUNDERS):
        tell(session, reader, message, clock=clock)
