"""Companies, their people and their productions."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import Company, Membership, User
from marketplace.domain.accounts.rules import CompanyRole
from tests.support.builders import (
    PASSWORD,
    a_company,
    a_member,
    a_production,
    a_shoot_day,
    a_user,
)
from tests.support.site import Site


@dataclass
class Office:
    """A company and its owner."""

    company: Company
    owner: User

    @property
    def url(self) -> str:
        return f"/c/{self.company.public_id}"


@pytest.fixture
def office(site: Site) -> Office:
    with site.arrange() as session:
        company = a_company(session)
        return Office(company, a_member(session, company))


def link_in(page: str) -> str:
    found = re.search(r"http://localhost(/join/[\w-]+)", page)
    assert found
    return found[1]


def test_somebody_signed_in_starts_a_company(site: Site) -> None:
    with site.arrange() as session:
        user = a_user(session)
    browser = site.browser(user)
    browser.get("/companies/new")
    browser.post("/companies/new", {"country": "US"}, 422)

    page = browser.follow("/companies/new", {"name": "Redwood", "country": "US"})

    assert "No productions yet" in page.text


def test_the_company_shows_its_productions_and_no_others(site: Site, office: Office) -> None:
    with site.arrange() as session:
        show = a_production(session, office.company, "Divorced at Dawn")
        a_shoot_day(session, show)
        a_production(session, a_company(session, "Other"), "Somebody Else")

    page = site.browser(office.owner).get(office.url).text

    assert "Divorced at Dawn" in page
    assert "Next call" in page
    assert "No open roles" in page
    assert "Somebody Else" not in page


def test_details_of_the_company_are_kept(site: Site, office: Office) -> None:
    browser = site.browser(office.owner)
    form = {"name": "Redwood", "legal_name": "Redwood Pictures Inc.", "country": "US"}
    browser.get(f"{office.url}/edit")
    browser.post(f"{office.url}/edit", {**form, "legal_name": ""}, 422)

    browser.post(f"{office.url}/edit", form)

    assert "Redwood Pictures Inc." in browser.get(f"{office.url}/edit").text


def test_an_invitation_is_shown_once_and_lets_a_new_person_in(site: Site, office: Office) -> None:
    browser, guest = site.browser(office.owner), site.browser()
    form = {"email": "new@example.test", "role": "ad"}
    page = browser.follow(f"{office.url}/members", form).text
    path = link_in(page)
    assert path not in browser.get(f"{office.url}/members").text
    assert "Assistant director" in guest.get(path).text

    guest.post(f"{path}/sign-up", {"name": "New", "password": "short"}, 422)
    guest.post(f"{path}/sign-up", {"name": "New Person", "password": "purple lantern kite"})

    assert "No productions yet" in guest.get(office.url).text
    assert "This invitation has ended" in site.browser().get(path, 410).text


def test_somebody_with_an_account_accepts_after_signing_in(site: Site, office: Office) -> None:
    with site.arrange() as session:
        mei = a_user(session, "Mei Alvarez", email="mei@example.test")
        mei.password_hash = site.outside.passwords.hash(PASSWORD)
    form = {"email": mei.email, "role": "casting"}
    path = link_in(site.browser(office.owner).follow(f"{office.url}/members", form).text)
    guest = site.browser()
    guest.post(path, {}, 302)
    sign_in = {"email": mei.email, "password": PASSWORD, "next": path}
    assert guest.post("/sign-in", sign_in).location == path
    guest.get(path)

    assert guest.post(path, {}).location == office.url

    guest.get(office.url)
    guest.get(f"{office.url}/members", 403)


def test_a_link_for_a_known_address_makes_no_second_account(site: Site, office: Office) -> None:
    with site.arrange() as session:
        a_user(session, email="mei@example.test")
    form = {"email": "mei@example.test", "role": "casting"}
    path = link_in(site.browser(office.owner).follow(f"{office.url}/members", form).text)

    answer = site.browser().post(
        f"{path}/sign-up", {"name": "Thief", "password": "purple lantern kite"}, 409
    )

    assert "No account was made" in answer.text


def test_the_wrong_person_is_told_kindly(site: Site, office: Office) -> None:
    with site.arrange() as session:
        stranger = a_user(session, email="stranger@example.test")
    form = {"email": "mei@example.test", "role": "casting"}
    path = link_in(site.browser(office.owner).follow(f"{office.url}/members", form).text)
    browser = site.browser(stranger)

    assert "for another address" in browser.get(path).text
    browser.post(path, {}, 409)

    browser.get(office.url, 404)


def test_an_invented_link_has_ended(site: Site, office: Office) -> None:
    browser = site.browser(office.owner)

    browser.get("/join/invented", 410)
    browser.post("/join/invented", {}, 410)
    browser.post("/join/invented/sign-up", {}, 410)


def test_an_invitation_is_taken_back(site: Site, office: Office) -> None:
    browser = site.browser(office.owner)
    form = {"email": "mei@example.test", "role": "casting"}
    page = browser.follow(f"{office.url}/members", form).text
    handle = re.search(r'name="invitation" value="([0-9a-f]+)"', page)
    assert handle

    browser.post(f"{office.url}/invitations/cancel", {"invitation": handle[1]})

    browser.get(link_in(page), 410)


def test_a_member_and_a_wrong_address_are_not_invited(site: Site, office: Office) -> None:
    browser = site.browser(office.owner)
    url = f"{office.url}/members"

    assert "already" in browser.post(url, {"email": office.owner.email, "role": "ad"}, 409).text
    assert "Enter an e-mail" in browser.post(url, {"email": "mei", "role": "ad"}, 422).text


def test_a_member_gets_another_role_and_leaves(site: Site, office: Office) -> None:
    with site.arrange() as session:
        mei = a_member(session, office.company, CompanyRole.CASTING)
    browser, url = site.browser(office.owner), f"{office.url}/members/{mei.public_id}"

    browser.post(url, {"role": "accountant"})
    assert _role(site, mei) == "accountant"
    browser.post(url, {"role": "captain"}, 400)
    browser.post(url, {"role": "end"})

    assert _role(site, mei) is None
    site.browser(mei).get(office.url, 404)


def _role(site: Site, user: User) -> str | None:
    with site.look() as session:
        query = sa.select(Membership.role).where(
            Membership.user_id == user.id, Membership.ended_at.is_(None)
        )
        return session.scalar(query)


def test_the_last_owner_is_refused_with_the_way_out(site: Site, office: Office) -> None:
    url = f"{office.url}/members/{office.owner.public_id}"

    answer = site.browser(office.owner).post(url, {"role": "end"}, 409)

    assert "Make somebody else owner first" in answer.text


def test_an_owner_who_hands_over_lands_on_a_page_they_may_see(site: Site, office: Office) -> None:
    with site.arrange() as session:
        a_member(session, office.company)
    browser = site.browser(office.owner)

    page = browser.follow(f"{office.url}/members/{office.owner.public_id}", {"role": "producer"})

    assert "Settings" in page.text


def test_nobody_of_another_company_can_be_changed(site: Site, office: Office) -> None:
    with site.arrange() as session:
        foreign = a_member(session, a_company(session, "Other"), CompanyRole.CASTING)

    answer = site.browser(office.owner).post(
        f"{office.url}/members/{foreign.public_id}", {"role": "end"}, 404
    )

    assert "not in your company" in answer.text
    assert _role(site, foreign) == "casting"
