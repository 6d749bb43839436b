"""Files for the company's own bank, and what became of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.blueprints.bankfiles import banks, bp
from marketplace.blueprints.bankfiles.making import command_of, currency_of, draft_of
from marketplace.blueprints.bankfiles.marking import answer_of, cancel_of, marks_of
from marketplace.blueprints.bankfiles.reading import (
    content,
    overview,
    the_answer,
    the_file,
    today_of,
)
from marketplace.domain.banking.rules.orders import FORMAT_WORDS
from marketplace.domain.payments.queries.bank_files import rows_of
from marketplace.domain.payments.services.bank_answers import (
    ApplyAnswer,
    answer_lines,
    apply_answer,
    keep_answer,
)
from marketplace.domain.payments.services.bank_files import cancel_file, file_subject, make_file
from marketplace.domain.payments.services.bank_held import OneCurrency, hold_lacking, pay_again
from marketplace.domain.payments.services.bank_marks import mark_rows
from marketplace.domain.reports.services import Reading, note_reading
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence
from marketplace.web.access import Permission, allow, the_company, viewer
from marketplace.web.downloads import streamed
from marketplace.web.extensions import clock, outside, reading, transaction
from marketplace.web.presentation import sentence

__all__ = ["banks", "bp"]


@bp.get("")
@allow(Permission.SEE_PAY)
def index() -> ResponseReturnValue:
    """Show what waits, what was made and what the bank answered."""
    return render_template("bankfiles/index.html", page=overview(), formats=FORMAT_WORDS)


@bp.get("/new")
@allow(Permission.SEE_PAY)
def new() -> ResponseReturnValue:
    """Put a file together: who, how much, on which day."""
    try:
        return _new_page()
    except DomainError as refusal:
        flash(sentence(refusal.message), "warn")
        return redirect(url_for("bankfiles.index"), 303)


def _new_page(refusal: Sentence | None = None) -> str:
    company, vault = the_company().id, outside().vault
    draft = draft_of(reading(), company, request.values, vault=vault, clock=clock())
    words = FORMAT_WORDS[draft.format]
    return render_template("bankfiles/new.html", page=draft, format=words, refusal=refusal)


@bp.post("")
@allow(Permission.SEE_PAY)
def make() -> ResponseReturnValue:
    """Make the file; its payments are sent."""
    ports, company, user_id = outside(), the_company().id, viewer().user_id
    try:
        command = command_of(request.form, company, user_id)
        with transaction() as session:
            made = make_file(
                session, command, vault=ports.vault, check=ports.check_message, clock=clock()
            )
            file_id, rows = made.public_id, made.rows
    except DomainError as refusal:
        return _refused(refusal)
    flash(ngettext("File with %(num)s payment made.", "File with %(num)s payments made.", rows))
    return redirect(url_for("bankfiles.show", file=file_id), 303)


def _refused(refusal: DomainError) -> ResponseReturnValue:
    """Show the draft again with the refusal; without a draft, the overview."""
    try:
        return _new_page(refusal.message), refusal.http_status
    except DomainError:
        return _to_index(sentence(refusal.message), "bad")


@bp.post("/ask")
@allow(Permission.SEE_PAY)
def ask() -> ResponseReturnValue:
    """Hold the payments a bank would refuse, and ask those people for their details."""
    company, user_id, vault = the_company().id, viewer().user_id, outside().vault
    try:
        command = OneCurrency(company, user_id, currency_of(request.form))
        with transaction() as session:
            count = hold_lacking(session, command, vault=vault, clock=clock())
    except DomainError as refusal:
        return _to_index(sentence(refusal.message), "bad")
    return _to_index(ngettext("%(num)s person was asked.", "%(num)s people were asked.", count))


@bp.post("/again")
@allow(Permission.SEE_PAY)
def again() -> ResponseReturnValue:
    """Put a payment that came back among those that wait for a file."""
    company, payout, user_id = the_company().id, request.form.get("payout", ""), viewer().user_id
    try:
        with transaction() as session:
            pay_again(session, company, payout, actor_id=user_id, clock=clock())
    except DomainError as refusal:
        return _to_index(sentence(refusal.message), "bad")
    return _to_index(_("The payment waits for the next file."))


@bp.get("/<file>")
@allow(Permission.SEE_PAY)
def show(file: str) -> ResponseReturnValue:
    """Show one file and what became of each row."""
    return _file_page(file)


def _file_page(file: str, refusal: Sentence | None = None) -> str:
    found = the_file(file)
    return render_template(
        "bankfiles/show.html",
        file=found,
        rows=rows_of(reading(), file),
        format=FORMAT_WORDS[found.format],
        today=today_of(found.total.currency),
        refusal=refusal,
    )


@bp.get("/<file>/content")
@allow(Permission.SEE_PAY)
def download(file: str) -> ResponseReturnValue:
    """Give the file for the bank, exactly as it was made; who takes it is noted."""
    the_file(file)
    body, name, media_type = content(file)
    seen = Reading(the_company().id, viewer().user_id, file_subject(file), "download", ())
    with transaction() as session:
        note_reading(session, seen, clock=clock())
    return streamed([body], name, media_type)


@bp.post("/<file>/marks")
@allow(Permission.SEE_PAY)
def mark(file: str) -> ResponseReturnValue:
    """Mark rows as paid, or as sent back."""
    the_file(file)
    try:
        command = marks_of(rows_of(reading(), file))
        with transaction() as session:
            count = mark_rows(session, command, clock=clock())
    except DomainError as refusal:
        return _file_page(file, refusal.message), refusal.http_status
    flash(ngettext("%(num)s payment marked.", "%(num)s payments marked.", count))
    return redirect(url_for("bankfiles.show", file=file), 303)


@bp.post("/<file>/cancel")
@allow(Permission.SEE_PAY)
def cancel(file: str) -> ResponseReturnValue:
    """Take a file back."""
    the_file(file)
    command = cancel_of(file)
    try:
        with transaction() as session:
            cancel_file(session, command, clock=clock())
    except DomainError as refusal:
        return _file_page(file, refusal.message), refusal.http_status
    flash(_("The file is cancelled; its payments wait for a new one."))
    return redirect(url_for("bankfiles.show", file=file), 303)


@bp.post("/answers")
@allow(Permission.SEE_PAY)
def upload() -> ResponseReturnValue:
    """Keep what the bank answered; nothing changes before it was looked at."""
    vault = outside().vault
    try:
        command = answer_of()
        with transaction() as session:
            answer_id = keep_answer(session, command, vault=vault, clock=clock()).public_id
    except DomainError as refusal:
        return _to_index(sentence(refusal.message), "bad")
    return redirect(url_for("bankfiles.answer", answer=answer_id), 303)


@bp.get("/answers/<answer>")
@allow(Permission.SEE_PAY)
def answer(answer: str) -> ResponseReturnValue:
    """Show what an answer would change: matched, unmatched, sent back."""
    return _answer_page(answer)


def _answer_page(public_id: str, refusal: Sentence | None = None) -> str:
    row = the_answer(public_id)
    lines = answer_lines(reading(), the_company().id, row.id, outside().vault)
    return render_template("bankfiles/answer.html", answer=row, lines=lines, refusal=refusal)


@bp.post("/answers/<answer>")
@allow(Permission.SEE_PAY)
def apply(answer: str) -> ResponseReturnValue:
    """Take an answer over, once."""
    row, company, user_id = the_answer(answer), the_company().id, viewer().user_id
    command, vault = ApplyAnswer(company, row.id, user_id), outside().vault
    try:
        with transaction() as session:
            count = apply_answer(session, command, vault=vault, clock=clock())
    except DomainError as refusal:
        return _answer_page(answer, refusal.message), refusal.http_status
    flash(ngettext("%(num)s payment changed.", "%(num)s payments changed.", count))
    return redirect(url_for("bankfiles.answer", answer=answer), 303)


def _to_index(words: str, tone: str = "ok") -> ResponseReturnValue:
    flash(words, tone)
    return redirect(url_for("bankfiles.index"), 303)
