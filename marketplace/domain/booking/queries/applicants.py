"""The applicants of a role as casting sees them: how each date fits, never why it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.fits import DayWindow, fits_of_people
from marketplace.domain.booking.rules import BookingState, Fit, OfferState, is_possible
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.casting.queries.applicants import ApplicantRow, applicants_of
from marketplace.domain.casting.rules import ENDED, ApplicationState
from marketplace.domain.people.models import Person
from marketplace.domain.people.queries.whole import languages
from marketplace.domain.people.rules import Level
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import CALLED_OFF

STAGES: Final = {
    "all": frozenset(ApplicationState),
    "new": frozenset({ApplicationState.SUBMITTED}),
    "viewed": frozenset({ApplicationState.VIEWED}),
    "shortlist": frozenset({ApplicationState.SHORTLISTED}),
    "offered": frozenset({ApplicationState.OFFERED}),
    "booked": frozenset({ApplicationState.BOOKED}),
    "passed": ENDED - {ApplicationState.WITHDRAWN},
}
"""The tabs of the page, and the states of the applications under each."""

SQUARES: Final = {
    Fit.FREE: "free",
    Fit.BOOKED_OUT: "busy",
    Fit.CLASHES: "busy",
    Fit.SHORT_REST: "short_rest",
}
_MARKS: Final = {
    BookingState.OFFERED: "offered",
    BookingState.STANDBY: "standby",
    BookingState.CONFIRMED: "booked",
    BookingState.RECONFIRM: "booked",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One date of a role: when it is worked, how many are needed and how many confirmed."""

    role_date_id: int
    window: DayWindow
    headcount: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class Square:
    """One date of the role for one applicant.

    state: free, busy or short_rest; unknown when they did not tick the date; offered, standby or
    booked when they have it here.
    """

    place: Place
    state: str

    @property
    def on(self) -> date:
        """The shoot date."""
        return self.place.window.shoot_date


@dataclass(frozen=True, slots=True)
class Applicant:
    """One applicant with the dates of the role and what they did here before."""

    row: ApplicantRow
    squares: tuple[Square, ...]
    fits: dict[int, Fit]
    shows: int
    days: int

    @property
    def free(self) -> list[Place]:
        """The dates they ticked and are free on."""
        return [square.place for square in self.squares if square.state == "free"]

    @property
    def fitting(self) -> int:
        """How many dates they are free on, or have here already."""
        return sum(square.state in {"free", *_MARKS.values()} for square in self.squares)

    @property
    def has_short_rest(self) -> bool:
        """Whether a date would leave them too little rest."""
        return any(square.state == "short_rest" for square in self.squares)

    @property
    def offerable(self) -> list[Place]:
        """The dates that can be offered: they can work them and have no offer for them yet."""
        taken = set(_MARKS.values())
        return [
            square.place
            for square in self.squares
            if square.state not in taken and is_possible(self.fits[square.place.role_date_id])
        ]


