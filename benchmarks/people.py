"""Finding people among many: `python -m benchmarks.people [people]`.

Each way answers the same question in turns within one process, on SQLite, and only CPU time counts
(user and system): read the ratios, not the milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.queries.fits import DayWindow, fits_of_people
from marketplace.domain.booking.queries.people_search import (
    PAGE,
    PeopleFilters,
    days_to_come,
    find_people,
)
from marketplace.domain.booking.rules import Fit
from marketplace.domain.people.models import Person, PersonGram, PersonListing
from marketplace.kernel.grams import grams, leveled, tag
from marketplace.kernel.ids import public_id
from tests.support.builders import (
    NOW,
    UNUSABLE_HASH,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
)
from tests.support.databases import SqliteFarm

PEOPLE: Final = 20_000
ROUNDS: Final = 7
SHARE_BOOKED: Final = 3
"""One in so many people works elsewhere on one of the dates."""
RARE: Final = 1_500
"""One in so many people is called 林晚."""
NAMES: Final = ("Ava Lin", "Mei Alvarez", "欧阳娜娜", "Zoë O'Neill", "Ben Okafor", "王伟")
LANGUAGES: Final = ("en", "zh", "yue", "es")


def main() -> None:
    """Print the table; the first argument says how many people there are."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as folder, SqliteFarm(Path(folder)).fresh() as database:
        with database.session() as session, db.transaction(session):
            days = _fill(session, count)
        with database.session() as session:
            _print(count, _measure(_ways(session, days)))


def _ways(session: Session, days: tuple[DayWindow, ...]) -> dict[str, Callable[[], int]]:
    """Return what takes turns: each answers one question and returns how many people it found."""

    def finds(**filters: object) -> Callable[[], int]:
        asked = PeopleFilters(**filters)  # type: ignore[arg-type]  # named by the caller
        return lambda: len(find_people(session, asked).people)

    oldest = sa.select(Person.public_id).join(PersonListing).order_by(PersonListing.listed_at)
    deep = session.scalars(oldest.offset(PAGE).limit(1)).one()
    return {
        "newest 25, three dates": finds(days=days),
        "the last page of all": lambda: len(
            find_people(session, PeopleFilters(days=days), after=deep).people
        ),
        "named 林晚": finds(text="林晚"),
        "the same by LIKE": lambda: _by_like(session, "林晚"),
        "Mandarin, plays 24–34": finds(languages=("zh",), plays=(24, 34)),
        "free and rested": finds(days=days, is_free=True),
        "the same, one by one": lambda: _one_by_one(session, days),
    }


def _by_like(session: Session, text: str) -> int:
    said = sa.select(PersonListing.person_id).where(PersonListing.said.contains(text))
    newest = said.order_by(PersonListing.listed_at.desc(), PersonListing.person_id.desc())
    return len(session.scalars(newest.limit(PAGE)).all())


def _one_by_one(session: Session, days: tuple[DayWindow, ...]) -> int:
    """Count who is free by reading everybody and their work, as one would without the index."""
    people = list(session.scalars(sa.select(PersonListing.person_id)))
    free = 0
    for start in range(0, len(people), 1_000):
        fits = fits_of_people(session, people[start : start + 1_000], days)
        free += sum(set(found.values()) == {Fit.FREE} for found in fits.values())
    return min(free, PAGE)


def _measure(ways: dict[str, Callable[[], int]]) -> dict[str, tuple[int, float]]:
    """Return how many people each way found, and its median CPU seconds."""
    found = {name: ask() for name, ask in ways.items()}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, ask in ways.items():
            started = time.process_time()
            ask()
            taken[name].append(time.process_time() - started)
    return {name: (found[name], statistics.median(taken[name])) for name in ways}


