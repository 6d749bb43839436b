"""What a bank's answer says of each payment: pain.002, camt.054, ACH returns, a bank's table.

Nothing is guessed: a status nobody has words for stays without a meaning, and is shown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final
from xml.etree import ElementTree as ET

from marketplace.domain.banking.rules.nacha import WIDTH
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.kernel.money import EXPONENTS, Money
from marketplace.kernel.sentences import Sentence, say

LARGEST: Final = 2 * 1024 * 1024
"""How many bytes an answer may have."""


class Fate(StrEnum):
    """What became of one payment. pending: taken, not carried out; unclear: no words for it."""

    PAID = "paid"
    RETURNED = "returned"
    PENDING = "pending"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bank says of one payment.

    reference: ours, or "" for all of a message; message_id: the file it was in, when named;
    trace: the last seven digits of an ACH trace number, 0 when there is none.
    amount: None when the answer names none; code, text: why it was returned.
    """

    reference: str
    fate: Fate
    message_id: str = ""
    trace: int = 0
    bank_reference: str = ""
    on: date | None = None
    amount: Money | None = None
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """How a bank's table of answers reads: titles of columns, and its words for paid and not."""

    reference: str = "备注"
    status: str = "状态"
    reason: str = "失败原因"
    bank_reference: str = "流水号"
    amount: str = "金额"
    paid_words: tuple[str, ...] = ("成功", "已支付", "paid", "success")
    failed_words: tuple[str, ...] = ("失败", "退汇", "拒绝", "failed", "returned")


SETTLED: Final = frozenset({"ACSC", "ACCC"})
"""pain.002: settlement is completed; everything else accepted is still under way."""

UNDER_WAY: Final = frozenset({"ACCP", "ACSP", "ACTC", "ACWC", "ACWP", "PDNG", "RCVD", "PART"})

CLOSED: Final = frozenset({"R02", "AC04"})
"""The account is closed."""

_WRONG_ACCOUNT: Final = say("no such account at that bank")
REASONS: Final[dict[str, Sentence]] = {
    "R02": say("the account is closed"),
    "R03": _WRONG_ACCOUNT,
    "R04": _WRONG_ACCOUNT,
    "R12": say("the account was sold to another bank"),
    "R13": say("the routing number is wrong"),
    "R14": say("the holder of the account has died"),
    "R15": say("the holder of the account has died"),
    "R16": say("the account is frozen"),
    "R17": say("the bank could not read the account"),
    "R20": say("the account takes no such payments"),
    "R23": say("the receiver refused the payment"),
    "R24": say("the bank took it for a duplicate"),
    "AC01": _WRONG_ACCOUNT,
    "AC03": _WRONG_ACCOUNT,
    "AC04": say("the account is closed"),
    "AC06": say("the account is frozen"),
    "AG01": say("the account takes no such payments"),
    "AM05": say("the bank took it for a duplicate"),
    "BE01": say("name and account do not belong together"),
    "MD07": say("the holder of the account has died"),
    "RC01": say("the number of the bank is wrong"),
}
"""What banks' codes mean (Nacha return reasons, ISO 20022 external reasons), in words."""


class Contents(ET.TreeBuilder):
    """Builds a tree and refuses a document type: without one there are no entities."""

    def doctype(self, *_parts: str | None) -> None:
        """Refuse it before anything in it is read."""
        raise BankError(say("This file has a document type; a bank's answer has none."))


def reason(code: str, text: str) -> Sentence:
    """Return why a payment came back: the code in words, else the bank's own."""
    words = REASONS.get(code)
    if words is not None:
        return say("%(why)s (%(code)s)", why=words, code=code)
    return say("%(text)s", text=" ".join(filter(None, (code, text))) or "–")


def read(content: bytes, table: AnswerTable, currency: str) -> list[Answer]:
    """Return what an answer says; its kind is found out. currency: of a table's amounts.

    Raises BankError when it is none of the kinds, or broken.
    """
    if not content.strip():
        raise BankError(say("This file is empty."))
    if len(content) > LARGEST:
        raise BankError(say("This file is too large: up to 2 megabytes."))
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _message(content)
    if start.startswith(b"101"):
        return list(_returns(content))
    return _table(content, table, currency)


def _message(content: bytes) -> list[Answer]:
    parser = ET.XMLParser(target=Contents())  # noqa: S314 - document types, hence entities, are refused
    try:
        parser.feed(content)
        root = parser.close()
    except ET.ParseError as broken:
        raise BankError(say("This file is not well-formed XML.")) from broken
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.find("CstmrPmtStsRpt") is not None:
        return list(_statuses(root))
    if root.find("BkToCstmrDbtCdtNtfctn") is not None:
        return list(_entries(root))
    raise BankError(say("This XML is neither a status report (pain.002) nor a notice (camt.054)."))


def _statuses(root: ET.Element) -> Iterator[Answer]:
    """pain.002: each transaction; a message or batch without transactions speaks for all of it."""
    message = _text(root, ".//OrgnlGrpInfAndSts/OrgnlMsgId")
    transactions = root.findall(".//TxInfAndSts")
    for one in transactions:
        yield Answer(
            reference=_text(one, "OrgnlEndToEndId"),
            fate=_status(_text(one, "TxSts")),
            message_id=message,
            bank_reference=_text(one, "AcctSvcrRef"),
            on=_date(one, ".//AccptncDtTm") or _date(one, ".//FctvIntrBkSttlmDt/Dt"),
            amount=_amount(one, ".//OrgnlTxRef/Amt/InstdAmt"),
            code=_text(one, ".//StsRsnInf/Rsn/Cd"),
            text=_text(one, ".//StsRsnInf/AddtlInf"),
        )
    if transactions:
        return
    for place, status in (
        ("OrgnlPmtInfAndSts", "PmtInfSts"),
        ("OrgnlGrpInfAndSts", "GrpSts"),
    ):
        for one in root.iter(place):
            if _text(one, status):
                yield Answer(
                    reference="",
                    fate=_status(_text(one, status)),
                    message_id=message,
                    code=_text(one, ".//StsRsnInf/Rsn/Cd"),
                    text=_text(one, ".//StsRsnInf/AddtlInf"),
                )
                return


