"""Time cards on the page: enter, correct, answer, approve."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import CardState
from tests.support import builders
from tests.support.site import Browser, Site

FULL = {"in_": "07:00", "out": "19:00", "meal_out": "12:30", "meal_in": "13:00"}


@dataclass
class Set:
    """A shoot day with booked people, and the users who run it."""

    site: Site
    company: Company
    production: Production
    day: ShootDay
    users: dict[str, User]
    names: dict[str, str]
    producer: User

    @property
    def url(self) -> str:
        """The address of the day."""
        return f"/p/{self.production.public_id}/days/{self.day.public_id}"

    def browser(self, name: str = "") -> Browser:
        """Return a browser of the producer, or of one of the people."""
        return self.site.browser(self.users[name] if name else self.producer)

    def row(
        self, name: str, times: dict[str, str], version: int = 0, **extra: str
    ) -> dict[str, str]:
        """Return the form fields of one person."""
        booking = self.names[name]
        fields = {**times, "version": str(version), **extra}
        return {f"{booking}-{field}": value for field, value in fields.items()}

    def card(self, name: str) -> TimeCard:
        """Return a person's card."""
        with self.site.look() as session:
            found = sa.select(TimeCard).where(TimeCard.person_id == self.people[name])
            return session.scalars(found).one()

    people: dict[str, int]

    def pay_page(self, name: str) -> str:
        """Return what a person reads of their own card."""
        return self.browser(name).get(f"/me/time-cards/{self.card(name).public_id}").text


@pytest.fixture
def crew(site: Site) -> Set:
    """Two booked people on the day before now."""
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        production = builders.a_production(session, company)
        day = builders.a_shoot_day(session, production, "2026-11-21")
        role = builders.a_role(session, production, [day], headcount=2)
        users, names, people = {}, {}, {}
        for name in ("Ava Lin", "Kenji Mori"):
            user = builders.a_user(session, name)
            person = builders.a_person(session, name, user=user)
            booking = builders.a_booking(session, role, person, day)
            users[name], names[name], people[name] = user, booking.public_id, person.id
    return Set(site, company, production, day, users, names, producer, people)


def test_hours_are_entered_for_everybody_and_wait_for_their_answer(crew: Set) -> None:
    browser = crew.browser()
    hours = {
        **crew.row("Ava Lin", FULL),
        **crew.row("Kenji Mori", {"in_": "14:00", "out": "02:00"}),
    }

    page = browser.follow(f"{crew.url}/time-cards", hours)

    assert "Hours of 2 people sent" in page.text
    assert 'value="26:00"' in page.text
    assert crew.card("Kenji Mori").state == CardState.SENT


def test_a_wrong_row_keeps_everything_from_being_saved(crew: Set) -> None:
    hours = {
        **crew.row("Ava Lin", FULL),
        **crew.row("Kenji Mori", {**FULL, "meal_in": "26:99"}),
    }

    page = crew.browser().post(f"{crew.url}/time-cards", hours, 422)

    assert "Enter a time such as 07:00" in page.text
    assert 'value="26:99"' in page.text
    with crew.site.look() as session:
        assert session.scalar(sa.select(sa.func.count(TimeEntry.id))) == 0


def test_working_out_shows_the_pay_and_saves_nothing(crew: Set) -> None:
    hours = {**crew.row("Ava Lin", FULL), "action": "work_out"}

    page = crew.browser().post(f"{crew.url}/time-cards", hours, 200)

    assert "11 h 30 m" in page.text
    assert "$280.00" in page.text
    with crew.site.look() as session:
        assert session.scalar(sa.select(sa.func.count(TimeEntry.id))) == 0


def test_a_breakfast_that_is_paid_keeps_a_late_meal_from_a_penalty(crew: Set) -> None:
    late = {"in_": "07:00", "out": "19:00", "meal_out": "14:00", "meal_in": "14:30"}
    browser = crew.browser()
    browser.follow(f"{crew.url}/time-cards", crew.row("Ava Lin", late))
    penalised = crew.pay_page("Ava Lin")

    browser.follow(f"{crew.url}/time-cards", crew.row("Ava Lin", {**late, "ndb": "08:00"}, 1))

    assert "Meal penalty" in penalised
    assert "Meal penalty" not in crew.pay_page("Ava Lin")
    assert "08:00 · paid" in crew.pay_page("Ava Lin")
    page = browser.get(crew.url + "/time-cards").text
    assert 'value="08:00"' in page
    assert "Breakfast (NDB)" in page


def test_only_changed_rows_make_a_new_version(crew: Set) -> None:
    browser = crew.browser()
    browser.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))
    browser.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL, version=1))
    longer = crew.row("Ava Lin", {**FULL, "out": "20:30"}, version=1, reason="Missed her wrap")

    page = browser.follow(f"{crew.url}/time-cards", longer)

    assert crew.card("Ava Lin").version == 2
    assert "Changed 1 time" in page.text
    assert "Missed her wrap" in page.text


def test_hours_somebody_else_changed_meanwhile_are_not_overwritten(crew: Set) -> None:
    browser = crew.browser()
    browser.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))

    stale = crew.row("Ava Lin", {**FULL, "out": "18:00"}, version=0)
    page = browser.post(f"{crew.url}/time-cards", stale, 422)

    assert "Somebody else entered hours meanwhile" in page.text
    assert crew.card("Ava Lin").version == 1


