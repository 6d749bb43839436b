"""Time cards become pay slips, payouts and their postings, in one transaction, with proofs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_all, lock
from marketplace.domain.audit.services import Act, record_all
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import BANK_FILE, PayoutState
from marketplace.domain.payments.services.carriers import ways_of
from marketplace.domain.payments.services.proofs import prove
from marketplace.domain.payments.services.telling import tell_payee_is_needed
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.services import SlipWork, issue_slips
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF, DayState
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.tasks.services import Wanted
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import WITHOUT_HOURS, CardState, is_payable
from marketplace.domain.timecards.services import lock_card
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money

CLOSING: Final = timedelta(minutes=1)
"""How long to wait for a day whose last minute has passed to be closed."""

Paid = PaySlip | DomainError | None
"""What became of a card: its slip, also when it was there before; why not; or nothing to pay."""


def pay_card(session: Session, time_card_id: int, *, till: Till) -> PaySlip | None:
    """Issue the slip of an approved card and ask for its payment; running it again changes nothing.

    Returns the slip, also when it was there before; None when there is nothing to pay: the card
    is not approved (any more), or its day was cancelled. Flushes, never commits.
    Raises NotYetError while the day still runs, PayeeIncompleteError when the person has not
    given what a slip needs, PayError when the day cannot be priced or taxed.
    """
    found = pay_cards(session, [time_card_id], till=till)[time_card_id]
    if isinstance(found, DomainError):
        raise found
    return found


def pay_cards(session: Session, card_ids: Collection[int], *, till: Till) -> dict[int, Paid]:
    """Pay many cards: slips, payouts, postings, locks, work and notices, proved before they stay.

    Returns what became of each: see `pay_card`, whose refusals are values here. Either all that
    can be paid is, or nothing: BooksError when the proofs fail. Flushes, never commits.
    """
    cards = lock(session, TimeCard, list(card_ids))
    found: dict[int, Paid] = dict(_issued(session, card_ids))
    open_cards = [card for card in cards if card.id not in found]
    found |= _refused(session, open_cards, till.clock)
    ready = [card for card in open_cards if card.id not in found]
    if ready:
        found |= _pay(session, ready, till)
    return found


def _issued(session: Session, card_ids: Collection[int]) -> dict[int, PaySlip]:
    slips = session.scalars(
        sa.select(PaySlip).where(PaySlip.time_card_id.in_(card_ids), PaySlip.kind == "original"),
    )
    return {slip.time_card_id: slip for slip in slips}


def _refused(session: Session, cards: Sequence[TimeCard], clock: Clock) -> dict[int, Paid]:
    """Return the cards that are not to be paid now, and why; None: there is nothing to pay."""
    ids = {card.shoot_day_id for card in cards}
    rows = session.execute(
        sa.select(ShootDay, Production)
        .join(Production, Production.id == ShootDay.production_id)
        .where(ShootDay.id.in_(ids)),
    )
    days = {day.id: (day, production) for day, production in rows}
    refused: dict[int, Paid] = {}
    for card in cards:
        day, production = days[card.shoot_day_id]
        needs = production.needs_payroll_approval
        if not is_payable(CardState(card.state), needs_payroll_approval=needs):
            refused[card.id] = None
        elif day.state == DayState.PLANNED:
            refused[card.id] = NotYetError(max(day.wrap_at, clock.now() + CLOSING))
        elif day.state in CALLED_OFF and card.kind not in WITHOUT_HOURS:
            refused[card.id] = None
    return refused


def _pay(session: Session, cards: Sequence[TimeCard], till: Till) -> dict[int, Paid]:
    """Issue what can be issued, and everything that goes with a slip."""
    people = lock(session, Person, [card.person_id for card in cards])
    works = [SlipWork(card=card) for card in cards]
    issued = issue_slips(session, works, vault=till.vault, write=till.write, clock=till.clock)
    found: dict[int, Paid] = {card.id: one for card, one in zip(cards, issued, strict=True)}
    slips = [one for one in issued if isinstance(one, PaySlip)]
    for card in cards:
        if isinstance(found[card.id], PaySlip):
            lock_card(card, clock=till.clock)
    post_slips(session, slips, clock=till.clock)
    payouts = make_payouts(session, slips, {one.id: one for one in people}, till)
    _log(session, slips, payouts, till.clock)
    _ask(session, slips, payouts, till.clock)
    session.flush()
    prove(session, slips)
    return found


def post_slips(session: Session, slips: Iterable[PaySlip], *, clock: Clock) -> None:
    """Post what was earned, and what of it is owed to others than the person."""
    post_all(session, [one for slip in slips for one in _postings(slip)], clock=clock)


def _postings(slip: PaySlip) -> Iterator[Posting]:
    key, payable = f"slip:{slip.public_id}", accounts.payable(slip.person_id)
    withheld = accounts.withholding(slip.withholding_agent, slip.scheme)
    deducted = accounts.deductions(slip.withholding_agent)
    for what, debit, credit, minor in (
        ("gross", accounts.wages(slip.company_id), payable, slip.gross_minor),
        ("withheld", payable, withheld, slip.withheld_minor),
        ("deducted", payable, deducted, slip.deducted_minor),
    ):
        amount = Money(minor, slip.currency)
        yield Posting(f"{key}:{what}", debit, credit, amount, slip.company_id)


def make_payouts(
    session: Session,
    slips: Sequence[PaySlip],
    people: Mapping[int, Person],
    till: Till,
) -> list[Payout]:
    """Store the payout of each slip, in order: due, held, or nothing due."""
    payouts = [
        Payout(
            pay_slip_id=slip.id,
            company_id=slip.company_id,
            production_id=slip.production_id,
            shoot_day_id=slip.shoot_day_id,
            person_id=slip.person_id,
            amount_minor=slip.net_minor,
            currency=slip.currency,
            state=way.state,
            gateway=way.gateway,
            problem_code=way.problem,
            created_at=till.clock.now(),
        )
        for slip, way in zip(slips, ways_of(session, slips, people, till), strict=True)
    ]
    insert_all(session, payouts)
    return payouts


def _log(
    session: Session,
    slips: Sequence[PaySlip],
    payouts: Sequence[Payout],
    clock: Clock,
) -> None:
    acts = (
        Act(
            subject=f"slip:{slip.public_id}",
            action="issue",
            after={
                "number": slip.number,
                "net": Money(slip.net_minor, slip.currency),
                "payout": payout.state,
            },
            company_id=slip.company_id,
        )
        for slip, payout in zip(slips, payouts, strict=True)
    )
    record_all(session, acts, actor_id=None, clock=clock)


def _ask(
    session: Session,
    slips: Sequence[PaySlip],
    payouts: Sequence[Payout],
    clock: Clock,
) -> None:
    """Ask for what follows: print the slips, send the money or tell who must act."""
    now = clock.now()
    wanted = [Wanted("print_slip", f"print_slip:{slip.id}", slip.id, now) for slip in slips]
    wanted += [
        Wanted("send_payout", f"send_payout:{payout.id}:{payout.attempts}", payout.id, now)
        for payout in payouts
        if payout.state == PayoutState.DUE and payout.gateway != BANK_FILE
    ]
    tasks.ask_all(session, wanted)
    for slip, payout in zip(slips, payouts, strict=True):
        if payout.state == PayoutState.HELD:
            tell_payee_is_needed(session, payout, slip, clock=clock)
