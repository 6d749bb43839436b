"""A deal memo as both sides read it: the page, the wait, and the paper read back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import DealMemo
from marketplace.domain.booking.rules import BookingState
from marketplace.worker.drain import Crew
from tests.support import builders
from tests.support.moving import HALF
from tests.support.pdf import text_of
from tests.support.site import Browser, Site


@pytest.fixture
def sides(site: Site) -> tuple[Browser, Browser, str, str]:
    """Return both browsers, the offer and the production."""
    with site.arrange() as session:
        company = builders.a_company(session)
        producer = builders.a_member(session, company)
        show = builders.a_production(session, company)
        day = builders.a_shoot_day(session, show, call="16:00", wrap="26:00")
        role = builders.a_role(session, show, [day])
        person = builders.a_person(session)
        booking = builders.a_booking(session, role, person, day, state=BookingState.OFFERED)
        booking.cancellation_policy = HALF
        user = session.get_one(User, person.user_id)
        offer = session.execute(sa.text("SELECT public_id FROM offer")).scalar_one()
        form = {"dates": [booking.id], "signed_name": "林雨婷 Ava"}
    talent = site.browser(user)
    assert "as your signature" in talent.get(f"/me/offers/{offer}").text
    blank = form | {"signed_name": " "}
    assert "Type your name to sign." in talent.post(f"/me/offers/{offer}/accept", blank, 422).text
    talent.post(f"/me/offers/{offer}/accept", form)
    return talent, site.browser(producer), offer, show.public_id


def test_both_sides_read_the_memo_and_its_bilingual_paper(
    site: Site, sides: tuple[Browser, Browser, str, str]
) -> None:
    talent, producer, offer, show = sides
    with site.look() as session:
        memo = session.scalars(sa.select(DealMemo)).one()
    mine, theirs = f"/me/memos/{memo.public_id}", f"/p/{show}/memos/{memo.public_id}"
    assert mine in talent.get(f"/me/offers/{offer}").text
    for browser, address in ((talent, mine), (producer, theirs)):
        assert "林雨婷 Ava" in browser.get(address).text
        assert "being printed" in browser.get(f"{address}.pdf", 202).text

    Crew(site.database.engine, site.outside).drain_all()

    papers = {browser.get(f"{at}.pdf").data for browser, at in ((talent, mine), (producer, theirs))}
    (paper,) = papers
    said = text_of(paper)
    for words in (
        "02:00 next day",
        "Deal memo",
        "Redwood Vertical LLC",
        "Claire Hart",
        "280.00",
        "127.0.0.1",
        "林雨婷",
    ):
        assert words in said
    assert memo.digest in said.replace(" ", "")
    assert "/ " in said
    producer.get(mine, 404)
    producer.get(f"/p/{show}/memos/nothing", 404)
