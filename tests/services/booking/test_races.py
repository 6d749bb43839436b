"""Many people and many taps at once, on both databases: the last place, one person's evening."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Barrier

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState, NotFreeError
from marketplace.domain.booking.services import Accepted, AnswerOffer, CancelBooking, SendOffer
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import FixedClock
from tests.support.builders import NOW, a_person, a_production, a_role, a_shoot_day
from tests.support.databases import Database

CROWD = 50
HANDS = 16
CLOCK = FixedClock(NOW)

Answered = Accepted | NotFreeError


def at_once(database: Database, answers: Sequence[AnswerOffer]) -> list[Answered]:
    """Give all answers at the same moment, each over a connection of its own."""
    start = Barrier(min(HANDS, len(answers)))

    def give(place: int) -> Answered:
        if place < start.parties:
            start.wait(timeout=30)
        with database.session() as session:
            try:
                with db.transaction(session):
                    return services.accept(session, answers[place], clock=CLOCK)
            except NotFreeError as refusal:
                return refusal

    with ThreadPoolExecutor(HANDS) as crowd:
        return list(crowd.map(give, range(len(answers)), timeout=120))


def arranged(
    database: Database, build: Callable[[Session], list[AnswerOffer]]
) -> list[AnswerOffer]:
    with database.session() as session, db.transaction(session):
        return build(session)


def offered(session: Session, role: Role, day: ShootDay, person: Person) -> AnswerOffer:
    production = session.get_one(Production, role.production_id)
    command = SendOffer(
        role.id,
        person.id,
        None,
        [day.id],
        NOW + timedelta(days=1),
        "",
        production.created_by_id,
    )
    offer = services.send_offer(session, command, clock=CLOCK)
    booking = sa.select(Booking.id).where(Booking.offer_id == offer.id)
    return AnswerOffer(offer.id, person.id, list(session.scalars(booking)))


def counts(database: Database) -> dict[str, int]:
    with database.session() as session:
        rows = session.execute(sa.select(Booking.state, sa.func.count()).group_by(Booking.state))
        return {row[0]: row[1] for row in rows}


def test_fifty_people_take_the_last_place_and_one_of_them_has_it(database: Database) -> None:
    def build(session: Session) -> list[AnswerOffer]:
        production = a_production(session)
        day = a_shoot_day(session, production)
        role = a_role(session, production, [day])
        people = [a_person(session, f"Person {number}") for number in range(CROWD)]
        return [offered(session, role, day, person) for person in people]

    answers = at_once(database, arranged(database, build))

    assert counts(database) == {BookingState.CONFIRMED: 1, BookingState.STANDBY: CROWD - 1}
    assert not [one for one in answers if isinstance(one, NotFreeError)]
    with database.session() as session:
        assert session.scalars(sa.select(RoleDate.confirmed)).one() == 1
        ranks = session.scalars(sa.select(Booking.standby_rank)).all()
        assert {rank for rank in ranks if rank} == set(range(1, CROWD))


def test_one_person_accepts_fifty_offers_of_one_evening_and_gets_one(database: Database) -> None:
    def build(session: Session) -> list[AnswerOffer]:
        person = a_person(session)
        found = []
        for _ in range(CROWD):
            production = a_production(session)
            day = a_shoot_day(session, production, call="16:00", wrap="26:00")
            found.append(offered(session, a_role(session, production, [day]), day, person))
        return found

    answers = at_once(database, arranged(database, build))

    assert counts(database) == {BookingState.CONFIRMED: 1, BookingState.OFFERED: CROWD - 1}
    assert len([one for one in answers if isinstance(one, NotFreeError)]) == CROWD - 1
    with database.session() as session:
        assert sum(session.scalars(sa.select(RoleDate.confirmed))) == 1


def test_one_tap_sent_fifty_times_books_once_and_tells_once(database: Database) -> None:
    def build(session: Session) -> list[AnswerOffer]:
        production = a_production(session)
        day = a_shoot_day(session, production)
        role = a_role(session, production, [day], headcount=3)
        return [offered(session, role, day, a_person(session))] * CROWD

    answers = at_once(database, arranged(database, build))

    assert all(isinstance(one, Accepted) and len(one.confirmed) == 1 for one in answers)
    with database.session() as session:
        assert session.scalars(sa.select(RoleDate.confirmed)).one() == 1
        booked = sa.select(Mail).where(Mail.key.contains("accepted:talent"))
        assert len(session.scalars(booked).all()) == 1


def test_an_offer_sent_while_a_call_moves_has_the_new_call(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        day = a_shoot_day(session, a_production(session))
        role = a_role(session, session.get_one(Production, day.production_id), [day])
        person = a_person(session)
        day_id, role_id, person_id = day.id, role.id, person.id
    later = CLOCK.now() + timedelta(days=3)

    def offer() -> None:
        with database.session() as session, db.transaction(session):
            offered(
                session,
                session.get_one(Role, role_id),
                session.get_one(ShootDay, day_id),
                session.get_one(Person, person_id),
            )

    with ThreadPoolExecutor(1) as casting:
        with database.session() as session, db.transaction(session):
            moved = db.lock_one(session, ShootDay, day_id)
            moved.call_at, moved.wrap_at = later, later + timedelta(hours=12)
            session.flush()
            sent = casting.submit(offer)
            assert not wait([sent], timeout=0.5).done
        sent.result(timeout=60)

    with database.session() as session:
        assert session.scalars(sa.select(Booking.call_at)).one() == later


def test_cancelling_while_others_accept_never_overbooks_nor_leaves_a_place_empty(
    database: Database,
) -> None:
    def build(session: Session) -> list[AnswerOffer]:
        production = a_production(session)
        day = a_shoot_day(session, production)
        role = a_role(session, production, [day], headcount=4)
        people = [a_person(session, f"Person {number}") for number in range(20)]
        return [offered(session, role, day, person) for person in people]

    answers = arranged(database, build)
    at_once(database, answers[:8])
    with database.session() as session:
        taken = sa.select(Booking).where(Booking.state == BookingState.CONFIRMED)
        cancels = [
            CancelBooking(one.id, one.production_id, 1, "Cut") for one in session.scalars(taken)
        ]

    def cancel(command: CancelBooking) -> None:
        with database.session() as session, db.transaction(session):
            services.cancel(session, command, clock=CLOCK)

    with ThreadPoolExecutor(HANDS) as crowd:
        cancelled = [crowd.submit(cancel, command) for command in cancels]
        accepted = crowd.submit(at_once, database, answers[8:])
        for one in cancelled:
            one.result(timeout=60)
        accepted.result(timeout=120)

    assert counts(database) == {
        BookingState.CANCELLED_BY_PRODUCTION: 4,
        BookingState.CONFIRMED: 4,
        BookingState.STANDBY: 12,
    }
