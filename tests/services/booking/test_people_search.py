"""Find people: only who listed themselves, every filter, free and rested, page by page."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.queries.fits import DayWindow
from marketplace.domain.booking.queries.people_search import (
    FoundPerson,
    PeopleFilters,
    find_people,
)
from marketplace.domain.booking.rules import BookingState, Fit
from marketplace.domain.people import services as people
from marketplace.domain.people.models import (
    CrewPosition,
    Person,
    PersonGram,
    PersonListing,
    SizeCard,
    Skill,
    SpokenLanguage,
)
from marketplace.domain.people.rules import Work
from marketplace.domain.people.services.listing import index_person
from marketplace.domain.productions.models import ShootDay
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)


def listed(
    session: Session,
    name: str,
    *,
    minutes_ago: int = 0,
    languages: tuple[str, ...] = (),
    skills: tuple[str, ...] = (),
    **values: object,
) -> Person:
    """Make somebody who listed themselves, so many minutes before now.

    values: columns; ages: (from, to); gaffer: whether they are one.
    """
    ages, is_gaffer = values.pop("ages", None), values.pop("gaffer", False)
    person = a_person(session, name)
    person.is_listed = True
    for field, value in values.items():
        setattr(person, field, value)
    if isinstance(ages, tuple):
        session.add(SizeCard(person_id=person.id, age_from=ages[0], age_to=ages[1]))
    for place, code in enumerate(languages):
        session.add(SpokenLanguage(person_id=person.id, position=place, code=code, level="fluent"))
    for place, word in enumerate(skills):
        session.add(Skill(person_id=person.id, position=place, word=word))
    if is_gaffer:
        session.add(
            CrewPosition(person_id=person.id, position=0, department="electric", word="gaffer")
        )
    session.flush()
    index_person(session, person, clock=FixedClock(NOW - timedelta(minutes=minutes_ago)))
    return person


def found(session: Session, **filters: object) -> list[FoundPerson]:
    return find_people(session, PeopleFilters(**filters)).people  # type: ignore[arg-type]  # as given


def names(session: Session, **filters: object) -> list[str]:
    return [one.name for one in found(session, **filters)]


def window(day: ShootDay, rest_minutes: int = 600) -> DayWindow:
    return DayWindow(day.id, day.shoot_date, day.call_at, day.wrap_at, rest_minutes)


def test_only_people_who_listed_themselves_are_found(session: Session) -> None:
    listed(session, "Ava Lin")
    a_person(session, "Hidden Hal")
    closed = listed(session, "Closed Account")
    session.get_one(User, closed.user_id).disabled_at = NOW
    session.flush()

    assert names(session) == ["Ava Lin"]


def test_whoever_takes_themselves_off_is_in_no_index_any_more(session: Session) -> None:
    person = listed(session, "Ava Lin")
    person.is_listed = False

    index_person(session, person, clock=FixedClock(NOW))

    for table in (PersonListing, PersonGram):
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_a_changed_profile_is_found_as_it_is_now_and_keeps_its_place(session: Session) -> None:
    first = listed(session, "Ava Lin", minutes_ago=5)
    listed(session, "Ben Okafor")
    user_id, works = first.user_id, frozenset({Work.CREW})
    profile = people.Profile("Ava Zhou", works, "Zhengzhou", "CN", "Asia/Shanghai", is_listed=True)

    people.keep_profile(session, user_id, profile, clock=FixedClock(NOW))

    assert names(session, text="lin") == []
    assert names(session, city="zhengzhou", works=("crew",)) == ["Ava Zhou"]
    assert names(session) == ["Ben Okafor", "Ava Zhou"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("林晚", ["Lin Wan"]),
        ("晚林", []),
        ("lin wan", ["Lin Wan"]),
        ("WAN", ["Lin Wan"]),
        ("o'neill", ["Zoë O'Neill"]),
        ("zoë", ["Zoë O'Neill"]),
        ("剑术", ["Lin Wan"]),
        ("stage combat", ["Zoë O'Neill"]),
        ("gaffer", ["Zoë O'Neill"]),
        ("100%", []),
        ("q", []),
        ("𠮷", ["Lin Wan"]),
        ("  ", ["Lin Wan", "Zoë O'Neill"]),
    ],
)
def test_words_of_every_script_are_found_in_what_a_profile_says(
    session: Session, text: str, wanted: list[str]
) -> None:
    listed(
        session,
        "Lin Wan",
        second_name="林晚",
        about="我和 𠮷 田 一起 拍 过 戏",
        skills=("sword",),
    )
    listed(
        session,
        "Zoë O'Neill",
        minutes_ago=1,
        skills=("stage_combat",),
        gaffer=True,
    )

    assert names(session, text=text) == wanted


def test_filters_narrow_by_work_place_age_language_skill_and_position(session: Session) -> None:
    listed(
        session,
        "Young",
        ages=(18, 24),
        languages=("zh", "en"),
        city="Los Angeles",
        is_crew=False,
        is_background=False,
    )
    listed(
        session,
        "Old",
        minutes_ago=1,
        ages=(50, 60),
        languages=("en",),
        skills=("swimming", "Unicycle"),
        city="Zhengzhou",
        is_crew=False,
        is_actor=False,
    )
    crew: dict[str, Any] = {"is_actor": False, "is_background": False}
    listed(session, "Gaffer", minutes_ago=2, gaffer=True, **crew)

    assert names(session, works=("actor",)) == ["Young"]
    assert names(session, works=("actor", "crew")) == ["Young", "Gaffer"]
    assert names(session, city="ＺＨＥＮＧＺＨＯＵ ") == ["Old"]  # noqa: RUF001 - wide letters
    assert names(session, plays=(24, 30)) == ["Young", "Gaffer"]
    assert names(session, plays=(25, 49)) == ["Gaffer"]
    assert names(session, languages=("en",)) == ["Young", "Old"]
    assert names(session, languages=("en", "zh")) == ["Young"]
    assert names(session, skills=("unicycle",)) == ["Old"]
    assert names(session, department="electric") == ["Gaffer"]
    assert names(session, position="gaffer", text="gaf") == ["Gaffer"]


def test_a_rate_is_compared_in_its_own_currency_and_nobody_silent_is_left_out(
    session: Session,
) -> None:
    listed(session, "Silent")
    for place, (name, rate, code) in enumerate(
        [("Cheap", 20_000, "USD"), ("Dear", 90_000, "USD"), ("Yuan", 20_000, "CNY")]
    ):
        listed(session, name, minutes_ago=place + 1, asked_rate_minor=rate, asked_currency=code)

    assert names(session, most=Money(30_000, "USD")) == ["Silent", "Cheap"]
    assert found(session)[1].rate == Money(20_000, "USD")


def test_only_people_free_and_rested_on_every_chosen_date(session: Session) -> None:
    show = a_production(session, title="Ours", minimum_rest_minutes=600)
    wanted = [a_shoot_day(session, show, on) for on in ("2026-11-29", "2026-12-01")]
    other = a_production(session, title="Theirs", minimum_rest_minutes=720)
    days = {
        "Clash": a_shoot_day(session, other, "2026-11-29", call="18:59", wrap="26:00"),
        "Tired": a_shoot_day(session, other, "2026-11-30", call="06:59", wrap="19:00"),
        "Rested": a_shoot_day(session, other, "2026-11-30", call="07:00", wrap="19:00"),
    }
    for place, (name, day) in enumerate(days.items()):
        person = listed(session, name, minutes_ago=place)
        a_booking(session, a_role(session, other, [day], name=name), person, day)
    people.book_out(session, listed(session, "Away", minutes_ago=5).id, date(2026, 12, 1))
    waits = listed(session, "Only offered", minutes_ago=6)
    role = a_role(session, other, [days["Clash"]], name="Offered")
    a_booking(session, role, waits, days["Clash"], state=BookingState.OFFERED)
    chosen = tuple(window(day) for day in wanted)

    assert names(session, days=chosen, is_free=True) == ["Rested", "Only offered"]

    shown = {one.name: list(one.fits.values()) for one in found(session, days=chosen)}
    assert shown == {
        "Clash": [Fit.CLASHES, Fit.FREE],
        "Tired": [Fit.SHORT_REST, Fit.FREE],
        "Rested": [Fit.FREE, Fit.FREE],
        "Away": [Fit.FREE, Fit.BOOKED_OUT],
        "Only offered": [Fit.FREE, Fit.FREE],
    }


@pytest.mark.parametrize("hours", range(-14, 15))
def test_the_filter_and_the_words_beside_a_name_never_disagree(
    session: Session, hours: int
) -> None:
    show = a_production(session, minimum_rest_minutes=600)
    chosen = (window(a_shoot_day(session, show, "2026-11-29")),)
    other = a_production(session, minimum_rest_minutes=660)
    theirs = a_shoot_day(session, other, "2026-11-29")
    theirs.call_at += timedelta(hours=24 + hours)
    theirs.wrap_at += timedelta(hours=24 + hours)
    session.flush()
    person = listed(session, "Ava Lin")
    a_booking(session, a_role(session, other, [theirs]), person, theirs)

    fit = next(iter(found(session, days=chosen)[0].fits.values()))

    assert bool(names(session, days=chosen, is_free=True)) is (fit is Fit.FREE)


def test_whoever_applied_for_the_role_is_not_suggested_for_it(session: Session) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    an_application(session, role, listed(session, "Applied"))
    listed(session, "New to it", minutes_ago=1)

    assert names(session, role_id=role.id) == ["New to it"]


def test_pages_of_people_follow_each_other_without_gap_or_repeat(session: Session) -> None:
    for number in range(5):
        listed(session, f"Person {number}", minutes_ago=number // 2)
    seen: list[str] = []
    after = ""
    while True:
        page = find_people(session, PeopleFilters(), after=after, size=2)
        seen += [one.name for one in page.people]
        if page.next_after is None:
            break
        after = page.next_after

    assert sorted(seen) == [f"Person {number}" for number in range(5)]
    assert all(one != other for one, other in pairwise(seen))
    assert find_people(session, PeopleFilters(), after="nobody").people[0].name == seen[0]


def test_a_page_of_people_takes_five_statements_however_many_they_are(session: Session) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])
    for number in range(30):
        listed(session, f"Person {number}", minutes_ago=number)
    asked: list[str] = []
    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    filters = PeopleFilters(text="person", days=(window(day),), is_free=True, role_id=role.id)

    page = find_people(session, filters)

    assert len(page.people) == 25
    assert len(asked) <= 5, "\n".join(asked)
