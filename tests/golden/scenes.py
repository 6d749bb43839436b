"""Days of work as rows, priced and slipped by the product; every number on paper is repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules.cancelling import Fee, store_fee
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.rules.records import read_line, record
from marketplace.domain.payroll.rules.shapes import Adjustment, PayLine
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.payroll.services import issue_slip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import CardKind
from marketplace.kernel import zones
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.web.presentation import sentence
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day


@dataclass
class Deal:
    """Who is engaged for what: a role, a day rate in minor units and its hours."""

    role: str
    day_rate_minor: int
    hours: int
    kind: str = "principal"


@dataclass
class Scene:
    """One show, one person, and the days they worked."""

    session: Session
    show: Production
    person: Person
    deal: Deal
    slips: list[PaySlip] = field(default_factory=list)

    def work(
        self,
        on: str,
        hours: tuple[str, str],
        *meals: tuple[str, str],
        number: int = 1,
        extras: Sequence[Adjustment] = (),
    ) -> TimeCard:
        """Let the person work a day of the show."""
        day = a_closed_day(self.session, self.show, on, wrap=hours[1])
        day.number = number
        role = builders.a_role(
            self.session,
            self.show,
            [day],
            day_rate_minor=self.deal.day_rate_minor,
            name=self.deal.role,
        )
        role.guaranteed_minutes = self.deal.hours * 60
        booking = builders.a_booking(self.session, role, self.person, day)
        card = builders.a_time_card(self.session, booking, hours=hours, meal=(*meals, None)[0])
        if len(meals) > 1 or extras:
            times = [self._at(on, one) for meal in meals for one in meal]
            self._enter_again(card, times, [record(one) for one in extras])
        return card

    def call_off(self, on: str, fee: Fee, number: int = 1) -> TimeCard:
        """Call a day off, and owe a fee for it: a card without hours."""
        card = self.work(on, ("07:00", "19:00"), number=number)
        booking = self.session.get_one(Booking, card.booking_id)
        booking.fee = store_fee(fee)
        booking.fee_minor = fee.of(Money(booking.day_rate_minor, booking.currency)).minor
        card.kind = CardKind.CANCELLED
        card.version = 0
        self.session.flush()
        return card

    def _at(self, on: str, text: str) -> datetime:
        return zones.at(date.fromisoformat(on), zones.parse_clock(text), self.show.zone)

    def _enter_again(
        self,
        card: TimeCard,
        meals: Sequence[datetime | None],
        extras: list[Any],
    ) -> None:
        """Enter the hours a second time, with all meals and extras: entries are never changed."""
        meals = [*meals, *[None] * 4]
        first = self.session.query(TimeEntry).filter_by(time_card_id=card.id).one()
        self.session.add(
            TimeEntry(
                time_card_id=card.id,
                version=2,
                in_at=first.in_at,
                out_at=first.out_at,
                meal_out_at=meals[0],
                meal_in_at=meals[1],
                meal2_out_at=meals[2],
                meal2_in_at=meals[3],
                adjustments=extras,
                entered_by_id=first.entered_by_id,
                entered_at=builders.NOW,
            ),
        )
        card.version = 2
        self.session.flush()

    def pay(self, card: TimeCard, at: str) -> PaySlip:
        """Issue the slip of a card at an instant."""
        clock = FixedClock(datetime.fromisoformat(at))
        slip = issue_slip(self.session, card, vault=VAULT, write=sentence, clock=clock)
        self.slips.append(slip)
        return slip


def a_scene(session: Session, person: str, deal: Deal, **show: Any) -> Scene:
    """Make a show of an American or (currency="CNY") a Chinese company, and one person."""
    is_chinese = show.get("currency") == "CNY"
    company = builders.a_company(session)
    company.payroll_contact = "payroll@redwood.example"
    if is_chinese:
        company.legal_name = "Hengdian Zhenghe Film Co., Ltd."
        company.second_name = "横店正和影视有限公司"
        company.address = "浙江省东阳市横店镇万盛南街 1 号"
        company.country = "CN"
        company.payroll_contact = "工资咨询 0579-8655-0000"
    title = "重生之闪婚总裁" if is_chinese else "Divorced at Dawn"
    production = builders.a_production(session, company, title, is_chinese=is_chinese)
    for name, value in show.items():
        setattr(production, name, value)
    worker = builders.a_person(session, person)
    form = "cn_resident" if is_chinese else "w9"
    legal = "王晓明" if is_chinese else "Lin Yuting"
    builders.a_payee(session, worker, VAULT, legal_name=legal, tax_form=form)
    session.flush()
    return Scene(session, production, worker, deal)


def document_of(slip: PaySlip) -> SlipDocument:
    """Return what a slip says."""
    sealed = VAULT.open(slip.document_sealed, document_owner(slip.public_id))
    return SlipDocument.from_json(sealed)


def lines_of(session: Session, slip: PaySlip) -> list[PayLine]:
    """Return the lines of a slip, in printing order."""
    found = sa.select(PayLineRow.line).where(PayLineRow.pay_slip_id == slip.id)
    return [read_line(line) for line in session.scalars(found.order_by(PayLineRow.position))]
