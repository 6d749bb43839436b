"""An approved adjustment becomes a reversal and a correction, in one transaction.

Money that has not left is cancelled with its slip; money that has left stands on the person's
`overpaid` account, is kept from the correction, and what is still left is the person's to agree
to. Nothing is decided while nobody knows whether money moved.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit.services import Act, record
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post, take_back
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import BANK_FILE, Event, PayoutState, after
from marketplace.domain.payments.services.correction_notices import (
    tell_corrected,
    tell_overpaid,
)
from marketplace.domain.payments.services.funds import free
from marketplace.domain.payments.services.payday import make_payouts, post_slips
from marketplace.domain.payments.services.telling import tell_payee_is_needed
from marketplace.domain.payroll.models import Overpayment, PaySlip
from marketplace.domain.payroll.rules.reversals import ALREADY_PAID
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.payroll.services import SlipWork, issue_slips
from marketplace.domain.payroll.services.corrections import (
    CorrectionError,
    Replacing,
    cards_touched,
    correction_work,
    current_slip,
    kept_of_card,
    kept_on,
    pays_otherwise_now,
    refuse_other_tax_year,
    replace_claims,
    reversal_work,
    take_back_recoveries,
)
from marketplace.domain.payroll.services.offsets import post_kept
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards import services as timecards
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard, TimeEntry
from marketplace.domain.timecards.services import DecideAdjustment
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

UNSENT: Final = (PayoutState.DUE, PayoutState.HELD, PayoutState.BLOCKED)
AT_GATEWAY: Final = (PayoutState.SENT, PayoutState.PAID)
LOOK_AGAIN: Final = timedelta(minutes=1)
"""How long an approved correction waits while nobody knows whether the first payment moved."""


def approve_adjustment(
    session: Session,
    command: DecideAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Approve an adjustment for the production, when its slip can be corrected now.

    Raises CorrectionError for a payment without an answer and for a tax year that has ended.
    """
    refuse_uncorrectable(session, command.voucher_id, clock=clock)
    return timecards.approve_adjustment(session, command, clock=clock)


def approve_adjustment_for_payroll(
    session: Session,
    command: DecideAdjustment,
    *,
    clock: Clock,
) -> AdjustmentVoucher:
    """Approve an adjustment as the accountant; refusals as above."""
    refuse_uncorrectable(session, command.voucher_id, clock=clock)
    return timecards.approve_adjustment_for_payroll(session, command, clock=clock)


def refuse_uncorrectable(session: Session, voucher_id: int, *, clock: Clock) -> None:
    """Refuse while the first payment has no answer, and when its tax year has ended."""
    voucher = session.get_one(AdjustmentVoucher, voucher_id)
    slip = _current(session, voucher.time_card_id)
    zone = session.get_one(Production, voucher.production_id).zone
    refuse_other_tax_year(slip, zones.local_date(clock.now(), zone))
    state = session.scalar(sa.select(Payout.state).where(Payout.pay_slip_id == slip.id))
    if state == PayoutState.SENDING:
        raise CorrectionError(
            say(
                "The payment of pay slip %(number)s has been sent and not answered yet. Approve "
                "this when its outcome is known; it usually takes minutes.",
                number=slip.number,
            ),
        )


def issue_voucher(session: Session, voucher_id: int, *, till: Till) -> PaySlip | None:
    """Issue the reversal and the correction of an approved adjustment; again changes nothing.

    Returns the correction; None when there is nothing to issue (any more). Flushes, never
    commits. Raises NotYetError while the first payment has no answer, CorrectionError and
    PayError when the slip cannot be corrected.
    """
    found = session.get_one(AdjustmentVoucher, voucher_id)
    mine = session.get_one(TimeCard, found.time_card_id)
    cards = {one.id: one for one in lock(session, TimeCard, cards_touched(session, mine))}
    lock_one(session, Person, found.person_id)
    voucher = lock_one(session, AdjustmentVoucher, voucher_id)
    if not timecards.can_be_issued(session, voucher):
        return None
    card = cards[voucher.time_card_id]
    slip = _current(session, card.id)
    zone = session.get_one(Production, voucher.production_id).zone
    refuse_other_tax_year(slip, zones.local_date(till.clock.now(), zone))
    _refuse_unanswered(session, slip, till.clock)
    entry = timecards.put_into_force(session, card, voucher, clock=till.clock)
    _reverse(session, card, slip, voucher, till)
    paid = Money(_left_of_paid(session, card.id), slip.currency)
    correction = _replace(session, card, entry, Replacing(slip, voucher, paid), till)
    _follow_up(session, [one for one in cards.values() if one is not card], voucher, till.clock)
    return correction


def _current(session: Session, time_card_id: int) -> PaySlip:
    slip = current_slip(session, time_card_id)
    if slip is None:
        raise NotFoundError(say("There is no pay slip to correct."))
    return slip


def _refuse_unanswered(session: Session, slip: PaySlip, clock: Clock) -> None:
    if _payout_of(session, slip).state == PayoutState.SENDING:
        raise NotYetError(clock.now() + LOOK_AGAIN)


def _payout_of(session: Session, slip: PaySlip) -> Payout:
    found = session.scalars(sa.select(Payout.id).where(Payout.pay_slip_id == slip.id)).one()
    return lock_one(session, Payout, found)


