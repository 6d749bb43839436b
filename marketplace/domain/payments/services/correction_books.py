"""The books of corrections: every slip taken back is replaced, and no paid money is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.queries import balances
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.services.findings import Finding, Totals, differences, sums
from marketplace.domain.payroll.models import Overpayment, PayLineRow, PaySlip, Recovery
from marketplace.domain.payroll.rules.reversals import KEPT, OVERPAYMENT
from marketplace.domain.payroll.services.offsets import recovered
from marketplace.domain.timecards.models import AdjustmentVoucher
from marketplace.domain.timecards.rules.vouchers import VoucherState
from marketplace.kernel.sentences import say

AT_GATEWAY: Final = (PayoutState.SENT, PayoutState.PAID)
OPEN: Final = (PayoutState.DUE, PayoutState.HELD, PayoutState.BLOCKED, PayoutState.SENDING)

_other = sa.orm.aliased(PaySlip)
_old_line = sa.orm.aliased(PayLineRow)


def kept(session: Session, owner: Any, name: Callable[[Any], str]) -> Totals:  # noqa: ANN401 - a column
    """Return what slips kept because it had been paid before, by an owner's account."""
    return sums(
        session,
        sa.select(owner, PaySlip.currency, sa.func.sum(PayLineRow.amount_minor))
        .join(PayLineRow, PayLineRow.pay_slip_id == PaySlip.id)
        .where(PayLineRow.code.in_(KEPT))
        .group_by(owner, PaySlip.currency),
        name,
    )


def pairs(session: Session) -> Iterator[Finding]:
    """I13: what is taken back is replaced, by the same adjustment; its payment does not wait."""
    for kind, partner in (("reversal", "correction"), ("correction", "reversal")):
        has_partner = sa.exists().where(
            _other.corrects_id == PaySlip.corrects_id,
            _other.kind == partner,
            _other.voucher_id == PaySlip.voucher_id,
            _other.time_card_id == PaySlip.time_card_id,
        )
        alone = sa.select(PaySlip.number).where(PaySlip.kind == kind, ~has_partner)
        for number in session.scalars(alone):
            yield Finding("I13", say("A reversal has no correction, or the reverse."), number)
    yield from _vouchers(session)
    is_reversed = sa.exists().where(_other.corrects_id == PaySlip.id, _other.kind == "reversal")
    wrong = (
        sa.select(Payout.public_id)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .where(
            sa.or_(
                sa.and_(Payout.state == PayoutState.CANCELLED, ~is_reversed),
                sa.and_(Payout.state.in_(OPEN), is_reversed),
            ),
        )
    )
    message = say("A payment waits though its slip is taken back, or was cancelled without that.")
    for payout in session.scalars(wrong):
        yield Finding("I13", message, payout)


def _vouchers(session: Session) -> Iterator[Finding]:
    """Yield adjustments that are issued without their two slips, or have them too early."""
    issued = sa.select(sa.func.count(PaySlip.id)).where(PaySlip.voucher_id == AdjustmentVoucher.id)
    expected = sa.case((AdjustmentVoucher.state == VoucherState.ISSUED, 2), else_=0)
    wrong = sa.select(AdjustmentVoucher.public_id).where(issued.scalar_subquery() != expected)
    for voucher in session.scalars(wrong):
        yield Finding("I13", say("An adjustment has other slips than it should."), voucher)


def lines(session: Session) -> Iterator[Finding]:
    """I14: a slip and its reversal are nothing together, line by line."""
    is_negated = sa.exists().where(
        _old_line.pay_slip_id == PaySlip.corrects_id,
        _old_line.position == PayLineRow.position,
        _old_line.kind == PayLineRow.kind,
        _old_line.code == PayLineRow.code,
        _old_line.amount_minor == -PayLineRow.amount_minor,
    )
    other = (
        sa.select(PaySlip.number)
        .join(PayLineRow, PayLineRow.pay_slip_id == PaySlip.id)
        .where(PaySlip.kind == "reversal", ~is_negated)
        .distinct()
    )
    counts = [
        sa.select(sa.func.count(PayLineRow.id)).where(PayLineRow.pay_slip_id == slip)
        for slip in (PaySlip.id, PaySlip.corrects_id)
    ]
    mine, theirs = (one.scalar_subquery() for one in counts)
    fewer = sa.select(PaySlip.number).where(PaySlip.kind == "reversal", mine != theirs)
    for number in sorted({*session.scalars(other), *session.scalars(fewer)}):
        yield Finding("I14", say("A reversal is not the slip with the other sign."), number)


def overpayments(session: Session) -> Iterator[Finding]:
    """I15: what people were paid on reversed slips is on their account until it has come back."""
    is_reversed = sa.exists().where(_other.corrects_id == PaySlip.id, _other.kind == "reversal")
    paid = sums(
        session,
        sa.select(Payout.person_id, Payout.currency, sa.func.sum(Payout.amount_minor))
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .where(is_reversed, Payout.state.in_(AT_GATEWAY))
        .group_by(Payout.person_id, Payout.currency),
        accounts.overpaid,
    )
    back = kept(session, PaySlip.person_id, accounts.overpaid)
    expected = {key: paid.get(key, 0) - back.get(key, 0) for key in paid.keys() | back.keys()}
    message = say("What a person was paid too much is not what the books say.")
    yield from differences("I15", message, expected, balances(session, "overpaid:"))
    yield from _recoveries(session)


def _recoveries(session: Session) -> Iterator[Finding]:
    """Yield slips whose lines and recoveries differ, and claims that gave back too much."""
    lines_of = (
        sa.select(sa.func.coalesce(sa.func.sum(PayLineRow.amount_minor), 0))
        .where(PayLineRow.pay_slip_id == PaySlip.id, PayLineRow.code == OVERPAYMENT)
        .scalar_subquery()
    )
    rows_of = (
        sa.select(sa.func.coalesce(sa.func.sum(Recovery.amount_minor), 0))
        .where(Recovery.pay_slip_id == PaySlip.id)
        .scalar_subquery()
    )
    for number in session.scalars(sa.select(PaySlip.number).where(lines_of != rows_of)):
        yield Finding("I15", say("A slip kept something else than was written down."), number)
    back = recovered()
    wrong = sa.select(Overpayment.public_id).where(
        sa.or_(back > Overpayment.amount_minor, back < 0),
    )
    for claim in session.scalars(wrong):
        yield Finding("I15", say("More came back than had been paid too much."), claim)
