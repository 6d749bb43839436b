"""Find work: open roles only, newest first, every filter, page by page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.domain.accounts.services.calendar import renew_calendar
from marketplace.domain.booking.queries import agenda
from marketplace.domain.booking.queries.fits import DayWindow
from marketplace.domain.booking.rules import BookingState, Fit
from marketplace.domain.casting.models import Role
from marketplace.domain.casting.queries import browse, postings
from marketplace.domain.casting.queries.browse import Filters
from marketplace.domain.casting.rules import RoleKind, RoleState
from marketplace.domain.casting.services.roles import reindex
from marketplace.domain.people import services as people
from marketplace.domain.productions.rules import ProductionState
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
)


def names(session: Session, filters: Filters | None = None, **options: object) -> list[str]:
    """Return the names of the roles of a page."""
    found = browse.find(session, filters or Filters(), now=NOW, **options)  # type: ignore[arg-type]  # as given
    return [role.name for role in found.roles]


def some_role(session: Session, name: str, on: str = "2026-11-29", **values: object) -> Role:
    """Make an open, indexed role of a production of its own."""
    show = a_production(session, is_chinese=bool(values.pop("is_chinese", False)))
    role = a_role(session, show, [a_shoot_day(session, show, on)], name=name)
    for field, value in values.items():
        setattr(role, field, value)
    session.flush()
    reindex(session, role)
    return role


def test_only_open_roles_of_live_productions_are_found(session: Session) -> None:
    some_role(session, "Open")
    some_role(session, "Closed", state=RoleState.CLOSED)
    some_role(session, "Draft", state=RoleState.DRAFT, published_at=None)
    some_role(session, "Too late", apply_by_at=NOW)
    show = a_production(session)
    a_role(session, show, [a_shoot_day(session, show)], name="Wrapped")
    show.state = ProductionState.WRAPPED
    session.flush()

    assert names(session) == ["Open"]


def test_pages_follow_each_other_without_gap_or_repeat_also_at_one_instant(
    session: Session,
) -> None:
    for number in range(5):
        some_role(session, f"Role {number}", published_at=NOW - timedelta(hours=number // 2))
    seen: list[str] = []
    after = ""
    while True:
        found = browse.find(session, Filters(), now=NOW, after=after, size=2)
        seen += [role.name for role in found.roles]
        if found.next_after is None:
            break
        after = found.next_after

    assert seen == ["Role 1", "Role 0", "Role 3", "Role 2", "Role 4"]


def test_an_unknown_place_in_the_list_begins_at_the_top(session: Session) -> None:
    some_role(session, "Open")

    assert names(session, after="nobody") == ["Open"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gaffer", ["Gaffer"]),
        ("GAFF", ["Gaffer"]),
        ("林晚", ["女二号 林晚"]),
        ("晚林", []),
        ("二号", ["女二号 林晚"]),
        ("zhengzhou", ["女二号 林晚"]),
        ("female hart", ["Claire Hart"]),
        ("reggaf", []),
        ("  ", ["女二号 林晚", "Claire Hart", "Gaffer"]),
    ],
)
def test_search_finds_words_and_two_chinese_characters(
    session: Session, text: str, found: list[str]
) -> None:
    some_role(session, "Gaffer", who="")
    some_role(session, "Claire Hart")
    some_role(session, "女二号 林晚", who="女，22–30 岁", is_chinese=True)

    assert names(session, Filters(text=text)) == found


def test_letters_that_only_stand_apart_are_no_word(session: Session) -> None:
    some_role(
        session, "Anna", who="Sings. Ursula's nurture, dressed in rust", description="serious"
    )

    assert names(session, Filters(text="nurse")) == []


def test_filters_narrow_by_kind_city_currency_rate_and_date(session: Session) -> None:
    some_role(session, "Cheap", kind=RoleKind.CREW, day_rate_minor=10_000)
    some_role(session, "Dear", day_rate_minor=50_000, on="2026-12-02")
    some_role(session, "Yuan", day_rate_minor=200_000, is_chinese=True)

    assert names(session, Filters(kinds=("crew",))) == ["Cheap"]
    assert names(session, Filters(cities=("Zhengzhou",))) == ["Yuan"]
    assert names(session, Filters(currency="USD")) == ["Dear", "Cheap"]
    assert names(session, Filters(least=Money(50_000, "USD"))) == ["Dear"]
    december = Filters(first=date(2026, 12, 1), last=date(2026, 12, 2))
    assert names(session, december) == ["Dear"]


def test_only_dates_i_am_free_leaves_out_clashes_short_rest_and_days_away(
    session: Session,
) -> None:
    person = a_person(session)
    mine = a_production(session, minimum_rest_minutes=600)
    night = a_shoot_day(session, mine, "2026-11-28", call="16:00", wrap="26:00")
    a_booking(session, a_role(session, mine, [night], name="Mine"), person, night)
    people.book_out(session, person.id, date(2026, 12, 1))
    people.book_out(session, person.id, date(2026, 12, 1))
    for name, on in (("Clash", "2026-11-28"), ("Tired", "2026-11-29"), ("Away", "2026-12-01")):
        some_role(session, name, on)
    some_role(session, "Rested", "2026-11-30")
    diary = agenda.diary(session, person.id, NOW)

    free = Filters(free=agenda.free_days(session, diary))

    assert names(session, free) == ["Rested"]
    people.clear_book_out(session, person.id, date(2026, 12, 1))
    free = Filters(free=agenda.free_days(session, agenda.diary(session, person.id, NOW)))
    assert names(session, free) == ["Rested", "Away"]


def test_the_diary_judges_a_day_as_the_rules_do(session: Session) -> None:
    person = a_person(session)
    show = a_production(session)
    day = a_shoot_day(session, show)
    a_booking(session, a_role(session, show, [day]), person, day)
    people.book_out(session, person.id, date(2026, 12, 1))
    away = a_shoot_day(session, show, "2026-12-01")
    later = a_shoot_day(session, show, "2026-12-03")

    diary = agenda.diary(session, person.id, NOW)

    fits = [
        diary.fit(DayWindow(one.id, one.shoot_date, one.call_at, one.wrap_at, 600))
        for one in (day, away, later)
    ]
    assert fits == [Fit.CLASHES, Fit.BOOKED_OUT, Fit.FREE]
    assert diary.booked == {day.shoot_date}


def test_a_card_shows_only_dates_to_come_and_their_total(session: Session) -> None:
    show = a_production(session)
    days = [a_shoot_day(session, show, on) for on in ("2026-11-20", "2026-11-29", "2026-11-30")]
    a_role(session, show, days, headcount=3)

    (role,) = browse.find(session, Filters(), now=NOW).roles

    assert [one.shoot_date.day for one in role.dates] == [29, 30]
    assert (role.total, role.places) == (Money(56_000, "USD"), 3)


def test_the_strip_counts_open_roles_per_date(session: Session) -> None:
    some_role(session, "One")
    some_role(session, "Two", is_chinese=True)
    some_role(session, "Shut", state=RoleState.CLOSED)

    known = browse.facets(session, date(2026, 11, 22), date(2026, 12, 5), now=NOW)

    assert known.per_date == ((date(2026, 11, 29), 2),)
    assert known.cities == ("Los Angeles", "Zhengzhou")
    assert known.currencies == ("CNY", "USD")


def test_the_feed_shows_booked_and_cancelled_days_to_whoever_has_the_address(
    session: Session,
) -> None:
    person = a_person(session)
    show = a_production(session)
    days = [a_shoot_day(session, show, on) for on in ("2026-11-29", "2026-11-30", "2026-12-01")]
    role = a_role(session, show, days)
    a_booking(session, role, person, days[0])
    gone = a_booking(session, role, person, days[1])
    gone.state = BookingState.CANCELLED_BY_PRODUCTION
    a_booking(session, role, person, days[2], state=BookingState.OFFERED)
    token = renew_calendar(session, person.user_id, clock=FixedClock(NOW))

    rows = agenda.feed(session, token, NOW)

    assert rows is not None
    assert [row.state for row in rows] == [
        BookingState.CONFIRMED,
        BookingState.CANCELLED_BY_PRODUCTION,
    ]
    renew_calendar(session, person.user_id, clock=FixedClock(NOW))
    assert agenda.feed(session, token, NOW) is None


def test_a_posting_shows_the_dates_to_come_and_all_of_them_once_they_are_over(
    session: Session,
) -> None:
    show = a_production(session)
    days = [a_shoot_day(session, show, on) for on in ("2026-11-20", "2026-11-29")]
    role = a_role(session, show, days)

    now = postings.posting(session, role.public_id, now=NOW)
    later = postings.posting(session, role.public_id, now=NOW + timedelta(days=30))

    assert now is not None
    assert later is not None
    assert [one.shoot_date.day for one in now.dates] == [29]
    assert [one.shoot_date.day for one in later.dates] == [20, 29]
    assert now.is_open(NOW)
    assert not later.is_open(NOW + timedelta(days=30))


def test_playing_age_language_department_and_paid_standby_narrow_together(
    session: Session,
) -> None:
    some_role(session, "Any age")
    some_role(session, "Nurse", plays_from=24, plays_to=34, languages=["zh", "en"])
    some_role(session, "Gaffer", kind=RoleKind.CREW, department="Electric", standby_percent=50)

    assert names(session, Filters(plays=(34, 60))) == ["Gaffer", "Nurse", "Any age"]
    assert names(session, Filters(plays=(35, 60))) == ["Gaffer", "Any age"]
    assert names(session, Filters(plays=(0, 23))) == ["Gaffer", "Any age"]
    assert names(session, Filters(languages=("zh",))) == ["Nurse"]
    assert names(session, Filters(languages=("en", "fr"))) == ["Nurse"]
    assert names(session, Filters(languages=("fr",))) == []
    assert names(session, Filters(departments=("Electric", "Grip"))) == ["Gaffer"]
    assert names(session, Filters(pays_standby=True, text="gaffer")) == ["Gaffer"]
    assert names(session, Filters(pays_standby=True, languages=("zh",))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("护士A", ["护士A-长 (Nurse)"]),
        ("护士·长", ["护士A-长 (Nurse)"]),
        ("长", ["护士A-长 (Nurse)"]),
        ("a", ["护士A-长 (Nurse)"]),
        ("士护", []),
        ("(nurse)!", ["护士A-长 (Nurse)"]),
        ("“”…", ["护士A-长 (Nurse)", "O'Brien"]),
        ("o'brien", ["O'Brien"]),
        ("brien_", ["O'Brien"]),
        ("language:zh", []),
    ],
)
def test_scripts_signs_and_single_letters_find_the_same_on_both_databases(
    session: Session, text: str, found: list[str]
) -> None:
    some_role(session, "O'Brien", who="")
    some_role(session, "护士A-长 (Nurse)", who="", languages=["zh"], is_chinese=True)

    assert names(session, Filters(text=text)) == found
