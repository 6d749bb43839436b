"""Allowances on the time card: entered, seen by the person, agreed, on the pay slip."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking
from marketplace.domain.payments.services import pay_card
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards import services
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import CardState
from marketplace.domain.timecards.services import ApproveCards
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.site import Browser, Site


@dataclass
class Shoot:
    """A worked day of two people whose hours wait for their answer."""

    site: Site
    production: Production
    day: ShootDay
    producer: User
    cards: dict[str, TimeCard] = field(default_factory=dict)
    bookings: dict[str, str] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    @property
    def day_url(self) -> str:
        """The address of the day."""
        return f"/p/{self.production.public_id}/days/{self.day.public_id}"

    def url(self, name: str = "Ava Lin") -> str:
        """Return the address of a person's amounts."""
        return f"{self.day_url}/people/{self.bookings[name]}/amounts"

    @property
    def office(self) -> Browser:
        """The producer's browser."""
        return self.site.browser(self.producer)

    def enter(self, typed: dict[str, str], name: str = "Ava Lin", status: int = 303) -> str:
        """Send a person's amounts as the producer; returns the page that answers."""
        form = {"version": "1", "action": "save", **typed}
        return self.office.post(self.url(name), form, status).text

    def hours_page(self, name: str = "Ava Lin") -> str:
        """Return what a person reads before agreeing."""
        return self.site.browser(self.users[name]).get(self.card_url(name)).text

    def card_url(self, name: str = "Ava Lin") -> str:
        """The address of a person's own card."""
        return f"/me/time-cards/{self.cards[name].public_id}"

    def pay(self, name: str = "Ava Lin") -> PaySlip:
        """Let a person agree and the production approve; returns the slip."""
        version = self.entry(name).version
        url = f"{self.card_url(name)}/agree"
        self.site.browser(self.users[name]).post(url, {"version": str(version)})
        card_id = self.cards[name].id
        with self.site.arrange() as session:
            command = ApproveCards(
                self.day.id, self.production.id, {card_id: version}, self.producer.id
            )
            services.approve(session, command, clock=self.site.clock)
            slip = pay_card(session, card_id, till=self.site.outside.till)
        assert slip is not None
        return slip

    def slip_page(self, slip: PaySlip, name: str = "Ava Lin") -> str:
        """Return a person's page of a slip."""
        return self.site.browser(self.users[name]).get(f"/me/pay/{slip.public_id}").text

    def lines(self, slip: PaySlip) -> dict[str, int]:
        """Return the amounts of a slip by code."""
        with self.site.look() as session:
            wanted = sa.select(PayLineRow.code, PayLineRow.amount_minor)
            rows = session.execute(wanted.where(PayLineRow.pay_slip_id == slip.id))
            return {row.code: row.amount_minor for row in rows}

    def entry(self, name: str = "Ava Lin") -> TimeEntry:
        """Return the newest version of a person's hours."""
        with self.site.look() as session:
            wanted = sa.select(TimeEntry).where(TimeEntry.time_card_id == self.cards[name].id)
            return session.scalars(wanted.order_by(TimeEntry.version.desc()).limit(1)).one()


@pytest.fixture
def shoot(site: Site) -> Shoot:
    object.__setattr__(site.outside, "vault", VAULT)
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        production = builders.a_production(session, company)
        day = a_closed_day(session, production)
        found = Shoot(site, production, day, producer)
        for name in ("Ava Lin", "Kenji Mori"):
            card = an_approved_card(session, day, name)
            card.state, card.agreed_at, card.approved_at = CardState.SENT, None, None
            card.approved_by_id = None
            person = session.get_one(Person, card.person_id)
            found.cards[name] = card
            found.users[name] = session.get_one(User, person.user_id)
            found.bookings[name] = session.get_one(Booking, card.booking_id).public_id
    return found


def test_an_allowance_is_entered_agreed_to_and_paid(shoot: Shoot) -> None:
    shoot.enter({"extra-kit_rental": "50", "extra-mileage": "0.67", "extra-mileage-quantity": "40"})

    page = shoot.hours_page()
    slip = shoot.pay()

    assert "Kit rental" in page
    assert "$50.00" in page
    assert "$0.67 × 40" in page
    lines = shoot.lines(slip)
    assert (lines["kit_rental"], lines["mileage"]) == (5_000, 2_680)


