from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.queries import history
from marketplace.domain.productions import queries, services
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import (
    DayState,
    ProductionError,
    ProductionState,
    ShootDayError,
)
from marketplace.domain.productions.services import (
    AddDays,
    CreateProduction,
    DayTerms,
    EditDay,
    EditProduction,
    RemoveDay,
    Terms,
)
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.zones import clock_minutes, parse_clock
from tests.support.builders import a_company, a_production, a_role, a_shoot_day, a_user

TERMS = Terms(
    title="Night Bride",
    second_title="夜新娘",
    format="Vertical series",
    episodes=62,
    currency="USD",
    zone="America/Los_Angeles",
    city="Los Angeles",
    country="US",
    agreement="us_film_crew_12",
    scheme="us_contractor",
    withholding_agent="production",
    engagement="contractor",
    minimum_rest_minutes=600,
    registration_number="",
    budget_minor=5_000_000,
)


def a_day(on: str = "2026-11-29", call: str = "07:00", wrap: str = "19:00") -> DayTerms:
    return DayTerms(
        date.fromisoformat(on), parse_clock(call), parse_clock(wrap), "Hotel Alder", "1 Elm St"
    )


def asked_by_nobody(_session: Session, _shoot_day_id: int) -> bool:
    return False


def asked(_session: Session, _shoot_day_id: int) -> bool:
    return True


def numbers(session: Session, production: Production) -> list[tuple[int, str]]:
    return [
        (day.number, day.shoot_date.isoformat()) for day in queries.days(session, production.id)
    ]


def closing_of(session: Session, day: ShootDay) -> Task:
    return session.scalars(sa.select(Task).where(Task.key == f"close_day:{day.id}")).one()


def terms_of(production: Production) -> Terms:
    return Terms(**{name: getattr(production, name) for name in asdict(TERMS)})


def test_a_production_starts_as_a_draft_and_the_log_says_who_started_it(
    session: Session, clock: FixedClock
) -> None:
    company, lin = a_company(session), a_user(session)

    made = services.create(session, CreateProduction(company.id, lin.id, TERMS), clock=clock)

    assert made.state == ProductionState.DRAFT
    (act,) = history(session, [f"production:{made.public_id}"])
    assert (act.action, act.actor_id, act.after["title"]) == ("create", lin.id, "Night Bride")


def test_an_edit_is_logged_with_what_it_changed_and_nothing_else(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    terms = replace(terms_of(show), title="Night Bride")

    services.edit(session, EditProduction(show.id, show.created_by_id, terms), clock=clock)

    (act,) = history(session, [f"production:{show.public_id}"])
    assert act.before == {"title": "Divorced at Dawn"}
    assert act.after == {"title": "Night Bride"}


def test_a_published_production_keeps_its_currency(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    terms = replace(terms_of(show), currency="CNY")

    with pytest.raises(ProductionError, match="Currency and time zone stay"):
        services.edit(session, EditProduction(show.id, show.created_by_id, terms), clock=clock)


def test_a_draft_that_moves_to_another_zone_keeps_its_wall_clock_times(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    show.state = ProductionState.DRAFT
    day = a_shoot_day(session, show, call="16:00", wrap="26:00")
    terms = replace(terms_of(show), zone="Asia/Shanghai")

    services.edit(session, EditProduction(show.id, show.created_by_id, terms), clock=clock)

    wall = [clock_minutes(at, day.shoot_date, "Asia/Shanghai") for at in (day.call_at, day.wrap_at)]
    assert wall == [16 * 60, 26 * 60]


def test_six_days_are_added_at_once_and_each_is_closed_at_its_wrap(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    command = AddDays(show.id, show.created_by_id, a_day("2026-11-29", "16:00", "26:00"), 6)

    days = services.add_days(session, command, clock=clock)

    assert [day.number for day in days] == [1, 2, 3, 4, 5, 6]
    assert days[-1].shoot_date == date(2026, 12, 4)
    assert [closing_of(session, day).run_at for day in days] == [day.wrap_at for day in days]


def test_a_day_added_before_the_others_becomes_day_one(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    by = show.created_by_id
    services.add_days(session, AddDays(show.id, by, a_day("2026-12-01"), 2), clock=clock)

    services.add_days(session, AddDays(show.id, by, a_day("2026-11-30"), 1), clock=clock)

    assert numbers(session, show) == [(1, "2026-11-30"), (2, "2026-12-01"), (3, "2026-12-02")]


def test_a_day_that_is_over_is_not_added(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    command = AddDays(show.id, show.created_by_id, a_day("2026-11-21"), 1)

    with pytest.raises(ShootDayError, match="already over"):
        services.add_days(session, command, clock=clock)


def test_a_wrapped_production_takes_no_more_days(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    show.state = ProductionState.WRAPPED
    session.flush()

    with pytest.raises(ProductionError, match="is over"):
        services.add_days(session, AddDays(show.id, show.created_by_id, a_day(), 1), clock=clock)


def test_a_moved_day_takes_its_number_and_its_closing_along(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    by = show.created_by_id
    first, second = services.add_days(session, AddDays(show.id, by, a_day(), 2), clock=clock)
    command = EditDay(first.id, by, a_day("2026-12-05", "18:00", "03:00"))

    services.edit_day(session, command, is_engaged=asked_by_nobody, clock=clock)

    assert (second.number, first.number) == (1, 2)
    assert closing_of(session, first).run_at == first.wrap_at
    assert (first.wrap_at - first.call_at).total_seconds() == 9 * 3600


def test_a_day_people_were_asked_for_keeps_its_date(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)

    with pytest.raises(ShootDayError, match="so the date stays"):
        services.edit_day(
            session,
            EditDay(day.id, show.created_by_id, a_day("2026-12-05")),
            is_engaged=asked,
            clock=clock,
        )


def test_a_day_people_were_asked_for_may_change_its_estimated_wrap(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    command = EditDay(day.id, show.created_by_id, a_day(wrap="21:00"))

    services.edit_day(session, command, is_engaged=asked, clock=clock)

    assert clock_minutes(day.wrap_at, day.shoot_date, show.zone) == 21 * 60
    (act,) = history(session, [f"shoot_day:{day.public_id}"])
    assert act.before["wrap_at"] != act.after["wrap_at"] == day.wrap_at


def test_a_closed_day_stays_as_it_is(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    day.state = DayState.CLOSED
    session.flush()
    command = EditDay(day.id, show.created_by_id, a_day())

    with pytest.raises(ShootDayError, match="is closed"):
        services.edit_day(session, command, is_engaged=asked_by_nobody, clock=clock)


def test_a_day_nobody_needs_is_removed_and_later_days_move_up(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    by = show.created_by_id
    first, _second = services.add_days(session, AddDays(show.id, by, a_day(), 2), clock=clock)
    closing = closing_of(session, first)

    services.remove_day(session, RemoveDay(first.id, by), clock=clock)

    session.refresh(closing)
    assert numbers(session, show) == [(1, "2026-11-30")]
    assert closing.done_at == clock.now()


def test_a_day_a_role_needs_is_not_removed(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    a_role(session, show, [day])

    with pytest.raises(ShootDayError, match="A role needs people"):
        services.remove_day(session, RemoveDay(day.id, show.created_by_id), clock=clock)

    assert session.get(ShootDay, day.id) is not None


def test_a_day_of_another_production_is_not_found(session: Session) -> None:
    day = a_shoot_day(session, a_production(session))
    other = a_production(session)

    assert queries.day(session, other.id, day.public_id) is None
