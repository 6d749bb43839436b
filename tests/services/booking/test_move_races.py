"""Two producers at once, and answers while the day moves, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

from sqlalchemy.orm import Session

from marketplace import db
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.booking.services.moving import CalledOff
from marketplace.domain.booking.services.reconfirming import AnswerMove, reconfirm
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.notices.models import Mail
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.timecards.services import called_off
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import DomainError
from tests.support.builders import NOW, a_booking, a_person, a_production, a_role, a_shoot_day
from tests.support.databases import Database
from tests.support.moving import a_move, terms

CLOCK = FixedClock(NOW)
ANSWER_BY = NOW + timedelta(hours=4)
PEOPLE = 6

Act = Callable[[Session], object]


def at_once(database: Database, acts: Sequence[Act]) -> list[object]:
    """Do all acts at the same moment, each over a connection of its own; refusals are values."""
    start = Barrier(len(acts))

    def do(act: Act) -> object:
        start.wait(timeout=30)
        with database.session() as session:
            try:
                with db.transaction(session):
                    return act(session)
            except DomainError as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(do, acts, timeout=120))


def a_full_day(session: Session) -> ShootDay:
    show = a_production(session)
    day = a_shoot_day(session, show, "2026-11-29")
    role = a_role(session, show, [day], headcount=PEOPLE)
    for number in range(PEOPLE):
        a_booking(session, role, a_person(session, f"Person {number}"), day)
    return day


def test_of_two_producers_one_moves_the_day_and_the_other_sees_it_anew(
    database: Database,
) -> None:
    with database.session() as session, db.transaction(session):
        day = a_full_day(session)
        moves = [
            a_move(session, day, terms(on), ANSWER_BY, clock=CLOCK)
            for on in ("2026-12-01", "2026-12-02")
        ]

    done = at_once(
        database,
        [partial(called_off.move_day, command=move, clock=CLOCK) for move in moves],
    )

    assert sum(isinstance(one, CalledOff) for one in done) == 1
    with database.session() as session:
        states = [one.state for one in session.query(ShootDay)]
        assert sorted(states) == [DayState.MOVED, DayState.PLANNED]
        asked = session.query(Booking).filter_by(state=BookingState.RECONFIRM)
        assert asked.count() == PEOPLE
        assert session.query(Mail).filter(Mail.key.contains("asked_again")).count() == PEOPLE


def test_answers_and_a_second_move_at_once_lose_nobody(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        day = a_full_day(session)
        move = a_move(session, day, terms("2026-12-01"), ANSWER_BY, clock=CLOCK)
        target = called_off.move_day(session, move, clock=CLOCK).target
        assert target is not None
        again = a_move(session, target, terms("2026-12-03"), ANSWER_BY, clock=CLOCK)
        answers = [
            AnswerMove(one.id, one.person_id)
            for one in session.query(Booking).filter_by(state=BookingState.RECONFIRM)
        ]
    yes: list[Act] = [
        lambda session, answer=answer: reconfirm(session, answer, clock=CLOCK)  # type: ignore[misc]  # the default is the value of this turn
        for answer in answers
    ]

    at_once(database, [*yes, lambda session: called_off.move_day(session, again, clock=CLOCK)])

    with database.session() as session:
        live = (BookingState.RECONFIRM, BookingState.CONFIRMED)
        standing = session.query(Booking).filter(Booking.state.in_(live)).all()
        assert len({one.person_id for one in standing}) == len(standing) == PEOPLE
        places = session.query(RoleDate).order_by(RoleDate.id).all()
        counted = {place.id: place.confirmed for place in places}
        for place_id, confirmed in counted.items():
            assert confirmed == sum(one.role_date_id == place_id for one in standing)
