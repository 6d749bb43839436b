"""ISO 20022 credit transfers (pain.001), for accounts with an IBAN and without one.

Both versions in use are written; whoever stores a file checks it against the schema first.
Category purpose SALA: the bank treats the transfers as pay.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from marketplace.domain.banking.rules.numbers import is_iban
from marketplace.domain.banking.rules.orders import (
    LONGEST_ID,
    Account,
    BankFormat,
    Batch,
    Credit,
)
from marketplace.kernel.money import Money

SCHEMAS: Final = {
    BankFormat.PAIN001_03: "pain.001.001.03",
    BankFormat.PAIN001_09: "pain.001.001.09",
}
"""The message each format is."""

SPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
LONGEST_NAME: Final = 70
LONGEST_TEXT: Final = 140
US_BANKS: Final = "USABA"
CHINESE_BANKS: Final = "CNAPS"


def write(batch: Batch, format_: BankFormat) -> bytes:
    """Return the message as UTF-8."""
    schema = SCHEMAS[format_]
    root = ET.Element("Document", {"xmlns": SPACE + schema})
    initiation = ET.SubElement(root, "CstmrCdtTrfInitn")
    header = ET.SubElement(initiation, "GrpHdr")
    _add(header, "MsgId", batch.message_id[:LONGEST_ID])
    _add(header, "CreDtTm", f"{batch.made_at:%Y-%m-%dT%H:%M:%S}")
    _counts(header, batch)
    _add(header, "InitgPty/Nm", batch.payer.name[:LONGEST_NAME])
    payment = ET.SubElement(initiation, "PmtInf")
    _payment(payment, batch, is_new=format_ is BankFormat.PAIN001_09)
    for credit in batch.credits:
        _transfer(payment, credit, is_new=format_ is BankFormat.PAIN001_09)
    declared: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return declared


def _payment(payment: ET.Element, batch: Batch, *, is_new: bool) -> None:
    _add(payment, "PmtInfId", f"{batch.message_id}-1"[-LONGEST_ID:])
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "true")
    _counts(payment, batch)
    kind = ET.SubElement(payment, "PmtTpInf")
    if _is_sepa(batch):
        _add(kind, "SvcLvl/Cd", "SEPA")
    _add(kind, "CtgyPurp/Cd", "SALA")
    on = "ReqdExctnDt/Dt" if is_new else "ReqdExctnDt"
    _add(payment, on, batch.value_date.isoformat())
    _add(payment, "Dbtr/Nm", batch.payer.name[:LONGEST_NAME])
    _account(payment, "DbtrAcct", batch.payer)
    _bank(payment, "DbtrAgt", batch.payer, is_new=is_new)
    _add(payment, "ChrgBr", "SLEV" if _is_sepa(batch) else "SHAR")


def _transfer(payment: ET.Element, credit: Credit, *, is_new: bool) -> None:
    one = ET.SubElement(payment, "CdtTrfTxInf")
    _add(one, "PmtId/EndToEndId", credit.reference)
    amount = _add(one, "Amt/InstdAmt", _decimal(credit.amount))
    amount.set("Ccy", credit.amount.currency)
    if not is_iban(credit.to.number) or credit.to.bic:
        _bank(one, "CdtrAgt", credit.to, is_new=is_new)
    _add(one, "Cdtr/Nm", credit.to.name[:LONGEST_NAME])
    _account(one, "CdtrAcct", credit.to)
    _add(one, "RmtInf/Ustrd", credit.text[:LONGEST_TEXT])


def _is_sepa(batch: Batch) -> bool:
    accounts = [batch.payer, *(credit.to for credit in batch.credits)]
    return batch.total.currency == "EUR" and all(is_iban(one.number) for one in accounts)


def _counts(parent: ET.Element, batch: Batch) -> None:
    _add(parent, "NbOfTxs", str(len(batch.credits)))
    _add(parent, "CtrlSum", _decimal(batch.total))


def _account(parent: ET.Element, name: str, account: Account) -> None:
    where = f"{name}/Id/IBAN" if is_iban(account.number) else f"{name}/Id/Othr/Id"
    _add(parent, where, account.number)


def _bank(parent: ET.Element, name: str, account: Account, *, is_new: bool) -> None:
    """Name a bank: by its BIC, else by the number its country's banks know it by."""
    bank = ET.SubElement(ET.SubElement(parent, name), "FinInstnId")
    system, member = next(
        ((code, number) for code, number in _numbers(account) if number),
        ("", ""),
    )
    if account.bic:
        _add(bank, "BICFI" if is_new else "BIC", account.bic)
    elif member:
        clearing = ET.SubElement(bank, "ClrSysMmbId")
        _add(clearing, "ClrSysId/Cd", system)
        _add(clearing, "MmbId", member)
    else:
        _add(bank, "Othr/Id", "NOTPROVIDED")


def _numbers(account: Account) -> tuple[tuple[str, str], ...]:
    return ((US_BANKS, account.routing), (CHINESE_BANKS, account.cnaps))


def _add(parent: ET.Element, path: str, text: str) -> ET.Element:
    """Add an element, with those around it, and put text in the innermost one."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, name)
    parent.text = text
    return parent


def _decimal(amount: Money) -> str:
    return f"{amount.decimal:f}"
