"""Bank files read back: by schema, by another library, by the csv module, by the layout itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from sepaxml import SepaTransfer
from sepaxml.validation import try_valid_xml

from marketplace.adapters.schemas import check_message
from marketplace.domain.banking.rules import bulk, files, nacha, numbers, orders
from marketplace.domain.banking.rules.bulk import Template
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import (
    Account,
    AccountKind,
    BankFormat,
    Batch,
    Credit,
)
from marketplace.kernel.money import Money

MADE_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
VALUE = date(2026, 11, 24)
PAYER = Account(
    name="Redwood Vertical LLC", number="990011", bank="First Bank", routing="021000021"
)
IBAN_PAYER = Account(name="Kiefer GmbH", number="DE89370400440532013000", bic="DEUTDEFF")
AVA = Account(name="Lin Yuting", number="000123456411", bank="B", routing="021000021")
IBANS = ("GB29NWBK60161331926819", "NL91ABNA0417164300", "FR1420041010050500013M02606")
PAIN = (BankFormat.PAIN001_03, BankFormat.PAIN001_09)


def batch(*credits_: Credit, payer: Account = PAYER) -> Batch:
    return Batch(7, "DR-k3m9-7", MADE_AT, VALUE, payer, "1123456789", credits_)


def credit(to: Account = AVA, minor: int = 28_000, currency: str = "USD") -> Credit:
    return Credit("jvhvwz4tjzgj", to, Money(minor, currency), "Pay 2026-00001")


# ——— NACHA: a reader written from the layout alone, that shares nothing with the writer ———

ENTRY = {
    "code": (2, 3),
    "routing": (4, 12),
    "account": (13, 29),
    "amount": (30, 39),
    "reference": (40, 54),
    "name": (55, 76),
    "trace": (80, 94),
}
BATCH_CONTROL = {"count": (5, 10), "hash": (11, 20), "debit": (21, 32), "credit": (33, 44)}
FILE_CONTROL = {
    "batches": (2, 7),
    "blocks": (8, 13),
    "count": (14, 21),
    "hash": (22, 31),
    "debit": (32, 43),
    "credit": (44, 55),
}


def cut(line: str, layout: dict[str, tuple[int, int]]) -> dict[str, str]:
    """Cut a line by first and last column, counted from one as the layout is printed."""
    return {name: line[first - 1 : last].strip() for name, (first, last) in layout.items()}


def read_ach(content: bytes) -> list[dict[str, str]]:
    """Return the entries; every control record is worked out again from the raw lines."""
    lines = content.decode("ascii").split("\r\n")
    assert lines.pop() == ""
    assert {len(line) for line in lines} == {94}
    assert len(lines) % 10 == 0
    assert lines[0][:3] == "101"
    body = [line for line in lines if line != "9" * 94]
    entries = [cut(line, ENTRY) for line in body if line[0] == "6"]
    for group in groups(body):
        found = [cut(line, ENTRY) for line in group[1:-1]]
        check_totals(cut(group[-1], BATCH_CONTROL), found)
    total = cut(body[-1], FILE_CONTROL)
    check_totals(total, entries)
    assert int(total["blocks"]) == len(lines) // 10
    assert int(total["batches"]) == sum(line[0] == "5" for line in body)
    return entries


def groups(lines: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for line in lines[1:-1]:
        group.append(line)
        if line[0] == "8":
            yield group
            group = []
    assert not group


def check_totals(control: dict[str, str], entries: list[dict[str, str]]) -> None:
    assert int(control["count"]) == len(entries)
    assert int(control["credit"]) == sum(int(one["amount"]) for one in entries)
    assert int(control["debit"]) == 0
    prefixes = sum(int(one["routing"][:8]) for one in entries)
    assert control["hash"] == str(prefixes)[-10:].zfill(10)


def test_the_reader_of_ach_notices_a_wrong_cent() -> None:
    good = nacha.write(batch(credit()))

    assert len(read_ach(good)) == 1
    with pytest.raises(AssertionError):
        read_ach(good.replace(b"0000028000", b"0000028001", 1))


def test_an_ach_file_says_who_gets_what() -> None:
    savings = replace(AVA, name="Inés Calderón", kind=AccountKind.SAVINGS, routing="011401533")

    first, second = read_ach(nacha.write(batch(credit(), credit(savings, 9_999_999_999))))

    assert first == {
        "code": "22",
        "routing": "021000021",
        "account": "000123456411",
        "amount": "0000028000",
        "reference": "jvhvwz4tjzgj",
        "name": "LIN YUTING",
        "trace": "021000020070001",
    }
    assert (second["code"], second["name"]) == ("32", "INES CALDERON")
    assert second["trace"].endswith(f"{nacha.trace(7, 2):07d}")


def test_people_and_companies_stand_in_batches_of_their_own() -> None:
    company = replace(AVA, name="Bell Films Inc", kind=AccountKind.COMPANY)
    content = nacha.write(batch(credit(company), credit())).decode()

    read_ach(content.encode())
    headers = [line for line in content.splitlines() if line.startswith("5")]
    assert [line[50:53] for line in headers] == ["PPD", "CCD"]
    assert [line[87:94] for line in headers] == ["0000001", "0000002"]
    assert {line[69:75] for line in headers} == {"261124"}


def test_headers_name_bank_payer_and_day() -> None:
    lines = nacha.write(batch(credit())).decode().splitlines()

    assert lines[0][3:23] == " 0210000211123456789"
    assert lines[0][23:34] == "2611230930A"
    assert lines[0][40:86] == f"{'FIRST BANK':23}{'REDWOOD VERTICAL LLC':23}"
    assert lines[1][:50] == f"5220{'REDWOOD VERTICAL':16}{'':20}1123456789"


@pytest.mark.parametrize("entries", [1, 5, 6, 7, 16, 17, 100])
def test_files_are_padded_to_whole_blocks(entries: int) -> None:
    assert len(read_ach(nacha.write(batch(*[credit()] * entries)))) == entries


def test_the_hash_keeps_its_last_ten_digits() -> None:
    routings = ["99999999"] * 200
    totals = nacha.file_totals(routings, [Money(1, "USD")] * 200)

    assert totals.entry_hash == str(99_999_999 * 200)[-10:]
    with pytest.raises(BankError, match="account and an amount"):
        nacha.file_totals(routings, [])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (credit(replace(AVA, name="林晚")), "Latin letters"),
        (credit(replace(AVA, name="A\nB")), "Latin letters"),
        (credit(replace(AVA, number="1" * 18)), "cannot hold"),
        (credit(minor=10**10), "cannot hold"),
        (credit(replace(AVA, routing="021000022")), "routing number of the bank is missing"),
        (credit(currency="CNY"), "cannot carry CNY"),
        (credit(minor=0), "more than zero"),
        (credit(replace(AVA, number="")), "account is missing"),
    ],
)
def test_what_ach_cannot_carry_is_refused(wrong: Credit, words: str) -> None:
    with pytest.raises(BankError, match=words):
        files.write(batch(wrong), BankFormat.NACHA, Template())


# ——— ISO 20022 ———


def strip(root: ET.Element) -> ET.Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


@pytest.mark.parametrize("format_", PAIN)
@pytest.mark.parametrize(
    ("to", "currency"),
    [
        (Account(name="Jörg Weiß", number=IBANS[0]), "EUR"),
        (AVA, "USD"),
        (Account(name="刘芳", number="6228480012345678901", cnaps="102491000011"), "CNY"),
        (Account(name="Ann", number="12345678", bic="BARCGB22"), "GBP"),
    ],
)
@pytest.mark.parametrize("payer", [IBAN_PAYER, PAYER, Account(name="中原", number="41050167")])
def test_every_message_fits_its_published_schema(
    format_: BankFormat, to: Account, currency: str, payer: Account
) -> None:
    content = files.write(batch(credit(to, 12_345, currency), payer=payer), format_, Template())

    check_message(content, format_)
    root = strip(ET.fromstring(content))  # noqa: S314 - our own file
    assert root.findtext(".//GrpHdr/MsgId") == "DR-k3m9-7"
    assert root.findtext(".//CtgyPurp/Cd") == "SALA"
    assert root.findtext(".//EndToEndId") == "jvhvwz4tjzgj"
    assert root.findtext(".//CdtTrfTxInf//InstdAmt") == "123.45"
    account = root.find(".//CdtrAcct/Id")
    assert account is not None
    assert "".join(account.itertext()).strip() == to.number


@pytest.mark.parametrize("format_", PAIN)
def test_a_message_says_what_another_library_says(format_: BankFormat) -> None:
    """The same transfers, written by sepaxml: parties, accounts, amounts and sums agree."""
    people = [Account(name=f"Person {place}", number=iban) for place, iban in enumerate(IBANS)]
    ours = files.write(
        batch(
            *(credit(one, 100 + place, "EUR") for place, one in enumerate(people)),
            payer=IBAN_PAYER,
        ),
        format_,
        Template(),
    )
    config = {
        "name": IBAN_PAYER.name,
        "IBAN": IBAN_PAYER.number,
        "BIC": IBAN_PAYER.bic,
        "batch": True,
        "currency": "EUR",
    }
    schema = "pain.001.001.03" if format_ is BankFormat.PAIN001_03 else "pain.001.001.09"
    theirs = SepaTransfer(config, schema=schema)
    for place, one in enumerate(people):
        payment = {
            "name": one.name,
            "IBAN": one.number,
            "amount": 100 + place,
            "execution_date": VALUE,
            "description": "Pay 2026-00001",
            "endtoend_id": "jvhvwz4tjzgj",
        }
        theirs.add_payment(payment)

    assert facts(ours) == facts(theirs.export(validate=True))
    try_valid_xml(ours, schema)


def facts(content: bytes) -> list[list[str | None]]:
    root = strip(ET.fromstring(content))  # noqa: S314 - files of this test
    paths = (
        ".//GrpHdr/NbOfTxs",
        ".//GrpHdr/CtrlSum",
        ".//PmtInf/CtrlSum",
        ".//SvcLvl/Cd",
        ".//Dbtr/Nm",
        ".//DbtrAcct/Id/IBAN",
        ".//Cdtr/Nm",
        ".//CdtrAcct/Id/IBAN",
        ".//InstdAmt",
        ".//EndToEndId",
        ".//Ustrd",
    )
    return [[one.text for one in root.findall(path)] for path in paths]


def test_the_control_sum_is_the_sum_of_the_transfers() -> None:
    content = files.write(
        batch(*(credit(minor=minor) for minor in (1, 99, 28_000))), PAIN[1], Template()
    )
    root = strip(ET.fromstring(content))  # noqa: S314 - our own file

    amounts = [Decimal(one.text or "") for one in root.findall(".//InstdAmt")]
    assert Decimal(root.findtext(".//GrpHdr/CtrlSum") or "") == sum(amounts) == Decimal("281.00")


def test_a_message_that_does_not_fit_is_refused_with_the_reason() -> None:
    content = files.write(batch(credit()), PAIN[0], Template())

    with pytest.raises(BankError, match="schema refuses"):
        check_message(content.replace(b"<PmtMtd>TRF", b"<PmtMtd>XXX"), PAIN[0])
    check_message(b"anything", BankFormat.CN_CSV)
    assert isinstance(xmlschema.__version__, str)


def test_without_any_number_of_a_bank_nothing_is_ordered_abroad() -> None:
    nowhere = Account(name="Ann", number="12345678")

    with pytest.raises(BankError, match="IBAN is missing"):
        files.write(batch(credit(nowhere)), PAIN[0], Template())


# ——— Tables ———

CN_PAYER = Account(name="中原竖屏影业", number="41050167", bank="郑州银行")
LIU = Account(name="刘芳", number="6228480012345678901", bank="郑州银行", cnaps="102491000011")


@pytest.mark.parametrize("encoding", bulk.ENCODINGS)
def test_a_table_reads_back_in_every_encoding(encoding: str) -> None:
    pays = batch(credit(LIU, 80_050, "CNY"), payer=CN_PAYER)

    content = files.write(pays, BankFormat.CN_CSV, Template(encoding=encoding))

    (row,) = csv.DictReader(io.StringIO(content.decode(encoding)))
    assert row == {
        "序号": "1",
        "收款人户名": "刘芳",
        "收款账号": "\t6228480012345678901",
        "开户行": "郑州银行",
        "联行号": "\t102491000011",
        "金额": "800.50",
        "用途": "Pay 2026-00001",
        "备注": "jvhvwz4tjzgj",
    }


def test_columns_follow_the_banks_template() -> None:
    columns = bulk.read_columns(
        "户名 = name\n\n账号=account\n金额 = amount\n币种=currency\n附言=reference"
    )
    template = Template(columns, "gbk", has_text_marks=False)
    no_branch = replace(LIU, cnaps="")

    content = files.write(
        batch(credit(no_branch, 100, "CNY"), payer=CN_PAYER), BankFormat.CN_CSV, template
    )

    assert content.decode("gbk") == (
        "户名,账号,金额,币种,附言\r\n刘芳,6228480012345678901,1.00,CNY,jvhvwz4tjzgj\r\n"
    )
    assert bulk.read_columns(bulk.show_columns(columns)) == columns


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("户名 name", "title = field"),
        ("户名 = nobody", "title = field"),
        ("户名 = name", "column for “account” is missing"),
        ("a=name\na=account\nb=amount\nc=reference", "same title"),
    ],
)
def test_a_map_that_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(BankError, match=words):
        bulk.read_columns(text)


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (replace(LIU, name="刘𠮷"), "GBK has no “𠮷”"),
        (replace(LIU, name="=1+1"), "sign of formulas"),
        (replace(LIU, bank="@SUM"), "sign of formulas"),
        (replace(LIU, bank=""), "name of the bank is missing"),
    ],
)
def test_what_a_table_cannot_hold_is_refused(to: Account, words: str) -> None:
    with pytest.raises(BankError, match=words):
        files.write(batch(credit(to, 1, "CNY"), payer=CN_PAYER), BankFormat.CN_CSV, Template())


def test_a_rare_sign_goes_into_the_larger_encoding() -> None:
    rare = batch(credit(replace(LIU, name="刘𠮷"), 1, "CNY"), payer=CN_PAYER)

    content = files.write(rare, BankFormat.CN_CSV, Template(encoding="gb18030"))

    assert "刘𠮷" in content.decode("gb18030")


def test_a_file_holds_one_currency_and_somebody() -> None:
    mixed = batch(credit(LIU, 1, "CNY"), credit(LIU, 1, "USD"), payer=IBAN_PAYER)

    with pytest.raises(BankError, match="cannot carry USD"):
        files.write(mixed, PAIN[0], Template())
    with pytest.raises(BankError, match="at least one payment"):
        files.write(batch(), PAIN[0], Template())
    assert batch(credit(), credit(minor=5)).total == Money(28_005, "USD")


# ——— Numbers ———


def test_numbers_of_banks_are_checked() -> None:
    assert numbers.check_digit("02100002") == 1
    assert numbers.is_routing("021000021")
    assert not numbers.is_routing("02100002")
    assert numbers.routing_problem("") is None
    assert numbers.routing_problem("021000021") is None
    assert numbers.routing_problem("021000022") is not None
    assert numbers.bic_problem("") is None
    assert numbers.bic_problem("DEUTDEFF500") is None
    assert numbers.bic_problem("DEUTDEFF5") is not None
    assert numbers.cnaps_problem("") is None
    assert numbers.cnaps_problem("102491000011") is None
    assert numbers.cnaps_problem("10249100001") is not None
    with pytest.raises(BankError, match="nine digits"):
        numbers.check_digit("0210")


@pytest.mark.parametrize("iban", IBANS)
def test_an_iban_has_check_digits(iban: str) -> None:
    assert numbers.is_iban(iban)
    assert not numbers.is_iban(iban[:-1] + ("0" if iban[-1] != "0" else "1"))
    assert not numbers.is_iban(iban.lower())


def test_words_are_there_for_every_format_and_kind() -> None:
    assert set(orders.FORMAT_WORDS) == set(orders.ENDINGS) == set(BankFormat)
    assert set(orders.ACCOUNT_KIND_WORDS) == set(AccountKind)


def test_a_routing_number_proves_itself() -> None:
    assert numbers.check_digit("02100002") == 1
    assert numbers.is_routing("021000021")
    assert not numbers.is_routing("021000022")
    assert not numbers.is_routing("0210000210")


@pytest.mark.parametrize("wrong", ["1234567", "0210000a", "²²²²²²²²"])
def test_anything_else_is_no_routing_number(wrong: str) -> None:
    with pytest.raises(BankError, match="nine digits"):
        numbers.check_digit(wrong)


def test_a_bank_file_is_padded_to_whole_blocks() -> None:
    six = nacha.file_totals(["021000021"] * 6, [Money(1, "USD")] * 6)
    seven = nacha.file_totals(["021000021"] * 7, [Money(1, "USD")] * 7)

    assert (six.lines, seven.lines, seven.entry_hash) == (10, 20, "0014700014")


@pytest.mark.parametrize("amounts", [[], [Money(1, "USD")] * 2])
def test_entries_without_an_account_are_refused(amounts: list[Money]) -> None:
    with pytest.raises(BankError, match="account and an amount"):
        nacha.file_totals(["021000021"][: len(amounts)], amounts)
