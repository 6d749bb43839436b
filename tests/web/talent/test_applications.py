"""Apply to a role, follow it, withdraw: on pages."""

from __future__ import annotations

import re

import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.casting.models import Application, Role, RoleDate
from marketplace.domain.casting.rules import ApplicationState
from tests.support.builders import (
    a_booking,
    a_company,
    a_member,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)
from tests.support.site import Site


class Set:
    """A role on two dates, and talent who is booked elsewhere on the second."""

    def __init__(self, site: Site, *, disclosures: tuple[str, ...] = ()) -> None:
        """Build the rows."""
        self.site = site
        with site.arrange() as session:
            self.person = a_person(session, "Mei Alvarez")
            self.user = session.get_one(User, self.person.user_id)
            other = a_production(session, title="Secret Show")
            busy = a_shoot_day(session, other, "2026-11-30")
            a_booking(session, a_role(session, other, [busy], name="Other"), self.person, busy)
            show = a_production(session)
            days = [a_shoot_day(session, show), a_shoot_day(session, show, "2026-11-30")]
            self.role = a_role(session, show, days)
            self.role.disclosures = list(disclosures)
            session.flush()
            self.dates = list(
                session.scalars(
                    sa.select(RoleDate.id)
                    .where(RoleDate.role_id == self.role.id)
                    .order_by(RoleDate.id),
                ),
            )
            session.expunge_all()
        self.browser = site.browser(self.user)
        self.url = f"/roles/{self.role.public_id}/apply"

    def count(self) -> int:
        with self.site.look() as session:
            return session.scalar(sa.select(sa.func.count(Application.id))) or 0


def test_a_visitor_signs_in_and_comes_back_to_the_role(site: Site) -> None:
    stage = Set(site)

    answer = site.browser().get(stage.url, 302)

    assert answer.location.startswith("/sign-in?next=")
    assert stage.role.public_id in answer.location


def test_somebody_without_a_profile_is_told_to_add_one(site: Site) -> None:
    stage = Set(site)
    with site.arrange() as session:
        member = a_member(session, a_company(session))
        session.expunge_all()

    assert "Add a talent profile" in site.browser(member).get(stage.url).text


def test_free_dates_are_ticked_and_clashing_ones_cannot_be(site: Site) -> None:
    stage = Set(site)

    page = stage.browser.get(stage.url).text

    free, clash = stage.dates
    assert f'value="{free}" checked' in page
    assert f'value="{clash}" disabled' in page
    assert "Clashes" in page
    assert "Secret Show" not in page


def test_an_application_is_sent_and_its_true_state_shown(site: Site) -> None:
    stage = Set(site)

    page = stage.browser.follow(stage.url, {"dates": stage.dates[0], "note": "Off book."}).text

    assert "Casting has not opened it yet." in page
    assert "Off book." in page
    assert "Sun 29 Nov" in page
    assert stage.browser.get(stage.url, 303).location.startswith("/me/applications/")
    assert "See your application" in stage.browser.get(f"/roles/{stage.role.public_id}").text


def test_a_clashing_date_is_refused_by_the_server_too(site: Site) -> None:
    stage = Set(site)

    page = stage.browser.post(stage.url, {"dates": stage.dates[1], "note": "kept"}, 422).text

    assert "Tick only dates that fit your other work." in page
    assert "kept" in page
    assert stage.count() == 0


def test_no_date_and_no_consent_are_refused_with_both_reasons(site: Site) -> None:
    stage = Set(site, disclosures=("stunts",))

    page = stage.browser.post(stage.url, {"note": ""}, 422).text

    assert "Tick at least one date you can work." in page
    assert "tick that you accept it" in page
    sent = {"dates": stage.dates[0], "consent": "y"}
    assert stage.browser.post(stage.url, sent).location.startswith("/me/applications/")


def test_a_second_application_is_refused_in_words(site: Site) -> None:
    stage = Set(site)
    stage.browser.post(stage.url, {"dates": stage.dates[0]})

    page = stage.browser.post(stage.url, {"dates": stage.dates[0]}, 409).text

    assert "You have applied for this role already" in page
    assert stage.count() == 1


def test_withdrawing_twice_shows_the_same(site: Site) -> None:
    stage = Set(site)
    url = stage.browser.post(stage.url, {"dates": stage.dates[0]}).location

    first = stage.browser.follow(f"{url}/withdraw", {}).text
    second = stage.browser.follow(f"{url}/withdraw", {}).text

    assert "You withdrew" in first
    assert "You withdrew" in second
    assert "/withdraw" not in second


def test_a_booked_application_says_where_to_cancel(site: Site) -> None:
    stage = Set(site)
    with site.arrange() as session:
        role = session.get_one(Role, stage.role.id)
        made = an_application(session, role, stage.person, state=ApplicationState.BOOKED)
        url = f"/me/applications/{made.public_id}"

    assert "under My dates" in stage.browser.get(url).text
    assert "Cancel the booking under My dates" in stage.browser.follow(f"{url}/withdraw", {}).text


def test_the_list_groups_by_state_with_offers_first(site: Site) -> None:
    stage = Set(site)
    with site.arrange() as session:
        show = a_production(session, title="Other")
        for state in (ApplicationState.NOT_SELECTED, ApplicationState.OFFERED):
            role = a_role(session, show, [a_shoot_day(session, show)], name=f"Part {state}")
            an_application(session, role, stage.person, state=state)

    page = stage.browser.get("/me/applications").text

    assert re.findall(r"Part \w+", page) == ["Part offered", "Part not_selected"]


def test_somebody_elses_application_is_not_there(site: Site) -> None:
    stage = Set(site)
    url = stage.browser.post(stage.url, {"dates": stage.dates[0]}).location
    with site.arrange() as session:
        stranger = session.get_one(User, a_person(session, "Wen Qiu").user_id)
        session.expunge_all()
    browser = site.browser(stranger)

    browser.get(url, 404)
    browser.post(f"{url}/withdraw", {}, 404)
    assert "You have not applied yet" in browser.get("/me/applications").text
