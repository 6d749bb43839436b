"""The demo shows its mail, breaks its gateway and moves its clock; a real site has none of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.adapters.sandbox.gateway import FAULTS as GATEWAY_FAULTS
from marketplace.app import create_app, make_outside
from marketplace.blueprints.demo.forms import FAULTS
from marketplace.domain.accounts.models import User
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.domain.payments.ports import PayoutOrder
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from tests.support.builders import a_payee, a_person
from tests.support.databases import Database
from tests.support.site import Site, settings_for


class DemoSite(Site):
    """A site that is a demo."""

    def __init__(self, database: Database, folder: Path, clock: FixedClock) -> None:
        super().__init__(database, folder, clock)
        self.settings = settings_for(database.url, folder, is_demo=True)
        self.outside = make_outside(self.settings, clock)
        self.app = create_app(self.settings, self.outside)


@pytest.fixture
def demo(embedded_database: Database, tmp_path: Path, clock: FixedClock) -> DemoSite:
    return DemoSite(embedded_database, tmp_path, clock)


def faults(site: DemoSite) -> list[tuple[str, int | None]]:
    assert site.outside.stage is not None
    return [(fault.name, fault.remaining) for fault in site.outside.stage.switches.faults()]


def test_a_site_that_pays_real_people_has_no_demo_pages(site: Site) -> None:
    for path in ("/demo/mail", "/demo/gateway"):
        site.browser().get(path, 404)


def test_every_fault_of_the_gateway_has_words() -> None:
    assert FAULTS.keys() == set(GATEWAY_FAULTS)


def test_mail_is_shown_newest_first_and_one_letter_whole(demo: DemoSite, clock: FixedClock) -> None:
    with demo.arrange() as session:
        for number, address in enumerate(("ava@example.test", "ben@example.test")):
            words = Message(
                f"key:{number}",
                "paid",
                say("Paid to %(name)s", name=address),
                (say("Two <b>lines</b>"),),
                say("Open"),
                "/me/pay",
            )
            tell(session, Reader(None, address, "en"), words, clock=clock)
    browser = demo.browser()

    page = browser.get("/demo/mail").text
    letter = page.split("/demo/mail?mail=")[1].split('"')[0]
    whole = browser.get(f"/demo/mail?mail={letter}").text
    found = browser.get("/demo/mail?to=ava@example.test").text

    assert page.index("Paid to ben@example.test") < page.index("Paid to ava@example.test")
    assert "Two &lt;b&gt;lines&lt;/b&gt;" in whole
    assert 'href="http://localhost/me/pay"' in whole
    assert "Paid to ben@example.test" not in found


def test_the_gateway_is_broken_and_repaired(demo: DemoSite) -> None:
    browser = demo.browser()

    browser.post("/demo/gateway/break", {"name": "response_lost", "times": "3"})
    broken = faults(demo)
    page = browser.get("/demo/gateway").text
    browser.post("/demo/gateway/repair", {})

    assert broken == [("response_lost", 3)]
    assert "It pays, and its answer is lost" in page
    assert faults(demo) == []


def test_a_fault_can_last_until_it_is_repaired(demo: DemoSite) -> None:
    demo.browser().post("/demo/gateway/break", {"name": "down", "times": ""})

    assert faults(demo) == [("down", None)]


def test_a_fault_nobody_knows_is_refused(demo: DemoSite) -> None:
    demo.browser().post("/demo/gateway/break", {"name": "fire", "times": "1"}, 422)

    assert faults(demo) == []


def test_the_clock_is_moved(demo: DemoSite, clock: FixedClock) -> None:
    before = clock.now()

    demo.browser().post("/demo/forward", {"hours": "24"})
    demo.browser().post("/demo/forward", {"hours": "-1"}, 422)

    assert clock.now() == before + timedelta(days=1)


def test_payments_are_listed_with_when_they_arrive(demo: DemoSite, clock: FixedClock) -> None:
    order = PayoutOrder("p1", "person1", "6411", Money(28_000, "USD"), "day1", "Dayrate")
    demo.outside.gateways[0].pay(order, "key-1")
    browser = demo.browser()

    at_once = browser.get("/demo/gateway").text
    clock.at += timedelta(days=2)
    later = browser.get("/demo/gateway").text

    assert "$280.00" in at_once
    assert ("On its way" in at_once, "On its way" in later) == (True, False)


def test_a_payees_account_is_taken_away_and_its_owner_gives_it_back(demo: DemoSite) -> None:
    with demo.arrange() as session:
        person = a_person(session, "Ava Lin")
        a_payee(session, person, demo.outside.vault)
        ava = session.get_one(User, person.user_id)
    browser = demo.browser(ava)

    browser.follow("/demo/gateway/payee", {"email": f" {ava.email} ", "state": "needs"})
    taken = browser.get("/me/payouts").text
    given = browser.follow("/me/payouts", {}).text
    row = given.split("/me/payouts/")[1].split("/check")[0]
    checked = browser.follow(f"/me/payouts/{row}/check", {}).text

    assert "a picture of an identity document" in taken
    assert "Your payouts are set up." in checked
    assert "Ready: Dayrate Sandbox pays you" in checked


def test_nobody_elses_account_can_be_taken_away(demo: DemoSite) -> None:
    browser = demo.browser()

    page = browser.post("/demo/gateway/payee", {"email": "nobody@example.test", "state": "needs"},
                        422).text  # fmt: skip
    browser.post("/demo/gateway/payee", {"email": "", "state": "needs"}, 422)

    assert "Nobody with this e-mail is paid." in page
