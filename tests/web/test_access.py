"""The gate: closed by default, 404 for what is not yours, 403 for what your role may not open."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from marketplace.app import create_app
from marketplace.domain.accounts.models import Membership
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.web.access import (
    GRANTS,
    Permission,
    allow,
    person_id,
    the_company,
    the_production,
    viewer,
)
from tests.support.builders import a_company, a_member, a_person, a_production, a_user
from tests.support.site import Browser, Site


@pytest.fixture
def gated(site: Site) -> Site:
    """The site with one tiny page per permission."""
    site.app.add_url_rule("/t/forgotten", "t.forgotten", lambda: "open")
    for permission in Permission:
        add(site, permission)
    return site


def add(site: Site, permission: Permission) -> None:
    @allow(permission)
    def page() -> str:
        who = "" if permission in {Permission.PUBLIC, Permission.DEMO} else str(viewer().user_id)
        return f"open {who}"

    site.app.add_url_rule(f"/t/{permission}", f"t.{permission}", page)
    site.app.add_url_rule(f"/c/<company>/t/{permission}", f"t.c_{permission}", page)
    site.app.add_url_rule(f"/p/<production>/t/{permission}", f"t.p_{permission}", page)


def status(browser: Browser, url: str) -> int:
    return browser.client.get(url).status_code


def test_a_view_nobody_opened_stays_closed(gated: Site) -> None:
    with gated.arrange() as session:
        owner = a_member(session, a_company(session))

    assert status(gated.browser(), "/t/forgotten") == 403
    assert status(gated.browser(owner), "/t/forgotten") == 403


def test_visitors_see_public_pages_and_are_asked_to_sign_in_for_others(gated: Site) -> None:
    browser = gated.browser()

    assert status(browser, "/t/public") == 200
    for permission in set(Permission) - {Permission.PUBLIC, Permission.DEMO}:
        answer = browser.client.get(f"/t/{permission}?a=1")
        assert answer.status_code == 302
        assert answer.location == f"/sign-in?next=/t/{permission}?a%3D1"


@pytest.mark.parametrize("role", list(CompanyRole))
def test_a_role_opens_exactly_what_the_matrix_says(gated: Site, role: CompanyRole) -> None:
    with gated.arrange() as session:
        company = a_company(session)
        show = a_production(session, company)
        member = a_member(session, company, role)
    browser = gated.browser(member)

    for permission, roles in GRANTS.items():
        wanted = 200 if role in roles else 403
        for place in (f"/c/{company.public_id}", f"/p/{show.public_id}", ""):
            assert status(browser, f"{place}/t/{permission}") == wanted, (place, permission)


def test_what_is_not_yours_is_not_there(gated: Site) -> None:
    with gated.arrange() as session:
        company = a_company(session, "Other")
        foreign = a_production(session, company)
        owner = a_member(session, a_company(session, "Mine"))
    browser = gated.browser(owner)

    for url in (f"/c/{company.public_id}", f"/p/{foreign.public_id}", "/c/none", "/p/none"):
        for permission in Permission:
            assert status(browser, f"{url}/t/{permission}") == 404, (url, permission)


def test_who_left_a_company_finds_nothing_there(gated: Site) -> None:
    with gated.arrange() as session:
        company = a_company(session)
        owner = a_member(session, company)
    browser = gated.browser(owner)
    assert status(browser, f"/c/{company.public_id}/t/see_company") == 200

    with gated.arrange() as session:
        session.execute(sa.update(Membership).values(ended_at=gated.clock.now()))

    assert status(browser, f"/c/{company.public_id}/t/see_company") == 404
    assert status(browser, "/t/see_company") == 404


def test_only_talent_opens_talent_pages(gated: Site) -> None:
    with gated.arrange() as session:
        talent = a_user(session)
        a_person(session, user=talent)
        owner = a_member(session, a_company(session))

    assert status(gated.browser(talent), "/t/talent") == 200
    assert status(gated.browser(owner), "/t/talent") == 404
    assert status(gated.browser(talent), "/t/see_company") == 404


def test_a_page_learns_whose_it_is_from_the_gate(gated: Site) -> None:
    with gated.arrange() as session:
        company = a_company(session, "Redwood Vertical")
        show = a_production(session, company, "Divorced at Dawn")
        owner = a_member(session, company)
        person = a_person(session, user=owner)

    @allow(Permission.SEE_COMPANY)
    def told() -> str:
        return f"{the_company().name}, {the_production().title}, {person_id()}"

    gated.app.add_url_rule("/p/<production>/told", "t.told", told)
    answer = gated.browser(owner).client.get(f"/p/{show.public_id}/told")

    assert answer.text == f"Redwood Vertical, Divorced at Dawn, {person.id}"


def test_a_page_without_production_has_none(gated: Site) -> None:
    with gated.arrange() as session:
        owner = a_member(session, a_company(session))

    @allow(Permission.SEE_COMPANY)
    def lost() -> str:
        return the_production().title

    gated.app.add_url_rule("/t/lost", "t.lost", lost)

    assert status(gated.browser(owner), "/t/lost") == 404


def test_demo_pages_say_nothing_about_who_reads_them(gated: Site) -> None:
    settings = replace(gated.settings, is_demo=True)
    gated.app = create_app(settings, replace(gated.outside, settings=settings))
    add(gated, Permission.DEMO)

    assert status(gated.browser(), "/t/demo") == 200
