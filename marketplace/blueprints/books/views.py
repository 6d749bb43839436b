"""What stands in a company's books: all accounts, those of one kind, one with its postings."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.domain.ledger.rules import KINDS, event_of, kind_of, pay_slip_of
from marketplace.domain.reports.queries import ledgers
from marketplace.domain.reports.queries.ledgers import Account
from marketplace.domain.reports.rules import file_name
from marketplace.web.access import Permission, allow, the_company
from marketplace.web.downloads import streamed
from marketplace.web.extensions import reading
from marketplace.web.numbers import row_number
from marketplace.web.presentation import sentence
from marketplace.web.tables import Cell, csv_file

bp = Blueprint("books", __name__, url_prefix="/c/<company>")

CSV = "text/csv; charset=utf-8"


@bp.get("/ledger")
@allow(Permission.SEE_PAY)
def index() -> ResponseReturnValue:
    """Show the trial balance of each currency."""
    found = ledgers.accounts(reading(), the_company().id)
    return render_template("books/index.html", trials=ledgers.trials(found), words=words)


@bp.get("/ledger.csv")
@allow(Permission.SEE_PAY)
def table() -> ResponseReturnValue:
    """Give every account with its sums as a table."""
    head = [_("Currency"), _("Kind"), _("Account"), _("Debit"), _("Credit"), _("Balance")]
    rows: Iterator[list[Cell]] = (
        [one.debit.currency, words(one.code), one.name, one.debit, one.credit, one.balance]
        for one in ledgers.accounts(reading(), the_company().id)
    )
    name = file_name(_("Trial balance"), the_company().name, ending="csv")
    return streamed(csv_file(head, rows), name, CSV)


@bp.get("/ledger/accounts")
@allow(Permission.SEE_PAY)
def accounts() -> ResponseReturnValue:
    """List the accounts of one kind in one currency."""
    kind, currency = request.args.get("kind", ""), request.args.get("currency", "")
    found = ledgers.accounts(reading(), the_company().id, kind, currency)
    page = {"rows": found, "trials": ledgers.trials(found), "title": _("Accounts")}
    if kind in KINDS:
        page["title"] = sentence(KINDS[kind])
    return render_template("books/accounts.html", words=words, currency=currency, **page)


@bp.get("/ledger/accounts/<account>")
@allow(Permission.SEE_PAY)
def statement(account: str) -> ResponseReturnValue:
    """Show what moved one account, the newest first."""
    found = _account(account)
    before = request.args.get("before", type=row_number)
    page = ledgers.statement(reading(), the_company().id, found, before)
    tools = {"words": words, "event": event_words, "pay_slip_of": pay_slip_of}
    return render_template("books/statement.html", account=found, page=page, **tools)


@bp.get("/ledger/accounts/<account>.csv")
@allow(Permission.SEE_PAY)
def entries(account: str) -> ResponseReturnValue:
    """Give every posting of one account as a table, the oldest first."""
    found = _account(account)
    head = [_("Posted (UTC)"), _("What"), _("Key"), _("Other account"), _("Debit"), _("Credit")]
    name = file_name(words(found.code), found.name, found.currency, ending="csv")
    return streamed(csv_file([*head, _("Balance")], _rows(found)), name, CSV)


def _rows(account: Account) -> Iterator[list[Cell]]:
    for one in ledgers.entries(reading(), the_company().id, account):
        other = f"{words(one.other_code)} {one.other_name}".strip()
        yield [
            one.at,
            event_words(one.key),
            one.key,
            other,
            one.debit,
            one.credit,
            one.balance,
        ]


def _account(public_id: str) -> Account:
    return ledgers.account_named(reading(), the_company().id, public_id) or abort(404)


def words(code: str) -> str:
    """Say of what kind an account is."""
    kind = KINDS.get(kind_of(code))
    return sentence(kind) if kind else code


def event_words(key: str) -> str:
    """Say what a posting is about."""
    event = event_of(key)
    return sentence(event) if event else key