@dataclass(frozen=True, slots=True)
class HeldDate:
    """One date an applicant was offered, waits for or has; rate, call and wrap as copied then."""

    public_id: str
    offer: str
    offer_state: OfferState
    expires_at: datetime
    state: BookingState
    shoot_date: date
    call_at: datetime
    end_reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What casting reads about a person: nothing that is private.

    languages: (code, level); languages_before: as written before there was a list.
    """

    pronouns: str
    about: str
    languages: list[tuple[str, Level]]
    languages_before: str


def places_of(session: Session, role_id: int) -> list[Place]:
    """Return the dates of a role in the order of their calls."""
    rows = session.execute(
        sa.select(
            RoleDate.id,
            RoleDate.headcount,
            RoleDate.confirmed,
            ShootDay.id,
            ShootDay.shoot_date,
            ShootDay.call_at,
            ShootDay.wrap_at,
            Production.minimum_rest_minutes,
        )
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .join(Production, Production.id == ShootDay.production_id)
        .where(RoleDate.role_id == role_id, ShootDay.state.not_in(CALLED_OFF))
        .order_by(ShootDay.call_at),
    )
    return [Place(row[0], DayWindow(*row[3:]), row[1], row[2]) for row in rows]


def applicants(
    session: Session,
    role_id: int,
    places: Sequence[Place],
    now: datetime,
) -> list[Applicant]:
    """Return everyone who applied: most fitting dates first, then who applied first."""
    found = as_applicants(session, role_id, applicants_of(session, role_id), places, now)
    return sorted(found, key=lambda one: -one.fitting)


def as_applicants(
    session: Session,
    role_id: int,
    rows: Sequence[ApplicantRow],
    places: Sequence[Place],
    now: datetime,
) -> list[Applicant]:
    """Return people with how each date of a role fits them, in the order they came in."""
    people = [row.person_id for row in rows]
    fits = fits_of_people(session, people, [place.window for place in places])
    held = _held(session, role_id)
    past = _past(session, people, now)
    return [
        Applicant(
            row,
            tuple(_square(row, place, fits[row.person_id], held) for place in places),
            {place.role_date_id: fits[row.person_id][_day(place)] for place in places},
            *past.get(row.person_id, (0, 0)),
        )
        for row in rows
    ]


def stage_counts(found: Sequence[Applicant]) -> dict[str, int]:
    """Return how many applicants stand under each tab."""
    states = Counter(one.row.state for one in found)
    return {stage: sum(states[state] for state in of) for stage, of in STAGES.items()}


def held_dates(session: Session, application_id: int) -> list[HeldDate]:
    """Return every date an applicant was offered, with what became of it."""
    rows = session.execute(
        sa.select(
            Booking.public_id,
            Offer.public_id,
            Offer.state,
            Offer.expires_at,
            Booking.state,
            ShootDay.shoot_date,
            Booking.call_at,
            Booking.end_reason,
        )
        .join(Offer, Offer.id == Booking.offer_id)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(Offer.application_id == application_id)
        .order_by(Booking.call_at, Booking.id),
    )
    return [
        HeldDate(row[0], row[1], OfferState(row[2]), row[3], BookingState(row[4]), *row[5:])
        for row in rows
    ]


def profile_of(session: Session, person_id: int) -> Profile:
    """Return what casting reads about a person."""
    person = session.get_one(Person, person_id)
    spoken = languages(session, person_id)
    return Profile(person.pronouns, person.about, spoken, person.languages)


def _day(place: Place) -> int:
    return place.window.shoot_day_id


def _square(
    row: ApplicantRow,
    place: Place,
    fits: dict[int, Fit],
    held: dict[tuple[int, int], BookingState],
) -> Square:
    mark = _MARKS.get(held.get((row.person_id, place.role_date_id), BookingState.RELEASED))
    if mark is None and place.role_date_id not in row.role_date_ids:
        mark = "unknown"
    return Square(place, mark or SQUARES[fits[_day(place)]])


def _held(session: Session, role_id: int) -> dict[tuple[int, int], BookingState]:
    rows = session.execute(
        sa.select(Booking.person_id, Booking.role_date_id, Booking.state).where(
            Booking.role_id == role_id,
            Booking.state.in_(list(_MARKS)),
        ),
    )
    return {(row[0], row[1]): BookingState(row[2]) for row in rows}


def _past(session: Session, people: Sequence[int], now: datetime) -> dict[int, tuple[int, int]]:
    """Return how many shows and days each person has worked here."""
    rows = session.execute(
        sa.select(
            Booking.person_id,
            sa.func.count(sa.distinct(Booking.production_id)),
            sa.func.count(),
        )
        .where(
            Booking.person_id.in_(people),
            Booking.state == BookingState.CONFIRMED,
            Booking.wrap_at < now,
        )
        .group_by(Booking.person_id),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


@dataclass(frozen=True, slots=True)
class HeldBooking:
    """A booking or a standby of a role that can be cancelled."""

    id: int
    public_id: str
    state: BookingState
    shoot_date: date
    call_at: datetime


def held_booking(session: Session, role_id: int, public_id: str) -> HeldBooking | None:
    """Return a booking of a role, or None when the role has no such booking."""
    row = session.execute(
        sa.select(
            Booking.id,
            Booking.public_id,
            Booking.state,
            ShootDay.shoot_date,
            Booking.call_at,
        )
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(Booking.role_id == role_id, Booking.public_id == public_id),
    ).first()
    return HeldBooking(row[0], row[1], BookingState(row[2]), row[3], row[4]) if row else None


def offer_id_of(session: Session, role_id: int, public_id: str) -> int | None:
    """Return the id of an offer of a role, or None when the role has no such offer."""
    return session.scalar(
        sa.select(Offer.id).where(Offer.role_id == role_id, Offer.public_id == public_id),
    )
