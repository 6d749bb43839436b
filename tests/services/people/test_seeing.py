"""Who may see a profile: every case that opens it, and those that do not."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, Membership
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.accounts.services.limits import limit
from marketplace.domain.booking.queries.seeing import visible_person
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from tests.support.builders import (
    NOW,
    a_booking,
    a_company,
    a_member,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    a_user,
    an_application,
)


@pytest.fixture
def person(session: Session) -> Person:
    return a_person(session)


@pytest.fixture
def show(session: Session) -> Production:
    return a_production(session)


def apply(session: Session, show: Production, person: Person) -> None:
    day = a_shoot_day(session, show)
    an_application(session, a_role(session, show, [day]), person)


def sees(session: Session, user_id: int, person: Person) -> bool:
    return visible_person(session, person.public_id, user_id) == person.id


def of_company(session: Session, show: Production, role: CompanyRole) -> int:
    membership = Membership(
        company_id=show.company_id,
        user_id=a_user(session, "Rosa").id,
        role=role,
        created_at=NOW,
    )
    session.add(membership)
    session.flush()
    return membership.user_id


def test_everybody_sees_their_own(session: Session, person: Person) -> None:
    assert sees(session, person.user_id, person)


def test_other_talent_and_strangers_see_nothing(session: Session, person: Person) -> None:
    person.is_listed = True
    session.flush()

    assert not sees(session, a_person(session, "Bea Hart").user_id, person)
    assert not sees(session, a_user(session).id, person)
    assert visible_person(session, "nobody", person.user_id) is None


@pytest.mark.parametrize("role", list(CompanyRole))
def test_a_listed_profile_opens_for_those_who_cast(
    session: Session, person: Person, show: Production, role: CompanyRole
) -> None:
    user_id = of_company(session, show, role)
    assert not sees(session, user_id, person)

    person.is_listed = True
    session.flush()

    casts = role in {CompanyRole.OWNER, CompanyRole.PRODUCER, CompanyRole.CASTING}
    assert sees(session, user_id, person) is casts


@pytest.mark.parametrize("role", list(CompanyRole))
def test_whoever_applied_is_seen_by_those_who_cast_or_run_the_show(
    session: Session, person: Person, show: Production, role: CompanyRole
) -> None:
    apply(session, show, person)

    seen = sees(session, of_company(session, show, role), person)

    assert seen is (role is not CompanyRole.ACCOUNTANT)


def test_another_company_sees_nothing_of_an_application(
    session: Session, person: Person, show: Production
) -> None:
    apply(session, show, person)

    assert not sees(session, a_member(session, a_company(session, "Elsewhere")).id, person)


def test_whoever_withdrew_is_not_seen_any_more(
    session: Session, person: Person, show: Production
) -> None:
    day = a_shoot_day(session, show)
    application = an_application(session, a_role(session, show, [day]), person)
    user_id = of_company(session, show, CompanyRole.CASTING)

    application.state = ApplicationState.WITHDRAWN
    session.flush()

    assert not sees(session, user_id, person)


def test_whoever_is_booked_is_seen(session: Session, person: Person, show: Production) -> None:
    day = a_shoot_day(session, show)
    a_booking(session, a_role(session, show, [day]), person, day)

    assert sees(session, of_company(session, show, CompanyRole.AD), person)


def test_a_former_member_sees_nothing(session: Session, person: Person, show: Production) -> None:
    apply(session, show, person)
    user_id = of_company(session, show, CompanyRole.OWNER)
    membership = session.query(Membership).filter_by(user_id=user_id).one()

    membership.ended_at = NOW
    session.flush()

    assert not sees(session, user_id, person)


def test_a_limited_member_sees_applicants_of_their_shows_alone(
    session: Session, person: Person, show: Production
) -> None:
    apply(session, show, person)
    user_id = of_company(session, show, CompanyRole.AD)
    membership = session.query(Membership).filter_by(user_id=user_id).one()
    other = a_production(session, session.get_one(Company, show.company_id), "Elsewhere")

    limit(session, membership, [other.id])
    assert not sees(session, user_id, person)
    limit(session, membership, [show.id])
    assert sees(session, user_id, person)
