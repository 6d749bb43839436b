"""A company pays from its own bank: files made, cancelled, marked; never one payout twice."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.adapters.schemas import check_message
from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.banking.rules.answers import Fate
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.ledger.queries import balances
from marketplace.domain.notices.models import Notice
from marketplace.domain.payments import services
from marketplace.domain.payments.models import BankFile, BankFileRow, Payout
from marketplace.domain.payments.queries.bank_files import (
    bank_file,
    bank_files,
    bank_reference_of_slip,
    candidates,
    due,
    held,
    rows_of,
)
from marketplace.domain.payments.queries.bank_profiles import profile_of, profiles, the_profile
from marketplace.domain.payments.rules import BANK_DETAILS, BANK_RETURNED, PayoutState, RowState
from marketplace.domain.payments.services.bank_files import (
    CancelFile,
    cancel_file,
    content_of,
    make_file,
)
from marketplace.domain.payments.services.bank_held import OneCurrency, hold_lacking, pay_again
from marketplace.domain.payments.services.bank_marks import Mark, MarkRows, mark_rows
from marketplace.domain.payments.services.payees import keep_payee
from marketplace.domain.people.models import Payee
from marketplace.domain.people.rules import TaxForm
from marketplace.domain.people.services import PayeeDetails
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.bankfiles import TUESDAY, a_file, a_payer, bytes_of, due_payouts, order, rows
from tests.support.payday import VAULT, a_till


@pytest.fixture
def payouts(session: Session, tmp_path: Path, clock: FixedClock) -> list[Payout]:
    return due_payouts(session, a_payer(session), tmp_path, clock)


def paid(made: BankFile, found: list[BankFileRow], reference: str = "B-1") -> MarkRows:
    marks = [Mark(row.id, Fate.PAID, None, reference) for row in found]
    return MarkRows(made.company_id, made.made_by_id, marks)


def back(made: BankFile, row: BankFileRow, code: str = "R03") -> MarkRows:
    mark = Mark(row.id, Fate.RETURNED, None, "", code)
    return MarkRows(made.company_id, made.made_by_id, [mark])


def told(session: Session, kind: str) -> int:
    found = sa.select(sa.func.count(Notice.id)).where(Notice.kind == kind)
    return session.scalar(found) or 0


def test_what_the_own_bank_pays_waits_for_a_file_and_is_sent_by_nobody(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    asked = session.scalars(sa.select(Task).where(Task.kind == "send_payout")).all()

    assert {one.state for one in payouts} == {PayoutState.DUE}
    assert {one.gateway for one in payouts} == {"bank_file"}
    assert list(asked) == []
    assert services.start_payout(session, payouts[0].id, clock=clock) is None
    assert due(session, payouts[0].company_id)[0].amount == Money(84_003, "USD")


def test_a_file_sends_its_payouts_and_books_them(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts[:2], clock)

    assert [one.state for one in payouts] == [PayoutState.SENT, PayoutState.SENT, PayoutState.DUE]
    assert payouts[0].gateway_ref == f"{made.public_id}/1"
    assert balances(session, "clearing:")["clearing:bank_file", "USD"] == -56_001
    assert (made.number, made.rows, made.total_minor) == (1, 2, 56_001)
    assert told(session, "paid") == 2
    assert services.check_books(session, vault=VAULT) == []


def test_the_bytes_are_kept_sealed_and_come_back_as_they_were(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)

    content = bytes_of(session, made)

    assert content.startswith(b"101 ")
    assert b"LIN YUTING" in content
    stored = session.execute(sa.text("SELECT content FROM file_chunk")).scalars()
    assert not any(b"LIN YUTING" in bytes(chunk) for chunk in stored)
    other = VAULT.seal("x", f"bank_file:{made.public_id}")
    with pytest.raises(BankError, match="not what was made"):
        content_of(session, made.id, other, VAULT)


def test_opening_names_for_a_file_is_in_the_log(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)

    logged = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.subject == f"bank_file:{made.public_id}"),
    ).one()
    assert logged.actor_id == made.made_by_id
    assert logged.after["opened"] == "legal names and accounts"


def test_a_payout_of_a_live_file_goes_into_no_other(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)

    with pytest.raises(BankError, match="changed meanwhile"):
        a_file(session, payouts, clock)
    twice = BankFileRow(
        bank_file_id=made.id,
        position=9,
        payout_id=payouts[0].id,
        amount_minor=1,
        changed_at=clock.now(),
    )
    session.add(twice)
    with pytest.raises(sa.exc.IntegrityError):
        session.flush()


def test_files_of_a_company_are_numbered_from_one(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = [a_file(session, [one], clock) for one in payouts]

    assert [one.number for one in made] == [1, 2, 3]
    assert [row.number for row in bank_files(session, made[0].company_id)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 28), "closed on 2026-11-28; the next banking day is 2026-11-30"),
        (date(2026, 11, 26), "next banking day is 2026-11-27"),
        (date(2026, 11, 20), "is over"),
        (date(2027, 3, 1), "60 days"),
    ],
)
def test_a_day_on_which_no_bank_pays_is_refused(
    session: Session, payouts: list[Payout], clock: FixedClock, on: date, words: str
) -> None:
    with pytest.raises(BankError, match=words):
        make_file(session, order(payouts, 1, on), vault=VAULT, check=check_message, clock=clock)


def test_another_total_than_shown_is_refused(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    command = dataclasses.replace(order(payouts, 1), total=Money(1, "USD"))

    with pytest.raises(BankError, match="Amounts changed"):
        make_file(session, command, vault=VAULT, check=check_message, clock=clock)


def test_a_total_above_the_limit_has_to_be_typed(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    session.execute(sa.text("UPDATE company SET typed_total_limit_minor = 1000"))
    command = dataclasses.replace(order(payouts, 1), typed=None)

    with pytest.raises(BankError, match="Type the total as it is shown"):
        make_file(session, command, vault=VAULT, check=check_message, clock=clock)


def test_nobody_chosen_is_refused(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    command = dataclasses.replace(order(payouts, 1), payout_ids=[])

    with pytest.raises(BankError, match="at least one"):
        make_file(session, command, vault=VAULT, check=check_message, clock=clock)


def test_too_many_for_one_file_are_refused(
    session: Session, payouts: list[Payout], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.domain.payments.services.bank_files.MOST_ROWS", 2)

    with pytest.raises(BankError, match="up to 2 payments"):
        a_file(session, payouts, clock)


def test_a_currency_without_an_account_is_refused(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    session.execute(sa.text("DELETE FROM bank_profile"))

    with pytest.raises(BankError, match="Say first which account pays USD"):
        a_file(session, payouts, clock)


def test_details_a_bank_would_refuse_are_held_with_a_sentence_and_never_filed(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    lacking = payouts[1]
    payee = session.scalars(sa.select(Payee).where(Payee.person_id == lacking.person_id)).one()
    payee.routing_number = ""
    session.flush()

    with pytest.raises(BankError, match="Bea Hart: The routing number of the bank is missing"):
        a_file(session, payouts, clock)
    asked = OneCurrency(lacking.company_id, builders.a_user(session).id, "USD")
    assert hold_lacking(session, asked, vault=VAULT, clock=clock) == 1

    assert (lacking.state, lacking.problem_code) == (PayoutState.HELD, BANK_DETAILS)
    assert [row.stage_name for row in held(session, lacking.company_id)] == ["Bea Hart"]
    assert told(session, "needs_you") == 1
    assert services.check_books(session) == []


def test_details_that_were_given_release_what_was_held(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    lacking = payouts[1]
    payee = session.scalars(sa.select(Payee).where(Payee.person_id == lacking.person_id)).one()
    payee.routing_number = ""
    session.flush()
    hold_lacking(
        session,
        OneCurrency(lacking.company_id, builders.a_user(session).id, "USD"),
        vault=VAULT,
        clock=clock,
    )

    details = PayeeDetails(
        person_id=lacking.person_id,
        legal_name="Hart Beatrice",
        address="1 Olive Street",
        tax_form=TaxForm.W9,
        tax_number="",
        bank_name="First Bank",
        account="",
        routing_number="091000019",
    )
    released = keep_payee(session, details, vault=VAULT, clock=clock)

    assert (released, lacking.state) == (1, PayoutState.DUE)
    made = a_file(session, payouts, clock)
    assert b"622091000019" in bytes_of(session, made)
    assert list(session.scalars(sa.select(Task).where(Task.kind == "send_payout"))) == []


def test_a_cancelled_file_makes_its_payouts_due_again(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)
    command = CancelFile(made.company_id, made.made_by_id, made.public_id, "wrong day")

    cancel_file(session, command, clock=clock)

    assert {one.state for one in payouts} == {PayoutState.DUE}
    assert {one.state for one in rows(session, made)} == {RowState.CANCELLED}
    assert balances(session, "clearing:")["clearing:bank_file", "USD"] == 0
    assert services.check_books(session) == []
    again = a_file(session, payouts, clock)
    assert again.number == 2
    assert services.check_books(session) == []
    with pytest.raises(BankError, match="cancelled before"):
        cancel_file(session, command, clock=clock)


def test_a_file_is_not_cancelled_without_a_reason_or_with_a_paid_row(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)
    command = CancelFile(made.company_id, made.made_by_id, made.public_id, " ")
    with pytest.raises(BankError, match="Say why"):
        cancel_file(session, command, clock=clock)
    mark_rows(session, paid(made, rows(session, made)[:1]), clock=clock)

    with pytest.raises(BankError, match="is paid"):
        cancel_file(session, dataclasses.replace(command, reason="late"), clock=clock)
    with pytest.raises(NotFoundError):
        cancel_file(session, dataclasses.replace(command, company_id=0), clock=clock)


def test_paid_rows_reach_the_bank_account_and_settle_the_day(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)
    clock.at += timedelta(days=3)

    changed = mark_rows(session, paid(made, rows(session, made)), clock=clock)

    assert changed == 3
    assert {one.state for one in payouts} == {PayoutState.PAID}
    assert balances(session, "bank:")["bank:bank_file", "USD"] == -84_003
    assert session.get_one(ShootDay, payouts[0].shoot_day_id).state == DayState.SETTLED
    reference = bank_reference_of_slip(session, payouts[0].pay_slip_id)
    assert reference is not None
    assert (reference.file_number, reference.bank_reference) == (1, "B-1")
    assert services.check_books(session, vault=VAULT) == []


def test_marking_twice_changes_nothing(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)
    command = paid(made, rows(session, made))
    mark_rows(session, command, clock=clock)
    messages = told(session, "paid")

    assert mark_rows(session, command, clock=clock) == 0
    assert told(session, "paid") == messages
    assert services.check_books(session) == []


@pytest.mark.parametrize("is_paid_first", [True, False])
def test_a_returned_payment_is_held_and_may_go_again(
    session: Session, payouts: list[Payout], clock: FixedClock, *, is_paid_first: bool
) -> None:
    made = a_file(session, payouts, clock)
    if is_paid_first:
        mark_rows(session, paid(made, rows(session, made)), clock=clock)

    mark_rows(session, back(made, rows(session, made)[0]), clock=clock)

    first = payouts[0]
    assert (first.state, first.problem_code) == (PayoutState.HELD, BANK_RETURNED)
    assert first.problem == "no such account at that bank (R03)"
    assert session.get_one(ShootDay, first.shoot_day_id).state == DayState.CLOSED
    assert services.check_books(session) == []
    pay_again(session, first.company_id, first.public_id, actor_id=made.made_by_id, clock=clock)
    again = a_file(session, [first], clock)
    mark_rows(session, paid(again, rows(session, again)), clock=clock)
    assert first.state == PayoutState.PAID
    assert services.check_books(session) == []


def test_what_contradicts_a_row_is_refused(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    made = a_file(session, payouts, clock)
    first, second, _ = rows(session, made)
    mark_rows(session, back(made, first), clock=clock)

    with pytest.raises(BankError, match="came back"):
        mark_rows(session, paid(made, [first]), clock=clock)
    late = MarkRows(
        made.company_id, made.made_by_id, [Mark(second.id, Fate.PAID, TUESDAY + timedelta(days=9))]
    )
    with pytest.raises(BankError, match="still to come"):
        mark_rows(session, late, clock=clock)
    with pytest.raises(BankError, match="of your files"):
        mark_rows(session, dataclasses.replace(late, company_id=0), clock=clock)
    cancel = CancelFile(made.company_id, made.made_by_id, made.public_id, "late")
    cancel_file(session, cancel, clock=clock)
    with pytest.raises(BankError, match="cancelled file"):
        mark_rows(session, paid(made, [second]), clock=clock)


def test_only_a_held_payment_of_ones_own_is_put_back(
    session: Session, payouts: list[Payout], clock: FixedClock
) -> None:
    one = payouts[0]
    with pytest.raises(NotAllowedError):
        pay_again(session, one.company_id, one.public_id, actor_id=1, clock=clock)
    with pytest.raises(NotFoundError):
        pay_again(session, 0, one.public_id, actor_id=1, clock=clock)


@pytest.mark.parametrize(
    "format_", [BankFormat.PAIN001_03, BankFormat.PAIN001_09, BankFormat.CN_CSV]
)
def test_every_format_pays_a_day(
    session: Session, tmp_path: Path, clock: FixedClock, format_: BankFormat
) -> None:
    is_chinese = format_ is BankFormat.CN_CSV
    production = a_payer(session, format_, is_chinese=is_chinese)
    waiting = due_payouts(session, production, tmp_path, clock)

    made = a_file(session, waiting, clock)

    found = bank_file(session, made.company_id, made.public_id)
    assert found is not None
    assert (found.format, found.is_open, found.rows) == (format_, True, 3)
    listed = rows_of(session, made.public_id)
    assert [row.payout_id for row in listed] == [one.public_id for one in waiting]
    assert services.check_books(session) == []


def test_yuan_are_never_paid_by_a_dollar_file(
    session: Session, tmp_path: Path, clock: FixedClock
) -> None:
    production = a_payer(session, BankFormat.CN_CSV, is_chinese=True)
    waiting = due_payouts(session, production, tmp_path, clock)
    command = dataclasses.replace(order(waiting, 1), currency="USD", total=Money(1, "USD"))

    with pytest.raises(BankError, match="which account pays USD"):
        make_file(session, command, vault=VAULT, check=check_message, clock=clock)
    assert profile_of(session, production.company_id, "USD", VAULT) is None
    assert [row.currency for row in profiles(session, production.company_id)] == ["CNY"]


def test_somebody_without_an_account_is_no_candidate(
    session: Session, payouts: list[Payout]
) -> None:
    payee = session.scalars(sa.select(Payee).where(Payee.person_id == payouts[0].person_id)).one()
    payee.account_sealed = None
    session.flush()
    company_id = payouts[0].company_id
    profile = the_profile(session, company_id, "USD", VAULT)

    first, *others = candidates(session, company_id, "USD", profile, VAULT)

    assert first.credit is None
    assert str(first.why) == "There is no bank account to pay to yet."
    assert [one.why for one in others] == [None, None]


def test_a_company_of_the_platform_is_paid_as_before(
    session: Session, tmp_path: Path, clock: FixedClock
) -> None:
    waiting = due_payouts(session, builders.a_production(session), tmp_path, clock)

    assert {one.gateway for one in waiting} == {"sandbox"}
    assert due(session, waiting[0].company_id) == []
    assert a_till(tmp_path, clock).gateway_named("sandbox").name == "sandbox"
