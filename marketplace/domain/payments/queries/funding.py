"""What the coming days of a production cost, what of it is there, and what was put in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.payments.models import Fund, Funding, Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.rules.funding import (
    ALWAYS_FUNDED,
    COMING,
    MAY_BE_FUNDED,
    Cover,
    Quote,
    Way,
    covered,
    quote,
)
from marketplace.domain.payroll.rules.shapes import Deal
from marketplace.domain.payroll.services.plans import Planned, plan_of_day
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.money import Money

OPEN_DAYS = (DayState.PLANNED, DayState.CLOSED)
UNSENT = (PayoutState.DUE, PayoutState.HELD, PayoutState.BLOCKED)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A shoot day that is not paid yet: what it costs, and how far that is covered.

    pay: gross of the people booked, at the planned hours, and what of issued slips waits for
    money; employer: what the employer pays on top. unpriced: people whose day cannot be priced;
    their day rate counts.
    """

    public_id: str
    number: int
    shoot_date: date
    people: int
    unpriced: int
    pay: Money
    employer: Money
    cover: Cover
    missing: Money

    @property
    def cost(self) -> Money:
        """What has to be there."""
        return self.pay + self.employer


@dataclass(frozen=True, slots=True)
class FundingPlan:
    """A production's money and its days, the earliest first.

    available: settled and not spent; short: what a dispute took beyond it; coming: paid in and
    not settled. is_bound: payments wait for this money; may_choose: the production decides that.
    """

    days: tuple[DayPlan, ...]
    available: Money
    short: Money
    coming: Money
    disputes: int
    is_bound: bool
    may_choose: bool
    fee_basis_points: int

    @property
    def missing(self) -> Money:
        """What all days lack."""
        none = Money(0, self.available.currency)
        return sum((one.missing for one in self.days), none)

    def quote(self, days: Iterable[str], way: Way) -> Quote:
        """Return what to pay for what some days lack; their employer's side comes last."""
        wanted = set(days)
        pay = employer = Money(0, self.available.currency)
        for one in self.days:
            if one.public_id in wanted:
                part = min(one.missing.minor, one.pay.minor)
                pay += Money(part, pay.currency)
                employer += one.missing - Money(part, pay.currency)
        return quote(pay, employer, self.fee_basis_points, way)


@dataclass(frozen=True, slots=True)
class _Cost:
    """What one day costs, in minor units."""

    day: ShootDay
    people: int
    unpriced: int
    pay: int
    employer: int


def funding_plan(session: Session, production_id: int, gateway: str) -> FundingPlan:
    """Return what a production's open days cost and what is there; five queries.

    gateway: the one that would pay its people; "" when there is none.
    """
    production, company = session.execute(
        sa.select(Production, Company)
        .join(Company, Company.id == Production.company_id)
        .where(Production.id == production_id),
    ).one()
    currency = production.currency
    fund = session.scalar(
        sa.select(Fund).where(Fund.production_id == production_id, Fund.currency == currency)
    )
    coming = _coming(session, production_id, currency)
    costs = list(_costs(session, production))
    left = fund.available_minor - fund.short_minor if fund else 0
    covers = covered(left, coming, [one.pay + one.employer for one in costs])
    pays_here = company.pays_by == PaysBy.PLATFORM
    may_choose = pays_here and gateway in MAY_BE_FUNDED
    days = tuple(
        DayPlan(
            public_id=one.day.public_id,
            number=one.day.number,
            shoot_date=one.day.shoot_date,
            people=one.people,
            unpriced=one.unpriced,
            pay=Money(one.pay, currency),
            employer=Money(one.employer, currency),
            cover=found.cover,
            missing=Money(found.missing, currency),
        )
        for one, found in zip(costs, covers, strict=True)
    )
    return FundingPlan(
        days=days,
        available=Money(fund.available_minor if fund else 0, currency),
        short=Money(fund.short_minor if fund else 0, currency),
        coming=Money(coming, currency),
        disputes=fund.disputes if fund else 0,
        is_bound=pays_here
        and (gateway in ALWAYS_FUNDED or (may_choose and bool(fund and fund.is_required))),
        may_choose=may_choose,
        fee_basis_points=company.fee_basis_points,
    )


def _coming(session: Session, production_id: int, currency: str) -> int:
    """Return what will be in the fund when everything under way has settled."""
    net = sa.func.coalesce(Funding.net_minor, Funding.amount_minor - Funding.cost_minor)
    total = sa.select(sa.func.coalesce(sa.func.sum(net - Funding.fee_minor), 0)).where(
        Funding.production_id == production_id,
        Funding.currency == currency,
        Funding.stage.in_(COMING),
    )
    return int(session.scalar(total) or 0)


