"""The demo world: what its visitors are promised is really there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.app import make_outside
from marketplace.demo import world
from marketplace.demo.casting import HOME
from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import AvailCheck, Booking, DealMemo, Offer
from marketplace.domain.booking.rules import OfferState
from marketplace.domain.booking.rules.refusals import CheckState
from marketplace.domain.booking.services.standing import live_of, ranks_of
from marketplace.domain.casting.models import Role
from marketplace.domain.casting.rules import RoleState
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.documents.models import File
from marketplace.domain.payments.models import BankFile, BankFileRow, Funding, Payout
from marketplace.domain.payments.queries.funding import funding_plan
from marketplace.domain.payments.rules import PayoutState, RowState
from marketplace.domain.payments.rules.funding import Cover, FundingStage
from marketplace.domain.payments.services import check_books
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.clock import FixedClock
from tests.support.site import settings_for
from tests.support.world import OPENS_AT, SHOW, DemoSite, a_copy

CHINESE_SHOW = "重生之闪婚总裁"
pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSite]:
    """A copy of the demo world, to look at."""
    with a_copy(tmp_path_factory) as site:
        yield site


@pytest.fixture
def session(demo: DemoSite) -> Iterator[Session]:
    """A session that reads the demo."""
    with demo.look() as session:
        yield session


def crew_of(session: Session, title: str, number: int) -> dict[str, CardState]:
    """Return the state of everybody's time card of a shoot day."""
    found = session.execute(
        sa.select(Person.stage_name, TimeCard.state)
        .join(TimeCard, TimeCard.person_id == Person.id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .join(Production, Production.id == TimeCard.production_id)
        .where(Production.title == title, ShootDay.number == number),
    )
    return {name: CardState(state) for name, state in found}


def payouts(session: Session, title: str) -> dict[tuple[int, str], PayoutState]:
    """Return the state of every payout of a show, by number of the day and name."""
    found = session.execute(
        sa.select(ShootDay.number, Person.stage_name, Payout.state)
        .join(ShootDay, ShootDay.id == Payout.shoot_day_id)
        .join(Person, Person.id == Payout.person_id)
        .join(Production, Production.id == Payout.production_id)
        .where(Production.title == title),
    )
    return {(number, name): PayoutState(state) for number, name, state in found}


def test_two_crews_shoot_six_days_each(session: Session) -> None:
    for title in (SHOW, CHINESE_SHOW):
        show = session.query(Production).filter_by(title=title).one()
        days = session.query(ShootDay).filter_by(production_id=show.id)
        assert [day.number for day in days.order_by(ShootDay.number)] == [1, 2, 3, 4, 5, 6]
        assert len(crew_of(session, title, 1)) >= 12


def test_the_first_two_days_are_paid_and_every_slip_is_printed(session: Session) -> None:
    for title, currency in ((SHOW, "USD"), (CHINESE_SHOW, "CNY")):
        paid = payouts(session, title)
        on_the_way = {PayoutState.SENT, PayoutState.PAID}
        late = {key for key, state in paid.items() if state not in on_the_way}
        assert late == ({(2, "Omar Haddad")} if title == SHOW else set())
        assert {number for number, _name in paid} == {1, 2}
        assert {
            slip.currency
            for slip in session.query(PaySlip).join(Production).filter(Production.title == title)
        } == {currency}
    printed = set(session.scalars(sa.select(File.subject)))
    assert [
        slip.number
        for slip in session.query(PaySlip)
        if slip_subject(slip.public_id) not in printed
    ] == []


def test_the_company_in_zhengzhou_pays_from_its_own_bank(session: Session) -> None:
    files = session.query(BankFile).order_by(BankFile.number).all()
    states = {
        made.number: {
            row.state for row in session.query(BankFileRow).filter_by(bank_file_id=made.id)
        }
        for made in files
    }

    assert {made.currency for made in files} == {"CNY"}
    assert states == {1: {RowState.PAID}, 2: {RowState.SENT}}
    assert {one.gateway for one in session.query(Payout).filter_by(currency="CNY")} == {"bank_file"}


def test_one_payment_was_refused_by_the_bank(session: Session) -> None:
    blocked = session.query(Payout).filter_by(state=PayoutState.BLOCKED).all()

    assert len(blocked) == 1
    assert blocked[0].problem


def test_who_has_given_no_papers_has_no_slip_and_holds_nobody_up(session: Session) -> None:
    crew = crew_of(session, SHOW, 2)

    assert crew.pop("Theo Santos") is CardState.PAYROLL_APPROVED
    assert set(crew.values()) == {CardState.LOCKED}
    assert session.query(PaySlip).filter_by(stage_name="Theo Santos").count() == 0


def test_the_third_day_waits_for_answers_and_approval(session: Session) -> None:
    for title, asker in ((SHOW, "Hana Seo"), (CHINESE_SHOW, "马超")):
        crew = crew_of(session, title, 3)
        assert crew[asker] is CardState.QUERIED
        assert list(crew.values()).count(CardState.QUERIED) == 1
        assert set(crew.values()) == {CardState.AGREED, CardState.QUERIED, CardState.SENT}


def test_there_are_roles_to_apply_for_and_offers_to_answer(session: Session) -> None:
    roles = session.query(Role).filter(Role.state == RoleState.OPEN, Role.apply_by_at > OPENS_AT)
    offers = session.query(Offer).filter(
        Offer.state == OfferState.SENT, Offer.expires_at > OPENS_AT
    )

    assert roles.count() >= 10
    assert offers.count() == 2


def test_two_shows_have_the_first_word_about_one_actress(session: Session) -> None:
    person = session.query(Person).filter_by(stage_name="Mei Alvarez").one()

    held = live_of(session, person.id)

    by_show = {
        session.get_one(Production, one.refusal.production_id).title: ranks_of(held)[one.refusal.id]
        for one in held
        if one.refusal.expires_at > OPENS_AT
    }
    assert by_show == {"The Alpha’s Contract Bride": 1, "My Billionaire Bodyguard": 2}


def test_the_gaffer_is_asked_and_the_camera_asks_back(session: Session) -> None:
    gaffer = session.query(Person).filter_by(stage_name="Bea Hart").one()
    checks = session.query(AvailCheck).filter_by(person_id=gaffer.id).all()
    (asked_back,) = session.query(Offer).filter_by(state=OfferState.COUNTERED)
    asker = session.get_one(Person, asked_back.person_id)

    assert [check.state for check in checks] == [CheckState.ASKED, CheckState.ASKED]
    assert asker.stage_name == "Nadia Petrov"
    assert asked_back.counter is not None
    assert asked_back.counter["rate_minor"] == 42_000


def test_who_is_booked_has_signed_a_deal_memo(session: Session) -> None:
    memos = session.query(DealMemo).all()
    booked = set(session.scalars(sa.select(Booking.offer_id).where(Booking.state == "confirmed")))

    assert {memo.offer_id for memo in memos} == booked
    assert {memo.signed_from for memo in memos} == {HOME}


def test_the_next_days_are_funded_and_the_last_are_not(session: Session) -> None:
    show = session.query(Production).filter_by(title=SHOW).one()
    (funding,) = session.query(Funding).filter_by(production_id=show.id)

    plan = funding_plan(session, show.id, "sandbox")

    assert funding.stage == FundingStage.SETTLED
    assert {day.number: day.cover for day in plan.days} == {
        2: Cover.FUNDED,
        3: Cover.FUNDED,
        4: Cover.FUNDED,
        5: Cover.MISSING,
        6: Cover.MISSING,
    }


def test_the_days_ahead_are_planned(session: Session) -> None:
    ahead = session.query(ShootDay).filter(ShootDay.number >= 5)

    assert {day.state for day in ahead} == {DayState.PLANNED}


def test_the_books_balance_to_the_last_statement(demo: DemoSite, session: Session) -> None:
    outside = demo.outside

    assert check_books(session, gateways=outside.gateways, vault=outside.vault) == []


def test_everybody_shown_can_sign_in_with_the_shown_password(demo: DemoSite) -> None:
    logins = json.loads((demo.folder / "demo-logins.json").read_text("utf-8"))

    assert len(logins) == 14
    for one in (logins[0], logins[8]):
        typed = {"email": one["email"], "password": one["password"]}
        answer = demo.browser().post("/sign-in", typed)
        assert answer.location.startswith("/c/" if "owner" in one["label"] else "/roles")


def test_a_world_somebody_lives_in_is_left_alone(demo: DemoSite) -> None:
    with demo.look() as session:
        before = session.query(Person).count()
    clock = FixedClock(OPENS_AT)
    settings = settings_for(demo.database.url, demo.folder, is_demo=True)

    world.load(make_outside(settings, clock))

    with demo.look() as session:
        assert session.query(Person).count() == before
    assert clock.now() == OPENS_AT


def test_the_board_asks_for_the_third_day_alone(demo: DemoSite) -> None:
    with demo.look() as session:
        show = session.query(Production).filter_by(title=SHOW).one()
        owner = session.get_one(User, show.created_by_id)

    board = demo.browser(owner).get(f"/p/{show.public_id}").text

    assert "Approve the hours of day 3" in board
    assert "Approve the hours of day 2" not in board
