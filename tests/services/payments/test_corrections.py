"""An adjustment becomes a reversal and a correction; the money follows, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.booking.models import Booking
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.notices.models import Notice
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payments.services import (
    AnswerOverpayment,
    answer_overpayment,
    approve_adjustment,
    check_books,
    issue_voucher,
    pay_card,
)
from marketplace.domain.payroll.models import ClaimState, Recovery
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.payroll.services.corrections import CorrectionError
from marketplace.domain.tasks.rules import NotYetError
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard, TimeEntry
from marketplace.domain.timecards.rules.vouchers import VoucherState
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from tests.support import builders
from tests.support.adjusting import (
    a_paid_card,
    adjust,
    agree,
    another_day,
    claims_of,
    decision,
    lines_of,
    overpaid,
    payout_of,
    propose,
    sign,
    slips_of,
)
from tests.support.databases import Database
from tests.support.payday import (
    VAULT,
    Unit,
    a_closed_day,
    a_till,
    an_approved_card,
    run_to_the_end,
    unit_of,
)

LONGER = ("07:00", "21:00")
SHORTER = ("07:00", "17:00")


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


@pytest.fixture
def gateway(tmp_path: Path, clock: FixedClock) -> SandboxGateway:
    return SandboxGateway(tmp_path / "gateway.db", clock)


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock, gateway: SandboxGateway) -> Till:
    return a_till(tmp_path, clock, gateway)


def assert_clean(unit: Unit, till: Till) -> None:
    with unit() as session:
        assert check_books(session, gateways=till.gateways, vault=till.vault) == []


def test_a_longer_day_pays_the_difference(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id = a_paid_card(unit, till, clock)

    adjust(unit, till, clock, card_id, LONGER)

    with unit() as session:
        original, reversal, correction = slips_of(session, card_id)
        assert [one.kind for one in (original, reversal, correction)] == [
            "original",
            "reversal",
            "correction",
        ]
        assert reversal.corrects_id == correction.corrects_id == original.id
        assert reversal.voucher_id == correction.voucher_id is not None
        assert reversal.net_minor == -original.net_minor
        kept = ("deduction", "already_paid", original.net_minor)
        assert kept in lines_of(session, correction)
        assert correction.net_minor == correction.gross_minor - original.net_minor > 0
        paid = payout_of(session, correction)
        assert paid is not None
        assert (paid.state, paid.amount_minor) == (PayoutState.PAID, correction.net_minor)
        assert payout_of(session, reversal) is None
        assert overpaid(session, card_id) == 0
    assert_clean(unit, till)


def test_a_reversal_is_the_slip_line_by_line_with_the_other_sign(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id = a_paid_card(unit, till, clock)

    adjust(unit, till, clock, card_id)

    with unit() as session:
        original, reversal, _ = slips_of(session, card_id)
        assert lines_of(session, reversal) == [
            (kind, code, -minor) for kind, code, minor in lines_of(session, original)
        ]
        assert reversal.worked_minutes == -original.worked_minutes


def test_the_hours_paid_before_stay_as_they_were(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id = a_paid_card(unit, till, clock)

    adjust(unit, till, clock, card_id)

    with unit() as session:
        original, _, correction = slips_of(session, card_id)
        card = session.get_one(TimeCard, card_id)
        versions = session.scalars(
            sa.select(TimeEntry.version).where(TimeEntry.time_card_id == card_id),
        ).all()
        assert sorted(versions) == [1, 2] == [1, card.version]
        assert original.time_entry_id != correction.time_entry_id
        assert card.state == "locked"


def test_the_papers_say_what_they_correct(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id = a_paid_card(unit, till, clock)

    adjust(unit, till, clock, card_id)

    with unit() as session:
        original, reversal, correction = slips_of(session, card_id)
        said = [
            SlipDocument.from_json(
                VAULT.open(one.document_sealed, document_owner(one.public_id))
            ).status
            for one in (reversal, correction)
        ]
        assert f"Reversal of {original.number}" in said[0]
        assert f"Correction of {original.number}" in said[1]


def test_a_payment_that_has_not_left_is_cancelled(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    with unit() as session:
        card = an_approved_card(session, a_closed_day(session))
        pay_card(session, card.id, till=till)
        card_id = card.id

    adjust(unit, till, clock, card_id, LONGER, is_sent=False)
    run_to_the_end(unit, till, clock)

    with unit() as session:
        original, _, correction = slips_of(session, card_id)
        first, second = payout_of(session, original), payout_of(session, correction)
        assert first is not None
        assert second is not None
        assert first.state == PayoutState.CANCELLED
        assert (second.state, second.amount_minor) == (PayoutState.PAID, correction.gross_minor)
        transfers = [one.amount.minor for one in till.gateways[0].transfers()]
        assert transfers == [correction.gross_minor]
    assert_clean(unit, till)


def test_a_payment_without_an_answer_keeps_its_slip(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    with unit() as session:
        card = an_approved_card(session, a_closed_day(session))
        slip = pay_card(session, card.id, till=till)
        assert slip is not None
        payout = payout_of(session, slip)
        assert payout is not None
        voucher = propose(session, card.id, LONGER, clock=clock)
        sign(session, voucher, clock=clock)
        payout.state = PayoutState.SENDING
        session.flush()

        with pytest.raises(NotYetError):
            issue_voucher(session, voucher.id, till=till)


def test_nobody_approves_while_a_payment_has_no_answer(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id = a_paid_card(unit, till, clock)
    with unit() as session:
        voucher = propose(session, card_id, LONGER, clock=clock)
        agree(session, voucher, clock=clock)
        session.execute(sa.update(Payout).values(state=PayoutState.SENDING, gateway_ref=None))

        with pytest.raises(CorrectionError, match="not answered yet"):
            approve_adjustment(session, decision(session, voucher), clock=clock)
        session.rollback()


def test_another_tax_year_is_refused_with_what_to_do(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id = a_paid_card(unit, till, clock)
    clock.at += timedelta(days=60)
    with unit() as session:
        voucher = propose(session, card_id, LONGER, clock=clock)
        agree(session, voucher, clock=clock)

        with pytest.raises(CorrectionError, match="tax year has ended"):
            approve_adjustment(session, decision(session, voucher), clock=clock)
        session.rollback()


def test_what_was_paid_too_much_waits_for_the_person(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id = a_paid_card(unit, till, clock, hours=LONGER)

    adjust(unit, till, clock, card_id, SHORTER)

    with unit() as session:
        original, _, correction = slips_of(session, card_id)
        (claim,) = claims_of(session, card_id)
        payout = payout_of(session, correction)
        assert payout is not None
        assert payout.state == PayoutState.NOTHING_DUE
        assert claim.amount_minor == original.net_minor - correction.gross_minor
        assert overpaid(session, card_id) == claim.amount_minor
        assert claim.state == ClaimState.ASKED
        told = session.scalars(sa.select(Notice.path)).all()
        assert f"/me/pay/owed/{claim.public_id}" in told
    assert_clean(unit, till)


def a_claim(unit: Unit, till: Till, clock: FixedClock) -> tuple[int, int]:
    """Overpay somebody and correct it; returns the card and the amount."""
    card_id = a_paid_card(unit, till, clock, hours=LONGER)
    adjust(unit, till, clock, card_id, SHORTER)
    with unit() as session:
        (claim,) = claims_of(session, card_id)
        return card_id, claim.amount_minor


def answer(unit: Unit, clock: FixedClock, card_id: int, *, is_agreed: bool) -> None:
    with unit() as session:
        (claim,) = claims_of(session, card_id)
        command = AnswerOverpayment(claim.public_id, claim.person_id, is_agreed)
        answer_overpayment(session, command, clock=clock)


def test_an_agreed_overpayment_is_kept_from_the_next_slip(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id, amount = a_claim(unit, till, clock)
    answer(unit, clock, card_id, is_agreed=True)
    with unit() as session:
        next_id = another_day(session, card_id, "2026-11-19").id

    run_to_the_end(unit, till, clock)

    with unit() as session:
        (slip,) = slips_of(session, next_id)
        assert ("deduction", "overpayment", amount) in lines_of(session, slip)
        assert slip.net_minor == 28_000 - amount
        assert overpaid(session, card_id) == 0
    assert_clean(unit, till)


@pytest.mark.parametrize("is_answered", [True, False])
def test_without_consent_nothing_is_kept(
    unit: Unit, till: Till, clock: FixedClock, *, is_answered: bool
) -> None:
    card_id, amount = a_claim(unit, till, clock)
    if is_answered:
        answer(unit, clock, card_id, is_agreed=False)
    with unit() as session:
        next_id = another_day(session, card_id, "2026-11-19").id

    run_to_the_end(unit, till, clock)

    with unit() as session:
        (slip,) = slips_of(session, next_id)
        assert slip.net_minor == 28_000
        assert overpaid(session, card_id) == amount
    assert_clean(unit, till)


def test_only_what_the_net_allows_is_kept(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id, amount = a_claim(unit, till, clock)
    answer(unit, clock, card_id, is_agreed=True)
    with unit() as session:
        small = another_day(session, card_id, "2026-11-19")
        session.get_one(Booking, small.booking_id).day_rate_minor = 1_000
        small_id = small.id

    run_to_the_end(unit, till, clock)

    with unit() as session:
        (slip,) = slips_of(session, small_id)
        assert slip.net_minor == 0
        assert overpaid(session, card_id) == amount - slip.gross_minor > 0
    assert_clean(unit, till)


def test_a_reversed_slip_gives_back_what_it_had_kept(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id, amount = a_claim(unit, till, clock)
    answer(unit, clock, card_id, is_agreed=True)
    with unit() as session:
        next_id = another_day(session, card_id, "2026-11-19").id
    run_to_the_end(unit, till, clock)

    adjust(unit, till, clock, next_id, LONGER)

    with unit() as session:
        _, _, correction = slips_of(session, next_id)
        assert ("deduction", "overpayment", amount) in lines_of(session, correction)
        kept = session.scalars(sa.select(Recovery.amount_minor).order_by(Recovery.id)).all()
        assert kept == [amount, -amount, amount]
        assert overpaid(session, card_id) == 0
    assert_clean(unit, till)


def test_a_second_correction_replaces_the_claim(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id, _ = a_claim(unit, till, clock)

    adjust(unit, till, clock, card_id, LONGER)

    with unit() as session:
        (claim,) = claims_of(session, card_id)
        assert claim.state == ClaimState.REPLACED
        assert overpaid(session, card_id) == 0
        assert [one.kind for one in slips_of(session, card_id)][-2:] == ["reversal", "correction"]
        command = AnswerOverpayment(claim.public_id, claim.person_id, is_agreed=True)
    with unit() as session, pytest.raises(NotAllowedError):
        answer_overpayment(session, command, clock=clock)
    assert_clean(unit, till)


def test_a_claim_is_answered_by_nobody_else(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id, _ = a_claim(unit, till, clock)
    with unit() as session:
        name = claims_of(session, card_id)[0].public_id
        stranger = an_approved_card(session, a_closed_day(session), "Ben Ortiz").person_id

    with unit() as session, pytest.raises(NotFoundError):
        answer_overpayment(session, AnswerOverpayment(name, stranger, is_agreed=True), clock=clock)


def test_issuing_again_changes_nothing(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id = a_paid_card(unit, till, clock)
    voucher_id = adjust(unit, till, clock, card_id)

    with unit() as session:
        assert issue_voucher(session, voucher_id, till=till) is None
    with unit() as session:
        assert len(slips_of(session, card_id)) == 3


def test_yuan_are_taxed_as_if_the_first_payment_had_been_right(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    with unit() as session:
        show = builders.a_production(session, is_chinese=True)
        day = a_closed_day(session, show)
        card_id = an_approved_card(session, day, "赵国强", day_rate_minor=300_000).id
        other = an_approved_card(session, a_closed_day(session, show, "2026-11-20"), "赵国强二")
        other_id = other.id
    run_to_the_end(unit, till, clock)
    clock.at += timedelta(days=15)

    adjust(unit, till, clock, card_id, ("07:00", "22:00"))

    with unit() as session:
        original, _, correction = slips_of(session, card_id)
        (plain,) = slips_of(session, other_id)
        assert correction.inputs["payment"]["pay_date"] == original.inputs["payment"]["pay_date"]
        assert correction.pay_date > original.pay_date
        assert correction.withheld_minor >= original.withheld_minor > 0
        assert plain.kind == "original"
    assert_clean(unit, till)


def test_yesterdays_wrap_reopens_the_next_paid_day(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    card_id = a_paid_card(unit, till, clock)
    with unit() as session:
        next_id = another_day(session, card_id, "2026-11-22", hours=("07:00", "15:00")).id
    clock.at += timedelta(days=1)
    run_to_the_end(unit, till, clock)

    adjust(unit, till, clock, card_id, ("07:00", "26:00"))

    with unit() as session:
        found = session.scalars(
            sa.select(AdjustmentVoucher).where(AdjustmentVoucher.time_card_id == next_id),
        ).all()
        (follow_up,) = found
        assert follow_up.made_by_id is None
        assert follow_up.caused_by_id is not None
        assert follow_up.cause is not None
        assert follow_up.cause["values"]["wrap"] == "26:00"
        before = slips_of(session, next_id)[-1].gross_minor
        sign(session, follow_up, clock=clock)
    run_to_the_end(unit, till, clock)

    with unit() as session:
        assert slips_of(session, next_id)[-1].gross_minor > before
    assert_clean(unit, till)


def test_a_day_that_pays_the_same_is_left_alone(unit: Unit, till: Till, clock: FixedClock) -> None:
    card_id = a_paid_card(unit, till, clock)
    with unit() as session:
        next_id = another_day(session, card_id, "2026-11-23").id
    clock.at += timedelta(days=2)
    run_to_the_end(unit, till, clock)

    adjust(unit, till, clock, card_id, ("07:00", "20:00"))

    with unit() as session:
        assert len(slips_of(session, next_id)) == 1
        vouchers = session.scalars(sa.select(AdjustmentVoucher.state)).all()
        assert vouchers == [VoucherState.ISSUED]
