"""Find people for a production, invite them to apply, offer them dates."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Offer
from marketplace.domain.casting.models import Role, RoleInvitation
from marketplace.domain.casting.rules import RoleKind, RoleState
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import CrewPosition, Person, SizeCard, SpokenLanguage
from marketplace.domain.people.services.listing import index_person
from marketplace.kernel.clock import FixedClock
from marketplace.web.extensions import db
from tests.support.builders import (
    NOW,
    a_booking,
    a_company,
    a_member,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)
from tests.support.site import Browser, Site

MOST_QUERIES = 14


@dataclass
class Set:
    """A production with an open role of two days, and who casts for it."""

    browser: Browser
    url: str
    role: str
    role_id: int
    production_id: int
    days: list[str]


def a_set(site: Site, **values: object) -> Set:
    with site.arrange() as session:
        company = a_company(session)
        user = a_member(session, company, CompanyRole.CASTING)
        show = a_production(session, company)
        days = [a_shoot_day(session, show, on) for on in ("2026-11-29", "2026-12-01")]
        role = a_role(session, show, days)
        for name, value in values.items():
            setattr(role, name, value)
        session.flush()
        made = Set(
            site.browser(),
            f"/p/{show.public_id}/people",
            role.public_id,
            role.id,
            show.id,
            [day.public_id for day in days],
        )
        session.expunge_all()
    made.browser = site.browser(user)
    return made


def a_listed(session: Session, name: str, **values: object) -> Person:
    person = a_person(session, name)
    person.is_listed = True
    for field, value in values.items():
        setattr(person, field, value)
    session.flush()
    index_person(session, person, clock=FixedClock(NOW))
    return person


def people(site: Site, *names: str) -> list[str]:
    """List people; returns their public ids."""
    with site.arrange() as session:
        return [a_listed(session, name).public_id for name in names]


def mails(site: Site) -> list[Mail]:
    with site.look() as session:
        return list(session.scalars(sa.select(Mail)))


def test_casting_finds_people_with_a_word_for_each_date(site: Site) -> None:
    made = a_set(site)
    with site.arrange() as session:
        free, busy = a_listed(session, "Ava Lin"), a_listed(session, "林晚")
        a_person(session, "Hidden Hal")
        other = a_production(session, title="Secret Show")
        day = a_shoot_day(session, other, "2026-11-29")
        a_booking(session, a_role(session, other, [day], name="Elsewhere"), busy, day)
        assert free.id != busy.id

    page = made.browser.get(made.url).text

    assert "Ava Lin" in page
    assert "Hidden Hal" not in page
    assert "Sun 29 Nov: not free" in page
    assert "Tue 1 Dec: free" in page
    assert "Secret Show" not in page
    assert "Elsewhere" not in page
    assert "nothing can be bought" in page

    chosen = made.browser.get(f"{made.url}?day={made.days[0]}&free=1").text
    assert "Ava Lin" in chosen
    assert "林晚" not in chosen


def test_a_role_opens_the_search_with_its_filters_filled_in(site: Site) -> None:
    made = a_set(
        site,
        kind=RoleKind.CREW,
        department="Wardrobe",
        plays_from=24,
        plays_to=34,
        languages=["zh"],
    )
    with site.arrange() as session:
        dresser = a_listed(session, "Dora Dresser")
        session.add(SizeCard(person_id=dresser.id, age_from=30, age_to=40))
        session.add(
            SpokenLanguage(person_id=dresser.id, position=0, code="zh", level="native"),
        )
        session.add(
            CrewPosition(person_id=dresser.id, position=0, department="costume", word="dresser")
        )
        session.flush()
        index_person(session, dresser, clock=FixedClock(NOW))
        a_listed(session, "Gus Gaffer")

    address = made.browser.get(f"{made.url}/for/{made.role}", 302).location
    page = made.browser.get(address).text

    assert "Dora Dresser" in page
    assert "Gus Gaffer" not in page
    for chip in ("Crew", "Los Angeles", "Mandarin", "Plays 24–34", "Free and rested"):
        assert f"<span>{chip}</span>" in page, chip
    without = re.search(r'href="([^"]+)"><span>Los Angeles', page)
    assert without
    assert "city=" not in without[1]
    assert "language=zh" in without[1]


def test_whoever_applied_is_not_suggested(site: Site) -> None:
    made = a_set(site)
    with site.arrange() as session:
        an_application(session, session.get_one(Role, made.role_id), a_listed(session, "Applied"))
    people(site, "New to it")

    page = made.browser.get(f"{made.url}?role={made.role}").text

    assert "New to it" in page
    assert ">Applied<" not in page


def test_nobody_found_says_which_filter_to_take_off(site: Site) -> None:
    made = a_set(site)
    people(site, "Ava Lin")

    page = made.browser.get(f"{made.url}?q=ava&city=Nowhere&rate=300&plays=10-20").text

    assert "Nobody found" in page
    assert "Taking off one of these filters finds some:" in page
    empty = page.split("Nobody found")[1].split("</section>")[0]
    assert "Nowhere" in empty
    assert "“ava”" not in empty


def test_odd_values_in_the_address_are_left_out(site: Site) -> None:
    made = a_set(site)
    people(site, "Ava Lin")
    odd = "work=king&plays=9-2&plays_to=x&rate=-5&day=none&language=xx&role=none&after=%27&free=2"

    assert "Ava Lin" in made.browser.get(f"{made.url}?{odd}").text
    assert "Ava Lin" in made.browser.get(f"{made.url}?rate={'9' * 40}").text
    assert "Nobody found" in made.browser.get(f"{made.url}?job=zzz:zz&skill=zzz&city=zzz").text


def test_an_invitation_is_told_once_and_leads_to_the_role(site: Site) -> None:
    made = a_set(site)
    (person,) = people(site, "Ava Lin")
    page = made.browser.get(f"{made.url}?role={made.role}").text
    assert f"/{person}/invite/{made.role}" in page

    made.browser.post(f"{made.url}/{person}/invite/{made.role}", {})
    again = made.browser.follow(f"{made.url}/{person}/invite/{made.role}", {}).text

    (mail,) = mails(site)
    assert mail.path == f"/roles/{made.role}"
    assert "Redwood Vertical" in str(mail.subject)
    assert "Invited before." in again
    assert f"/{person}/invite/{made.role}" not in again
    with site.look() as session:
        user = session.scalars(
            sa.select(User)
            .join(Person, Person.user_id == User.id)
            .where(Person.public_id == person)
        ).one()
        session.expunge_all()
    role = site.browser(user).get(f"/roles/{made.role}").text
    assert "Redwood Vertical invites you to apply" in role


def test_nobody_is_invited_who_applied_is_hidden_or_comes_too_late(site: Site) -> None:
    made = a_set(site)
    with site.arrange() as session:
        hidden = a_person(session, "Hidden Hal").public_id
    (person,) = people(site, "Ava Lin")
    elsewhere = a_set(site)

    made.browser.post(f"{made.url}/{hidden}/invite/{made.role}", {}, 404)
    made.browser.post(f"{made.url}/{person}/invite/{elsewhere.role}", {}, 404)
    with site.arrange() as session:
        role = session.get_one(Role, made.role_id)
        found = session.query(Person).filter_by(public_id=person).one()
        an_application(session, role, found)
    said = made.browser.follow(f"{made.url}/{person}/invite/{made.role}", {}).text
    assert "Ava Lin applied already." in said
    with site.arrange() as session:
        session.get_one(Role, made.role_id).state = RoleState.CLOSED
    (late,) = people(site, "Late Leo")
    said = made.browser.follow(f"{made.url}/{late}/invite/{made.role}", {}).text
    assert "This role takes no more applications." in said
    assert mails(site) == []
    with site.look() as session:
        assert session.scalars(sa.select(RoleInvitation)).all() == []


def test_dates_are_offered_to_somebody_who_did_not_apply(site: Site) -> None:
    made = a_set(site)
    (person,) = people(site, "Ava Lin")
    address = f"{made.url}/{person}/offer/{made.role}"
    page = made.browser.get(address).text
    assert "Offer Ava Lin dates as Claire Hart" in page
    dates = re.findall(r'name="dates" value="(\d+)" checked', page)
    assert len(dates) == 2

    assert "at least one date" in made.browser.post(address, {"expires": ""}, 422).text
    body = {"dates": dates[:1], "expires": "2026-11-24T10:00", "note": "Come early."}
    assert "$280.00" in made.browser.post(f"{address}/price", body, 200).text
    made.browser.post(address, body)

    with site.look() as session:
        offer = session.scalars(sa.select(Offer)).one()
        assert (offer.application_id, offer.note) == (None, "Come early.")
    again = made.browser.post(address, {**body, "dates": dates[:1]}, 422).text
    assert "There is 1 problem" in again
    made.browser.get(f"{made.url}/nobody/offer/{made.role}", 404)
    made.browser.get(f"{made.url}/{person}/offer/nothing", 404)


def test_a_full_page_of_people_takes_few_queries(site: Site) -> None:
    made = a_set(site)
    people(site, *(f"Person {number}" for number in range(27)))
    address = f"{made.url}?role={made.role}&free=1&day={made.days[0]}&q=person"
    made.browser.get(address)

    statements: list[str] = []
    with site.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    page = made.browser.get(address).text

    asked = [text for text in statements if text.startswith(("SELECT", "WITH"))]
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
    more = re.search(r'href="([^"]+)" rel="next"', page)
    assert more
    assert page.count('class="name"') == 25
    assert made.browser.get(more[1].replace("&amp;", "&")).text.count('class="name"') == 2