def _reverse(
    session: Session,
    card: TimeCard,
    slip: PaySlip,
    voucher: AdjustmentVoucher,
    till: Till,
) -> PaySlip:
    """Take a slip back, its postings and its payment with it."""
    reversal = _issue(session, reversal_work(session, card, slip, voucher), till)
    take_back(session, f"slip:{slip.public_id}:", f"slip:{reversal.public_id}:", clock=till.clock)
    take_back_recoveries(session, slip, reversal)
    replace_claims(session, card.id)
    payout = _payout_of(session, slip)
    if payout.state in UNSENT:
        payout.state = after(PayoutState(payout.state), Event.CANCEL)
        free(session, payout, clock=till.clock)
        _log(session, f"payout:{payout.public_id}", "cancel", slip, till.clock)
    if payout.state in AT_GATEWAY:
        posting = Posting(
            f"slip:{reversal.public_id}:overpaid",
            accounts.overpaid(slip.person_id),
            accounts.payable(slip.person_id),
            Money(payout.amount_minor, payout.currency),
            slip.company_id,
        )
        post(session, posting, clock=till.clock)
    _log(session, f"slip:{slip.public_id}", "reverse", reversal, till.clock)
    session.flush()
    return reversal


def _left_of_paid(session: Session, time_card_id: int) -> int:
    """Return what was paid for a card on reversed slips and has not come back, in minor units."""
    taken_back = sa.orm.aliased(PaySlip)
    paid = (
        sa.select(sa.func.coalesce(sa.func.sum(Payout.amount_minor), 0))
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .join(
            taken_back,
            sa.and_(taken_back.corrects_id == PaySlip.id, taken_back.kind == "reversal"),
        )
        .where(PaySlip.time_card_id == time_card_id, Payout.state.in_(AT_GATEWAY))
    )
    return int(session.scalars(paid).one()) - kept_of_card(session, time_card_id)


def _replace(
    session: Session,
    card: TimeCard,
    entry: TimeEntry,
    of: Replacing,
    till: Till,
) -> PaySlip:
    """Issue the slip in the other's place, and pay what is still owed."""
    slip = _issue(session, correction_work(card, entry, of), till)
    post_slips(session, [slip], clock=till.clock)
    kept = Money(kept_on(session, slip.id), slip.currency)
    post_kept(session, slip, ALREADY_PAID, kept, clock=till.clock)
    person = session.get_one(Person, slip.person_id)
    (payout,) = make_payouts(session, [slip], {person.id: person}, till)
    _log(session, f"slip:{slip.public_id}", "correct", slip, till.clock)
    _ask_to_pay(session, payout, slip, till.clock)
    tell_corrected(session, of, slip, clock=till.clock)
    _claim(session, slip, of.paid - kept, till.clock)
    return slip


def _claim(session: Session, slip: PaySlip, rest: Money, clock: Clock) -> None:
    """Ask the person about what was paid too much and could not be kept."""
    if rest.minor <= 0:
        return
    claim = Overpayment(
        company_id=slip.company_id,
        person_id=slip.person_id,
        time_card_id=slip.time_card_id,
        correction_id=slip.id,
        amount_minor=rest.minor,
        currency=rest.currency,
        created_at=clock.now(),
    )
    session.add(claim)
    session.flush()
    tell_overpaid(session, claim, slip, clock=clock)


def _issue(session: Session, work: SlipWork, till: Till) -> PaySlip:
    works = [work]
    (found,) = issue_slips(session, works, vault=till.vault, write=till.write, clock=till.clock)
    if isinstance(found, PayError):
        raise found
    now = till.clock.now()
    tasks.ask(session, "print_slip", f"print_slip:{found.id}", found.id, run_at=now)
    return found


def _ask_to_pay(session: Session, payout: Payout, slip: PaySlip, clock: Clock) -> None:
    if payout.state == PayoutState.DUE and payout.gateway != BANK_FILE:
        key = f"send_payout:{payout.id}:{payout.attempts}"
        tasks.ask(session, "send_payout", key, payout.id, run_at=clock.now())
    if payout.state == PayoutState.HELD:
        tell_payee_is_needed(session, payout, slip, clock=clock)


def _follow_up(
    session: Session,
    others: list[TimeCard],
    voucher: AdjustmentVoucher,
    clock: Clock,
) -> None:
    """Propose to price the person's other paid days again that this adjustment changes."""
    session.flush()
    changed = [card for card in others if pays_otherwise_now(session, card)]
    if not changed:
        return
    why = _cause(session, voucher)
    for card in changed:
        timecards.propose_follow_up(session, card, voucher, why, clock=clock)


def _cause(session: Session, voucher: AdjustmentVoucher) -> Sentence:
    card = session.get_one(TimeCard, voucher.time_card_id)
    day = session.get_one(ShootDay, card.shoot_day_id)
    zone = session.get_one(Production, card.production_id).zone
    entry = session.scalars(
        sa.select(TimeEntry).where(
            TimeEntry.time_card_id == card.id,
            TimeEntry.version == card.version,
        ),
    ).one()
    wrap = zones.show_clock(zones.clock_minutes(entry.out_at, day.shoot_date, zone))
    return say(
        "The wrap of %(day)s was corrected to %(wrap)s, and this day follows from it.",
        day=day.shoot_date,
        wrap=wrap,
    )


def _log(session: Session, subject: str, action: str, slip: PaySlip, clock: Clock) -> None:
    """Log what became of a slip or payment; slip: the one that was issued, or is paid by it."""
    values = {"number": slip.number, "net": Money(slip.net_minor, slip.currency)}
    act = Act(subject=subject, action=action, after=values, company_id=slip.company_id)
    record(session, act, actor_id=None, clock=clock)