def test_a_receipt_decides_whether_a_rental_is_repaid_or_reported(shoot: Shoot) -> None:
    rental = {"extra-kit_rental": "50"}
    shoot.enter({**rental, "extra-kit_rental-receipt": "1"})
    shoot.enter(rental, "Kenji Mori")

    against_receipt = shoot.hours_page()
    repaid, taxed = shoot.pay(), shoot.pay("Kenji Mori")

    assert "against a receipt" in against_receipt
    assert "against a receipt" not in shoot.hours_page("Kenji Mori")
    assert repaid.gross_minor == taxed.gross_minor
    no_wages, rents = "Repaid against receipts: no wages.", "Reported on form 1099-MISC 1."
    assert no_wages in shoot.slip_page(repaid)
    assert rents not in shoot.slip_page(repaid)
    assert no_wages not in shoot.slip_page(taxed, "Kenji Mori")
    assert rents in shoot.slip_page(taxed, "Kenji Mori")


def test_the_group_lead_s_fee_is_on_the_lead_s_own_slip_only(shoot: Shoot) -> None:
    shoot.enter({"extra-group_lead_fee": "5", "extra-group_lead_fee-quantity": "12"})

    lead, other = shoot.pay(), shoot.pay("Kenji Mori")

    assert shoot.lines(lead)["group_lead_fee"] == 6_000
    assert "group_lead_fee" not in shoot.lines(other)
    assert lead.gross_minor == other.gross_minor + 6_000


def test_working_out_shows_the_pay_and_saves_nothing(shoot: Shoot) -> None:
    page = shoot.enter({"action": "work_out", "extra-per_diem": "40"}, status=200)

    assert "Per diem" in page
    assert "$40.00" in page
    assert shoot.entry().version == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"extra-mileage": "abc"}, "Mileage: Enter an amount such as 280"),
        ({"extra-mileage": "-5"}, "Mileage: "),
        ({"extra-mileage-quantity": "12"}, "Mileage: enter the amount of one."),
        (
            {"extra-mileage": "1", "extra-mileage-quantity": "1000"},
            "Mileage: enter how many, from 1 to 999.",
        ),
        ({"extra-mileage": "1", "extra-mileage-quantity": "1.5"}, "Mileage: enter how many"),
        ({"extra-phone-receipt": "1"}, "Telephone: enter the amount of one."),
        ({"version": "7", "extra-mileage": "1"}, "Somebody else entered hours meanwhile"),
    ],
)
def test_what_cannot_be_paid_is_said_and_nothing_is_saved(
    shoot: Shoot, typed: dict[str, str], said: str
) -> None:
    page = shoot.enter(typed, status=422)

    assert said in page
    assert shoot.entry().version == 1


def test_amounts_stay_when_the_hours_change_and_show_on_the_day(shoot: Shoot) -> None:
    shoot.enter({"extra-kit_rental": "50"})
    row = {"in_": "07:00", "out": "20:00", "meal_out": "12:30", "meal_in": "13:00", "version": "2"}
    booking = shoot.bookings["Ava Lin"]

    page = shoot.office.follow(
        f"{shoot.day_url}/time-cards", {f"{booking}-{name}": text for name, text in row.items()}
    ).text

    assert shoot.entry().version == 3
    assert [one["code"] for one in shoot.entry().adjustments] == ["kit_rental"]
    assert "Kit rental" in page
    assert "$50.00" in page


def test_an_amount_taken_out_again_is_a_correction_the_person_sees(shoot: Shoot) -> None:
    shoot.enter({"extra-kit_rental": "50"})
    form = shoot.office.get(shoot.url()).text
    assert 'value="50.00"' in form

    shoot.enter({"version": "2"})

    assert shoot.entry().adjustments == []
    assert "$50.00" in shoot.hours_page()


def test_amounts_of_nobody_and_of_a_paid_card_are_not_there(shoot: Shoot) -> None:
    shoot.pay()

    shoot.office.get(shoot.url(), 404)
    shoot.office.get(f"{shoot.day_url}/people/nobody/amounts", 404)
