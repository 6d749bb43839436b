"""Settings, profile, payee and inbox: a person's own pages."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts import queries
from marketplace.domain.accounts.models import LoginSession, User
from marketplace.domain.notices import services as notices
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.services import pay_card
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.tasks.models import Task
from marketplace.kernel.sentences import say
from tests.support.builders import (
    PASSWORD,
    a_company,
    a_member,
    a_payee,
    a_person,
    a_user,
)
from tests.support.payday import a_closed_day, an_approved_card
from tests.support.site import Site

PROFILE = {
    "stage_name": "Ava Lin",
    "works": ["actor"],
    "city": "Zhengzhou",
    "country": "CN",
    "zone": "America/Los_Angeles",
    "languages": "Mandarin",
    "phone": "138 0013 8000",
    "about": "",
}
PAYEE = {
    "legal_name": "Lin Yuting",
    "address": "1 Olive Street",
    "tax_form": "w9",
    "tax_number": "123-45-6789",
    "bank_name": "First Bank",
    "account": "0001 2345 6411",
    "password": PASSWORD,
}


@pytest.fixture
def ava(site: Site) -> User:
    with site.arrange() as session:
        user = a_user(session, "Ava Lin", email="ava@example.test")
        a_person(session, "Ava Lin", user=user)
        user.password_hash = site.outside.passwords.hash(PASSWORD)
    return user


def test_language_and_theme_follow_the_account_to_another_device(site: Site, ava: User) -> None:
    here = site.browser(ava)
    here.post("/preferences", {"lang": "zh_Hans"})
    here.post("/preferences", {"theme": "dark"})

    page = site.browser(ava).get("/settings").text

    assert 'lang="zh-Hans" data-theme="dark"' in page


def test_single_letter_keys_can_be_turned_off(site: Site, ava: User) -> None:
    browser = site.browser(ava)

    page = browser.follow("/settings", {"display_name": "Ava Lin-Ortiz"}).text

    assert 'data-keys="off"' in page
    assert "Ava Lin-Ortiz" in page


def test_a_name_cannot_be_empty(site: Site, ava: User) -> None:
    assert "Enter your name" in site.browser(ava).post("/settings", {}, 422).text


def test_a_password_is_changed_with_the_present_one_only(site: Site, ava: User) -> None:
    browser, other = site.browser(ava), site.browser(ava)
    new = {"password": "seven green umbrellas"}
    browser.get("/settings/password")

    wrong = browser.post("/settings/password", {**new, "old_password": "wrong"}, 422)
    assert "is not right" in wrong.text
    browser.post("/settings/password", {"old_password": PASSWORD, "password": "ava lin 1"}, 422)
    browser.post("/settings/password", {**new, "old_password": PASSWORD})

    browser.get("/settings")
    other.get("/settings", 302)


def test_another_browser_is_signed_out_from_settings(site: Site, ava: User) -> None:
    other, browser = site.browser(ava), site.browser(ava)
    with site.look() as session:
        first = session.scalars(sa.select(LoginSession).order_by(LoginSession.id)).first()
        assert first
        handle = first.token_digest[:16]

    browser.post("/settings/sessions/end", {"session": handle})

    browser.get("/settings")
    other.get("/settings", 302)


def test_signing_out_everywhere_ends_this_browser_too(site: Site, ava: User) -> None:
    other, browser = site.browser(ava), site.browser(ava)

    browser.post("/settings/sessions/end-all", {})

    browser.get("/settings", 302)
    other.get("/settings", 302)


def test_a_profile_is_kept_with_a_zone_of_its_country(site: Site, ava: User) -> None:
    page = site.browser(ava).follow("/me", PROFILE).text

    assert "Add a headshot" in page
    with site.look() as session:
        person = session.scalars(sa.select(Person)).one()
        assert (person.zone, person.phone) == ("Asia/Shanghai", "+8613800138000")
        assert (person.is_actor, person.is_crew) == (True, False)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phone": "12"}, "Enter a telephone number"),
        ({"phone": "call me"}, "Enter a telephone number"),
        ({"works": []}, "at least one kind of work"),
        ({"stage_name": "  "}, "name you work under"),
        ({"country": "XX"}, "Not a valid choice"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(
    site: Site, ava: User, change: dict[str, object], reason: str
) -> None:
    assert reason in site.browser(ava).post("/me", {**PROFILE, **change}, 422).text


def test_whoever_hires_may_look_for_work_too(site: Site) -> None:
    with site.arrange() as session:
        owner = a_member(session, a_company(session))
    browser = site.browser(owner)
    browser.get("/me/payee", 404)
    assert "With a profile you can apply" in browser.get("/me").text

    browser.post("/me", PROFILE)

    browser.get("/me/payee")


def test_how_somebody_is_paid_is_kept_with_the_password(site: Site, ava: User) -> None:
    browser = site.browser(ava)
    browser.get("/me/payee")

    assert "is not right" in browser.post("/me/payee", {**PAYEE, "password": "x"}, 422).text
    with site.look() as session:
        assert session.scalars(sa.select(Payee)).all() == []
    page = browser.follow("/me/payee", PAYEE).text

    assert "••6411" in page
    assert "••6789" in page
    assert "000123456411" not in page
    assert "123456789" not in page
    assert "Paid to First Bank ••6411" in browser.get("/me").text


def test_a_payment_that_waits_for_these_details_goes_on(site: Site) -> None:
    with site.arrange() as session:
        card = an_approved_card(session, a_closed_day(session), has_payee=False)
        person = session.get_one(Person, card.person_id)
        a_payee(session, person, site.outside.vault).account_sealed = None
        bo = session.get_one(User, person.user_id)
        bo.password_hash = site.outside.passwords.hash(PASSWORD)
        pay_card(session, card.id, till=site.outside.till)

    site.browser(bo).post("/me/payee", PAYEE)

    with site.look() as session:
        payout = session.scalars(sa.select(Payout)).one()
        assert payout.state == PayoutState.DUE
        asked = sa.select(Task.done_at).where(
            Task.kind == "send_payout", Task.subject_id == payout.id
        )
        assert session.scalars(asked).one() is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tax_number": "12"}, "nine digits"),
        ({"tax_number": ""}, "nine digits"),
        ({"tax_form": "cn_resident"}, "identity number"),
        ({"tax_form": ""}, "Choose the tax form"),
        ({"account": ""}, "4 to 34"),
        ({"legal_name": ""}, "as on your passport"),
    ],
)
def test_a_payee_that_cannot_be_paid_is_refused(
    site: Site, ava: User, change: dict[str, str], reason: str
) -> None:
    assert reason in site.browser(ava).post("/me/payee", {**PAYEE, **change}, 422).text


W4 = {
    "residence": "outside",
    "gives_w4": "y",
    "filing_status": "mfj",
    "credits": "2,000",
    "extra": "12.50",
    "state_status": "married",
    "regular_allowances": "2",
    "has_one_employer": "y",
}


def test_an_employee_declares_their_tax_and_sees_it_again(site: Site, ava: User) -> None:
    browser = site.browser(ava)

    page = browser.follow("/me/payee", PAYEE | W4).text

    assert 'value="2000"' in page
    assert 'value="12.50"' in page
    with site.look() as session:
        payee = session.scalars(sa.select(Payee)).one()
    assert payee.is_state_nonresident is True
    assert payee.certificate == {
        "filing_status": "mfj",
        "is_step2": False,
        "credits": 200_000,
        "other_income": 0,
        "deductions": 0,
        "extra": 1_250,
        "state_status": "married",
        "regular_allowances": 2,
        "estimated_allowances": 0,
        "has_one_employer": True,
    }


def test_whoever_is_no_employee_declares_nothing(site: Site, ava: User) -> None:
    site.browser(ava).post("/me/payee", PAYEE)

    with site.look() as session:
        payee = session.scalars(sa.select(Payee)).one()
    assert (payee.certificate, payee.is_state_nonresident) == (None, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"filing_status": ""}, "Choose your filing status"),
        ({"state_status": "widowed"}, "Not a valid choice"),
        ({"credits": "-1"}, "zero or more"),
        ({"extra": "much"}, "amount"),
        ({"regular_allowances": "100"}, "0 to 99"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(
    site: Site, ava: User, change: dict[str, str], reason: str
) -> None:
    assert reason in site.browser(ava).post("/me/payee", PAYEE | W4 | change, 422).text


def test_numbers_on_file_stay_but_not_for_another_tax_form(site: Site, ava: User) -> None:
    with site.arrange() as session:
        person = session.scalars(sa.select(Person)).one()
        a_payee(session, person, site.outside.vault)
    browser = site.browser(ava)
    kept = {**PAYEE, "account": "", "tax_number": ""}

    browser.post("/me/payee", kept)
    refused = browser.post("/me/payee", {**kept, "tax_form": "w8ben"}, 422)

    assert "4 to 20" in refused.text


def test_messages_are_read_by_opening_them_never_by_looking(site: Site, ava: User) -> None:
    with site.arrange() as session:
        for number in range(2):
            message = notices.Message(
                key=f"test:{number}",
                kind="test",
                subject=say("Message %(number)s", number=number),
                lines=(),
                button=say("Open"),
                path="/settings",
            )
            reader = notices.Reader(ava.id, ava.email, "en")
            notices.tell(session, reader, message, clock=site.clock)
    browser = site.browser(ava)
    assert "Messages, 2 unread" in browser.get("/me/inbox").text
    assert "Messages, 2 unread" in browser.get("/me/inbox").text

    assert browser.post("/me/inbox/open", {"notice": "1"}).location == "/settings"
    assert "Messages, 1 unread" in browser.get("/me/inbox").text
    assert "unread" not in browser.follow("/me/inbox/read", {}).text


def test_somebody_elses_message_is_not_there(site: Site, ava: User) -> None:
    with site.arrange() as session:
        other = a_user(session)
        message = notices.Message("k", "test", say("Secret"), (), say("Open"), "/settings")
        notices.tell(
            session, notices.Reader(other.id, other.email, "en"), message, clock=site.clock
        )

    browser = site.browser(ava)

    assert "No messages yet" in browser.get("/me/inbox").text
    browser.post("/me/inbox/open", {"notice": "1"}, 404)
    browser.post("/me/inbox/open", {"notice": "x"}, 404)


def test_settings_list_where_somebody_works(site: Site, ava: User) -> None:
    with site.arrange() as session:
        a_member(session, a_company(session, "Redwood Vertical"), user=ava)

    page = site.browser(ava).get("/settings").text

    assert "Redwood Vertical" in page
    assert "Owner" in page
    with site.look() as session:
        assert len(queries.workplaces(session, ava.id)) == 1