def _print(count: int, measured: dict[str, tuple[int, float]]) -> None:
    first = next(iter(measured.values()))[1]
    print(f"{count:,} listed people on SQLite, CPU time")
    print(f"{'way':<28}{'found':>8}{'ms':>10}{'ratio':>9}")
    for name, (found, seconds) in measured.items():
        print(f"{name:<28}{found:>8}{seconds * 1000:>10.2f}{seconds / first:>8.1f}×")


def _fill(session: Session, count: int) -> tuple[DayWindow, ...]:
    """Write many listed people, and work elsewhere for some; returns the dates looked for."""
    show, other = a_production(session), a_production(session, title="Elsewhere")
    dates = ("2026-11-28", "2026-11-29", "2026-11-30")
    for on in dates:
        a_shoot_day(session, show, on)
    busy = a_shoot_day(session, other, dates[1], call="15:00", wrap="26:00")
    role = a_role(session, other, [busy], headcount=count)
    first = a_person(session, "First")
    booking = a_booking(session, role, first, busy)
    numbers = range(count)
    db.insert_rows(session, User, [_user(number) for number in numbers])
    users = session.scalars(sa.select(User.id).where(User.email.like("many%")).order_by(User.id))
    ids = db.insert_rows(
        session, Person, [_person(number, user) for number, user in enumerate(users)]
    )
    db.insert_rows(session, PersonListing, [_listing(*one) for one in enumerate(ids)])
    db.insert_rows(
        session,
        PersonGram,
        [{"gram": gram, "person_id": one} for at, one in enumerate(ids) for gram in _entries(at)],
    )
    _book(session, booking, ids[::SHARE_BOOKED])
    return tuple(days_to_come(session, show.id, NOW).values())


def _book(session: Session, like: Booking, people: Iterable[int]) -> None:
    """Give people confirmed work like a booking there is."""
    columns = [column.key for column in Booking.__table__.columns if column.key != "id"]
    values = {name: getattr(like, name) for name in columns}
    offers = sa.insert(Booking.metadata.tables["offer"])
    told = dict(
        session.execute(sa.select(Booking.metadata.tables["offer"])).mappings().one(),
    )
    del told["id"]
    rows = [{**told, "public_id": public_id(), "person_id": one} for one in people]
    session.execute(offers, rows)
    made = session.execute(
        sa.text("SELECT id, person_id FROM offer WHERE id > :first"), {"first": like.offer_id}
    )
    db.insert_rows(
        session,
        Booking,
        [
            {**values, "public_id": public_id(), "offer_id": offer, "person_id": person}
            for offer, person in made
        ],
    )


def _user(number: int) -> dict[str, object]:
    made = User(
        email=f"many{number}@example.test",
        password_hash=UNUSABLE_HASH,
        display_name="",
        created_at=NOW,
    )
    return _row(made)


def _person(number: int, user_id: int) -> dict[str, object]:
    made = Person(user_id=user_id, stage_name=_name(number), is_listed=True, created_at=NOW)
    return _row(made)


def _listing(number: int, person_id: int) -> dict[str, object]:
    youngest = 18 + number % 40
    made = PersonListing(
        person_id=person_id,
        is_actor=True,
        is_background=number % 2 == 0,
        is_crew=False,
        plays_from=youngest,
        plays_to=youngest + 8,
        languages=[LANGUAGES[number % len(LANGUAGES)]],
        said=leveled(_name(number)),
        listed_at=NOW - timedelta(seconds=number),
    )
    return _row(made)


def _entries(number: int) -> set[str]:
    spoken = tag("language", LANGUAGES[number % len(LANGUAGES)])
    return grams(_name(number)) | {spoken, tag("city", "los angeles")}


def _name(number: int) -> str:
    name = "林晚" if number % RARE == 0 else NAMES[number % len(NAMES)]
    return f"{name} {number}"


def _row(made: db.Base) -> dict[str, object]:
    """Return the columns of an object that is not stored."""
    return {
        column.key: getattr(made, column.key)
        for column in made.__table__.columns
        if column.key != "id"
    }


if __name__ == "__main__":
    main()
