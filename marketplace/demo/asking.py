"""What is asked before anybody is booked: questions about dates, first words, other terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from marketplace.db import UnitOfWork
from marketplace.demo.casting import Posted
from marketplace.demo.crew import Crowd
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.services.availability import AskAvailability, ask
from marketplace.domain.booking.services.counters import CounterOffer, counter
from marketplace.domain.booking.services.reserving import Reserve, reserve
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money

STANDS_FOR: Final = timedelta(days=2)


class Asking:
    """What casting asks of people before it offers, and what they ask back."""

    def __init__(self, unit: UnitOfWork, clock: Clock, crowd: Crowd) -> None:
        """Ask the people who have signed up."""
        self._unit = unit
        self._clock = clock
        self._crowd = crowd

    def check(self, posted: Posted, part: str, name: str, days: Sequence[int], note: str) -> None:
        """Ask somebody whether they could work some days of a role."""
        command = AskAvailability(
            posted.roles[part].id,
            posted.id,
            [self._crowd.people[name]],
            [posted.days[number].id for number in days],
            note,
            self._clock.now() + STANDS_FOR,
            posted.office.staff[CompanyRole.CASTING],
        )
        with self._unit() as session:
            ask(session, command, clock=self._clock)

    def pencil(self, posted: Posted, part: str, name: str, days: Sequence[int]) -> None:
        """Have the first word about somebody's dates, behind whoever asked before."""
        command = Reserve(
            posted.roles[part].id,
            posted.id,
            [self._crowd.people[name]],
            [posted.days[number].id for number in days],
            self._clock.now() + STANDS_FOR,
            posted.office.staff[CompanyRole.CASTING],
        )
        with self._unit() as session:
            reserve(session, command, clock=self._clock)

    def counter(self, posted: Posted, part: str, name: str, rate: Money) -> None:
        """Let somebody answer the offer of a role with another rate for the same dates."""
        person_id = self._crowd.people[name]
        with self._unit() as session:
            offer_id = session.scalars(
                sa.select(Offer.id).where(
                    Offer.role_id == posted.roles[part].id, Offer.person_id == person_id
                ),
            ).one()
            dates = session.scalars(sa.select(Booking.id).where(Booking.offer_id == offer_id))
            note = "With my own wireless follow focus."
            command = CounterOffer(offer_id, person_id, list(dates), rate, note)
            counter(session, command, clock=self._clock)
