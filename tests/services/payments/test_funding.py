"""Money comes in, is spent in order, is given back and disputed; the books follow every step."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.ledger.queries import balances
from marketplace.domain.notices.models import Mail
from marketplace.domain.payments import services
from marketplace.domain.payments.models import Fund, Funding, PayeeAccount, Payout, Refund
from marketplace.domain.payments.ports import FundingStart, Refused, Sent, Unknown
from marketplace.domain.payments.rules import BooksError, PayoutState
from marketplace.domain.payments.rules.funding import (
    FROZEN,
    UNFUNDED,
    FundingError,
    FundingStage,
    RefundState,
)
from marketplace.domain.payments.rules.gateways import FundingStep, PayeeState
from marketplace.domain.payments.services.fees import set_fee
from marketplace.domain.payments.services.funding import (
    GIVEN_UP_AFTER,
    find_opening,
    funding_of_ref,
    looking,
    record_start,
)
from marketplace.domain.payments.services.funding_states import record_funding
from marketplace.domain.payments.services.funds import free, require_funds, take, the_fund
from marketplace.domain.payments.services.refunds import (
    AskRefund,
    ask_refund,
    record_refund,
    start_refund,
)
from marketplace.domain.payments.services.releasing import release_funds
from marketplace.domain.productions.models import Production
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.funds import a_fund, a_settled_funding, an_order, told
from tests.support.payday import a_closed_day, a_till, an_approved_card

NOW = builders.NOW
CLOCK = FixedClock(NOW)
PAY = 28_000


def some_payouts(session: Session, folder: Path, count: int = 3) -> list[Payout]:
    """Pay a day of some people whose gateway keeps one pot for all productions."""
    show = builders.a_production(session)
    builders.a_member(session, builders.a_company(session))
    session.flush()
    day = a_closed_day(session, show)
    cards = [an_approved_card(session, day, f"Person {number}") for number in range(count)]
    services.pay_cards(session, [card.id for card in cards], till=a_till(folder, CLOCK))
    payouts = list(session.scalars(sa.select(Payout).order_by(Payout.id)))
    for payout in payouts:
        payout.gateway = "stripe"
        account = PayeeAccount(
            person_id=payout.person_id,
            gateway="stripe",
            account=f"acct_{payout.id}",
            state=PayeeState.READY,
            created_at=NOW,
        )
        session.add(account)
    session.flush()
    return payouts


def start_all(session: Session, payouts: list[Payout]) -> list[str]:
    services.start_payouts(session, [one.id for one in payouts], clock=CLOCK)
    return [str(one.state) for one in payouts]


def fund_of(session: Session, production_id: int) -> Fund:
    return session.query(Fund).filter_by(production_id=production_id).one()


def assert_sound(session: Session) -> None:
    session.flush()
    found = [one for one in services.check_books(session) if one.name in {"I17", "I18"}]
    assert found == []


def release(session: Session, production_id: int) -> int:
    return release_funds(session, fund_of(session, production_id).id, clock=CLOCK)


def test_a_production_without_money_sends_nothing(session: Session, tmp_path: Path) -> None:
    payouts = some_payouts(session, tmp_path, 2)

    states = start_all(session, payouts)

    assert states == ["held", "held"]
    assert {one.problem_code for one in payouts} == {UNFUNDED}
    assert_sound(session)


def test_who_brings_the_money_is_told_once_for_a_day(session: Session, tmp_path: Path) -> None:
    payouts = some_payouts(session, tmp_path, 2)
    company = payouts[0].company_id
    owner = builders.a_user(session, "Olga Owner")
    builders.a_member(session, session.get_one(type(builders.a_company(session)), company),
                      user=owner)  # fmt: skip

    start_all(session, payouts)

    told_owner = session.query(Mail).filter_by(to_address=owner.email).all()
    assert [one.key.split(":")[0] for one in told_owner] == ["unfunded"]


def test_the_money_pays_the_oldest_first_and_no_more_than_there_is(
    session: Session, tmp_path: Path
) -> None:
    payouts = some_payouts(session, tmp_path, 3)
    show = session.get_one(Production, payouts[0].production_id)
    a_fund(session, show, payouts[0].amount_minor * 2 + 1)

    states = start_all(session, payouts)

    assert states == ["sending", "sending", "held"]
    assert fund_of(session, show.id).available_minor == 1
    assert_sound(session)


def test_a_younger_payment_does_not_overtake_one_that_waits(
    session: Session, tmp_path: Path
) -> None:
    payouts = some_payouts(session, tmp_path, 2)
    start_all(session, payouts[:1])
    a_fund(session, session.get_one(Production, payouts[0].production_id), 1_000_000)

    states = start_all(session, payouts[1:])

    assert states == ["held"], "the oldest goes when the money is released"
    assert release(session, payouts[0].production_id) == 2
    assert [one.state for one in payouts] == ["due", "due"]


def test_another_productions_money_pays_nobody_here(session: Session, tmp_path: Path) -> None:
    payouts = some_payouts(session, tmp_path, 1)
    a_fund(session, builders.a_production(session, title="Another show"))

    assert start_all(session, payouts) == ["held"]


def test_released_payments_are_sent_by_themselves(session: Session, tmp_path: Path) -> None:
    payouts = some_payouts(session, tmp_path, 2)
    start_all(session, payouts)
    show = session.get_one(Production, payouts[0].production_id)
    session.execute(sa.update(Task).where(Task.kind == "send_payout").values(done_at=NOW))
    a_fund(session, show, payouts[0].amount_minor)

    count = release(session, show.id)

    waiting = sa.select(Task.subject_id).where(Task.kind == "send_payout", Task.done_at.is_(None))
    assert count == 1
    assert session.scalars(waiting).all() == [payouts[0].id]
    assert start_all(session, payouts[:1]) == ["sending"]
    assert payouts[1].state == PayoutState.HELD
    assert_sound(session)


def test_the_database_itself_keeps_a_fund_above_zero(session: Session) -> None:
    fund = a_fund(session, builders.a_production(session), 5)

    fund.available_minor = -1

    with pytest.raises(IntegrityError):
        session.flush()


def test_a_cancelled_payment_gives_its_money_back(session: Session, tmp_path: Path) -> None:
    (payout,) = some_payouts(session, tmp_path, 1)
    show = session.get_one(Production, payout.production_id)
    a_fund(session, show, payout.amount_minor)
    start_all(session, [payout])

    free(session, payout, clock=CLOCK)
    free(session, payout, clock=CLOCK)

    assert fund_of(session, show.id).available_minor == payout.amount_minor
    assert_sound(session)


def test_the_embedded_gateway_waits_for_money_only_when_asked_to(
    session: Session, tmp_path: Path
) -> None:
    payouts = some_payouts(session, tmp_path, 2)
    for payout in payouts:
        payout.gateway = "sandbox"
    show = session.get_one(Production, payouts[0].production_id)
    key = (show.id, show.company_id, show.currency)
    actor = show.created_by_id

    assert start_all(session, payouts[:1]) == ["sending"]
    fund = require_funds(session, key, is_required=True, actor_id=actor, clock=CLOCK)
    assert start_all(session, payouts[1:]) == ["held"]
    require_funds(session, key, is_required=False, actor_id=actor, clock=CLOCK)
    assert release_funds(session, fund.id, clock=CLOCK) == 1
    assert payouts[1].allotted_at is None
    assert_sound(session)


def test_paid_money_is_booked_and_can_be_spent_when_it_settles(session: Session) -> None:
    show = builders.a_production(session)
    opening = an_order(session, show, 100_000)
    later = NOW + timedelta(days=2)
    paid = told(opening, available_on=later)

    again_at = record_funding(session, opening.funding_id, paid, clock=CLOCK)

    funding = session.get_one(Funding, opening.funding_id)
    assert (again_at, funding.stage) == (later, FundingStage.PAID)
    assert balances(session, "coming:") == {(f"coming:{show.id}", "USD"): -100_000}
    assert_sound(session)

    end = record_funding(session, opening.funding_id, paid, clock=FixedClock(later))

    assert (end, funding.stage) == (None, FundingStage.SETTLED)
    assert fund_of(session, show.id).available_minor == 100_000
    assert balances(session, "holding:") == {("holding:stripe", "USD"): 100_000}
    assert_sound(session)


def test_the_platforms_fee_comes_on_top_and_is_its_own(session: Session) -> None:
    show = builders.a_production(session)
    opening = an_order(session, show, 100_000)
    funding = session.get_one(Funding, opening.funding_id)
    funding.pay_minor, funding.fee_minor = 95_000, 5_000

    record_funding(session, opening.funding_id, told(opening), clock=CLOCK)

    assert fund_of(session, show.id).available_minor == 95_000
    assert balances(session, "platform:") == {("platform:fees", "USD"): -5_000}
    assert_sound(session)


@pytest.mark.parametrize(
    ("steps", "stage"),
    [
        ([FundingStep.OPEN], FundingStage.OPEN),
        ([FundingStep.PROCESSING], FundingStage.PROCESSING),
        ([FundingStep.PROCESSING, FundingStep.FAILED], FundingStage.FAILED),
        ([FundingStep.EXPIRED], FundingStage.EXPIRED),
        ([FundingStep.EXPIRED, FundingStep.PROCESSING], FundingStage.PROCESSING),
        ([FundingStep.FAILED, FundingStep.OPEN], FundingStage.FAILED),
        ([FundingStep.FAILED, FundingStep.PAID], FundingStage.SETTLED),
        ([FundingStep.PAID, FundingStep.PAID, FundingStep.PROCESSING], FundingStage.SETTLED),
        ([FundingStep.PROCESSING, FundingStep.PROCESSING], FundingStage.PROCESSING),
    ],
)
def test_whatever_is_read_in_whatever_order_ends_where_the_money_is(
    session: Session, steps: list[FundingStep], stage: FundingStage
) -> None:
    opening = an_order(session, builders.a_production(session))

    for step in steps:
        record_funding(session, opening.funding_id, told(opening, step), clock=CLOCK)

    assert session.get_one(Funding, opening.funding_id).stage == stage
    assert_sound(session)


def test_money_whose_cost_is_not_known_yet_is_waited_for(session: Session) -> None:
    opening = an_order(session, builders.a_production(session))
    paid = told(opening, net=None, fee=None, available_on=None)

    again_at = record_funding(session, opening.funding_id, paid, clock=CLOCK)

    assert again_at is not None
    assert session.get_one(Funding, opening.funding_id).stage == FundingStage.PROCESSING


def test_another_amount_than_was_asked_for_is_never_booked(session: Session) -> None:
    opening = an_order(session, builders.a_production(session))
    other = told(opening, amount=Money(1, "USD"))
    unbalanced = told(opening, net=Money(1, "USD"))

    for state in (other, unbalanced):
        with pytest.raises(BooksError):
            record_funding(session, opening.funding_id, state, clock=CLOCK)

    assert balances(session, "coming:") == {}


def test_a_silent_gateway_is_asked_again(session: Session) -> None:
    opening = an_order(session, builders.a_production(session))

    again_at = record_funding(session, opening.funding_id, Unknown("?"), clock=CLOCK)

    assert again_at == NOW + timedelta(minutes=10)


def test_one_form_sent_twice_is_one_funding(session: Session) -> None:
    show = builders.a_production(session)

    first = an_order(session, show, form="t1")
    second = an_order(session, show, form="t1")

    assert first == second
    with pytest.raises(FundingError):
        an_order(session, builders.a_production(session), form="t1")


def test_nothing_is_no_funding(session: Session) -> None:
    with pytest.raises(FundingError):
        an_order(session, builders.a_production(session), 0)


def test_a_refused_checkout_failed_and_a_silent_one_can_be_gone_on_with(session: Session) -> None:
    show = builders.a_production(session)
    opening = an_order(session, show)
    funding = session.get_one(Funding, opening.funding_id)

    record_start(session, funding.id, Unknown("?"), clock=CLOCK)
    assert find_opening(session, show.id, opening.public_id) == opening
    record_start(session, funding.id, Refused("x", "Our key is wrong", stops_queue=True),
                 clock=CLOCK)  # fmt: skip
    assert funding.stage == FundingStage.OPEN
    record_start(session, funding.id, Refused("x", "No"), clock=CLOCK)

    assert (funding.stage, funding.problem) == (FundingStage.FAILED, "No")
    with pytest.raises(FundingError):
        find_opening(session, show.id, opening.public_id)
    with pytest.raises(NotFoundError):
        find_opening(session, builders.a_production(session).id, opening.public_id)


def test_a_checkout_nobody_ever_saw_expires(session: Session) -> None:
    opening = an_order(session, builders.a_production(session))
    funding = session.get_one(Funding, opening.funding_id)
    funding.gateway_ref = None
    later = FixedClock(NOW + GIVEN_UP_AFTER)

    assert looking(session, funding.id, clock=CLOCK) == NOW + GIVEN_UP_AFTER
    assert looking(session, funding.id, clock=later) is None
    assert funding.stage == FundingStage.EXPIRED


def test_a_checkout_left_for_a_day_expires(session: Session) -> None:
    opening = an_order(session, builders.a_production(session))
    later = FixedClock(NOW + GIVEN_UP_AFTER)

    record_funding(session, opening.funding_id, told(opening, FundingStep.OPEN), clock=later)

    assert session.get_one(Funding, opening.funding_id).stage == FundingStage.EXPIRED


def test_a_funding_is_found_by_every_name_it_has(session: Session) -> None:
    opening = a_settled_funding(session, builders.a_production(session))
    names = (f"cs_{opening.public_id}", f"pi_{opening.public_id}", opening.public_id)

    assert {funding_of_ref(session, [name]) for name in names} == {opening.funding_id}
    assert funding_of_ref(session, ["cs_other"]) is None


def asked(session: Session, minor: int, **own: str) -> tuple[Refund, Production]:
    show = builders.a_production(session)
    opening = a_settled_funding(session, show, 100_000)
    command = AskRefund(
        funding_id=opening.public_id,
        production_id=show.id,
        actor_id=show.created_by_id,
        token=own.get("form", "t"),
        amount=Money(minor, "USD"),
        reason=own.get("reason", "A day fell through"),
    )
    return ask_refund(session, command, clock=CLOCK), show


def test_unspent_money_goes_back_and_is_gone_from_the_fund_at_once(session: Session) -> None:
    refund, show = asked(session, 40_000)

    assert fund_of(session, show.id).available_minor == 60_000
    assert_sound(session)
    going = start_refund(session, refund.id, clock=CLOCK)
    assert going is not None
    assert going.key == f"refund-{refund.public_id}-a1"
    record_refund(session, refund.id, Sent("re_1", NOW), clock=CLOCK)

    assert refund.state == RefundState.SENT
    assert start_refund(session, refund.id, clock=CLOCK) is None
    assert session.get_one(Funding, refund.funding_id).refunded_minor == 40_000
    assert_sound(session)


def test_a_refused_refund_is_in_the_fund_again(session: Session) -> None:
    refund, show = asked(session, 40_000)

    assert record_refund(session, refund.id, Unknown("?"), clock=CLOCK) is not None
    record_refund(session, refund.id, Refused("x", "No"), clock=CLOCK)
    record_refund(session, refund.id, Sent("re_late", NOW), clock=CLOCK)

    assert refund.state == RefundState.REFUSED
    assert fund_of(session, show.id).available_minor == 100_000
    assert_sound(session)


@pytest.mark.parametrize(
    ("minor", "own"), [(100_001, {}), (0, {}), (-5, {}), (10, {"reason": " "})]
)
def test_more_than_is_unspent_never_goes_back(
    session: Session, minor: int, own: dict[str, str]
) -> None:
    with pytest.raises(FundingError):
        asked(session, minor, **own)


def test_money_given_to_payments_cannot_go_back(session: Session) -> None:
    show = builders.a_production(session)
    opening = a_settled_funding(session, show, 100_000)
    take(fund_of(session, show.id), 90_000)
    command = AskRefund(opening.public_id, show.id, show.created_by_id, "t",
                        Money(10_001, "USD"), "Why")  # fmt: skip

    with pytest.raises(FundingError):
        ask_refund(session, command, clock=CLOCK)


def test_one_refund_form_sent_twice_is_one_refund(session: Session) -> None:
    refund, show = asked(session, 40_000)
    funding = session.get_one(Funding, refund.funding_id)
    again = AskRefund(funding.public_id, show.id, show.created_by_id, "t",
                      Money(40_000, "USD"), "Why")  # fmt: skip

    assert ask_refund(session, again, clock=CLOCK) is refund
    with pytest.raises(FundingError):
        asked(session, 5, form="t")


def test_a_refund_whose_key_may_be_forgotten_waits_for_a_person(session: Session) -> None:
    refund, _ = asked(session, 40_000)
    start_refund(session, refund.id, clock=CLOCK)

    with pytest.raises(BooksError):
        start_refund(session, refund.id, clock=FixedClock(NOW + timedelta(hours=21)))


def test_all_of_it_given_back_ends_the_funding(session: Session) -> None:
    show = builders.a_production(session)
    opening = a_settled_funding(session, show, 100_000)
    a_fund(session, show, 100_000)
    command = AskRefund(opening.public_id, show.id, show.created_by_id, "t",
                        opening.order.amount, "Why")  # fmt: skip
    refund = ask_refund(session, command, clock=CLOCK)

    record_refund(session, refund.id, Sent("re_1", NOW), clock=CLOCK)

    assert session.get_one(Funding, opening.funding_id).stage == FundingStage.REFUNDED
    assert looking(session, opening.funding_id, clock=CLOCK) is None
    assert_sound(session)


def test_money_given_back_at_the_gateway_itself_is_gone_too(session: Session) -> None:
    show = builders.a_production(session)
    opening = a_settled_funding(session, show, 100_000)
    part = told(opening, refunded=Money(30_000, "USD"))
    whole = told(opening, FundingStep.REFUNDED, refunded=opening.order.amount)

    for state in (part, part, whole, whole):
        record_funding(session, opening.funding_id, state, clock=CLOCK)

    fund = fund_of(session, show.id)
    cost = opening.order.amount.minor - 100_000
    assert (fund.available_minor, fund.short_minor) == (0, cost)
    assert session.get_one(Funding, opening.funding_id).stage == FundingStage.REFUNDED
    assert_sound(session)


def test_a_refund_under_way_is_not_taken_for_one_made_elsewhere(session: Session) -> None:
    refund, show = asked(session, 40_000)
    funding = session.get_one(Funding, refund.funding_id)
    opening = an_order(session, show, form=funding.token)
    seen = told(opening, refunded=Money(40_000, "USD"))

    record_funding(session, funding.id, seen, clock=CLOCK)

    assert fund_of(session, show.id).available_minor == 60_000


def test_a_dispute_freezes_what_is_unsent_and_a_won_one_lets_it_go(
    session: Session, tmp_path: Path
) -> None:
    payouts = some_payouts(session, tmp_path, 2)
    show = session.get_one(Production, payouts[0].production_id)
    opening = a_settled_funding(session, show, 100_000)
    fund = fund_of(session, show.id)
    disputed = told(
        opening,
        FundingStep.DISPUTED,
        disputed=opening.order.amount,
        dispute_fee=Money(1_500, "USD"),
    )

    for _ in range(2):
        record_funding(session, opening.funding_id, disputed, clock=CLOCK)
    lost = opening.order.amount.minor + 1_500 - 100_000
    assert (fund.available_minor, fund.short_minor, fund.disputes) == (0, lost, 1)
    assert start_all(session, payouts) == ["held", "held"]
    assert {one.problem_code for one in payouts} == {FROZEN}
    assert release(session, show.id) == 0
    assert_sound(session)

    record_funding(session, opening.funding_id, told(opening), clock=CLOCK)

    assert fund.disputes == 0
    assert fund.available_minor == 100_000 - 1_500
    assert release(session, show.id) == 2
    assert_sound(session)


def test_a_lost_dispute_leaves_a_debt_that_new_money_makes_good_first(session: Session) -> None:
    show = builders.a_production(session)
    opening = a_settled_funding(session, show, 100_000)
    fund = fund_of(session, show.id)
    take(fund, 100_000)
    fund.available_minor, fund.short_minor = 0, 0
    lost = told(opening, FundingStep.DISPUTED, disputed=Money(50_000, "USD"), is_lost=True)

    record_funding(session, opening.funding_id, lost, clock=CLOCK)
    assert session.get_one(Funding, opening.funding_id).stage == FundingStage.LOST
    assert (fund.short_minor, fund.disputes) == (50_000, 0)
    a_settled_funding(session, show, 60_000)

    assert (fund.available_minor, fund.short_minor) == (10_000, 0)


def test_frozen_payments_that_cannot_be_paid_wait_for_money_next(
    session: Session, tmp_path: Path
) -> None:
    (payout,) = some_payouts(session, tmp_path, 1)
    fund = the_fund(session, payout.production_id, payout.currency)
    fund.disputes = 1
    start_all(session, [payout])
    fund.disputes = 0

    assert release_funds(session, fund.id, clock=CLOCK) == 0
    assert payout.problem_code == UNFUNDED


def test_disputed_money_cannot_go_back(session: Session) -> None:
    show = builders.a_production(session)
    opening = a_settled_funding(session, show, 100_000)
    fund_of(session, show.id).disputes = 1
    command = AskRefund(opening.public_id, show.id, show.created_by_id, "t",
                        Money(5, "USD"), "Why")  # fmt: skip

    with pytest.raises(FundingError):
        ask_refund(session, command, clock=CLOCK)


def test_money_that_has_not_settled_cannot_go_back(session: Session) -> None:
    show = builders.a_production(session)
    opening = an_order(session, show)
    a_fund(session, show, 500)
    command = AskRefund(opening.public_id, show.id, show.created_by_id, "t",
                        Money(5, "USD"), "Why")  # fmt: skip

    with pytest.raises((FundingError, NotAllowedError)):
        ask_refund(session, command, clock=CLOCK)


def test_a_start_that_is_answered_is_kept(session: Session) -> None:
    opening = an_order(session, builders.a_production(session))

    record_start(session, opening.funding_id, FundingStart("cs_2", "u"), clock=CLOCK)

    assert session.get_one(Funding, opening.funding_id).gateway_ref == "cs_2"


def test_a_company_is_given_a_fee_that_is_not_absurd(session: Session) -> None:
    company = builders.a_company(session)

    set_fee(session, company.public_id, 250, clock=CLOCK)

    assert company.fee_basis_points == 250
    with pytest.raises(FundingError):
        set_fee(session, company.public_id, 5_000, clock=CLOCK)
    with pytest.raises(NotFoundError):
        set_fee(session, "nobody", 250, clock=CLOCK)
