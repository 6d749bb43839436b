"""A producer moves or cancels a day after a look; talent answers; calendars follow."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from tests.support import builders
from tests.support.moving import HALF, follower
from tests.support.site import Browser, Site

FEED = "abc"
ASKED = {"shoot_date": "2026-12-01", "call": "07:00", "wrap": "19:00", "kind": "production"}


@dataclass
class Scene:
    """One booked person on a day, the producer's browser and the person's."""

    site: Site
    producer: Browser
    talent: Browser
    talent_user: User
    production: Production
    day: ShootDay
    booking: Booking

    @property
    def url(self) -> str:
        """The address of the day."""
        return f"/p/{self.production.public_id}/days/{self.day.public_id}"

    def seen(self, url: str) -> str:
        """Return the digest of what a page shows."""
        found = re.search(r'name="seen" value="([^"]+)"', self.producer.get(url).text)
        assert found
        return found[1]

    def move(self, status: int = 303, **changes: str) -> str:
        """Move the day as it was shown; returns the page that answers."""
        query = "&".join(f"{name}={value}" for name, value in ASKED.items())
        form = ASKED | {
            "seen": self.seen(f"{self.url}/another-date?{query}"),
            "answer_by": "2026-11-22T20:00",
            "reason": "Rain",
        }
        answer = self.producer.post(f"{self.url}/another-date", form | changes, status=status)
        return answer.text if status != 303 else self.producer.get(answer.location).text

    def now_booked(self) -> Booking:
        """Return the booking that stands now for the one there was."""
        with self.site.look() as session:
            return follower(session, session.get_one(Booking, self.booking.id))


@pytest.fixture
def scene(site: Site) -> Scene:
    """A day that can move."""
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        production = builders.a_production(session, company)
        day = builders.a_shoot_day(session, production, "2026-11-29")
        role = builders.a_role(session, production, [day])
        person = builders.a_person(session)
        booking = builders.a_booking(session, role, person, day)
        booking.cancellation_policy = HALF
        user = session.get_one(User, person.user_id)
    browsers = site.browser(producer), site.browser(user)
    return Scene(site, *browsers, user, production, day, booking)


def test_the_page_shows_what_a_move_does_before_anything_happens(scene: Scene) -> None:
    page = scene.producer.get(f"{scene.url}/another-date").text

    assert "Mon 30 Nov" in page or "2026-11-30" in page
    assert "Can come along" in page
    assert "$140" in page
    assert "Move the day and ask 1 person" in page
    with scene.site.look() as session:
        assert session.get_one(ShootDay, scene.day.id).state == DayState.PLANNED


def test_a_typed_date_that_cannot_be_is_refused_on_the_page(scene: Scene) -> None:
    scene.producer.get(f"{scene.url}/another-date?shoot_date=x&call=07:00&wrap=19:00", 422)
    same = "shoot_date=2026-12-01&call=07:00&wrap=07:00"
    page = scene.producer.get(f"{scene.url}/another-date?{same}").text
    assert "same time as the call" in page


def test_a_move_asks_the_person_who_says_yes(scene: Scene) -> None:
    assert "1 person is asked" in scene.move()
    new = scene.now_booked()
    dates = scene.talent.get("/me/dates").text
    assert f"/me/moved/{new.public_id}" in dates
    page = scene.talent.get(f"/me/moved/{new.public_id}").text
    assert "Your place is kept until then" in page
    assert "Rain" in page

    said = scene.talent.follow(f"/me/moved/{new.public_id}/yes", {}).text

    assert "You are booked for the new day" in said
    assert scene.now_booked().state == BookingState.CONFIRMED


def test_a_no_is_told_what_it_pays(scene: Scene) -> None:
    scene.move()
    new = scene.now_booked()

    said = scene.talent.follow(f"/me/moved/{new.public_id}/no", {"reason": "Away"}).text

    assert "You are paid $140.00 for the old date" in said
    with scene.site.look() as session:
        assert session.get_one(Booking, scene.booking.id).fee_minor == 14_000


def test_an_answer_after_the_deadline_is_refused_on_the_page(scene: Scene) -> None:
    scene.move()
    new = scene.now_booked()
    assert new.answer_by_at is not None
    scene.site.clock.at = new.answer_by_at

    page = scene.talent.post(f"/me/moved/{new.public_id}/yes", {}, status=409).text
    scene.talent.post(f"/me/moved/{new.public_id}/no", {}, status=409)

    assert "The time to answer has passed" in page


def test_a_second_user_with_an_old_page_sees_a_new_one(scene: Scene) -> None:
    page = scene.move(status=409, seen="0" * 32)

    assert "Something changed meanwhile" in page
    assert "Move the day and ask 1 person" in page


def test_a_move_without_a_reason_comes_back(scene: Scene) -> None:
    assert "Say why." in scene.move(status=422, reason="")


def test_the_old_day_says_where_it_went_and_stays_on_record(scene: Scene) -> None:
    scene.move()

    page = scene.producer.get(scene.url).text
    days = scene.producer.get(f"/p/{scene.production.public_id}/days").text

    assert "This day has moved" in page
    assert "Called off" in days
    assert "cannot be moved" in scene.producer.get(f"{scene.url}/another-date").text
    assert "cannot be cancelled" in scene.producer.get(f"{scene.url}/call-off").text


def test_a_cancelled_day_pays_its_people(scene: Scene) -> None:
    page = scene.producer.get(f"{scene.url}/call-off").text
    assert "$140" in page
    assert "$70" in page
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    form = {"kind": "weather", "reason": "Storm", "seen": seen}

    done = scene.producer.follow(f"{scene.url}/call-off", form).text

    assert "This day is cancelled" in done
    with scene.site.look() as session:
        assert session.get_one(Booking, scene.booking.id).fee_minor == 7_000
    offer = scene.talent.get("/me/dates").text
    assert "Nothing is booked" in offer


def test_a_cancellation_of_an_old_page_is_shown_anew(scene: Scene) -> None:
    form = {"kind": "production", "reason": "Storm", "seen": "production:old"}
    page = scene.producer.post(f"{scene.url}/call-off", form, status=409).text
    assert "Something changed meanwhile" in page
    scene.producer.post(f"{scene.url}/call-off", form | {"reason": ""}, status=422)


def test_calendars_keep_one_event_with_a_higher_sequence(scene: Scene) -> None:
    with scene.site.arrange() as session:
        session.get_one(User, scene.talent_user.id).calendar_token = FEED
    before = scene.talent.client.get(f"/calendar/{FEED}.ics").text
    scene.move()

    after = scene.talent.client.get(f"/calendar/{FEED}.ics").text
    new = scene.now_booked()
    scene.talent.post(f"/me/moved/{new.public_id}/no", {})
    last = scene.talent.client.get(f"/calendar/{FEED}.ics").text

    def facts(text: str) -> list[list[str]]:
        names = ("UID", "SEQUENCE", "STATUS")
        return [re.findall(rf"^{name}:(.*)\r$", text, re.MULTILINE) for name in names]

    (uid,), (first,), _ = facts(before)
    assert facts(after) == [[uid], [str(int(first) + 1)], ["CONFIRMED"]]
    assert "To be confirmed" in after
    assert facts(last) == [[uid], [str(int(first) + 2)], ["CANCELLED"]]


def test_others_find_nothing(scene: Scene) -> None:
    with scene.site.arrange() as session:
        stranger = builders.a_person(session, "Nora")
        user = session.get_one(User, session.get_one(Person, stranger.id).user_id)
        company = session.get_one(Production, scene.production.id).company_id
        casting = builders.a_member(session, session.get_one(Company, company), CompanyRole.CASTING)
    scene.move()
    new = scene.now_booked()
    scene.site.browser(user).get(f"/me/moved/{new.public_id}", 404)
    scene.site.browser(casting).get(f"{scene.url}/another-date", 403)
