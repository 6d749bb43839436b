"""Shoot the demo's days: hours entered, agreed or queried, approved; one account is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.db import UnitOfWork
from marketplace.demo.casting import Posted
from marketplace.demo.shows import Show
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.people.models import Person
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState, TypedHours, read_hours
from marketplace.domain.timecards.services import (
    AgreeHours,
    ApproveCards,
    ApprovePayroll,
    EnterHours,
    QueryHours,
    agree,
    approve,
    approve_payroll,
    enter,
    query,
)
from marketplace.kernel import zones
from marketplace.outside import Outside

MEAL: Final = 30
LAST_TO_ANSWER: Final = 3
"""On day three this many people have not answered yet."""


class ShootingSet:
    """One production while it shoots."""

    def __init__(self, unit: UnitOfWork, outside: Outside, posted: Posted, show: Show) -> None:
        """Work on a posted show whose people are booked."""
        self._unit = unit
        self._clock = outside.clock
        self.posted = posted
        self.show = show

    def wrapped_at(self, number: int) -> datetime:
        """Return when a day really ended."""
        day = self.posted.days[number]
        minutes = zones.parse_clock(self.show.days[number - 1].wrapped or "")
        return zones.at(day.shoot_date, minutes, self.posted.zone)

    def enter(self, number: int) -> None:
        """Enter everybody's hours of a day, a meal in the middle."""
        day, plan = self.posted.days[number], self.show.days[number - 1]
        call = zones.parse_clock(plan.call)
        away = call + 5 * 60 + MEAL
        typed = TypedHours(
            in_=plan.call,
            out=plan.wrapped or "",
            meal_out=zones.show_clock(away),
            meal_in=zones.show_clock(away + MEAL),
        )
        hours = read_hours(typed, day.shoot_date, day.call_at, self.posted.zone)
        with self._unit() as session:
            for booking in self._bookings(session, number):
                by_id = self.posted.office.staff[CompanyRole.AD]
                command = EnterHours(booking.id, self.posted.id, hours, by_id)
                enter(session, command, clock=self._clock)

    def sign(self, number: int) -> None:
        """Let people agree to their hours; on day three one queries and some wait."""
        is_open = number > 2  # noqa: PLR2004 - the first two days are done
        with self._unit() as session:
            cards = self._cards(session, number)
            waiting = cards[-LAST_TO_ANSWER:] if is_open else []
            for card, name in cards:
                if is_open and name == self.show.queried:
                    text = (
                        "第二餐没有记录。"
                        if self.show.terms.country == "CN"
                        else "My meal was only 15 minutes."
                    )
                    asked = QueryHours(card.id, card.person_id, card.version, text)
                    query(session, asked, clock=self._clock)
                elif (card, name) not in waiting:
                    said = AgreeHours(card.id, card.person_id, card.version)
                    agree(session, said, clock=self._clock)

    def approve(self, number: int, bank: SandboxGateway) -> None:
        """Approve whoever agreed; of the second day the bank refuses one person's pay."""
        if self.show.closed_account and number == 2:  # noqa: PLR2004 - day one was paid
            bank.refuse_next(self._payee(self.show.closed_account))
        day = self.posted.days[number]
        with self._unit() as session:
            versions = {
                card.id: card.version
                for card, _name in self._cards(session, number)
                if card.state == CardState.AGREED
            }
            owner = self.posted.office.staff[CompanyRole.OWNER]
            command = ApproveCards(day.id, self.posted.id, versions, owner)
            approve(session, command, clock=self._clock)
            if self.show.terms.needs_payroll_approval:
                accountant = self.posted.office.staff[CompanyRole.ACCOUNTANT]
                signed = ApprovePayroll(day.id, self.posted.id, versions, accountant)
                approve_payroll(session, signed, clock=self._clock)

    def keep_short_rest(self, number: int) -> None:
        """Record why a call stays although people get too little rest, where the show did."""
        if not self.show.short_rest_reason:
            return
        with self._unit() as session:
            day = session.merge(self.posted.days[number])
            day.short_rest_reason = self.show.short_rest_reason
            day.short_rest_by_id = self.posted.office.staff[CompanyRole.AD]

    def _payee(self, name: str) -> str:
        """Return how the bank knows somebody of the crew."""
        wanted = (
            sa.select(Person.public_id)
            .join(TimeCard, TimeCard.person_id == Person.id)
            .where(TimeCard.production_id == self.posted.id, Person.stage_name == name)
            .distinct()
        )
        with self._unit() as session:
            return session.scalars(wanted).one()

    def _bookings(self, session: Session, number: int) -> list[Booking]:
        wanted = sa.select(Booking).where(
            Booking.shoot_day_id == self.posted.days[number].id,
            Booking.state == BookingState.CONFIRMED,
        )
        return list(session.scalars(wanted.order_by(Booking.id)))

    def _cards(self, session: Session, number: int) -> list[tuple[TimeCard, str]]:
        found = session.execute(
            sa.select(TimeCard, Person.stage_name)
            .join(Person, Person.id == TimeCard.person_id)
            .where(TimeCard.shoot_day_id == self.posted.days[number].id)
            .order_by(TimeCard.id),
        )
        return [(card, name) for card, name in found]
