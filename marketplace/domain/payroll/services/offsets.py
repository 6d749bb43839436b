"""What people agreed to give back is kept from their next slips of the same company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_rows
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post
from marketplace.domain.payroll.models import ClaimState, Overpayment, PaySlip, Recovery
from marketplace.domain.payroll.rules.reversals import overpayment_line
from marketplace.domain.payroll.rules.shapes import PayLine
from marketplace.domain.payroll.services.parties import Parties
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money


@dataclass(slots=True)
class Agreed:
    """An overpayment somebody agreed to give back, and what is left of it."""

    id: int
    number: str
    left: Money


Whose = tuple[int, int, str]
"""Person, company and currency."""


class Offsets:
    """The agreed overpayments of some people; each slip keeps what its net allows."""

    def __init__(self, found: Iterable[tuple[Whose, Agreed]]) -> None:
        """Keep what is open, oldest first."""
        self._open: dict[Whose, list[Agreed]] = {}
        self._kept: dict[int, list[tuple[int, Money]]] = {}
        for whose, agreed in found:
            self._open.setdefault(whose, []).append(agreed)

    def lines(self, parties: Parties, card_id: int, net: Money) -> tuple[PayLine, ...]:
        """Return the deductions of one card's slip; the net never goes below zero."""
        whose = (parties.person.id, parties.company.id, net.currency)
        found = []
        for agreed in self._open.get(whose, []):
            line = overpayment_line(agreed.left, net, agreed.number)
            if line is None:
                continue
            agreed.left -= line.amount
            net -= line.amount
            self._kept.setdefault(card_id, []).append((agreed.id, line.amount))
            found.append(line)
        return tuple(found)

    def keep(self, session: Session, slips: Sequence[PaySlip], *, clock: Clock) -> None:
        """Write down what the issued slips have kept, and post it."""
        kept = [(slip, *one) for slip in slips for one in self._kept.pop(slip.time_card_id, [])]
        insert_rows(
            session,
            Recovery,
            [
                {
                    "overpayment_id": overpayment_id,
                    "pay_slip_id": slip.id,
                    "amount_minor": amount.minor,
                }
                for slip, overpayment_id, amount in kept
            ],
        )
        for slip, overpayment_id, amount in kept:
            post_kept(session, slip, f"overpayment:{overpayment_id}", amount, clock=clock)


def post_kept(session: Session, slip: PaySlip, what: str, amount: Money, *, clock: Clock) -> None:
    """Post a deduction that goes to nobody else: it clears what the person was overpaid."""
    posting = Posting(
        f"slip:{slip.public_id}:{what}",
        accounts.deductions(slip.withholding_agent),
        accounts.overpaid(slip.person_id),
        amount,
        slip.company_id,
    )
    post(session, posting, clock=clock)


def offsets_of(session: Session, parties: Iterable[Parties]) -> Offsets:
    """Return the agreed overpayments of these people that are not all given back; one query."""
    people = {one.person.id for one in parties}
    left = Overpayment.amount_minor - recovered()
    rows = session.execute(
        sa.select(
            Overpayment.person_id,
            Overpayment.company_id,
            Overpayment.currency,
            Overpayment.id,
            PaySlip.number,
            left,
        )
        .join(PaySlip, PaySlip.id == Overpayment.correction_id)
        .where(
            Overpayment.person_id.in_(people),
            Overpayment.state == ClaimState.AGREED,
            left > 0,
        )
        .order_by(Overpayment.id),
    )
    return Offsets(
        ((person, company, currency), Agreed(claim, number, Money(int(minor), currency)))
        for person, company, currency, claim, number, minor in rows
    )


def recovered() -> sa.ScalarSelect[int]:
    """Return how much of an overpayment has come back, as a part of a query over overpayments."""
    return (
        sa.select(sa.func.coalesce(sa.func.sum(Recovery.amount_minor), 0))
        .where(Recovery.overpayment_id == Overpayment.id)
        .scalar_subquery()
    )
