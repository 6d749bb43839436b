"""Save a search, change it, and end its mails without signing in."""

from __future__ import annotations

import re

import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.casting.models import SavedSearch
from marketplace.domain.casting.services.searches import stop_token
from marketplace.domain.people.models import Person
from tests.support.builders import a_person
from tests.support.site import Browser, Site

ADDRESS = "/me/searches/new?q=nurse&kind=principal&city=Los+Angeles&pay=USD:25000&plays=24-34"


def talent(site: Site, name: str = "Mei Alvarez") -> tuple[Browser, str]:
    """Return a browser of talent, and their public id."""
    with site.arrange() as session:
        person = a_person(session, name)
        user, public_id = session.get_one(User, person.user_id), person.public_id
        session.expunge_all()
    return site.browser(user), public_id


def kept(site: Site) -> list[SavedSearch]:
    with site.look() as session:
        return list(session.scalars(sa.select(SavedSearch)))


def test_filters_are_saved_under_a_name_and_lead_back_to_the_list(site: Site) -> None:
    browser, _person = talent(site)
    roles = browser.get(ADDRESS.replace("/me/searches/new", "/roles")).text
    assert "Save this search" in roles
    form = browser.get(ADDRESS).text
    assert 'value="“nurse”, Principal, Los Angeles, $250 or more, Plays 24–34"' in form

    page = browser.follow(ADDRESS, {"name": "Nurses", "cadence": "at_once"}).text

    assert "Search saved." in page
    assert "At once, when a role is published" in page
    link = re.search(r'href="(/roles\?q=nurse[^"]+)"', page)
    assert link
    again = browser.get(link[1].replace("&amp;", "&")).text
    assert "Save changes to this search" in again
    assert "$250 or more" in again


def test_a_saved_search_is_changed_in_its_place_and_deleted(site: Site) -> None:
    browser, _person = talent(site)
    browser.post(ADDRESS, {"name": "Nurses", "cadence": "daily"})
    (row,) = kept(site)
    changed = f"/me/searches/new?q=doctor&saved={row.public_id}"
    form = browser.get(changed).text
    assert 'value="Nurses"' in form
    assert re.search(r'value="daily" checked', form)

    browser.post(changed, {"name": "Doctors", "cadence": "never"})

    (row,) = kept(site)
    assert (row.name, row.cadence, row.filters) == ("Doctors", "never", {"text": "doctor"})
    assert "No mails" in browser.get("/me/searches").text
    browser.post(f"/me/searches/{row.public_id}/delete", {})
    assert "No saved searches yet" in browser.get("/me/searches").text


def test_a_search_of_nothing_or_without_a_name_says_what_is_missing(site: Site) -> None:
    browser, _person = talent(site)

    assert (
        "at least one filter"
        in browser.post("/me/searches/new", {"name": "All", "cadence": "daily"}, 409).text
    )
    assert (
        "Give the search a name."
        in browser.post(ADDRESS, {"name": "", "cadence": "daily"}, 422).text
    )
    assert kept(site) == []


def test_nobody_changes_or_deletes_somebody_elses_search(site: Site) -> None:
    browser, _person = talent(site)
    browser.post(ADDRESS, {"name": "Nurses", "cadence": "daily"})
    (row,) = kept(site)
    other, _other = talent(site, "Ben")

    other.post(f"/me/searches/{row.public_id}/delete", {}, 404)
    other.post(f"{ADDRESS}&saved={row.public_id}", {"name": "Mine", "cadence": "daily"}, 404)
    assert "Nurses" not in other.get(f"{ADDRESS}&saved={row.public_id}").text
    assert [one.name for one in kept(site)] == ["Nurses"]


def test_the_link_of_a_mail_ends_mails_without_signing_in(site: Site) -> None:
    browser, person = talent(site)
    browser.post(ADDRESS, {"name": "Nurses", "cadence": "daily"})
    visitor = site.browser()
    address = f"/alerts/{stop_token(person, site.outside.vault)}"
    assert "Stop mails about new roles" in visitor.get(address).text
    assert kept(site)[0].cadence == "daily"

    for _ in range(2):
        assert "No more mails about new roles" in visitor.post(address, {}, 200).text

    assert kept(site)[0].cadence == "never"
    visitor.get("/alerts/nobody-0123", 404)
    visitor.post("/alerts/nobody-0123", {}, 404)
    with site.look() as session:
        assert session.query(Person).count() == 1
