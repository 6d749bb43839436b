"""Post the demo's shows, apply, offer and accept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from marketplace.db import UnitOfWork
from marketplace.demo.crew import Crowd, Office
from marketplace.demo.shows import Part, Show
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.ports import Carriers
from marketplace.domain.booking.services import AnswerOffer, SendOffer, accept, send_offer
from marketplace.domain.booking.services.applying import apply
from marketplace.domain.casting.models import Application, Role, RoleDate
from marketplace.domain.casting.queries.browse import Filters
from marketplace.domain.casting.queries.searches import KeptSearch
from marketplace.domain.casting.rules import Cadence, RoleKind
from marketplace.domain.casting.services.applications import Apply
from marketplace.domain.casting.services.publication import PublishProduction, publish_production
from marketplace.domain.casting.services.roles import CreateRole, RoleTerms, create
from marketplace.domain.casting.services.searches import KeepSearch, keep
from marketplace.domain.productions import services as productions
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.services import AddDays, CreateProduction, DayTerms
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import parse

ANSWER_WITHIN: Final = timedelta(hours=20)
HOME: Final = "192.0.2.7"
"""Where the demo's people sign their deal memos from: an address nobody has."""

AGES: Final = re.compile(r"(\d{2})\s?[–-]\s?(\d{2})")
SPOKEN: Final = {"zh": "Mandarin", "en": "English"}
"""Languages as the roles of the demo name them."""


@dataclass(slots=True)
class Posted:
    """A show as it stands in the database."""

    id: int
    zone: str
    office: Office
    days: dict[int, ShootDay]
    roles: dict[str, Role] = field(default_factory=dict)


class Casting:
    """What casting and talent do until everybody is booked."""

    def __init__(self, unit: UnitOfWork, clock: Clock, crowd: Crowd, carriers: Carriers) -> None:
        """Work with the people who have signed up; carriers: who will carry their money."""
        self._carriers = carriers
        self._unit = unit
        self._clock = clock
        self._crowd = crowd

    def post(self, show: Show, office: Office, today: date) -> Posted:
        """Create, fill and publish a production."""
        owner = office.staff[CompanyRole.OWNER]
        with self._unit() as session:
            asked = CreateProduction(office.id, owner, show.terms)
            production = productions.create(session, asked, clock=self._clock)
            days = {}
            for number, day in enumerate(show.days, 1):
                terms = DayTerms(
                    shoot_date=today + timedelta(days=show.first_day + number - 1),
                    call=zones.parse_clock(day.call),
                    wrap=zones.parse_clock(day.wrap),
                    unit_base=day.base,
                    address=day.address,
                )
                added = AddDays(production.id, owner, terms, 1)
                (days[number],) = productions.add_days(session, added, clock=self._clock)
            posted = Posted(production.id, show.terms.zone, office, days)
            for part in show.parts:
                command = CreateRole(production.id, owner, self._terms(part, show, posted))
                posted.roles[part.name] = create(session, command, clock=self._clock)
            publish_production(session, PublishProduction(production.id, owner), clock=self._clock)
        return posted

    def cast(self, posted: Posted, show: Show) -> None:
        """Let everybody who is cast apply, be offered all their days, and accept."""
        for part in show.parts:
            for name in part.cast:
                self._apply(posted, part, name)
                self._offer(posted, part, name, is_accepted=True)

    def apply(self, posted: Posted, show: Show) -> None:
        """Let the applicants apply."""
        for part in show.parts:
            for name in part.applicants:
                self._apply(posted, part, name)

    def offer(self, posted: Posted, show: Show) -> None:
        """Send the offers that wait for an answer."""
        for part in show.parts:
            for name in part.offered:
                self._offer(posted, part, name, is_accepted=False)

    def look_out(self, name: str) -> None:
        """Let somebody keep a search and be told at once of new roles it finds."""
        kept = KeptSearch(Filters(kinds=(RoleKind.PRINCIPAL,), cities=("Los Angeles",)))
        person_id = self._crowd.people[name]
        command = KeepSearch(person_id, "Principals in Los Angeles", Cadence.AT_ONCE, kept)
        with self._unit() as session:
            keep(session, command, clock=self._clock)

    def _terms(self, part: Part, show: Show, posted: Posted) -> RoleTerms:
        wanted = {posted.days[number].id: part.headcount for number in part.days}
        first = posted.days[min(part.days)]
        return RoleTerms(
            name=part.name,
            kind=part.kind,
            department=part.department,
            who=part.who,
            description=part.about,
            day_rate=parse(part.rate, show.terms.currency),
            guaranteed_minutes=part.hours * 60,
            apply_by_at=_closing(first.call_at),
            disclosures=part.disclosures,
            headcounts=wanted,
            plays_from=_ages(part.who)[0],
            plays_to=_ages(part.who)[1],
            languages=[code for code, word in SPOKEN.items() if word in part.who],
        )

    def _apply(self, posted: Posted, part: Part, name: str) -> None:
        with self._unit() as session:
            role = posted.roles[part.name]
            dates = session.scalars(sa.select(RoleDate.id).where(RoleDate.role_id == role.id))
            command = Apply(
                role=role.public_id,
                person_id=self._crowd.people[name],
                role_date_ids=list(dates),
                has_consented=bool(part.disclosures),
            )
            apply(session, command, clock=self._clock)

    def _offer(self, posted: Posted, part: Part, name: str, *, is_accepted: bool) -> None:
        person_id = self._crowd.people[name]
        staff = posted.office.staff
        with self._unit() as session:
            role = posted.roles[part.name]
            applied = sa.select(Application.id).where(
                Application.role_id == role.id,
                Application.person_id == person_id,
            )
            command = SendOffer(
                role_id=role.id,
                person_id=person_id,
                application_id=session.scalars(applied).one(),
                shoot_day_ids=[posted.days[number].id for number in part.days],
                expires_at=self._deadline(posted, part),
                note="",
                sent_by_id=staff[CompanyRole.CASTING],
            )
            offer = send_offer(session, command, clock=self._clock)
            if is_accepted:
                bookings = session.scalars(
                    sa.select(Booking.id).where(Booking.offer_id == offer.id)
                )
                answer = AnswerOffer(offer.id, person_id, list(bookings), name, HOME)
                accept(session, answer, clock=self._clock, carriers=self._carriers)

    def _deadline(self, posted: Posted, part: Part) -> datetime:
        first_call = posted.days[min(part.days)].call_at
        return min(self._clock.now() + ANSWER_WITHIN, first_call - timedelta(hours=2))


def _ages(who: str) -> tuple[int | None, int | None]:
    """Return the playing age that stands in the words of a role: "plays 24–34"."""
    found = AGES.search(who)
    return (int(found[1]), int(found[2])) if found else (None, None)


def _closing(first_call: datetime) -> datetime:
    """Return when applications close: the evening before the first call."""
    return first_call - timedelta(hours=10)