def _costs(session: Session, production: Production) -> Iterator[_Cost]:
    days = session.scalars(
        sa.select(ShootDay)
        .where(ShootDay.production_id == production.id, ShootDay.state.in_(OPEN_DAYS))
        .order_by(ShootDay.shoot_date, ShootDay.number),
    ).all()
    booked = _booked(session, production)
    waiting = _waiting(session, production)
    for day in days:
        mine = booked.get(day.id, Counter())
        priced = [(_price(production, day, deal), count) for deal, count in mine.items()]
        owed, owed_people = waiting.get(day.id, (0, 0))
        cost = _Cost(
            day=day,
            people=sum(mine.values()) + owed_people,
            unpriced=sum(count for (_, _, is_priced), count in priced if not is_priced),
            pay=owed + sum(pay * count for (pay, _, _), count in priced),
            employer=sum(employer * count for (_, employer, _), count in priced),
        )
        if cost.people:
            yield cost


_Deal = tuple[int, int, str, str, datetime, datetime]


def _booked(session: Session, production: Production) -> dict[int, Counter[_Deal]]:
    """Return the deals of who is booked and has no slip yet, by shoot day."""
    rows = session.execute(
        sa.select(
            Booking.shoot_day_id,
            Booking.day_rate_minor,
            Booking.guaranteed_minutes,
            Booking.agreement,
            Booking.scheme,
            Booking.call_at,
            Booking.wrap_at,
        )
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .outerjoin(TimeCard, TimeCard.booking_id == Booking.id)
        .where(
            Booking.production_id == production.id,
            Booking.currency == production.currency,
            Booking.state == BookingState.CONFIRMED,
            ShootDay.state.in_(OPEN_DAYS),
            sa.or_(TimeCard.id.is_(None), TimeCard.state != CardState.LOCKED),
        ),
    )
    found: dict[int, Counter[_Deal]] = {}
    for day_id, *deal in rows:
        found.setdefault(day_id, Counter())[_deal(deal)] += 1
    return found


def _deal(values: list[object]) -> _Deal:
    rate, minutes, agreement, scheme, call_at, wrap_at = values
    return rate, minutes, agreement, scheme, call_at, wrap_at  # type: ignore[return-value]  # columns of the query above


def _price(production: Production, day: ShootDay, deal: _Deal) -> tuple[int, int, bool]:
    """Return gross, employer's side and whether the day could be priced; else its day rate."""
    rate, minutes, agreement, scheme, call_at, wrap_at = deal
    planned = Planned(day.id, day.number, day.shoot_date, call_at, wrap_at)
    terms = Deal(Money(rate, production.currency), minutes, agreement)
    found = plan_of_day(terms, production.zone, [planned], planned, scheme=scheme)
    if found.each is None:
        return rate, 0, False
    return found.each.minor, found.top.minor if found.top else 0, True


def _waiting(session: Session, production: Production) -> dict[int, tuple[int, int]]:
    """Return what of issued slips has no money yet, and how many, by shoot day."""
    rows = session.execute(
        sa.select(
            Payout.shoot_day_id,
            sa.func.sum(Payout.amount_minor),
            sa.func.count(Payout.id),
        )
        .where(
            Payout.production_id == production.id,
            Payout.currency == production.currency,
            Payout.gateway.in_(ALWAYS_FUNDED | MAY_BE_FUNDED),
            Payout.state.in_(UNSENT),
            Payout.allotted_at.is_(None),
        )
        .group_by(Payout.shoot_day_id),
    )
    return {day_id: (int(total), count) for day_id, total, count in rows}


def cover_of_day(session: Session, production_id: int, gateway: str, day: str) -> Cover | None:
    """Return how far a day is paid for; None when its production waits for no money.

    day: its public id. A day that costs nothing is covered.
    """
    is_choice = sa.select(Fund.id).where(
        Fund.production_id == production_id, Fund.is_required.is_(True)
    )
    if gateway not in ALWAYS_FUNDED and session.scalar(is_choice) is None:
        return None
    plan = funding_plan(session, production_id, gateway)
    found = {one.public_id: one.cover for one in plan.days}
    return found.get(day, Cover.FUNDED) if plan.is_bound else None


def not_funded(session: Session, bookings: Iterable[str]) -> set[str]:
    """Return which of some bookings, by public id, are of days whose money is not there yet."""
    rows = session.execute(
        sa.select(Booking.public_id, Booking.production_id, Booking.gateway, ShootDay.public_id)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(
            Booking.public_id.in_(set(bookings)),
            Booking.gateway.in_(ALWAYS_FUNDED | MAY_BE_FUNDED),
            sa.or_(
                Booking.gateway.in_(ALWAYS_FUNDED),
                sa.exists().where(
                    Fund.production_id == Booking.production_id, Fund.is_required.is_(True)
                ),
            ),
        ),
    ).all()
    plans = {
        (production, gateway): funding_plan(session, production, gateway)
        for _, production, gateway, _ in rows
    }
    lacking = {
        key: {one.public_id for one in plan.days if one.cover is not Cover.FUNDED}
        for key, plan in plans.items()
        if plan.is_bound
    }
    return {
        name
        for name, production, gateway, day in rows
        if day in lacking.get((production, gateway), ())
    }
