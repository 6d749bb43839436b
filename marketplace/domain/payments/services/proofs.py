"""What must be true of the slips of one transaction before it may stay, each as one query.

The whole books are checked elsewhere, now and then (`books`); these proofs cost little enough to
run every time, and a batch they do not pass leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger.models import LedgerTransfer
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import BooksError
from marketplace.domain.payroll.models import PayLineRow, PaySlip, SlipCounter
from marketplace.domain.payroll.rules.slips import slip_number
from marketplace.kernel.sentences import Sentence, say

EARNED: Final = ("earning", "penalty", "bump", "allowance")

SUMS: Final[dict[str, tuple[sa.orm.InstrumentedAttribute[int], tuple[str, ...]]]] = {
    "gross": (PaySlip.gross_minor, EARNED),
    "withheld": (PaySlip.withheld_minor, ("withholding",)),
    "deducted": (PaySlip.deducted_minor, ("deduction",)),
}
"""What a slip adds up to, by the last word of its posting's key: the column, and kinds of lines."""


def prove(session: Session, slips: Sequence[PaySlip]) -> None:
    """Prove that new slips are their lines, their postings and their payouts, without a gap.

    Raises BooksError naming the first slip of which something is not true.
    """
    if not slips:
        return
    mine = PaySlip.id.in_([slip.id for slip in slips])
    for sentence, wrong in _claims():
        number = session.scalar(sa.select(PaySlip.number).where(mine, wrong).limit(1))
        if number is not None:
            raise _broken(sentence, number)
    for slip in _lowest(slips):
        _prove_numbers(session, slip, slips)


def _claims() -> Iterator[tuple[Sentence, sa.ColumnElement[bool]]]:
    lines = say("its lines do not add up")
    yield lines, sa.or_(*(_differs(total, _lines(kinds)) for total, kinds in SUMS.values()))
    posted = say("its postings are not its amounts")
    yield posted, sa.or_(*(_differs(total, _posted(what)) for what, (total, _) in SUMS.items()))
    paid = sa.select(sa.func.sum(Payout.amount_minor)).where(Payout.pay_slip_id == PaySlip.id)
    yield say("its payment is not its net"), _differs(PaySlip.net_minor, paid.scalar_subquery())


def _differs(
    total: sa.orm.InstrumentedAttribute[int],
    found: sa.ScalarSelect[int],
) -> sa.ColumnElement[bool]:
    return total.is_distinct_from(sa.func.coalesce(found, 0))


def _lines(kinds: tuple[str, ...]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.sum(PayLineRow.amount_minor))
        .where(PayLineRow.pay_slip_id == PaySlip.id, PayLineRow.kind.in_(kinds))
        .scalar_subquery()
    )


def _posted(what: str) -> sa.ScalarSelect[int]:
    key = sa.literal("slip:") + PaySlip.public_id + f":{what}"
    return (
        sa.select(sa.func.sum(LedgerTransfer.amount_minor))
        .where(LedgerTransfer.key == key)
        .scalar_subquery()
    )


def _lowest(slips: Sequence[PaySlip]) -> list[PaySlip]:
    """Return the slip with the lowest number of each company's year."""
    lowest: dict[tuple[int, int], PaySlip] = {}
    for slip in slips:
        lowest.setdefault(_book(slip), slip)
    return list(lowest.values())


def _prove_numbers(session: Session, lowest: PaySlip, slips: Sequence[PaySlip]) -> None:
    """Prove that the numbers follow one another, and the last one before them."""
    book = _book(lowest)
    numbers = [_sequence(slip.number) for slip in slips if _book(slip) == book]
    first, last = numbers[0], numbers[-1]
    counted = sa.select(SlipCounter.last).where(
        SlipCounter.company_id == book[0],
        SlipCounter.year == book[1],
    )
    is_run = numbers == list(range(first, last + 1)) and session.scalar(counted) == last
    before = sa.select(PaySlip.id).where(
        PaySlip.company_id == book[0],
        PaySlip.number == slip_number(book[1], first - 1),
    )
    if not is_run or (first > 1 and session.scalar(before) is None):
        raise _broken(say("its number does not follow the one before"), lowest.number)


def _book(slip: PaySlip) -> tuple[int, int]:
    return slip.company_id, int(slip.number.partition("-")[0])


def _sequence(number: str) -> int:
    return int(number.partition("-")[2])


def _broken(what: Sentence, number: str) -> BooksError:
    return BooksError(
        say("Pay slip %(number)s was not issued: %(what)s.", number=number, what=what),
    )
