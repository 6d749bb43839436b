"""What a sent form says about rows of a file, or about an uploaded answer."""

from __future__ import annotations

from datetime import date

from flask import request

from marketplace.blueprints.bankfiles.making import currency_of
from marketplace.domain.banking.rules.answers import LARGEST, Fate
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.payments.queries.bank_files import PaymentRow
from marketplace.domain.payments.rules import RowState
from marketplace.domain.payments.services.bank_answers import KeepAnswer
from marketplace.domain.payments.services.bank_files import CancelFile
from marketplace.domain.payments.services.bank_marks import Mark, MarkRows
from marketplace.kernel.sentences import say
from marketplace.web.access import the_company, viewer


def marks_of(rows: list[PaymentRow]) -> MarkRows:
    """Return the marks of a sent form: for the ticked rows, or for all that are still open.

    Raises BankError when the form says neither paid nor returned, or no date that can be read.
    """
    sent = request.form
    fate = {"paid": Fate.PAID, "returned": Fate.RETURNED}.get(sent.get("fate", ""))
    if fate is None:
        raise BankError(say("Say whether the payments were paid or came back."))
    ticked = set(sent.getlist("row"))
    chosen = [
        row for row in rows if str(row.position) in ticked or _is_meant(row, is_all="all" in sent)
    ]
    reference, reason = sent.get("reference", "").strip(), sent.get("reason", "").strip()
    on = _day(sent.get("on", ""))
    marks = [Mark(row.id, fate, on, reference, "", reason) for row in chosen]
    return MarkRows(the_company().id, viewer().user_id, marks)


def cancel_of(file_id: str) -> CancelFile:
    """Return the order to take a file back."""
    reason = request.form.get("reason", "")
    return CancelFile(the_company().id, viewer().user_id, file_id, reason)


def answer_of() -> KeepAnswer:
    """Return the uploaded answer. Raises BankError when no file was chosen, or a huge one."""
    upload = request.files.get("answer")
    if upload is None or not upload.filename:
        raise BankError(say("Choose the file your bank gave you."))
    content = upload.stream.read(LARGEST + 1)
    currency = currency_of(request.form)
    return KeepAnswer(the_company().id, viewer().user_id, currency, upload.filename, content)


def _is_meant(row: PaymentRow, *, is_all: bool) -> bool:
    return is_all and row.state is RowState.SENT


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as broken:
        raise BankError(say("Choose the day on which the bank paid.")) from broken
