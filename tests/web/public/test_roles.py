"""Find work and one role, as a visitor and as talent read them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.casting.models import Role
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.casting.services.roles import reindex
from marketplace.domain.people.models import Person
from tests.support.builders import (
    a_booking,
    a_company,
    a_member,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
)
from tests.support.site import Site

MOST_QUERIES = 8
"""Who is signed in takes two of them."""


def arranged(site: Site, *, is_chinese: bool = False, count: int = 1) -> str:
    """Make some open roles of one production; returns the public id of the last one."""
    with site.arrange() as session:
        show = a_production(session, is_chinese=is_chinese)
        days = [
            a_shoot_day(session, show),
            a_shoot_day(session, show, "2026-11-30", call="15:00", wrap="26:00"),
        ]
        names = []
        for number in range(count):
            role = a_role(session, show, days, name=f"Claire Hart {number}")
            role.disclosures = ["night"]
            role.description = "Claire's half-sister </script> & nurse."
            session.flush()
            reindex(session, role)
            names.append(role.public_id)
        return names[-1]


def talent(site: Site) -> tuple[User, Person]:
    with site.arrange() as session:
        person = a_person(session, "Mei Alvarez")
        user = session.get_one(User, person.user_id)
        session.expunge_all()
    return user, person


def test_a_visitor_sees_rate_dates_and_total_without_an_account(site: Site) -> None:
    arranged(site)

    page = site.browser().get("/roles").text

    assert "$280" in page
    assert "Sun 29 Nov – Mon 30 Nov" in page
    assert "(2 days, $560)" in page
    assert "Apply by Tue 24 Nov, 12:00" in page


def test_the_landing_page_shows_the_newest_roles_to_visitors(site: Site) -> None:
    arranged(site)

    page = site.browser().get("/").text

    assert "Claire Hart 0" in page
    assert 'role="search"' in page


def test_whoever_is_signed_in_goes_where_they_work(site: Site) -> None:
    user, _person = talent(site)
    assert site.browser(user).get("/", 302).location == "/roles"
    with site.arrange() as session:
        company = a_company(session)
        member = a_member(session, company)
        name = company.public_id
        session.expunge_all()
    assert site.browser(member).get("/", 302).location == f"/c/{name}"


def test_a_list_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    arranged(site)
    browser = site.browser()
    browser.get("/roles")
    tag = browser.get("/roles").headers["ETag"]

    assert browser.get("/roles", 304, headers={"If-None-Match": tag}).data == b""
    assert browser.get("/roles?q=nobody", headers={"If-None-Match": tag}).data

    with site.arrange() as session:
        role = session.scalars(sa.select(Role)).one()
        role.day_rate_minor += 100
    assert "$281" in browser.get("/roles", headers={"If-None-Match": tag}).text


def test_nothing_found_differs_from_nothing_yet(site: Site) -> None:
    assert "No roles yet" in site.browser().get("/roles").text
    assert "No roles match" in site.browser().get("/roles?q=gaffer").text


def test_odd_values_in_the_address_are_left_out(site: Site) -> None:
    arranged(site)
    odd = "/roles?from=soon&to=2026-13-40&kind=star&pay=XXX:9&pay=1&free=maybe&after=%27"

    assert "Claire Hart 0" in site.browser().get(odd).text


def test_what_was_asked_for_stays_in_the_form_and_in_the_links(site: Site) -> None:
    arranged(site)

    page = site.browser().get("/roles?q=claire&kind=principal&pay=USD:15000&from=2026-11-29").text

    assert "Claire Hart 0" in page
    assert 'value="principal" checked' in page
    assert '<option value="USD:15000" selected' in page
    assert "/roles?q=claire&amp;from=2026-11-30&amp;to=2026-11-30&amp;kind=principal" in page


def test_older_roles_are_on_the_next_page(site: Site) -> None:
    arranged(site, count=27)
    browser = site.browser()

    first = browser.get("/roles").text
    older = re.search(r'href="(/roles\?after=[^"]+)" rel="next"', first)

    assert older
    second = browser.get(older[1]).text
    shown = [set(re.findall(r"Claire Hart \d+", page)) for page in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (25, 2, set())


def test_talent_sees_how_each_role_fits_in_few_queries(site: Site) -> None:
    user, person = talent(site)
    with site.arrange() as session:
        show = a_production(session, title="Mine")
        day = a_shoot_day(session, show)
        a_booking(session, a_role(session, show, [day], name="Booked"), person, day)
    arranged(site, count=25)
    browser = site.browser(user)
    browser.get("/roles")
    statements: list[str] = []
    with site.app.app_context():
        from marketplace.web.extensions import db  # noqa: PLC0415 - needs the app

        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    page = browser.get("/roles").text

    asked = [text for text in statements if text.startswith(("SELECT", "WITH"))]
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
    assert "Free on 1 of 2 dates" in page
    assert ">Booked<" in page
    free = browser.get("/roles?free=1").text
    assert "Free on 1 of 2 dates" in free
    assert "Clashes with your bookings" not in free


def test_an_open_role_tells_search_engines_what_it_shows(site: Site) -> None:
    name = arranged(site)

    page = site.browser().get(f"/roles/{name}").text

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    facts = json.loads(found[1])
    assert facts["@type"] == "JobPosting"
    assert facts["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "value": 280,
        "unitText": "DAY",
    }
    assert facts["validThrough"] == "2026-11-24T12:00:00-08:00"
    assert facts["employmentType"] == ["TEMPORARY", "PER_DIEM"]
    assert f'<link rel="canonical" href="http://localhost/roles/{name}">' in page


def test_a_role_shows_call_wrap_next_day_hours_overtime_and_total(site: Site) -> None:
    page = site.browser().get(f"/roles/{arranged(site)}").text

    assert "07:00" in page
    assert re.search(r'02:00 <span class="sub">next day', page)
    assert "$280 for 12 h" in page
    assert "$560.00" in page
    assert "From 12 h to 15 h: 2 times the hourly rate." in page
    assert "1 of 1 place left" in page


def test_a_chinese_role_shows_its_registration_number(site: Site) -> None:
    name = arranged(site, is_chinese=True)
    browser = site.browser()

    english = browser.get(f"/roles/{name}").text
    chinese = browser.get(f"/roles/{name}", headers={"Accept-Language": "zh-CN"}).text

    assert "备案号 V-41-0882" in english
    assert "CN¥280.00" in english
    assert "¥280.00" in chinese
    assert "11月29日" in chinese


def test_a_closed_role_says_so_without_markup_and_shows_what_else_there_is(site: Site) -> None:
    name = arranged(site, count=2)
    with site.arrange() as session:
        role = session.scalars(sa.select(Role).where(Role.public_id == name)).one()
        role.state = RoleState.CLOSED

    page = site.browser().get(f"/roles/{name}").text

    assert "takes no more applications" in page
    assert "application/ld+json" not in page
    assert "Claire Hart 0" in page
    assert "/apply" not in page


def test_a_role_closes_by_itself_when_its_time_to_apply_has_passed(site: Site) -> None:
    name = arranged(site)
    site.clock.move_to(site.clock.now() + timedelta(days=2))

    assert "takes no more applications" in site.browser().get(f"/roles/{name}").text


def test_a_draft_and_an_unknown_role_are_not_there(site: Site) -> None:
    name = arranged(site)
    with site.arrange() as session:
        role = session.scalars(sa.select(Role)).one()
        role.state, role.published_at = RoleState.DRAFT, None

    site.browser().get(f"/roles/{name}", 404)
    site.browser().get("/roles/nothing", 404)


def test_each_filter_that_is_on_can_be_taken_off_by_itself(site: Site) -> None:
    arranged(site)
    asked = "/roles?q=claire&kind=principal&city=Los+Angeles&pay=USD&from=2026-11-29&to=2026-12-01"

    page = site.browser().get(asked).text

    for words in ("“claire”", "Principal", "Los Angeles", "Any rate in USD", "From Sun 29 Nov"):
        chip = re.search(rf'<a class="chip line" href="([^"]+)"><span[^>]*>{words}<', page)
        assert chip, words
        assert "Claire Hart 0" in site.browser().get(chip[1].replace("&amp;", "&")).text
    assert "Save this search" not in page


def test_an_empty_list_says_which_filter_to_take_off(site: Site) -> None:
    arranged(site)
    asked = "/roles?q=claire&plays=24-34&language=zh&department=Camera&standby=1"

    assert "Taking off one of these" not in site.browser().get(asked).text
    page = site.browser().get("/roles?q=claire&plays=24-34&language=zh").text

    assert "Taking off one of these filters finds some:" in page
    helpful = page.split("No roles match")[1].split("</section>")[0]
    assert "Mandarin" in helpful
    assert "Plays 24–34" not in helpful


def test_talent_saves_only_a_search_that_looks_for_something(site: Site) -> None:
    user, _person = talent(site)
    arranged(site)

    assert "Save this search" not in site.browser(user).get("/roles").text
    page = site.browser(user).get("/roles?from=2026-11-29&to=2026-11-29&free=1&standby=1").text
    assert "Save this search" in page
    assert "Only dates I am free" in page
    assert "Standby is paid" in page


@pytest.mark.parametrize("plays", ["x", "9-8", "0-121", "1234", "-", "24"])
def test_an_age_that_makes_no_sense_is_left_out(site: Site, plays: str) -> None:
    arranged(site)

    page = site.browser().get(f"/roles?plays={plays}").text

    assert ("Plays" in page) is (plays == "24")
    assert "Claire Hart 0" in page


def test_a_role_says_which_age_it_plays_and_what_must_be_spoken(site: Site) -> None:
    name = arranged(site)
    with site.arrange() as session:
        role = session.scalars(sa.select(Role)).one()
        role.plays_from, role.plays_to, role.languages = 24, 34, ["zh"]

    page = site.browser().get(f"/roles/{name}").text

    assert "Plays 24–34" in page
    assert "Mandarin" in page