def _status(code: str) -> Fate:
    if code in SETTLED:
        return Fate.PAID
    if code == "RJCT":
        return Fate.RETURNED
    return Fate.PENDING if code in UNDER_WAY else Fate.UNCLEAR


def _entries(root: ET.Element) -> Iterator[Answer]:
    """camt.054: a booked debit has left our account; a returned credit, or a reversal, is back."""
    for entry in root.iter("Ntry"):
        status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
        on = _date(entry, "BookgDt/Dt") or _date(entry, "BookgDt/DtTm")
        for one in entry.iter("TxDtls"):
            yield Answer(
                reference=_text(one, "Refs/EndToEndId"),
                fate=_movement(entry, one, status),
                bank_reference=_text(one, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef"),
                on=on,
                amount=_amount(one, "AmtDtls/InstdAmt/Amt")
                or _amount(one, "AmtDtls/TxAmt/Amt")
                or _amount(one, "Amt"),
                code=_text(one, "RtrInf/Rsn/Cd"),
                text=_text(one, "RtrInf/AddtlInf"),
            )


def _movement(entry: ET.Element, one: ET.Element, status: str) -> Fate:
    if status != "BOOK":
        return Fate.PENDING
    direction = _text(one, "CdtDbtInd") or _text(entry, "CdtDbtInd")
    is_reversal = _text(entry, "RvslInd") == "true" or one.find("RtrInf") is not None
    if direction == "DBIT" and not is_reversal:
        return Fate.PAID
    return Fate.RETURNED if direction == "CRDT" and is_reversal else Fate.UNCLEAR


def _returns(content: bytes) -> Iterator[Answer]:
    """ACH: an entry and its addenda of type 99; a notice of change (98) moves no money."""
    try:
        lines = content.decode("ascii").splitlines()
    except UnicodeDecodeError as broken:
        raise BankError(say("This ACH file has letters ACH does not know.")) from broken
    if any(len(line) != WIDTH for line in lines):
        raise BankError(say("This ACH file has lines that are not 94 signs long."))
    entry = ""
    for line in lines:
        if line.startswith("6"):
            entry = line
        elif line.startswith(("799", "798")) and entry:
            yield _return(entry, line)


def _return(entry: str, addenda: str) -> Answer:
    trace, amount = addenda[14:21], entry[29:39]
    if not (trace.isdigit() and amount.isdigit()):
        raise BankError(say("This ACH file has an entry that cannot be read."))
    return Answer(
        reference=entry[39:54].strip(),
        fate=Fate.RETURNED if addenda.startswith("799") else Fate.PENDING,
        trace=int(trace),
        bank_reference=entry[79:94].strip(),
        amount=Money(int(amount), "USD"),
        code=addenda[3:6],
        text=addenda[35:79].strip(),
    )


def _table(content: bytes, table: AnswerTable, currency: str) -> list[Answer]:
    rows = csv.DictReader(io.StringIO(_decoded(content), newline=""))
    titles = [title.strip() for title in rows.fieldnames or ()]
    rows.fieldnames = titles
    for title in (table.reference, table.status):
        if title not in titles:
            raise BankError(
                say("This table has no column “%(title)s”; set its titles up first.", title=title)
            )
    try:
        return [_row(row, table, currency) for row in rows]
    except csv.Error as broken:
        raise BankError(say("This table cannot be read.")) from broken


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BankError(say("This is no file of a bank that can be read here."))


def _row(
    row: Mapping[str | None, str | list[str] | None], table: AnswerTable, currency: str
) -> Answer:
    def cell(title: str) -> str:
        found = row.get(title)
        return found.strip() if isinstance(found, str) else ""

    return Answer(
        reference=cell(table.reference),
        fate=_word(cell(table.status), table),
        bank_reference=cell(table.bank_reference),
        amount=_typed(cell(table.amount), currency),
        text=cell(table.reason) or cell(table.status),
    )


def _word(status: str, table: AnswerTable) -> Fate:
    if not status:
        return Fate.PENDING
    if status in table.paid_words:
        return Fate.PAID
    return Fate.RETURNED if status in table.failed_words else Fate.UNCLEAR


def _typed(text: str, currency: str) -> Money | None:
    bare = text.replace(",", "")
    return _money(bare, currency) if bare else None


def _amount(element: ET.Element, path: str) -> Money | None:
    found = element.find(path)
    if found is None or not found.text:
        return None
    return _money(found.text.strip(), found.get("Ccy", ""))


def _money(text: str, currency: str) -> Money:
    """Read an amount exactly; Raises BankError for anything else."""
    try:
        scaled = Decimal(text).scaleb(EXPONENTS[currency])
    except (InvalidOperation, KeyError) as broken:
        raise BankError(say("This answer has an amount that cannot be read.")) from broken
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise BankError(say("This answer has an amount that cannot be read."))
    return Money(int(scaled), currency)


def _text(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _date(element: ET.Element, path: str) -> date | None:
    """Return the date at the beginning of a date or an instant; None when there is none."""
    try:
        return date.fromisoformat(_text(element, path)[:10])
    except ValueError:
        return None


def references(answers: Iterable[Answer]) -> set[str]:
    """Return every payment that is named."""
    return {one.reference for one in answers if one.reference}
