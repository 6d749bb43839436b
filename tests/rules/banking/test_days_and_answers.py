"""Banking days against the law that names them, and answers no bank should get wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.domain.banking.queries import bank_days
from marketplace.domain.banking.rules.answers import (
    LARGEST,
    Answer,
    AnswerTable,
    Fate,
    read,
    reason,
    references,
)
from marketplace.domain.banking.rules.calendar import BankDays, check_value_date, doubt
from marketplace.domain.banking.rules.nacha import WIDTH
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.kernel.money import EXPONENTS, Money

MONDAY, THURSDAY = 0, 3
FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
MOVING = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4))


def the_nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def by_the_law(year: int) -> frozenset[date]:
    """5 U.S.C. 6103 as the Federal Reserve keeps it: Sundays move to Monday, Saturdays do not."""
    last_of_may = date(year, 5, 31)
    days = {last_of_may - timedelta(days=last_of_may.weekday())}
    days |= {the_nth(year, *one) for one in MOVING}
    fixed = [date(year, *one) for one in FIXED]
    days |= {day + timedelta(days=1) if day.weekday() == 6 else day for day in fixed}
    return frozenset(day for day in days if day.weekday() < 5)


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_american_bank_holidays_are_those_of_the_law(year: int) -> None:
    assert bank_days("USD").holidays[year] == by_the_law(year)


def test_every_currency_has_banking_days() -> None:
    for currency in EXPONENTS:
        days = bank_days(currency)
        assert not days.is_open(date(2026, 11, 28))
        assert days.is_open(date(2026, 11, 24))


def test_a_day_whose_holidays_are_not_known_says_so() -> None:
    assert doubt(bank_days("USD"), date(2026, 11, 24)) is None
    assert doubt(bank_days("USD"), date(2035, 11, 23)) is not None
    assert doubt(bank_days("CNY"), date(2026, 10, 1)) is not None


def test_the_next_banking_day_jumps_weekends_and_holidays() -> None:
    days = bank_days("USD")

    assert days.next_open(date(2026, 11, 26)) == date(2026, 11, 27)
    assert days.next_open(date(2026, 12, 25)) == date(2026, 12, 28)
    check_value_date(days, date(2026, 12, 28), date(2026, 12, 28))


def test_a_closed_day_is_refused() -> None:
    days = BankDays("UTC", {})

    for on in (date(2026, 11, 28), date(2026, 11, 20), date(2027, 6, 1)):
        with pytest.raises(BankError):
            check_value_date(days, on, date(2026, 11, 23))


def one(content: str) -> Answer:
    (found,) = read(content.encode(), AnswerTable(), "USD")
    return found


def camt(inside: str, sts: str = "<Sts><Cd>BOOK</Cd></Sts>", entry: str = "") -> str:
    return (
        "<Document><BkToCstmrDbtCdtNtfctn><Ntfctn><Ntry><CdtDbtInd>DBIT</CdtDbtInd>"
        f"{entry}{sts}<BookgDt><DtTm>2026-11-22T09:00:00</DtTm></BookgDt>"
        f"<AcctSvcrRef>E-1</AcctSvcrRef><NtryDtls><TxDtls>{inside}</TxDtls></NtryDtls>"
        "</Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    )


def test_a_notice_of_the_newer_version_reads_the_same() -> None:
    inside = (
        "<Refs><EndToEndId>abc</EndToEndId></Refs>"
        '<AmtDtls><InstdAmt><Amt Ccy="USD">280.00</Amt></InstdAmt></AmtDtls>'
    )

    found = one(camt(inside))

    assert found == Answer(
        "abc", Fate.PAID, bank_reference="E-1", on=date(2026, 11, 22), amount=Money(28_000, "USD")
    )


def test_a_reversal_of_an_entry_came_back() -> None:
    inside = "<CdtDbtInd>CRDT</CdtDbtInd><Refs><EndToEndId>abc</EndToEndId></Refs>"

    assert one(camt(inside, entry="<RvslInd>true</RvslInd>")).fate is Fate.RETURNED
    assert one(camt("<Refs/>", entry="<RvslInd>true</RvslInd>")).fate is Fate.UNCLEAR


@pytest.mark.parametrize(
    ("word", "fate"),
    [
        ("ACSC", Fate.PAID),
        ("ACCC", Fate.PAID),
        ("ACCP", Fate.PENDING),
        ("RJCT", Fate.RETURNED),
        ("WHAT", Fate.UNCLEAR),
    ],
)
def test_a_status_means_what_the_standard_says(word: str, fate: Fate) -> None:
    text = (
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts/><OrgnlPmtInfAndSts>"
        f"<PmtInfSts>{word}</PmtInfSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )

    assert one(text).fate is fate


def test_each_payment_of_a_report_speaks_for_itself() -> None:
    text = (
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>M-1</OrgnlMsgId>"
        "<GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts>"
        "<OrgnlEndToEndId>abc</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
        "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )

    assert read(text.encode(), AnswerTable(), "USD") == [
        Answer("abc", Fate.RETURNED, message_id="M-1", code="AC04")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" \n", "empty"),
        (b"x" * (LARGEST + 1), "too large"),
        (b"<Document>", "not well-formed"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        (b"<Document><Other/></Document>", "neither a status report"),
    ],
)
def test_what_is_no_answer_of_a_bank_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BankError, match=words):
        read(content, AnswerTable(), "USD")


def test_an_entry_that_is_not_booked_yet_is_under_way() -> None:
    assert one(camt("<Refs/>", sts="<Sts>PDNG</Sts>")).fate is Fate.PENDING


@pytest.mark.parametrize(
    ("word", "fate"), [("已支付", Fate.PAID), ("退汇", Fate.RETURNED), ("稍后", Fate.UNCLEAR)]
)
def test_a_table_says_in_words_what_became_of_a_payment(word: str, fate: Fate) -> None:
    (found,) = read(f"备注,状态\nabc,{word}\n".encode(), AnswerTable(), "CNY")

    assert (found.fate, found.text) == (fate, word)


def test_a_report_without_any_status_says_nothing() -> None:
    text = "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts/></CstmrPmtStsRpt></Document>"

    assert read(text.encode(), AnswerTable(), "USD") == []


def ach(*lines: str) -> bytes:
    return "\n".join(f"{line:94}" for line in ("101", *lines)).encode()


ENTRY = f"621021000021{'1':17}0000028000{'abc':15}{'X':22}  1{'021000020000009':15}"


def test_a_notice_of_change_moves_no_money() -> None:
    (found,) = read(ach(ENTRY, f"798C01{'02100002':8}0010001"), AnswerTable(), "USD")

    assert (found.fate, found.trace, found.code) == (Fate.PENDING, 10_001, "C01")
    assert found.bank_reference == "021000020000009"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"101\n6", "94 signs"),
        ("101é".encode(), "letters ACH"),
        (ach(ENTRY, "799R03 no trace"), "cannot be read"),
    ],
)
def test_a_broken_ach_file_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BankError, match=words):
        read(content, AnswerTable(), "USD")


def test_an_addenda_without_its_entry_is_nothing() -> None:
    assert read(ach("799R03"), AnswerTable(), "USD") == []
    assert WIDTH == 94


@pytest.mark.parametrize("amount", ["x", "1.001", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    table = f"备注,状态,金额\nabc,成功,{amount}\n"

    with pytest.raises(BankError, match="amount"):
        read(table.encode("gb18030"), AnswerTable(), "CNY")


def test_a_currency_nobody_knows_is_refused() -> None:
    with pytest.raises(BankError, match="amount"):
        one(camt('<Amt Ccy="XXX">1</Amt>'))


def test_a_table_needs_its_titles_and_may_lack_cells() -> None:
    with pytest.raises(BankError, match="no column “状态”"):
        read("备注\nabc\n".encode(), AnswerTable(), "CNY")
    found = read("备注,状态,金额\nabc\n".encode(), AnswerTable(), "CNY")
    assert found == [Answer("abc", Fate.PENDING)]


def test_what_is_no_text_and_no_table_is_refused() -> None:
    with pytest.raises(BankError, match="no file of a bank"):
        read(b"\xff\xff\xff\x00", AnswerTable(), "CNY")
    with pytest.raises(BankError, match="cannot be read"):
        read(f"备注,状态\n{'a' * 200_000},b\n".encode(), AnswerTable(), "CNY")


def test_reasons_have_words_or_show_the_banks_own() -> None:
    assert str(reason("R02", "")) == "the account is closed (R02)"
    assert str(reason("R99", "odd")) == "R99 odd"
    assert str(reason("", "户名不符")) == "户名不符"
    assert str(reason("", "")) == "–"
    assert references([Answer("", Fate.PAID), Answer("a", Fate.PAID)]) == {"a"}
