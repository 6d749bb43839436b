"""Companies, invitations, roles."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts import queries
from marketplace.domain.accounts.models import Company, Membership, User
from marketplace.domain.accounts.rules import HANDLE, CompanyRole
from marketplace.domain.accounts.services import companies
from marketplace.domain.accounts.services.companies import (
    AlreadyMemberError,
    ChangeMember,
    EditCompany,
    Invite,
    LastOwnerError,
    OpenCompany,
    WrongAddressError,
)
from marketplace.domain.accounts.services.passwords import LinkEndedError
from marketplace.domain.accounts.services.sign_up import SignUp
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.notices.models import Mail, Notice
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support.builders import a_company, a_member, a_user


@pytest.fixture
def company(session: Session) -> Company:
    return a_company(session)


@pytest.fixture
def owner(session: Session, company: Company) -> User:
    return a_member(session, company)


def invited(session: Session, owner: User, company: Company, email: str, clock: FixedClock) -> str:
    command = Invite(company.id, owner.id, email, CompanyRole.CASTING)
    return companies.invite(session, command, clock=clock)


def role_of(session: Session, user: User) -> str | None:
    query = sa.select(Membership.role).where(
        Membership.user_id == user.id, Membership.ended_at.is_(None)
    )
    return session.scalar(query)


def test_whoever_starts_a_company_owns_it(session: Session, clock: FixedClock) -> None:
    user = a_user(session)

    public_id = companies.open_company(
        session, OpenCompany(user.id, " Redwood ", "US"), clock=clock
    )

    (place,) = queries.workplaces(session, user.id)
    assert (place.public_id, place.name, place.role) == (public_id, "Redwood", "owner")


def test_an_invited_person_joins_with_the_role(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    mei = a_user(session, "Mei Alvarez", email="mei@example.test")
    token = invited(session, owner, company, " Mei@Example.test", clock)

    assert companies.join(session, mei.id, token, clock=clock) == company.public_id

    assert role_of(session, mei) == "casting"
    told = {(mail.to_address, mail.kind) for mail in session.scalars(sa.select(Mail))}
    assert told == {("mei@example.test", "invitation"), (owner.email, "joined")}


def test_a_stranger_cannot_use_somebody_elses_invitation(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    token = invited(session, owner, company, "mei@example.test", clock)
    stranger = a_user(session, email="stranger@example.test")

    with pytest.raises(WrongAddressError) as refusal:
        companies.join(session, stranger.id, token, clock=clock)

    assert "mei@example.test" in str(refusal.value.message)
    assert role_of(session, stranger) is None


def test_an_invitation_works_once(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    mei = a_user(session, email="mei@example.test")
    token = invited(session, owner, company, mei.email, clock)
    companies.join(session, mei.id, token, clock=clock)

    with pytest.raises(LinkEndedError):
        companies.join(session, mei.id, token, clock=clock)


def test_an_invitation_ends_after_fourteen_days(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    mei = a_user(session, email="mei@example.test")
    token = invited(session, owner, company, mei.email, clock)
    assert queries.invited(session, token, clock.now())
    clock.at += timedelta(days=14)

    with pytest.raises(LinkEndedError):
        companies.join(session, mei.id, token, clock=clock)
    assert queries.invited(session, token, clock.now()) is None


def test_a_second_invitation_ends_the_first(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    first = invited(session, owner, company, "mei@example.test", clock)
    second = invited(session, owner, company, "mei@example.test", clock)

    assert queries.invited(session, first, clock.now()) is None
    assert queries.invited(session, second, clock.now())


def test_an_invitation_taken_back_has_ended(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    token = invited(session, owner, company, "mei@example.test", clock)
    (row,) = queries.invitations_of(session, company.id, clock.now())

    companies.cancel_invitation(session, company.id, row.handle, owner.id, clock=clock)

    assert queries.invited(session, token, clock.now()) is None
    assert queries.invitations_of(session, company.id, clock.now()) == []


@pytest.mark.parametrize("handle", ["", "0" * HANDLE, "%" * HANDLE])
def test_only_a_named_invitation_is_taken_back(
    session: Session, owner: User, company: Company, clock: FixedClock, handle: str
) -> None:
    invited(session, owner, company, "mei@example.test", clock)

    with pytest.raises(NotFoundError):
        companies.cancel_invitation(session, company.id, handle, owner.id, clock=clock)


def test_another_company_cannot_take_an_invitation_back(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    invited(session, owner, company, "mei@example.test", clock)
    (row,) = queries.invitations_of(session, company.id, clock.now())
    other = a_company(session, "Other")

    with pytest.raises(NotFoundError):
        companies.cancel_invitation(session, other.id, row.handle, owner.id, clock=clock)


def test_a_member_is_not_invited_again(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    with pytest.raises(AlreadyMemberError):
        invited(session, owner, company, owner.email, clock)


def test_an_invited_person_without_account_signs_up_and_joins(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    token = invited(session, owner, company, "new@example.test", clock)
    person = SignUp("new@example.test", "New Person", "hash", "en", "192.0.2.7")

    user_id = companies.sign_up_invited(session, person, token, clock=clock)

    assert role_of(session, session.get_one(User, user_id)) == "casting"


def test_the_link_makes_no_account_for_another_address(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    token = invited(session, owner, company, "new@example.test", clock)
    person = SignUp("other@example.test", "Other", "hash", "en", "192.0.2.7")

    with pytest.raises(WrongAddressError):
        companies.sign_up_invited(session, person, token, clock=clock)


def test_the_link_takes_over_no_account_that_is_there(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    mei = a_user(session, email="mei@example.test")
    token = invited(session, owner, company, mei.email, clock)
    person = SignUp(mei.email, "Thief", "stolen", "en", "192.0.2.7")

    assert companies.sign_up_invited(session, person, token, clock=clock) is None

    assert mei.password_hash != person.password_hash
    assert role_of(session, mei) is None


def test_a_role_is_changed_and_the_member_told(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    mei = a_member(session, company, CompanyRole.CASTING)
    command = ChangeMember(company.id, owner.id, mei.public_id, CompanyRole.PRODUCER)

    companies.change_member(session, command, clock=clock)

    assert role_of(session, mei) == "producer"
    assert session.scalars(sa.select(Notice.user_id)).all() == [mei.id]
    (act,) = session.scalars(sa.select(AuditEntry))
    assert (act.action, act.before, act.after) == (
        "change_role",
        {"role": "casting"},
        {"role": "producer"},
    )


def test_the_same_role_again_changes_nothing(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    command = ChangeMember(company.id, owner.id, owner.public_id, CompanyRole.OWNER)

    companies.change_member(session, command, clock=clock)

    assert session.scalars(sa.select(AuditEntry)).all() == []


@pytest.mark.parametrize("role", [None, CompanyRole.PRODUCER])
def test_the_last_owner_stays(
    session: Session, owner: User, company: Company, clock: FixedClock, role: CompanyRole | None
) -> None:
    a_member(session, company, CompanyRole.PRODUCER)
    command = ChangeMember(company.id, owner.id, owner.public_id, role)

    with pytest.raises(LastOwnerError):
        companies.change_member(session, command, clock=clock)

    assert role_of(session, owner) == "owner"


def test_one_of_two_owners_may_leave_and_come_back(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    second = a_member(session, company)
    leave = ChangeMember(company.id, second.id, second.public_id, None)
    companies.change_member(session, leave, clock=clock)
    assert role_of(session, second) is None

    token = invited(session, owner, company, second.email, clock)
    companies.join(session, second.id, token, clock=clock)

    assert role_of(session, second) == "casting"


def test_nobody_of_another_company_is_changed(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    foreign = a_member(session, a_company(session, "Other"), CompanyRole.CASTING)

    for member in (foreign.public_id, "invented"):
        with pytest.raises(NotFoundError):
            companies.change_member(
                session, ChangeMember(company.id, owner.id, member, None), clock=clock
            )
    assert role_of(session, foreign) == "casting"


def test_an_edit_is_kept_with_what_it_was_before(
    session: Session, owner: User, company: Company, clock: FixedClock
) -> None:
    before = queries.company(session, company.id)
    command = EditCompany(
        company.id, owner.id, before.name, "Redwood Pictures Inc.", before.address, "US"
    )

    companies.edit_company(session, command, clock=clock)

    assert queries.company(session, company.id).legal_name == "Redwood Pictures Inc."
    (act,) = session.scalars(sa.select(AuditEntry))
    assert act.before == {"legal_name": before.legal_name}


def test_members_are_listed_by_name_with_the_reader_marked(
    session: Session, owner: User, company: Company
) -> None:
    a_member(session, company, CompanyRole.AD)

    rows = queries.members_of(session, company.id, owner.id)

    assert [(row.role, row.is_me) for row in rows] == [("ad", False), ("owner", True)]
