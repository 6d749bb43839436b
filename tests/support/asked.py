"""A guest role of the demo's show: one person asked, offered and pencilled, another withdrew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking import services
from marketplace.domain.booking.models import AvailCheck
from marketplace.domain.booking.services import availability
from marketplace.domain.booking.services.availability import AskAvailability
from marketplace.domain.booking.services.offers import SendOffer
from marketplace.domain.booking.services.reserving import Reserve, reserve
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import FixedClock
from tests.support.builders import a_role, an_application

AFTER = timedelta(days=20)
GUEST_DAY = 90


@dataclass(frozen=True)
class Guest:
    """The public ids of what was made."""

    role: str
    check: str
    refusal: str
    offer: str
    withdrawn: str

    @property
    def exceptions(self) -> dict[str, dict[str, str]]:
        """What the pages about it are asked of."""
        role = {"role": self.role}
        pages = ("ask", "challenge", "choose", "index", "new", "release")
        own = {f"asking.{page}": role for page in pages}
        own |= {f"asking.{page}": role | {"offer": self.offer} for page in ("agree", "keep")}
        gone = role | {"application": self.withdrawn}
        own |= {f"asking.{page}": gone for page in ("gone", "ask_again")}
        return own | {f"avail.{page}": {"offer": self.offer} for page in ("terms", "counter")}


def a_guest(
    session: Session, show: Production, user: User, other: User, clock: FixedClock
) -> Guest:
    """Ask one person about the day of a guest role in every way; another one withdrew."""
    by_id = show.created_by_id
    person = session.query(Person).filter_by(user_id=user.id).one()
    call_at = clock.now() + AFTER
    day = ShootDay(
        production_id=show.id,
        number=GUEST_DAY,
        shoot_date=call_at.date(),
        call_at=call_at,
        wrap_at=call_at + timedelta(hours=10),
    )
    session.add(day)
    session.flush()
    role = a_role(session, show, [day], name="Wedding guest")
    application = an_application(session, role, person)
    gone = session.query(Person).filter_by(user_id=other.id).one()
    withdrawn = an_application(session, role, gone, state=ApplicationState.WITHDRAWN)
    until, days = clock.now() + timedelta(days=2), [day.id]
    question = AskAvailability(role.id, show.id, [person.id], days, "", until, by_id)
    availability.ask(session, question, clock=clock)
    wish = Reserve(role.id, show.id, [person.id], days, until, by_id)
    (refusal,) = reserve(session, wish, clock=clock).made
    sent = SendOffer(role.id, person.id, application.id, days, until, "", by_id)
    offer = services.send_offer(session, sent, clock=clock)
    check = session.query(AvailCheck).filter_by(person_id=person.id).one()
    names = (role, check, refusal, offer, withdrawn)
    return Guest(*(row.public_id for row in names))
