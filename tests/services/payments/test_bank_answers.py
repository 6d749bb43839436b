"""What the bank answers: looked at first, taken over once, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.banking.rules.answers import LARGEST
from marketplace.domain.banking.rules.nacha import WIDTH, trace
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments import services
from marketplace.domain.payments.models import BankAnswer, BankFile, Payout
from marketplace.domain.payments.queries.bank_answers import (
    Line,
    Verdict,
    answer_row,
    answers,
    message_id,
)
from marketplace.domain.payments.rules import BANK_RETURNED, PayoutState, RowState
from marketplace.domain.payments.services.bank_answers import (
    ApplyAnswer,
    KeepAnswer,
    answer_lines,
    apply_answer,
    keep_answer,
)
from marketplace.domain.payments.services.bank_files import CancelFile, cancel_file
from marketplace.domain.payments.services.bank_held import pay_again
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support.bankfiles import a_file, a_payer, company_of, due_payouts, rows
from tests.support.payday import VAULT

PAIN002 = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>x</OrgnlPmtInfId>{transactions}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""
STATUS = (
    "<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}"
    "<AcctSvcrRef>BK-77</AcctSvcrRef></TxInfAndSts>"
)
REASON = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>"


@pytest.fixture
def payouts(session: Session, tmp_path: Path, clock: FixedClock) -> list[Payout]:
    return due_payouts(session, a_payer(session), tmp_path, clock)


@pytest.fixture
def made(session: Session, payouts: list[Payout], clock: FixedClock) -> BankFile:
    return a_file(session, payouts, clock)


def report(session: Session, made: BankFile, *transactions: str, group: str = "") -> bytes:
    message = message_id(company_of(session, made).public_id, made.number)
    text = PAIN002.format(message=message, group=group, transactions="".join(transactions))
    return text.encode()


def status(payout: Payout, word: str, reason: str = "") -> str:
    return STATUS.format(reference=payout.public_id, status=word, reason=reason)


def kept(session: Session, made: BankFile, content: bytes, clock: FixedClock) -> BankAnswer:
    command = KeepAnswer(made.company_id, made.made_by_id, made.currency, "../a.xml", content)
    return keep_answer(session, command, vault=VAULT, clock=clock)


def applied(session: Session, one: BankAnswer, clock: FixedClock) -> int:
    command = ApplyAnswer(one.company_id, one.id, one.uploaded_by_id)
    return apply_answer(session, command, vault=VAULT, clock=clock)


def lines(session: Session, one: BankAnswer) -> list[Line]:
    return answer_lines(session, one.company_id, one.id, VAULT)


def verdicts(found: Sequence[Line]) -> list[tuple[str, str]]:
    return [(one.verdict.value, str(one.doubt or "")) for one in found]


def test_a_status_report_pays_and_returns_after_it_was_looked_at(
    session: Session, payouts: list[Payout], made: BankFile, clock: FixedClock
) -> None:
    first, second, third = payouts
    content = report(
        session,
        made,
        status(first, "ACSC"),
        status(second, "RJCT", REASON),
        status(third, "ACSP"),
    )

    one = kept(session, made, content, clock)

    assert {payout.state for payout in payouts} == {PayoutState.SENT}
    assert [word for word, _ in verdicts(lines(session, one))] == ["paid", "returned", "pending"]
    assert applied(session, one, clock) == 2
    states = [payout.state for payout in payouts]
    assert states == [PayoutState.PAID, PayoutState.HELD, PayoutState.SENT]
    assert second.problem_code == "account_closed"
    assert rows(session, made)[0].bank_reference == "BK-77"
    assert services.check_books(session, vault=VAULT) == []


def test_the_same_answer_again_changes_nothing(
    session: Session, payouts: list[Payout], made: BankFile, clock: FixedClock
) -> None:
    content = report(session, made, status(payouts[0], "RJCT"))
    one = kept(session, made, content, clock)
    applied(session, one, clock)
    pay_again(session, made.company_id, payouts[0].public_id, actor_id=made.made_by_id, clock=clock)
    a_file(session, payouts[:1], clock)

    again = kept(session, made, content, clock)

    assert again.id == one.id
    assert applied(session, again, clock) == 0
    assert payouts[0].state == PayoutState.SENT
    assert [row.name for row in answers(session, made.company_id)] == ["a.xml"]
    assert services.check_books(session) == []


def test_an_answer_about_the_first_file_does_not_touch_the_second(
    session: Session, payouts: list[Payout], made: BankFile, clock: FixedClock
) -> None:
    content = report(session, made, status(payouts[0], "RJCT"))
    cancel = CancelFile(made.company_id, made.made_by_id, made.public_id, "wrong account")
    cancel_file(session, cancel, clock=clock)
    second = a_file(session, payouts, clock)

    one = kept(session, made, content, clock)

    assert verdicts(lines(session, one)) == [("unmatched", "Its file was cancelled.")]
    with pytest.raises(BankError, match="Nothing in this answer"):
        applied(session, one, clock)
    assert rows(session, second)[0].state == RowState.SENT
    other = report(session, second, status(payouts[0], "ACSC")).replace(b"-2<", b"-9<")
    unknown = kept(session, second, other, clock)
    assert verdicts(lines(session, unknown)) == [
        ("unmatched", "The bank speaks of another file than the one that holds it now."),
    ]


def test_a_message_refused_as_a_whole_returns_every_row(
    session: Session, payouts: list[Payout], made: BankFile, clock: FixedClock
) -> None:
    one = kept(session, made, report(session, made, group="<GrpSts>RJCT</GrpSts>"), clock)

    assert applied(session, one, clock) == 3
    assert {payout.state for payout in payouts} == {PayoutState.HELD}
    assert {payout.problem_code for payout in payouts} == {BANK_RETURNED}


def test_a_message_nobody_sent_matches_nothing(
    session: Session, made: BankFile, clock: FixedClock
) -> None:
    text = PAIN002.format(message="other", group="<GrpSts>ACSC</GrpSts>", transactions="")

    one = kept(session, made, text.encode(), clock)

    assert verdicts(lines(session, one)) == [("unmatched", "No file of yours holds this payment.")]


CAMT = """<Document><BkToCstmrDbtCdtNtfctn><Ntfctn><Ntry><CdtDbtInd>{direction}</CdtDbtInd>
<Sts>{status}</Sts><BookgDt><Dt>2026-11-22</Dt></BookgDt><NtryDtls><TxDtls><Refs>
<EndToEndId>{reference}</EndToEndId><AcctSvcrRef>N-5</AcctSvcrRef></Refs>
<Amt Ccy="USD">{amount}</Amt>{reason}</TxDtls></NtryDtls></Ntry></Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>"""


@pytest.mark.parametrize(
    ("direction", "status", "amount", "reason", "verdict"),
    [
        ("DBIT", "BOOK", "280.00", "", "paid"),
        ("CRDT", "BOOK", "280.00", "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>", "returned"),
        ("CRDT", "BOOK", "280.00", "", "unmatched"),
        ("DBIT", "PDNG", "280.00", "", "pending"),
        ("DBIT", "BOOK", "280.01", "", "unmatched"),
    ],
)
def test_a_notice_of_the_bank_is_held_against_amount_and_direction(  # noqa: PLR0913, PLR0917 - one notice
    session: Session,
    payouts: list[Payout],
    made: BankFile,
    clock: FixedClock,
    direction: str,
    status: str,
    amount: str,
    reason: str,
    verdict: str,
) -> None:
    text = CAMT.format(
        direction=direction,
        status=status,
        reference=payouts[0].public_id,
        amount=amount,
        reason=reason,
    )

    one = kept(session, made, text.encode(), clock)

    assert [found.verdict for found in lines(session, one)] == [Verdict(verdict)]


def a_return(payout: Payout, made: BankFile, position: int) -> bytes:
    entry = f"621021000021{'000123456411':17}{payout.amount_minor:010d}{payout.public_id:15}"
    entry = f"{entry}{'LIN YUTING':22}  1021000020000001"
    original = f"02100002{trace(made.number, position):07d}"
    addenda = f"799R03{original}{'':6}01140153{'':44}021000020000001"
    header = f"101 {'0210000211123456789':87}"[:WIDTH]
    lines = [f"{header:94}", f"{entry:94}", f"{addenda:94}", "9" * WIDTH]
    return "\r\n".join(lines).encode("ascii")


def test_an_ach_return_is_matched_by_its_trace_number(
    session: Session, payouts: list[Payout], made: BankFile, clock: FixedClock
) -> None:
    one = kept(session, made, a_return(payouts[1], made, 2), clock)
    wrong = kept(session, made, a_return(payouts[1], made, 3), clock)

    assert verdicts(lines(session, wrong))[0][0] == "unmatched"
    assert applied(session, one, clock) == 1
    assert payouts[1].problem == "no such account at that bank (R03)"


def test_a_chinese_table_is_read_by_its_titles(
    session: Session, tmp_path: Path, clock: FixedClock
) -> None:
    production = a_payer(session, BankFormat.CN_CSV, is_chinese=True)
    payouts = due_payouts(session, production, tmp_path, clock, ("刘芳", "陈浩", "孙丽", "马超"))
    made = a_file(session, payouts, clock)
    words = ("成功", "失败", "处理中", "成功")
    table = ["备注,状态,失败原因,流水号,金额"] + [
        f"{one.public_id},{word},户名不符,L{place},{one.amount_minor / 100:.2f}"
        for place, (one, word) in enumerate(zip(payouts, words, strict=True))
    ]
    table[4] = f"{payouts[3].public_id},,,,"

    one = kept(session, made, "\r\n".join(table).encode("gbk"), clock)

    assert verdicts(lines(session, one)) == [
        ("paid", ""),
        ("returned", ""),
        ("unmatched", "The bank's status has no meaning here."),
        ("pending", ""),
    ]
    assert applied(session, one, clock) == 2
    assert payouts[1].problem == "户名不符"
    assert rows(session, made)[0].bank_reference == "L0"
    paid_again = kept(session, made, "\r\n".join(table).replace("失败", "成功").encode(), clock)
    assert [line.verdict for line in lines(session, paid_again)][:2] == [
        Verdict.KNOWN,
        Verdict.UNMATCHED,
    ]


def test_what_is_no_answer_is_refused_with_a_sentence(
    session: Session, made: BankFile, clock: FixedClock
) -> None:
    for content, words in (
        (b"", "empty"),
        (b"x" * (LARGEST + 1), "too large"),
        (b"<broken", "not well-formed"),
        (b"<html/>", "neither a status report"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document type"),
        (b"hello,world\n1,2\n", "no column"),
    ):
        with pytest.raises(BankError, match=words):
            kept(session, made, content, clock)
    assert session.scalar(sa.select(sa.func.count(BankAnswer.id))) == 0


def test_an_answer_of_somebody_else_is_not_there(
    session: Session, payouts: list[Payout], made: BankFile, clock: FixedClock
) -> None:
    one = kept(session, made, report(session, made, status(payouts[0], "ACSC")), clock)

    assert answer_row(session, 0, one.public_id) is None
    found = answer_row(session, made.company_id, one.public_id)
    assert found is not None
    assert (found.id, found.applied_at) == (one.id, None)
    with pytest.raises(NotFoundError):
        answer_lines(session, 0, one.id, VAULT)
