"""A closed shoot day with as many approved cards as asked for, made in a few statements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import Base, insert_all
from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.services import Wanted
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.services import pay_key
from tests.support.builders import NOW
from tests.support.payday import a_closed_day, an_approved_card

Row = TypeVar("Row", bound=Base)

OVERTIME = [timedelta(minutes=minutes) for minutes in (0, 0, 90, 150, 36)]
NAMES = ("Ava Lin", "Ben Okafor", "Cleo Ruiz", "Dmitri Park", "赵国强")
_numbers = count(1)


def a_crowd(session: Session, vault: Vault, people: int) -> ShootDay:
    """Make the day: extras and crew with different hours; ask for all of them to be paid."""
    day = a_closed_day(session, wrap="23:00")
    card = an_approved_card(session, day, NAMES[0])
    session.flush()
    numbers = [next(_numbers) for _ in range(people - 1)]
    persons = _people(session, vault, card, numbers)
    booking = session.get_one(Booking, card.booking_id)
    place = session.get_one(RoleDate, booking.role_date_id)
    place.headcount = place.confirmed = people
    offer = session.get_one(Offer, booking.offer_id)
    offers = _copies(session, offer, ({"person_id": one.id} for one in persons))
    bookings = _copies(
        session,
        booking,
        (
            {"person_id": one.id, "offer_id": made.id}
            for one, made in zip(persons, offers, strict=True)
        ),
    )
    cards = _copies(
        session,
        card,
        ({"person_id": one.person_id, "booking_id": one.id} for one in bookings),
    )
    entry = session.scalars(sa.select(TimeEntry).where(TimeEntry.time_card_id == card.id)).one()
    entries = (
        {"time_card_id": one.id, "out_at": entry.out_at + OVERTIME[one.id % len(OVERTIME)]}
        for one in cards
    )
    _copies(session, entry, entries)
    wanted = [
        Wanted("pay_card", pay_key(one.id, one.version, one.state), one.id, NOW) for one in cards
    ]
    tasks.ask_all(session, wanted)
    return day


def _people(session: Session, vault: Vault, card: TimeCard, numbers: list[int]) -> list[Person]:
    person = session.get_one(Person, card.person_id)
    user = session.get_one(User, person.user_id)
    payee = session.scalars(sa.select(Payee).where(Payee.person_id == person.id)).one()
    users = _copies(session, user, ({"email": f"crowd{n}@example.test"} for n in numbers))
    persons = _copies(
        session,
        person,
        (
            {"user_id": one.id, "stage_name": f"{NAMES[one.id % len(NAMES)]} {one.id}"}
            for one in users
        ),
    )
    _copies(session, payee, (_sealed(vault, one) for one in persons))
    return persons


def _sealed(vault: Vault, person: Person) -> dict[str, object]:
    owner, name = f"payee:{person.id}", person.stage_name
    return {
        "person_id": person.id,
        "legal_name_sealed": vault.seal(name, f"{owner}|legal_name"),
        "legal_name_index": vault.index(name),
        "address_sealed": vault.seal(f"{person.id} Olive Street\nLos Angeles", f"{owner}|address"),
        "account_sealed": vault.seal(f"000{person.id:09d}", f"{owner}|account"),
    }


def _copies(session: Session, one: Row, changes: Iterable[dict[str, Any]]) -> list[Row]:
    """Store copies of a row, each with its changes and a name of its own."""
    names = set(sa.inspect(type(one)).columns.keys()) - {"id", "public_id"}
    values = {name: getattr(one, name) for name in names}
    copies = [type(one)(**values | change) for change in changes]
    insert_all(session, copies)
    return copies
