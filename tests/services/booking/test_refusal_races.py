"""Many productions and one person at once, on both databases: ranks, challenges, bookings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking, FirstRefusal, Offer
from marketplace.domain.booking.rules import BookingState, OfferState
from marketplace.domain.booking.rules.refusals import RefusalState
from marketplace.domain.booking.services import counters, refusals, standing
from marketplace.domain.booking.services.answers import AnswerOffer
from marketplace.domain.booking.services.counters import AnswerCounter, CounterOffer
from marketplace.domain.booking.services.offers import SendOffer
from marketplace.domain.booking.services.refusals import ChallengeAhead, GiveBackRefusal
from marketplace.domain.booking.services.reserving import Reserve, reserve
from marketplace.domain.casting.models import Role
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from tests.support.builders import NOW, a_person, a_production, a_role, a_shoot_day
from tests.support.databases import Database

CROWD = 50
HANDS = 16
CLOCK = FixedClock(NOW)
UNTIL = NOW + timedelta(hours=30)

Act = Callable[[Session], object]


def at_once(database: Database, acts: Sequence[Act]) -> list[DomainError | None]:
    """Do all acts at the same moment, each over a connection of its own; what each refused."""
    start = Barrier(min(HANDS, len(acts)))

    def do(place: int) -> DomainError | None:
        if place < start.parties:
            start.wait(timeout=30)
        with database.session() as session:
            try:
                with db.transaction(session):
                    acts[place](session)
            except DomainError as refusal:
                return refusal
        return None

    with ThreadPoolExecutor(HANDS) as crowd:
        return list(crowd.map(do, range(len(acts)), timeout=120))


def a_show(session: Session) -> tuple[Production, ShootDay, Role]:
    production = a_production(session)
    day = a_shoot_day(session, production)
    return production, day, a_role(session, production, [day])


def wish(session: Session, person: Person) -> Reserve:
    production, day, role = a_show(session)
    return Reserve(role.id, production.id, [person.id], [day.id], UNTIL, production.created_by_id)


def wishes(command: Reserve) -> Act:
    return lambda session: reserve(session, command, clock=CLOCK)


def ranks(database: Database, person_id: int) -> list[int]:
    with database.session() as session:
        return sorted(standing.ranks_of(standing.live_of(session, person_id)).values())


def test_fifty_productions_ask_at_once_and_each_has_a_rank_of_its_own(
    database: Database,
) -> None:
    with database.session() as session, db.transaction(session):
        person = a_person(session)
        person_id = person.id
        commands = [wish(session, person) for _ in range(CROWD)]

    assert not any(at_once(database, [wishes(command) for command in commands]))

    assert ranks(database, person_id) == list(range(1, CROWD + 1))
    with database.session() as session:
        had = session.scalars(sa.select(Mail).where(Mail.key.contains(":had:talent"))).all()
        assert len(had) == CROWD


def test_one_production_asks_fifty_times_and_has_one(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        person = a_person(session)
        person_id, command = person.id, wish(session, person)

    refused = at_once(database, [wishes(command)] * CROWD)

    assert sum(one is None for one in refused) == 1
    assert ranks(database, person_id) == [1]


def test_ten_leave_at_once_and_the_ranks_of_the_others_have_no_gap(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        person = a_person(session)
        person_id = person.id
        made = [reserve(session, wish(session, person), clock=CLOCK).made[0].id for _ in range(20)]
    leaving = [GiveBackRefusal(one, person_id) for one in made[::2]]

    def leave(command: GiveBackRefusal) -> Act:
        return lambda session: refusals.give_back(session, command, clock=CLOCK)

    assert not any(at_once(database, [leave(command) for command in leaving]))

    assert ranks(database, person_id) == list(range(1, 11))


def test_a_challenge_and_a_booking_at_one_moment_have_one_winner(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        person = a_person(session)
        person_id = person.id
        holder, day, role = a_show(session)
        mine = Reserve(role.id, holder.id, [person_id], [day.id], UNTIL, holder.created_by_id)
        first = reserve(session, mine, clock=CLOCK).made[0].id
        theirs = wish(session, person)
        second = reserve(session, theirs, clock=CLOCK).made[0].id
        offer = services.send_offer(
            session,
            SendOffer(role.id, person_id, None, [day.id], UNTIL, "", holder.created_by_id),
            clock=CLOCK,
        )
        booking = session.scalars(sa.select(Booking.id).where(Booking.offer_id == offer.id)).one()
        answer = AnswerOffer(offer.id, person_id, [booking])
    challenge = ChallengeAhead(second, theirs.production_id, theirs.by_id)
    acts: list[Act] = [
        lambda session: services.accept(session, answer, clock=CLOCK),
        lambda session: refusals.challenge_ahead(session, challenge, clock=CLOCK),
    ]

    refused = at_once(database, acts * 8)

    assert refused[0] is None
    with database.session() as session:
        states = session.scalars(sa.select(FirstRefusal.state).order_by(FirstRefusal.id)).all()
        assert list(states) == [RefusalState.CONFIRMED, RefusalState.RELEASED]
        assert session.get_one(FirstRefusal, first).challenge_ends_at is None
        assert session.scalars(sa.select(Booking.state)).one() == BookingState.CONFIRMED


def test_the_end_of_a_challenge_and_the_answer_to_it_have_one_winner(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        person = a_person(session)
        person_id = person.id
        holder, day, role = a_show(session)
        mine = Reserve(role.id, holder.id, [person_id], [day.id], UNTIL, holder.created_by_id)
        first = reserve(session, mine, clock=CLOCK).made[0].id
        theirs = wish(session, person)
        second = reserve(session, theirs, clock=CLOCK).made[0].id
        challenge = ChallengeAhead(second, theirs.production_id, theirs.by_id)
        ends = FixedClock(refusals.challenge_ahead(session, challenge, clock=CLOCK))
        by_id = holder.created_by_id
        command = SendOffer(
            role.id, person_id, None, [day.id], ends.now() + timedelta(hours=1), "", by_id
        )
    acts: list[Act] = [
        lambda session: services.send_offer(session, command, clock=ends),
        lambda session: refusals.end_challenge(session, first, clock=ends),
    ]

    at_once(database, acts * 8)

    with database.session() as session:
        one, two = session.scalars(sa.select(FirstRefusal).order_by(FirstRefusal.id))
        assert one.state in {RefusalState.OFFERED, RefusalState.RELEASED}
        assert two.state == RefusalState.ACTIVE
        news = session.scalars(
            sa.select(Mail.key).where(
                sa.or_(Mail.key.contains(":answered:"), Mail.key.contains(":ended:casting")),
            ),
        ).all()
        assert len(news) == 1


def test_agreeing_and_keeping_the_terms_at_one_moment_have_one_winner(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        person = a_person(session)
        production, day, role = a_show(session)
        by_id = production.created_by_id
        offer = services.send_offer(
            session,
            SendOffer(role.id, person.id, None, [day.id], UNTIL, "", by_id),
            clock=CLOCK,
        )
        booking = session.scalars(sa.select(Booking.id)).one()
        wanted = CounterOffer(offer.id, person.id, [booking], Money(35_000, "USD"))
        counters.counter(session, wanted, clock=CLOCK)
        answer = AnswerCounter(offer.id, production.id, by_id)
    acts: list[Act] = [
        lambda session: counters.agree(session, answer, clock=CLOCK),
        lambda session: counters.keep_terms(session, answer, clock=CLOCK),
    ]

    refused = at_once(database, acts * 8)

    assert sum(one is None for one in refused) == 1
    with database.session() as session:
        states = Counter(session.scalars(sa.select(Offer.state)))
        assert states in (
            Counter({OfferState.SENT: 1}),
            Counter({OfferState.REPLACED: 1, OfferState.SENT: 1}),
        )
