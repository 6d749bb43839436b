"""Special days on the page: fee first, upgraded, sent home, asked about, approved for payroll."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.policies import policies
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.timecards.models import CardQuery, TimeCard
from marketplace.domain.timecards.rules import CardKind, CardState, QueryAnswer
from tests.support import builders
from tests.support.site import Browser, Site


@dataclass
class Shoot:
    """A production that asks for the accountant, with a day before now and one to come."""

    site: Site
    production: Production
    worked: ShootDay
    ahead: ShootDay
    users: dict[str, User]
    booked: dict[str, str]
    card: str
    role: str
    application: str

    def url(self, path: str, day: ShootDay | None = None) -> str:
        """Return an address of the worked day, or of another one."""
        shown = day or self.worked
        return f"/p/{self.production.public_id}/days/{shown.public_id}/{path}"

    def browser(self, name: str) -> Browser:
        """Return a browser of the producer, the accountant or the talent."""
        return self.site.browser(self.users[name])

    @property
    def now(self) -> TimeCard:
        """The card of the worked day as it is."""
        with self.site.look() as session:
            return session.scalars(
                sa.select(TimeCard).where(TimeCard.public_id == self.card),
            ).one()

    @property
    def person_url(self) -> str:
        """The page of the booked person on the worked day."""
        return self.url(f"people/{self.booked['worked']}")


@pytest.fixture
def shoot(site: Site) -> Shoot:
    """Ava is booked on two days; the hours of the first wait for her."""
    with site.arrange() as session:
        company = builders.a_company(session)
        users = {
            "producer": builders.a_member(session, company, CompanyRole.PRODUCER),
            "accountant": builders.a_member(session, company, CompanyRole.ACCOUNTANT),
            "ava": builders.a_user(session, "Ava Lin"),
        }
        production = builders.a_production(session, company)
        production.needs_payroll_approval = True
        production.cancellation_policy = policies()["day_and_half"]
        worked = builders.a_shoot_day(session, production, "2026-11-21")
        ahead = builders.a_shoot_day(session, production, "2026-11-29")
        role = builders.a_role(session, production, [worked, ahead])
        person = builders.a_person(session, user=users["ava"])
        application = builders.an_application(session, role, person)
        booked = {}
        for name, day in (("worked", worked), ("ahead", ahead)):
            booking = builders.a_booking(session, role, person, day)
            booking.cancellation_policy = production.cancellation_policy
            booked[name] = booking.public_id
        first = session.scalars(sa.select(Booking).where(Booking.shoot_day_id == worked.id)).one()
        card = builders.a_time_card(session, first, hours=("07:00", "10:00"), meal=None)
        card.state, card.agreed_at, card.approved_at = CardState.SENT, None, None
        offers = {"role": role.public_id, "application": application.public_id}
        for offer in session.scalars(sa.select(Offer)):
            offer.application_id = application.id
        session.flush()
        names = (card.public_id, offers["role"], offers["application"])
    return Shoot(site, production, worked, ahead, users, booked, *names)


def test_the_fee_is_on_the_page_before_anybody_cancels(shoot: Shoot) -> None:
    shoot.site.clock.move_to(shoot.ahead.call_at - timedelta(hours=15, minutes=40))
    producer = shoot.browser("producer")
    applicants = f"/p/{shoot.production.public_id}/roles/{shoot.role}/applicants"
    url = f"{applicants}/{shoot.application}/bookings/{shoot.booked['ahead']}/cancel"

    page = producer.get(url).text

    assert "$140.00" in page
    assert "50% of the day rate; cancelled 15:20, 15 h 40 m before the call" in page
    assert "$280.00" in page
    stale = {"reason": "Cut", "kind": "production", "seen": "production:0"}
    assert "The fee is" in producer.post(url, stale, 409).text
    sent = {"reason": "Cut", "kind": "production", "seen": "production:14000"}
    producer.follow(url, sent)
    with shoot.site.look() as session:
        wanted = sa.select(Booking).where(Booking.public_id == shoot.booked["ahead"])
        booking = session.scalars(wanted).one()
        card = session.scalars(sa.select(TimeCard).where(TimeCard.booking_id == booking.id)).one()
        assert booking.state == BookingState.CANCELLED_BY_PRODUCTION
        assert (booking.fee_minor, card.kind) == (14_000, CardKind.CANCELLED)
    assert "Called off" in producer.get(shoot.url("time-cards", shoot.ahead)).text
    own = shoot.browser("ava").get(f"/me/time-cards/{card.public_id}").text
    assert "Cancellation fee" in own
    assert "Agree: $140.00" in own


def test_an_offer_says_what_a_day_called_off_pays(shoot: Shoot) -> None:
    with shoot.site.look() as session:
        wanted = sa.select(Booking.offer_id).where(Booking.public_id == shoot.booked["ahead"])
        offer = session.get_one(Offer, session.scalars(wanted).one())

    page = shoot.browser("ava").get(f"/me/offers/{offer.public_id}").text

    assert "When a day is called off" in page
    assert "less than 12 h before the call: 100% of the day rate" in page


def test_an_upgrade_is_shown_old_and_new_to_the_person_who_agrees(shoot: Shoot) -> None:
    producer = shoot.browser("producer")
    fields = {"role": "Nurse", "rate": "400", "hours": "12", "why": "Spoke two lines"}

    assert "Upgrade on the day" in producer.get(shoot.person_url).text
    done = producer.follow(f"{shoot.person_url}/upgrade", fields)

    assert "Upgraded." in done.text
    page = shoot.browser("ava").get(f"/me/time-cards/{shoot.card}").text
    assert "Upgraded on the day" in page
    assert "Claire Hart" in page
    assert "$280.00" in page
    assert "Agree: 3 h, $400.00" in page


@pytest.mark.parametrize(
    ("changed", "problem", "status"),
    [
        ({"rate": "0"}, "Enter a day rate above zero", 422),
        ({"rate": "lots"}, "Enter", 422),
        ({"hours": ""}, "A day rate needs its hours", 422),
        ({"why": " "}, "Say why", 422),
        ({"rate": "100"}, "never pays less", 409),
    ],
)
def test_an_upgrade_says_what_is_wrong(
    shoot: Shoot, changed: dict[str, str], problem: str, status: int
) -> None:
    fields = {"role": "Nurse", "rate": "400", "hours": "12", "why": "Spoke two lines"} | changed

    page = shoot.browser("producer").post(f"{shoot.person_url}/upgrade", fields, status)

    assert problem in page.text


def test_somebody_is_noted_as_sent_home_and_taken_back(shoot: Shoot) -> None:
    producer = shoot.browser("producer")
    assert "Pays at least $280.00" in producer.get(shoot.person_url).text

    producer.post(f"{shoot.person_url}/sent-home", {"reason": " "}, 422)
    producer.follow(f"{shoot.person_url}/sent-home", {"reason": "Not used"})

    assert shoot.now.kind == CardKind.SENT_HOME
    own = shoot.browser("ava").get(f"/me/time-cards/{shoot.card}").text
    assert "Noted as sent home" in own
    assert "Agree: 3 h, $280.00" in own
    producer.follow(f"{shoot.person_url}/used", {"reason": "Came back"})
    assert shoot.now.kind == CardKind.WORK


def test_who_has_hours_was_there(shoot: Shoot) -> None:
    page = shoot.browser("producer").post(f"{shoot.person_url}/not-there", {"reason": "No"}, 409)

    assert "so the person was there" in page.text


def test_a_person_agrees_and_asks_and_the_production_answers(shoot: Shoot) -> None:
    ava, producer = shoot.browser("ava"), shoot.browser("producer")
    own = f"/me/time-cards/{shoot.card}"
    asked = {"version": 1, "part": "extras", "question": "Was the smoke bump paid?"}

    ava.post(f"{own}/ask", {**asked, "question": " "}, 422)
    page = ava.follow(f"{own}/ask", asked).text

    assert "Your pay does not wait for the answer" in page
    assert shoot.now.state == CardState.AGREED
    index = producer.get(f"/p/{shoot.production.public_id}/time-cards").text
    assert "1 question about pay waits for you" in index
    questions = f"/p/{shoot.production.public_id}/questions"
    assert "Was the smoke bump paid?" in producer.get(questions).text
    with shoot.site.look() as session:
        question = session.scalars(sa.select(CardQuery)).one()
    url = f"{questions}/{question.public_id}"
    assert "Choose what becomes of it" in producer.post(url, {"text": "None"}, 422).text
    producer.follow(url, {"answer": "kept", "text": "There was no smoke"})
    assert "There was no smoke" in ava.get(own).text
    assert "No open questions" in producer.get(questions).text
    with shoot.site.look() as session:
        assert session.get_one(CardQuery, question.id).answer == QueryAnswer.KEPT


def approved(shoot: Shoot) -> None:
    """Let the production approve the worked day."""
    producer = shoot.browser("producer")
    sent = {"card": f"{shoot.card}:1", "total": "28000 USD"}
    producer.follow(shoot.url("approve"), sent)


def test_the_accountant_approves_what_the_production_approved(shoot: Shoot) -> None:
    accountant = shoot.browser("accountant")
    days = f"/p/{shoot.production.public_id}/payroll-approval"
    assert "Nothing to approve for payroll" in accountant.get(shoot.url("payroll")).text
    approved(shoot)

    assert "1 to approve" in accountant.get(days).text
    page = accountant.get(shoot.url("payroll")).text
    assert "Approve 1 person for payroll" in page
    sent = {"card": f"{shoot.card}:1", "total": "28000 USD"}
    assert "1 time card approved for payroll" in accountant.follow(shoot.url("payroll"), sent).text

    assert shoot.now.state == CardState.PAYROLL_APPROVED
    grid = shoot.browser("producer").get(shoot.url("time-cards")).text
    assert "Approved for payroll" in grid


def test_amounts_that_are_not_those_of_the_page_are_not_signed(shoot: Shoot) -> None:
    approved(shoot)
    sent = {"card": f"{shoot.card}:1", "total": "1 USD"}

    page = shoot.browser("accountant").post(shoot.url("payroll"), sent, 409)

    assert "Amounts changed meanwhile" in page.text


def test_the_accountant_sends_a_card_back_and_the_production_reads_why(shoot: Shoot) -> None:
    approved(shoot)
    accountant = shoot.browser("accountant")
    url = shoot.url(f"payroll/{shoot.card}/back")

    assert "Say why it goes back" in accountant.post(url, {"version": 1}, 409).text
    accountant.follow(url, {"version": 1, "reason": "The meal is missing"})

    assert shoot.now.state == CardState.SENT
    assert "The meal is missing" in shoot.browser("producer").get(shoot.url("time-cards")).text
    accountant.post(shoot.url("payroll/nobody/back"), {"version": 1}, 404)


def test_a_production_without_the_step_says_so(shoot: Shoot) -> None:
    with shoot.site.arrange() as session:
        session.get_one(Production, shoot.production.id).needs_payroll_approval = False

    page = shoot.browser("accountant").get(f"/p/{shoot.production.public_id}/payroll-approval")

    assert "This production pays without it" in page.text


def test_a_producer_does_not_approve_for_payroll(shoot: Shoot) -> None:
    shoot.browser("producer").get(shoot.url("payroll"), 403)


def test_a_day_that_is_over_shows_no_form(shoot: Shoot) -> None:
    with shoot.site.arrange() as session:
        session.get_one(ShootDay, shoot.worked.id).state = DayState.CLOSED

    page = shoot.browser("producer").get(shoot.url("edit")).text

    assert "This shoot day is over" in page
    assert "Save day" not in page


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ("", "Write from 1 to 12 rules"),
        ("production whenever 50%", "Line 1"),
        ("production 24h 50%\nboredom 50%", "Row 2: the reason is not known"),
        ("production 24h 150%", "from 0 to 100"),
    ],
)
def test_rules_of_our_own_that_cannot_be_read_are_named(
    shoot: Shoot, rules: str, problem: str
) -> None:
    producer = shoot.browser("producer")
    url = f"/p/{shoot.production.public_id}/edit"
    fields = {"cancellation": "custom", "cancellation_rules": rules}

    page = producer.post(url, fields, 422)

    assert problem in page.text


def test_a_policy_that_is_not_on_the_list_is_refused(shoot: Shoot) -> None:
    url = f"/p/{shoot.production.public_id}/edit"

    page = shoot.browser("producer").post(url, {"cancellation": "zzz"}, 422)

    assert "Choose one of the policies" in page.text
