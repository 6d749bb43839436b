"""Pages of avail checks, first refusals and counters, on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.booking.models import AvailCheck, Booking, FirstRefusal, Offer
from marketplace.domain.booking.rules import OfferState
from marketplace.domain.booking.rules.refusals import CheckState, RefusalState
from marketplace.domain.booking.services import SendOffer, send_offer
from marketplace.domain.booking.services.reserving import Reserve, reserve
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from tests.support.builders import (
    NOW,
    a_booking,
    a_member,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)
from tests.support.site import Browser, Site

UNTIL = "2026-11-24T12:00"


@dataclass
class Set:
    """A show with an applicant, signed in on both sides."""

    production: Production
    role: Role
    days: list[ShootDay]
    person: Person
    application: Application
    casting: Browser
    talent: Browser

    @property
    def url(self) -> str:
        return f"/p/{self.production.public_id}/roles/{self.role.public_id}/availability"

    @property
    def applicants(self) -> str:
        return f"/p/{self.production.public_id}/roles/{self.role.public_id}/applicants"


@pytest.fixture
def film(site: Site) -> Set:
    with site.arrange() as session:
        production = a_production(session)
        member = a_member(session, session.get_one(Company, production.company_id))
        days = [
            a_shoot_day(session, production, "2026-11-29"),
            a_shoot_day(session, production, "2026-11-30"),
        ]
        role = a_role(session, production, days)
        person = a_person(session, "Mei Alvarez")
        application = an_application(session, role, person)
        talent = session.get_one(User, person.user_id)
        session.expunge_all()
    casting = site.browser(member)
    return Set(production, role, days, person, application, casting, site.browser(talent))


def ask(
    film: Set, kind: str, *, until: str = UNTIL, days: int = 2, note: str = "", status: int = 303
) -> None:
    data = {
        "people": [film.application.public_id],
        "dates": [str(day.id) for day in film.days[:days]],
        "until": until,
        "note": note,
        "kind": kind,
    }
    film.casting.post(f"{film.url}/new", data, status)


def offered(site: Site, film: Set) -> str:
    with site.arrange() as session:
        command = SendOffer(
            film.role.id,
            film.person.id,
            film.application.id,
            [day.id for day in film.days],
            NOW + timedelta(days=1),
            "",
            film.production.created_by_id,
        )
        return send_offer(session, command, clock=site.clock).public_id


def rivals_have_first_refusal(site: Site, film: Set) -> str:
    with site.arrange() as session:
        production = a_production(session, title="Night Bride")
        day = a_shoot_day(session, production, "2026-11-29", call="14:00", wrap="26:00")
        role = a_role(session, production, [day])
        command = Reserve(
            role.id,
            production.id,
            [film.person.id],
            [day.id],
            NOW + timedelta(hours=30),
            production.created_by_id,
        )
        return reserve(session, command, clock=site.clock).made[0].public_id


def test_ticked_applicants_are_taken_to_the_form(film: Set) -> None:
    ticked = {"application": [film.application.public_id]}

    page = film.casting.post(f"{film.url}/choose", ticked)

    form = film.casting.get(page.location)
    assert f'value="{film.application.public_id}" checked' in form.text


def test_a_question_goes_to_the_person_and_the_answer_comes_back(site: Site, film: Set) -> None:
    ask(film, "check", note="A wedding dress")
    assert "A wedding dress" in film.talent.get("/me/availability").text
    with site.look() as session:
        first, second = session.scalars(sa.select(AvailCheck).order_by(AvailCheck.id))

    film.talent.post(f"/me/availability/{first.public_id}", {"answer": "yes", "note": "From 8"})
    film.talent.post(f"/me/availability/{second.public_id}", {"answer": "no"})

    page = film.casting.get(film.url).text
    assert "Available, with a note" in page
    assert "From 8" in page
    assert "Not available" in page
    assert (
        "Mei Alvarez"
        in film.casting.get(f"/p/{film.production.public_id}/days/{film.days[0].public_id}").text
    )


def test_neither_button_is_no_answer(site: Site, film: Set) -> None:
    ask(film, "check", days=1)
    with site.look() as session:
        (check,) = session.scalars(sa.select(AvailCheck))

    assert "Not answered" in film.talent.post(f"/me/availability/{check.public_id}", {}, 422).text


def test_a_booked_date_has_no_more_answer_to_change(site: Site, film: Set) -> None:
    ask(film, "check", days=1)
    with site.arrange() as session:
        (check,) = session.scalars(sa.select(AvailCheck))
        role = session.get_one(Role, film.role.id)
        day = session.get_one(ShootDay, film.days[0].id)
        a_booking(session, role, session.get_one(Person, film.person.id), day)
        name = check.public_id

    page = film.talent.post(f"/me/availability/{name}", {"answer": "no"}, 409)

    assert "You are booked for" in page.text
    with site.look() as session:
        assert session.scalars(sa.select(AvailCheck.state)).one() == CheckState.ASKED


def test_nothing_ticked_and_a_past_time_are_said_on_the_form(film: Set) -> None:
    page = film.casting.post(f"{film.url}/new", {"kind": "check"}, 422)
    assert "Tick at least one person" in page.text
    ask(film, "check", until="2026-11-20T12:00", status=409)
    ask(film, "refusal", until="2026-11-20T12:00", status=409)


def test_first_refusal_shows_its_rank_and_never_who_else_asks(site: Site, film: Set) -> None:
    rivals_have_first_refusal(site, film)

    ask(film, "refusal", days=1)

    page = film.casting.get(film.url).text
    assert "First refusal, number 2" in page
    assert "Night Bride" not in page
    mine = film.talent.get("/me/availability").text
    assert "Night Bride" in mine
    assert "Also asks for this time" in mine


def test_both_sides_ask_the_one_ahead_to_decide(site: Site, film: Set) -> None:
    ahead = rivals_have_first_refusal(site, film)
    ask(film, "refusal", days=1)

    film.talent.post(f"/me/first-refusals/{ahead}/challenge", {})

    assert "Asked to decide by" in film.talent.get("/me/availability").text
    assert "Whoever comes before must answer by" in film.casting.get(film.url).text
    again = film.talent.post(f"/me/first-refusals/{ahead}/challenge", {}, 409)
    assert "no longer possible" in again.text
    with site.look() as session:
        own = session.scalars(sa.select(FirstRefusal).order_by(FirstRefusal.id.desc())).first()
    assert own is not None
    page = film.casting.follow(f"{film.url}/{own.public_id}/challenge", {})
    assert "asked already" in page.text


def test_a_production_challenges_and_releases(site: Site, film: Set) -> None:
    rivals_have_first_refusal(site, film)
    ask(film, "refusal", days=1)
    with site.look() as session:
        own = session.scalars(sa.select(FirstRefusal).order_by(FirstRefusal.id.desc())).first()
    assert own is not None

    film.casting.post(f"{film.url}/{own.public_id}/challenge", {})
    film.casting.post(f"{film.url}/{own.public_id}/release", {})

    with site.look() as session:
        states = list(session.scalars(sa.select(FirstRefusal.state).order_by(FirstRefusal.id)))
    assert states == [RefusalState.CHALLENGED, RefusalState.RELEASED]


def test_a_person_takes_it_back(site: Site, film: Set) -> None:
    name = rivals_have_first_refusal(site, film)

    film.talent.post(f"/me/first-refusals/{name}/give-back", {})

    assert "Nobody has first refusal on your dates" in film.talent.get("/me/availability").text
    film.talent.post(f"/me/first-refusals/{name}/give-back", {}, 404)


def test_an_offer_behind_a_first_refusal_says_so_and_goes_through_after(
    site: Site, film: Set
) -> None:
    name = rivals_have_first_refusal(site, film)
    offer = offered(site, film)
    with site.look() as session:
        ticks = [str(one) for one in session.scalars(sa.select(Booking.id))]

    refused = film.talent.post(f"/me/offers/{offer}/accept", {"dates": ticks}, 409)
    assert "Night Bride has first refusal" in refused.text
    film.talent.post(f"/me/first-refusals/{name}/give-back", {})

    film.talent.post(f"/me/offers/{offer}/accept", {"dates": ticks})
    with site.look() as session:
        assert session.scalars(sa.select(Offer.state).where(Offer.public_id == offer)).one() == (
            OfferState.ACCEPTED
        )


def test_other_terms_are_asked_for_and_agreed_by_a_new_offer(site: Site, film: Set) -> None:
    offer = offered(site, film)
    film.talent.get(f"/me/offers/{offer}/counter")
    with site.look() as session:
        first = session.scalars(sa.select(Booking.id).order_by(Booking.call_at)).first()
    terms = {"rate": "350", "dates": [str(first)], "note": "Own car"}

    film.talent.post(f"/me/offers/{offer}/counter", terms)
    assert "You asked for other terms" in film.talent.get(f"/me/offers/{offer}").text
    film.talent.get(f"/me/offers/{offer}/counter", 303)
    panel = film.casting.get(f"{film.applicants}?a={film.application.public_id}").text
    assert "$350.00" in panel
    assert "Own car" in panel
    film.casting.post(
        f"{film.url}/offers/{offer}/agree", {"application": film.application.public_id}
    )

    with site.look() as session:
        old, new = session.scalars(sa.select(Offer).order_by(Offer.id))
        assert (old.state, new.state) == (OfferState.REPLACED, OfferState.SENT)
        rates = session.scalars(sa.select(Booking.day_rate_minor).order_by(Booking.id))
        assert list(rates) == [28_000, 28_000, 35_000]
    page = film.talent.get(f"/me/offers/{offer}").text
    assert f"/me/offers/{new.public_id}" in page


def test_terms_are_kept_and_answered_twice_is_said(site: Site, film: Set) -> None:
    offer = offered(site, film)
    with site.look() as session:
        ticks = [str(one) for one in session.scalars(sa.select(Booking.id))]
    film.talent.post(f"/me/offers/{offer}/counter", {"rate": "350", "dates": ticks})

    film.casting.post(f"{film.url}/offers/{offer}/keep", {})

    assert "keeps its own" in film.talent.get(f"/me/offers/{offer}").text
    twice = film.casting.follow(f"{film.url}/offers/{offer}/keep", {})
    assert "were answered" in twice.text
    late = film.casting.follow(f"{film.url}/offers/{offer}/agree", {})
    assert "were answered" in late.text


@pytest.mark.parametrize(
    ("rate", "status", "words"),
    [("", 422, "Enter a day rate"), ("lots", 422, "amount"), ("280", 409, "Change the rate")],
)
def test_terms_that_are_none_are_said_on_the_form(
    site: Site, film: Set, rate: str, status: int, words: str
) -> None:
    offer = offered(site, film)
    with site.look() as session:
        ticks = [str(one) for one in session.scalars(sa.select(Booking.id))]

    page = film.talent.post(f"/me/offers/{offer}/counter", {"rate": rate, "dates": ticks}, status)

    assert words in page.text


def test_short_rest_shows_its_hours_and_price_and_no_name(site: Site, film: Set) -> None:
    ask(film, "check", days=1)
    with site.arrange() as session:
        other = a_production(session, title="Night Bride")
        day = a_shoot_day(session, other, "2026-11-28", call="14:00", wrap="26:00")
        role = a_role(session, other, [day])
        a_booking(session, role, session.get_one(Person, film.person.id), day)

    page = film.casting.get(film.url).text

    assert "5 h of rest, 10 h owed" in page
    assert "Night Bride" not in page
    assert "beside Night Bride" in film.talent.get("/me/availability").text


def test_an_offer_on_an_old_page_of_a_withdrawn_application_says_when(
    site: Site, film: Set
) -> None:
    film.talent.post(f"/me/applications/{film.application.public_id}/withdraw", {})

    page = film.casting.follow(f"{film.applicants}/{film.application.public_id}/offer", {})

    assert "the offer was not sent" in page.text
    gone = f"{film.url}/withdrawn/{film.application.public_id}"
    first = film.casting.follow(gone, {})
    again = film.casting.follow(gone, {})
    assert "is asked to apply again" in first.text
    assert "was asked before" in again.text
    with site.look() as session:
        asked = sa.select(Mail).where(Mail.key.contains(":ask_back"))
        assert len(session.scalars(asked).all()) == 1


def test_who_applied_again_is_shown_with_the_earlier_application(site: Site, film: Set) -> None:
    film.talent.post(f"/me/applications/{film.application.public_id}/withdraw", {})
    with site.arrange() as session:
        role = session.get_one(Role, film.role.id)
        again = an_application(session, role, session.get_one(Person, film.person.id))
        name = again.public_id

    gone = film.casting.get(f"{film.url}/withdrawn/{film.application.public_id}").text
    panel = film.casting.get(f"{film.applicants}?a={name}").text

    assert "They have applied again since" in gone
    assert "Withdrew before" in panel
    with site.look() as session:
        old = session.get_one(Application, film.application.id)
        assert old.state == ApplicationState.WITHDRAWN
