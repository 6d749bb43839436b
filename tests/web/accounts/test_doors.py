"""Sign up, sign in, sign out: what a browser sees."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.adapters.passwords import Argon2Passwords
from marketplace.app import create_app
from marketplace.domain.accounts.models import LoginSession, User
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from tests.support.builders import PASSWORD, a_company, a_member, a_person, a_user
from tests.support.site import Browser, Site

TALENT = {
    "works": ["actor", "crew"],
    "stage_name": "Ava Lin",
    "city": "Los Angeles",
    "country": "US",
    "email": "Ava@Example.test",
    "password": "purple lantern kite",
}
COMPANY = {
    "company": "Redwood Vertical",
    "country": "US",
    "name": "Rosa Delgado",
    "email": "rosa@example.test",
    "password": "purple lantern kite",
}


@pytest.fixture
def ava(site: Site) -> User:
    with site.arrange() as session:
        user = a_user(session, "Ava Lin", email="ava@example.test")
        a_person(session, "Ava Lin", user=user)
        user.password_hash = site.outside.passwords.hash(PASSWORD)
    return user


def sign_in(browser: Browser, status: int, password: str = PASSWORD, **more: str) -> str:
    data = {"email": "ava@example.test", "password": password, **more}
    answer = browser.post("/sign-in", data, status)
    return answer.location if status == 303 else answer.text


def is_signed_in(browser: Browser) -> bool:
    return browser.client.get("/settings").status_code == 200


def test_a_person_who_looks_for_work_signs_up_and_is_in(site: Site) -> None:
    browser = site.browser()

    browser.post("/sign-up", TALENT)

    assert is_signed_in(browser)
    with site.look() as session:
        (person,) = session.scalars(sa.select(Person))
        assert (person.zone, person.is_crew, person.is_background) == (
            "America/Los_Angeles",
            True,
            False,
        )


def test_a_person_who_hires_signs_up_and_sees_the_company(site: Site) -> None:
    browser = site.browser()

    location = browser.post("/sign-up/hire", COMPANY).location

    assert "No productions yet" in browser.get(location).text


def test_a_weak_password_is_refused_beside_what_was_typed(site: Site) -> None:
    answer = site.browser().post("/sign-up", {**TALENT, "password": "ava lin ava"}, 422)

    assert "your own name" in answer.text
    assert 'value="Los Angeles"' in answer.text
    assert "<title>Error: Sign up" in answer.text


def test_an_empty_form_says_what_is_missing(site: Site) -> None:
    text = site.browser().post("/sign-up", {}, 422).text

    for words in ("at least one kind of work", "name you work under", "Choose a password"):
        assert words in text
    assert "Enter the name of your company" in site.browser().post("/sign-up/hire", {}, 422).text


@pytest.mark.parametrize(("url", "form"), [("/sign-up", TALENT), ("/sign-up/hire", COMPANY)])
def test_a_known_address_is_not_signed_in_and_its_owner_is_told(
    site: Site, url: str, form: dict[str, object]
) -> None:
    with site.arrange() as session:
        a_user(session, "Somebody", email=str(form["email"]).lower())
    browser = site.browser()

    assert "No account was made" in browser.post(url, form, 409).text

    assert not is_signed_in(browser)
    with site.look() as session:
        assert session.scalars(sa.select(Mail.kind)).all() == ["known_address"]


@pytest.mark.usefixtures("ava")
def test_signing_in_leads_to_the_page_somebody_wanted(site: Site) -> None:
    browser = site.browser()
    wanted = browser.get("/me/payee", 302).location
    assert wanted.startswith("/sign-in?next=")

    assert sign_in(browser, 303, next="/me/payee?") == "/me/payee"

    assert is_signed_in(browser)


@pytest.mark.usefixtures("ava")
@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test/x", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(site: Site, target: str) -> None:
    assert sign_in(site.browser(), 303, next=target) == "/roles"


@pytest.mark.usefixtures("ava")
def test_a_wrong_password_and_an_unknown_address_look_the_same(site: Site) -> None:
    browser = site.browser()

    wrong = sign_in(browser, 422, "wrong")
    unknown = sign_in(browser, 422, "wrong", email="nobody@example.test")

    assert "is not right" in wrong
    assert _plain(wrong) == _plain(unknown)


def _plain(page: str) -> str:
    lines = (line for line in page.splitlines() if "csrf_token" not in line)
    return "\n".join(lines).replace("nobody@example.test", "ava@example.test")


@pytest.mark.usefixtures("ava")
def test_the_eleventh_try_is_429_and_says_when_to_come_back(site: Site) -> None:
    browser = site.browser()
    for _ in range(10):
        sign_in(browser, 422, "wrong")

    answer = browser.post("/sign-in", {"email": "ava@example.test", "password": PASSWORD}, 429)

    assert answer.headers["Retry-After"] == "60"
    assert "Try again in 1 m" in answer.text
    assert not is_signed_in(browser)


@pytest.mark.usefixtures("ava")
def test_another_process_counts_the_same_tries(site: Site) -> None:
    for _ in range(10):
        sign_in(site.browser(), 422, "wrong")
    other = create_app(site.settings, site.outside)

    sign_in(Browser(other.test_client()), 429)


@pytest.mark.usefixtures("ava")
def test_after_the_wait_the_right_password_is_right(site: Site) -> None:
    browser = site.browser()
    for _ in range(10):
        sign_in(browser, 422, "wrong")
    site.clock.at += timedelta(minutes=1)

    sign_in(browser, 303)

    assert is_signed_in(browser)


def test_a_hash_with_other_work_is_made_anew_at_sign_in(site: Site, ava: User) -> None:
    older = Argon2Passwords(time_cost=2, memory_kib=8).hash(PASSWORD)
    with site.arrange() as session:
        session.get_one(User, ava.id).password_hash = older
    sign_in(site.browser(), 303)

    with site.look() as session:
        kept = session.get_one(User, ava.id).password_hash
    assert not site.outside.passwords.needs_rehash(kept)
    assert site.outside.passwords.verify(PASSWORD, kept)


@pytest.mark.usefixtures("ava")
def test_a_copied_cookie_is_worth_nothing_after_signing_out(site: Site) -> None:
    browser, thief = site.browser(), site.browser()
    sign_in(browser, 303)
    stolen = browser.client.get_cookie("dayrate")
    assert stolen
    thief.client.set_cookie("dayrate", stolen.value)
    assert is_signed_in(thief)

    browser.post("/sign-out", {})

    assert not is_signed_in(browser)
    assert not is_signed_in(thief)


@pytest.mark.usefixtures("ava")
def test_signing_in_changes_the_session(site: Site) -> None:
    browser = site.browser()
    sign_in(browser, 303)
    before = _tokens(site)

    sign_in(browser, 303)

    assert len(_tokens(site)) == 1
    assert _tokens(site) != before


def _tokens(site: Site) -> list[str]:
    with site.look() as session:
        return list(session.scalars(sa.select(LoginSession.token_digest)))


def test_the_cookie_cannot_be_read_by_scripts_and_outlives_the_browser(
    site: Site, ava: User
) -> None:
    browser = site.browser(ava)

    answer = browser.post("/sign-in", {"email": ava.email, "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Expires="):
        assert part in cookie


def test_use_is_noted_once_an_hour_and_keeps_the_session(site: Site, ava: User) -> None:
    browser, started = site.browser(ava), site.clock.at
    site.clock.at += timedelta(minutes=59)
    browser.get("/settings")
    assert _last_seen(site) == started

    site.clock.at += timedelta(minutes=1)
    browser.get("/settings")

    assert _last_seen(site) == site.clock.at


def _last_seen(site: Site) -> object:
    with site.look() as session:
        return session.scalar(sa.select(LoginSession.last_seen_at))


def test_a_company_is_signed_out_overnight(site: Site) -> None:
    with site.arrange() as session:
        company = a_company(session)
        owner = a_member(session, company)
        owner.password_hash = site.outside.passwords.hash(PASSWORD)
    browser = site.browser()
    browser.post("/sign-in", {"email": owner.email, "password": PASSWORD})
    site.clock.at += timedelta(hours=12)

    assert not is_signed_in(browser)


def test_a_closed_account_cannot_sign_in(site: Site, ava: User) -> None:
    with site.arrange() as session:
        session.get_one(User, ava.id).disabled_at = site.clock.now()

    sign_in(site.browser(), 422)


@pytest.mark.usefixtures("ava")
def test_forgotten_passwords_get_the_same_answer_known_or_not(site: Site) -> None:
    known, unknown = site.browser(), site.browser()

    one = known.follow("/forgot", {"email": "ava@example.test"})
    other = unknown.follow("/forgot", {"email": "nobody@example.test"})

    assert _plain(one.text) == _plain(other.text)
    assert "a link is on its way" in one.text


@pytest.mark.usefixtures("ava")
def test_a_link_sets_a_new_password_once(site: Site) -> None:
    browser = site.browser()
    browser.post("/forgot", {"email": "ava@example.test"})
    with site.look() as session:
        path = session.scalars(sa.select(Mail.path)).one()
    browser.get(path)

    browser.post(path, {"password": "short"}, 422)
    browser.post(path, {"password": "seven green umbrellas"})

    assert is_signed_in(browser)
    assert "This link has ended" in browser.get(path, 410).text
    browser.post(path, {"password": "seven blue umbrellas"}, 410)
    sign_in(site.browser(), 303, "seven green umbrellas")
    sign_in(site.browser(), 422)


def test_somebody_signed_in_is_told_so(site: Site, ava: User) -> None:
    assert "You are signed in" in site.browser(ava).get("/sign-in").text


def test_demo_people_are_listed_in_the_demo_only(site: Site) -> None:
    logins = [{"label": "Ava Lin, actor", "email": "ava@example.test", "password": PASSWORD}]
    (site.settings.instance / "demo-logins.json").write_text(json.dumps(logins), "utf-8")
    assert "Ava Lin, actor" not in site.browser().get("/sign-in").text
    settings = replace(site.settings, is_demo=True)
    demo = create_app(settings, replace(site.outside, settings=settings))

    assert "Ava Lin, actor" in Browser(demo.test_client()).get("/sign-in").text


def test_the_doors_are_in_chinese_too(site: Site) -> None:
    browser = site.browser()
    browser.post("/preferences", {"lang": "zh_Hans"})

    for url in ("/sign-in", "/sign-up", "/sign-up/hire", "/forgot"):
        assert 'lang="zh-Hans"' in browser.get(url).text
