"""Days that move or are called off, people who are replaced: refused once somebody has hours."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules.moving import MoveRefusedError
from marketplace.domain.booking.services import moving, reconfirming, refusals, replacing
from marketplace.domain.booking.services.moving import CalledOff, CallOffDay, MoveDay
from marketplace.domain.booking.services.reconfirming import AnswerMove
from marketplace.domain.booking.services.replacing import Replaced, ReplacePerson
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import WITHOUT_HOURS
from marketplace.domain.timecards.services.special import open_fee
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say


def has_hours(session: Session, shoot_day_id: int) -> bool:
    """Say whether somebody was signed in, or has hours, on a day."""
    found = sa.select(TimeCard.id).where(
        TimeCard.shoot_day_id == shoot_day_id,
        TimeCard.version > 0,
        TimeCard.kind.not_in(WITHOUT_HOURS),
    )
    return session.scalar(found.limit(1)) is not None


def move_day(session: Session, command: MoveDay, *, clock: Clock) -> CalledOff:
    """Move a day; fees that are due at once get a card, first refusals of the old day end.

    Raises MoveRefusedError when there are hours, and what `booking.services.moving` refuses.
    """
    _refuse_hours(session, command.shoot_day_id)
    done = moving.move_day(session, command, clock=clock)
    refusals.release_day(session, command.shoot_day_id, command.by_id, clock=clock)
    _open(session, done.ended, by_id=command.by_id, clock=clock)
    return done


def call_off_day(session: Session, command: CallOffDay, *, clock: Clock) -> CalledOff:
    """Call a whole day off; everybody with a fee gets a card.

    Raises MoveRefusedError when there are hours, and what `booking.services.moving` refuses.
    """
    _refuse_hours(session, command.shoot_day_id)
    done = moving.call_off_day(session, command, clock=clock)
    refusals.release_day(session, command.shoot_day_id, command.by_id, clock=clock)
    _open(session, done.ended, by_id=command.by_id, clock=clock)
    return done


def refuse_move(session: Session, command: AnswerMove, *, clock: Clock) -> Booking:
    """Let a person out of a day that moved; a fee for the old day gets a card."""
    paid = reconfirming.refuse_move(session, command, clock=clock)
    _open(session, [paid], by_id=None, clock=clock)
    return paid


def expire_reconfirm(session: Session, booking_id: int, *, clock: Clock) -> Booking | None:
    """End the place of somebody who did not answer; a fee for the old day gets a card."""
    paid = reconfirming.expire_reconfirm(session, booking_id, clock=clock)
    if paid is not None:
        _open(session, [paid], by_id=None, clock=clock)
    return paid


def replace_person(session: Session, command: ReplacePerson, *, clock: Clock) -> Replaced:
    """Replace a person from a day on; every date with a fee gets a card."""
    done = replacing.replace(session, command, clock=clock)
    _open(session, done.paid, by_id=command.by_id, clock=clock)
    return done


def _refuse_hours(session: Session, shoot_day_id: int) -> None:
    if has_hours(session, shoot_day_id):
        raise MoveRefusedError(
            say("There are hours on this day already, so it has been worked and stays."),
        )


def _open(session: Session, ended: Sequence[Booking], *, by_id: int | None, clock: Clock) -> None:
    for booking in ended:
        open_fee(session, booking, by_id=by_id, clock=clock)
