"""The production approves hours; a day closes after its last working minute; then it is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF, DayState
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import (
    PAYABLE,
    SIGNED,
    WITHOUT_HOURS,
    Action,
    CardState,
    after,
    is_payable,
)
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class ApproveCards:
    """A production approves cards of one shoot day, each in the version that was seen."""

    shoot_day_id: int
    production_id: int
    versions: dict[int, int]
    by_id: int


def approve(session: Session, command: ApproveCards, *, clock: Clock) -> list[TimeCard]:
    """Approve cards; those approved before stay as they are. Returns the newly approved ones.

    Where the production asks for it, the accountant signs next; else the cards can be paid.
    Raises NotAllowedError when a card is queried, changed meanwhile, or the approver's own.
    """
    day = lock_one(session, ShootDay, command.shoot_day_id)
    cards = lock(session, TimeCard, list(command.versions))
    approved = []
    for card in cards:
        if card.shoot_day_id != day.id or card.production_id != command.production_id:
            raise NotAllowedError(say("This time card belongs to another day."))
        if card.state in SIGNED:
            continue
        _approve(session, card, command, clock=clock)
        approved.append(card)
    session.flush()
    ask_if_over(session, day, approved, clock.now())
    return approved


def _approve(session: Session, card: TimeCard, command: ApproveCards, *, clock: Clock) -> None:
    if card.version != command.versions[card.id]:
        raise NotAllowedError(say("Hours changed meanwhile; please look at the day again."))
    if session.get_one(Person, card.person_id).user_id == command.by_id:
        raise NotAllowedError(say("Nobody approves their own hours; ask another producer."))
    before = card.state
    card.state = after(CardState(card.state), Action.APPROVE)
    card.approved_at = clock.now()
    card.approved_by_id = command.by_id
    card.returned_reason = ""
    act = audit.Act(
        subject=f"time_card:{card.public_id}",
        action=Action.APPROVE,
        before={"state": str(before)},
        after={"state": str(card.state), "version": card.version},
    )
    audit.record(session, act, actor_id=command.by_id, clock=clock)


def close_day(session: Session, shoot_day_id: int, *, clock: Clock) -> bool:
    """Close a day after its last working minute and ask for its approved cards to be paid.

    Returns False when it was closed before. Raises NotYetError while somebody still works.
    """
    day = lock_one(session, ShootDay, shoot_day_id)
    if day.state != DayState.PLANNED:
        return False
    end = last_minute(session, day)
    if end > clock.now():
        raise NotYetError(end)
    day.state = DayState.CLOSED
    day.closed_at = clock.now()
    act = audit.Act(
        subject=f"shoot_day:{day.public_id}",
        action="close",
        before={"state": str(DayState.PLANNED)},
        after={"state": str(day.state), "last_minute": end},
    )
    audit.record(session, act, actor_id=None, clock=clock)
    approved = sa.select(TimeCard).where(
        TimeCard.shoot_day_id == day.id,
        TimeCard.state.in_(PAYABLE),
    )
    cards = session.scalars(approved).all()
    ask_if_over(session, day, cards, clock.now())
    return True


def last_minute(session: Session, day: ShootDay) -> datetime:
    """Return when the last person of a day stops: the latest of plan, agreed wraps and entries."""
    wraps = sa.select(sa.func.max(Booking.wrap_at)).where(
        Booking.shoot_day_id == day.id,
        Booking.state == BookingState.CONFIRMED,
    )
    outs = (
        sa.select(sa.func.max(TimeEntry.out_at))
        .join(TimeCard, TimeCard.id == TimeEntry.time_card_id)
        .where(TimeCard.shoot_day_id == day.id, TimeEntry.version == TimeCard.version)
    )
    found = (session.scalar(wraps), session.scalar(outs))
    return max([day.wrap_at, *(instant for instant in found if instant)])


def lock_card(card: TimeCard, *, clock: Clock) -> None:
    """Lock a card whose pay slip is issued; nothing on it changes any more."""
    card.state = after(CardState(card.state), Action.LOCK)
    card.locked_at = clock.now()


def is_every_card_locked(session: Session, shoot_day_id: int) -> bool:
    """Say whether everybody who is owed anything for a day has a slip.

    Every confirmed booking has a locked card, and so has every card of a fee.
    """
    is_locked = sa.exists().where(
        TimeCard.booking_id == Booking.id,
        TimeCard.state == CardState.LOCKED,
    )
    of_a_fee = sa.exists().where(
        TimeCard.booking_id == Booking.id,
        TimeCard.kind.in_(WITHOUT_HOURS),
    )
    waiting = sa.exists().where(
        Booking.shoot_day_id == shoot_day_id,
        sa.or_(Booking.state == BookingState.CONFIRMED, of_a_fee),
        ~is_locked,
    )
    return not session.scalar(sa.select(waiting))


def ask_for_approved(session: Session, production_id: int, *, clock: Clock) -> int:
    """Ask again for the pay of approved cards of days that are over; returns how many.

    For a production that no longer asks for the accountant's signature.
    """
    found = session.execute(
        sa.select(TimeCard, ShootDay)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .where(
            TimeCard.production_id == production_id,
            TimeCard.state.in_(PAYABLE),
            ShootDay.state.in_((DayState.CLOSED, *CALLED_OFF)),
        ),
    ).all()
    now = clock.now()
    ready = [card for card, day in found if _payable(session, day, [card])]
    for card in ready:
        key = f"{pay_key(card.id, card.version, card.state)}:{now:%Y%m%dT%H%M%S}"
        tasks.ask(session, "pay_card", key, card.id, run_at=now)
    return len(ready)


def pay_key(card_id: int, version: int, state: str) -> str:
    """Name the work of paying a card, once for each version and each last signature."""
    signed = ":payroll" if state == CardState.PAYROLL_APPROVED else ""
    return f"pay_card:{card_id}:{version}{signed}"


def ask_if_over(session: Session, day: ShootDay, cards: Sequence[TimeCard], now: datetime) -> None:
    """Ask for the pay of cards that have every signature, when their day is over."""
    if day.state == DayState.CLOSED or day.state in CALLED_OFF:
        _ask_to_pay(session, _payable(session, day, cards), now)


def _payable(session: Session, day: ShootDay, cards: Sequence[TimeCard]) -> list[TimeCard]:
    needs = session.get_one(Production, day.production_id).needs_payroll_approval
    return [
        card for card in cards if is_payable(CardState(card.state), needs_payroll_approval=needs)
    ]


def _ask_to_pay(session: Session, cards: Sequence[TimeCard], now: datetime) -> None:
    wanted = [
        tasks.Wanted("pay_card", pay_key(card.id, card.version, card.state), card.id, now)
        for card in cards
    ]
    tasks.ask_all(session, wanted)
