"""The board of a shoot day: who is called when, and whether they have rested."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from marketplace.domain.booking.models import Booking
from marketplace.domain.notices.models import Notice
from marketplace.domain.productions.models import Production, ShootDay
from tests.support import builders
from tests.support.site import Browser, Site


@dataclass
class Board:
    """Two days of a production: the first wraps late, the second calls early."""

    site: Site
    browser: Browser
    production: Production
    day: ShootDay
    booking: Booking

    @property
    def url(self) -> str:
        """The address of the second day."""
        return f"/p/{self.production.public_id}/days/{self.day.public_id}"


@pytest.fixture
def board(site: Site) -> Board:
    """A person whose day runs over by an hour, so that the next call is too early."""
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        production = builders.a_production(session, company)
        late = builders.a_shoot_day(session, production, "2026-11-28", call="10:00", wrap="21:00")
        early = builders.a_shoot_day(session, production, "2026-11-29")
        role = builders.a_role(session, production, [late, early])
        person = builders.a_person(session)
        first = builders.a_booking(session, role, person, late)
        second = builders.a_booking(session, role, person, early)
        hours = ("10:00", "26:10")
        builders.a_time_card(session, first, hours=hours, meal=("14:00", "14:30"))
    return Board(site, site.browser(producer), production, early, second)


def test_a_call_inside_the_rest_comes_first_with_the_ways_out(board: Board) -> None:
    page = board.browser.get(board.url)

    assert "1 person would get less than 10 h" in page.text
    assert "The shortest rest is 4 h 50 m" in page.text
    assert "Move these calls to 12:10" in page.text
    assert "Keep 07:00 and record why" in page.text


def test_moved_calls_give_everyone_their_rest_and_are_told_once(board: Board) -> None:
    call = "2026-11-29T20:10:00+00:00"

    page = board.browser.follow(f"{board.url}/move", {"call": call})
    again = board.browser.post(f"{board.url}/move", {"call": call}, 409)

    assert "would get less than" not in page.text
    assert "changed meanwhile" in again.text
    with board.site.look() as session:
        assert session.get_one(Booking, board.booking.id).calendar_sequence == 1
        told = session.scalars(sa.select(Notice).where(Notice.key.like("%:call:%"))).all()
        assert len(told) == 1


def test_a_kept_call_needs_a_reason_that_everybody_reads(board: Board) -> None:
    refused = board.browser.post(f"{board.url}/keep", {"reason": " "}, 422)
    page = board.browser.follow(f"{board.url}/keep", {"reason": "Hotel is only free today"})

    assert "Say why the calls stay." in refused.text
    assert "Hotel is only free today" in page.text


def test_other_productions_are_never_named(site: Site) -> None:
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        person = builders.a_person(session)
        secret = builders.a_production(session, title="Secret of the Tower")
        night = builders.a_shoot_day(session, secret, "2026-11-28", call="10:00", wrap="20:00")
        other = builders.a_role(session, secret, [night], name="Tower Guard")
        hidden = builders.a_booking(session, other, person, night)
        builders.a_time_card(session, hidden, hours=("10:00", "25:00"), meal=None)
        production = builders.a_production(session, company)
        day = builders.a_shoot_day(session, production, "2026-11-29")
        role = builders.a_role(session, production, [day])
        builders.a_booking(session, role, person, day)

    page = site.browser(producer).get(f"/p/{production.public_id}/days/{day.public_id}")

    assert "other work ends" in page.text
    assert "Secret" not in page.text
    assert "Tower" not in page.text
