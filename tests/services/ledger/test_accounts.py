"""Postings are made once, in one currency, and never changed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.models import LedgerTransfer
from marketplace.domain.ledger.queries import balance, balances
from marketplace.domain.ledger.services import Posting, account_id, post
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money

GROSS = Posting("slip:a:gross", accounts.wages(1), accounts.payable(7), Money(28_000, "USD"))


def test_a_posting_moves_its_amount_between_two_accounts(
    session: Session, clock: FixedClock
) -> None:
    assert post(session, GROSS, clock=clock)

    assert balance(session, "wages:1", "USD") == Money(28_000, "USD")
    assert balance(session, "payable:7", "USD") == Money(-28_000, "USD")
    assert balances(session, "payable:") == {("payable:7", "USD"): -28_000}


def test_the_same_key_is_posted_once(session: Session, clock: FixedClock) -> None:
    post(session, GROSS, clock=clock)

    assert not post(session, GROSS, clock=clock)

    assert balance(session, "wages:1", "USD") == Money(28_000, "USD")


def test_nothing_is_posted_for_nothing(session: Session, clock: FixedClock) -> None:
    assert not post(session, Posting("k", "a", "b", Money(0, "USD")), clock=clock)

    assert balances(session) == {}


def test_each_currency_has_its_own_account(session: Session) -> None:
    ids = {account_id(session, "bank:sandbox", currency) for currency in ("USD", "CNY", "USD")}

    assert len(ids) == 2


@pytest.mark.parametrize(
    "statement", [sa.update(LedgerTransfer).values(amount_minor=1), sa.delete(LedgerTransfer)]
)
def test_a_posting_is_never_changed(
    session: Session, clock: FixedClock, statement: sa.Update | sa.Delete
) -> None:
    post(session, GROSS, clock=clock)
    session.commit()

    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        session.execute(statement)


def test_accounts_are_named_after_who_they_belong_to() -> None:
    assert (
        accounts.withholding("company:1", "us_contractor") == "withholding:company:1:us_contractor"
    )
    assert accounts.deductions("platform") == "deductions:platform"
    assert accounts.clearing("sandbox") == "clearing:sandbox"
    assert accounts.bank("sandbox") == "bank:sandbox"
