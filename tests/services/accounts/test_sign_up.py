"""New accounts, and addresses that have one."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, LoginAttempt, Membership, User
from marketplace.domain.accounts.services import companies
from marketplace.domain.accounts.services.sign_up import Preferences, SignUp, prefer, sign_up
from marketplace.domain.notices.models import Mail, Notice
from marketplace.domain.people.models import Person
from marketplace.domain.people.rules import Work
from marketplace.domain.people.services import Profile, sign_up_talent
from marketplace.kernel.clock import FixedClock
from tests.support.builders import a_user

AVA = SignUp(" Ava@Example.test ", "Ava Lin", "hash", "zh_Hans", "192.0.2.7")
PROFILE = Profile(
    "Ava Lin", frozenset({Work.ACTOR, Work.CREW}), "Los Angeles", "US", "America/Los_Angeles"
)


def count(session: Session, model: type[object]) -> int | None:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_new_address_becomes_an_account(session: Session, clock: FixedClock) -> None:
    user_id = sign_up(session, AVA, clock=clock)

    user = session.get_one(User, user_id)
    assert (user.email, user.display_name, user.locale) == (
        "ava@example.test",
        "Ava Lin",
        "zh_Hans",
    )


def test_a_known_address_changes_nothing_and_its_owner_is_told(
    session: Session, clock: FixedClock
) -> None:
    owner = a_user(session, "Ava Lin", email="ava@example.test")

    assert sign_up(session, AVA, clock=clock) is None

    (mail,) = session.scalars(sa.select(Mail))
    assert mail.to_address == owner.email
    assert count(session, User) == 1
    assert count(session, Notice) == 0
    assert session.get_one(User, owner.id).password_hash != AVA.password_hash


def test_the_owner_is_told_once_a_day_and_each_try_counts(
    session: Session, clock: FixedClock
) -> None:
    a_user(session, email="ava@example.test")

    for _ in range(3):
        sign_up(session, AVA, clock=clock)

    assert count(session, Mail) == 1
    assert count(session, LoginAttempt) == 3


def test_talent_gets_a_profile_with_the_account(session: Session, clock: FixedClock) -> None:
    user_id = sign_up_talent(session, AVA, PROFILE, clock=clock)

    (person,) = session.scalars(sa.select(Person))
    assert person.user_id == user_id
    assert (person.is_actor, person.is_background, person.is_crew) == (True, False, True)


def test_a_known_address_gets_no_second_profile(session: Session, clock: FixedClock) -> None:
    a_user(session, email="ava@example.test")

    assert sign_up_talent(session, AVA, PROFILE, clock=clock) is None

    assert count(session, Person) == 0


def test_whoever_hires_owns_the_new_company(session: Session, clock: FixedClock) -> None:
    user_id = companies.sign_up_company(session, AVA, "Redwood Vertical", "US", clock=clock)

    (company,) = session.scalars(sa.select(Company))
    (member,) = session.scalars(sa.select(Membership))
    assert (member.user_id, member.company_id, member.role) == (user_id, company.id, "owner")


def test_a_known_address_gets_no_company(session: Session, clock: FixedClock) -> None:
    a_user(session, email="ava@example.test")

    assert companies.sign_up_company(session, AVA, "Redwood", "US", clock=clock) is None

    assert count(session, Company) == 0


def test_preferences_change_only_what_was_chosen(session: Session) -> None:
    user = a_user(session, "Ava Lin")

    prefer(session, user.id, Preferences(theme="dark", has_shortcut_keys=False))

    assert (user.theme, user.has_shortcut_keys) == ("dark", False)
    assert (user.locale, user.display_name) == ("en", "Ava Lin")