def test_a_person_agrees_and_the_production_approves_what_the_page_showed(crew: Set) -> None:
    producer, ava = crew.browser(), crew.browser("Ava Lin")
    producer.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))
    card = crew.card("Ava Lin")
    own = f"/me/time-cards/{card.public_id}"
    assert "Agree: 11 h 30 m, $280.00" in ava.get(own).text

    agreed = ava.follow(f"{own}/agree", {"version": 1})
    page = producer.get(f"{crew.url}/approve")
    sent = {"card": f"{card.public_id}:1", "total": "28000 USD"}
    done = producer.follow(f"{crew.url}/approve", sent)
    producer.post(f"{crew.url}/approve", sent)

    assert "Agreed" in agreed.text
    assert "Approve 1 person, $280.00" in page.text
    assert "Kenji Mori</b>: No hours have been entered" in page.text
    assert "1 person approved, $280.00." in done.text
    assert crew.card("Ava Lin").state == CardState.APPROVED


def test_queried_hours_are_left_out_and_the_others_do_not_wait(crew: Set) -> None:
    producer, ava = crew.browser(), crew.browser("Ava Lin")
    hours = {**crew.row("Ava Lin", FULL), **crew.row("Kenji Mori", FULL)}
    producer.post(f"{crew.url}/time-cards", hours)
    card = crew.card("Ava Lin")

    ava.post(f"/me/time-cards/{card.public_id}/query", {"version": 1, "text": "I wrapped at 20:00"})
    page = producer.get(f"{crew.url}/approve")

    assert "1 person is left out" in page.text
    assert "I wrapped at 20:00" in page.text
    assert "I wrapped at 20:00" in producer.get(f"{crew.url}/time-cards").text
    assert "Approve 1 person, $280.00" in page.text


def test_a_query_without_words_is_refused_on_the_page(crew: Set) -> None:
    crew.browser().post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))
    card = crew.card("Ava Lin")

    page = crew.browser("Ava Lin").post(
        f"/me/time-cards/{card.public_id}/query",
        {"version": 1, "text": " "},
        422,
    )

    assert "Say what is wrong" in page.text
    assert crew.card("Ava Lin").state == CardState.SENT


def test_hours_changed_after_the_page_was_drawn_are_not_agreed(crew: Set) -> None:
    producer = crew.browser()
    producer.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))
    changed = crew.row("Ava Lin", {**FULL, "out": "17:00"}, version=1)
    producer.post(f"{crew.url}/time-cards", changed)
    card = crew.card("Ava Lin")

    page = crew.browser("Ava Lin").post(
        f"/me/time-cards/{card.public_id}/agree", {"version": 1}, 422
    )

    assert "The hours changed meanwhile" in page.text
    assert crew.card("Ava Lin").state == CardState.SENT


def test_amounts_that_are_not_those_of_the_page_are_not_approved(crew: Set) -> None:
    producer = crew.browser()
    producer.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))
    card = crew.card("Ava Lin")
    sent = {"card": f"{card.public_id}:1", "total": "27000 USD"}

    page = producer.post(f"{crew.url}/approve", sent, 409)

    assert "Amounts changed meanwhile" in page.text
    assert crew.card("Ava Lin").state == CardState.SENT


def test_a_total_above_the_limit_has_to_be_typed(crew: Set) -> None:
    with crew.site.arrange() as session:
        session.get_one(Company, crew.company.id).typed_total_limit_minor = 20_000
    producer = crew.browser()
    producer.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))
    card = crew.card("Ava Lin")
    sent = {"card": f"{card.public_id}:1", "total": "28000 USD"}
    assert "Type the total to confirm" in producer.get(f"{crew.url}/approve").text

    refused = producer.post(f"{crew.url}/approve", {**sent, "typed": "270"}, 409)
    producer.post(f"{crew.url}/approve", {**sent, "typed": "280"})

    assert "Type the total as it is shown: $280.00." in refused.text
    assert crew.card("Ava Lin").state == CardState.APPROVED


def test_only_the_ticked_people_are_approved(crew: Set) -> None:
    producer = crew.browser()
    hours = {**crew.row("Ava Lin", FULL), **crew.row("Kenji Mori", FULL)}
    producer.post(f"{crew.url}/time-cards", hours)
    card = crew.card("Ava Lin")

    page = producer.get(f"{crew.url}/approve?choose=1&card={card.public_id}")

    assert "Approve 1 person, $280.00" in page.text


def test_an_assistant_director_enters_hours_and_cannot_approve_them(crew: Set) -> None:
    with crew.site.arrange() as session:
        director = builders.a_member(session, crew.company, CompanyRole.AD)
    browser = crew.site.browser(director)

    browser.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))

    assert "Approve 1" not in browser.get(f"{crew.url}/time-cards").text
    browser.get(f"{crew.url}/approve", 403)


def test_the_days_say_how_far_their_time_cards_are(crew: Set) -> None:
    producer = crew.browser()
    producer.post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))

    page = producer.get(f"/p/{crew.production.public_id}/time-cards")

    assert "1 of 2" in page.text
    assert "Approve 1…" in page.text


def test_nobody_reads_somebody_elses_time_card(crew: Set) -> None:
    crew.browser().post(f"{crew.url}/time-cards", crew.row("Ava Lin", FULL))
    card = crew.card("Ava Lin")

    crew.browser("Kenji Mori").get(f"/me/time-cards/{card.public_id}", 404)
