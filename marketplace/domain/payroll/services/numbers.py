"""Numbers of slips without gaps, and the pay runs they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once
from marketplace.domain.payroll.models import PayRun, SlipCounter
from marketplace.domain.payroll.rules.slips import slip_number
from marketplace.domain.payroll.services.days import Engagement
from marketplace.kernel.clock import Clock
from marketplace.kernel.zones import local_date

Book = tuple[int, int]
"""A company and a calendar year: slips are numbered in these."""


def take_numbers(session: Session, books: Sequence[Book]) -> list[str]:
    """Take the next number of each slip's book, in order; given back if the transaction fails.

    The counters' rows stay locked until then, so slips of one company are issued one by one.
    """
    wanted = Counter(books)
    numbers: dict[Book, Iterator[int]] = {}
    for book in sorted(wanted):  # always in one order: two batches never wait for each other
        last = _count(session, book, wanted[book])
        numbers[book] = iter(range(last - wanted[book] + 1, last + 1))
    return [slip_number(book[1], next(numbers[book])) for book in books]


def _count(session: Session, book: Book, more: int) -> int:
    company_id, year = book
    unique = ["company_id", "year"]
    insert_once(session, SlipCounter, unique, company_id=company_id, year=year, last=0)
    return session.scalars(
        sa.update(SlipCounter)
        .where(SlipCounter.company_id == company_id, SlipCounter.year == year)
        .values(last=SlipCounter.last + more)
        .returning(SlipCounter.last)
        .execution_options(synchronize_session=False),
    ).one()


class Runs:
    """The pay runs of a batch: one for each shoot day and date of payment."""

    def __init__(self, session: Session, clock: Clock) -> None:
        """Begin without any."""
        self._session = session
        self._clock = clock
        self._found: dict[tuple[int, date], PayRun] = {}

    def of(self, engagement: Engagement, pay_date: date) -> PayRun:
        """Return the pay run of a shoot day on a date of payment, opened at its first slip."""
        key = (engagement.day.id, pay_date)
        run = self._found.get(key) or self._stored(engagement, pay_date)
        self._found[key] = run or self._open(engagement)
        return self._found[key]

    def _stored(self, engagement: Engagement, pay_date: date) -> PayRun | None:
        runs = self._session.scalars(
            sa.select(PayRun)
            .where(PayRun.shoot_day_id == engagement.day.id)
            .order_by(PayRun.id.desc()),
        )
        zone = engagement.production.zone
        return next((run for run in runs if local_date(run.opened_at, zone) == pay_date), None)

    def _open(self, engagement: Engagement) -> PayRun:
        production = engagement.production
        numbers = sa.select(sa.func.max(PayRun.number))
        last = self._session.scalar(numbers.where(PayRun.production_id == production.id))
        opened = PayRun(
            production_id=production.id,
            company_id=production.company_id,
            shoot_day_id=engagement.day.id,
            number=(last or 0) + 1,
            opened_at=self._clock.now(),
        )
        self._session.add(opened)
        self._session.flush()
        return opened
