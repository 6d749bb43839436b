"""Tables for bulk payment as Chinese banks take them: columns and encoding by the bank's template.

Account numbers are marked as text with a tab in front when the bank's template is filled with a
spreadsheet: it would round 19 digits otherwise.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import Batch, Credit
from marketplace.kernel.sentences import Sentence, say

ENCODINGS: Final = ("gbk", "gb18030", "utf-8-sig")
FORMULA: Final = "=+-@\t\r\n"
FIELDS: Final[dict[str, Sentence]] = {
    "number": say("Row number"),
    "name": say("Name of the account"),
    "account": say("Account number"),
    "bank": say("Bank"),
    "cnaps": say("Number of the bank branch"),
    "amount": say("Amount"),
    "currency": say("Currency"),
    "text": say("Purpose"),
    "reference": say("Reference"),
}
"""What a column can hold."""

COLUMNS: Final = (
    ("序号", "number"),
    ("收款人户名", "name"),
    ("收款账号", "account"),
    ("开户行", "bank"),
    ("联行号", "cnaps"),
    ("金额", "amount"),
    ("用途", "text"),
    ("备注", "reference"),
)
"""What most banks' templates ask for, in their order."""

NEEDED: Final = ("name", "account", "amount", "reference")
"""Without these a file pays nobody, or its answer says nothing."""


@dataclass(frozen=True, slots=True)
class Template:
    """A bank's template: titles and what stands below them, the encoding, text marks."""

    columns: tuple[tuple[str, str], ...] = COLUMNS
    encoding: str = ENCODINGS[0]
    has_text_marks: bool = True


def read_columns(text: str) -> tuple[tuple[str, str], ...]:
    """Read a map of columns as people type it: one "title = field" per line.

    Raises BankError naming the line that is not one, or what is missing.
    """
    columns = []
    for line in filter(None, (typed.strip() for typed in text.splitlines())):
        title, _, field = (part.strip() for part in line.rpartition("="))
        if not title or field not in FIELDS:
            raise BankError(say("Write each column as “title = field”, not “%(line)s”.", line=line))
        columns.append((title, field))
    titles, fields = [title for title, _ in columns], [field for _, field in columns]
    absent = [field for field in NEEDED if field not in fields]
    if absent:
        raise BankError(say("A column for “%(field)s” is missing.", field=absent[0]))
    if len(set(titles)) < len(titles):
        raise BankError(say("Two columns have the same title."))
    return tuple(columns)


def show_columns(columns: Sequence[tuple[str, str]]) -> str:
    """Write a map of columns as `read_columns` reads it."""
    return "\n".join(f"{title} = {field}" for title, field in columns)


def write(batch: Batch, template: Template) -> bytes:
    """Return the table. Raises BankError for what it cannot hold."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([title for title, _ in template.columns])
    for number, credit in enumerate(batch.credits, 1):
        cells = _cells(number, credit, template)
        _check(cells, template)
        writer.writerow([cells[field] for _, field in template.columns])
    return buffer.getvalue().encode(template.encoding)


def _cells(number: int, credit: Credit, template: Template) -> dict[str, str]:
    mark = "\t" if template.has_text_marks else ""
    return {
        "number": str(number),
        "name": credit.to.name,
        "account": mark + credit.to.number,
        "bank": credit.to.bank,
        "cnaps": mark + credit.to.cnaps if credit.to.cnaps else "",
        "amount": f"{credit.amount.decimal:f}",
        "currency": credit.amount.currency,
        "text": credit.text,
        "reference": credit.reference,
    }


def _check(cells: dict[str, str], template: Template) -> None:
    """Refuse signs the encoding lacks, and a name or bank a spreadsheet would compute."""
    if any(cells[field][:1] in set(FORMULA) for field in ("name", "bank", "text")):
        raise BankError(say("The name or the bank begins with a sign of formulas."))
    for _, field in template.columns:
        try:
            cells[field].encode(template.encoding)
        except UnicodeEncodeError as wrong:
            raise BankError(
                say(
                    "The bank's encoding %(encoding)s has no “%(sign)s”.",
                    encoding=template.encoding.upper(),
                    sign=wrong.object[wrong.start : wrong.end],
                ),
            ) from wrong
