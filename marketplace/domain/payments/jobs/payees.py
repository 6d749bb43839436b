"""Payees' accounts at a gateway: open one, send its owner there, look how far it is.

The row with its key is committed before the gateway is asked, and no transaction is open while
it is: two clicks at once, or a cut line, open one account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from marketplace.db import UnitOfWork
from marketplace.domain.payments.models import PayeeAccount
from marketplace.domain.payments.ports import Link, PayeeStatus, Refused, Till, Unknown
from marketplace.domain.payments.rules.gateways import PayeeAccountError, PayeeState, name_of
from marketplace.domain.payments.services import payee_accounts as services
from marketplace.domain.payments.services.payee_accounts import Wanted
from marketplace.domain.payments.services.reminders import remind_account
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import Sentence, say

__all__ = [
    "SetUp",
    "adopt",
    "check_account",
    "check_own",
    "check_payee",
    "remind_account",
    "set_up",
]

LOOK_AGAIN: Final = timedelta(hours=1)
GONE: Final = frozenset({"resource_missing", "account_invalid"})


@dataclass(frozen=True, slots=True)
class SetUp:
    """A person sets up how a gateway pays them. `{account}` in refresh_url: the row's name."""

    person_id: int
    return_url: str
    refresh_url: str


def set_up(unit: UnitOfWork, command: SetUp, *, till: Till) -> str:
    """Return a fresh address on the gateway's own pages, opening an account at first.

    Raises PayeeAccountError when there is no account, or no link to it, now.
    """
    with unit() as session:
        wanted = services.want_account(session, command.person_id, till=till)
    desk = till.desk_named(wanted.gateway)
    account = wanted.account or _opened(unit, wanted, till)
    refresh = command.refresh_url.replace("{account}", wanted.public_id)
    link = desk.payee_link(account, command.return_url, refresh)
    if not isinstance(link, Link):
        raise PayeeAccountError(_no_link(unit, wanted, link, till))
    with unit() as session:
        services.look_soon(session, wanted, clock=till.clock)
    return link.url


def _opened(unit: UnitOfWork, wanted: Wanted, till: Till) -> str:
    answer = till.desk_named(wanted.gateway).open_payee(wanted.payee, wanted.key)
    with unit() as session:
        kept = services.keep_account(session, wanted, answer, clock=till.clock)
    if isinstance(kept, Sentence):
        raise PayeeAccountError(kept)
    return kept


def _no_link(unit: UnitOfWork, wanted: Wanted, why: Refused | Unknown, till: Till) -> Sentence:
    """Return why there is no link; an account that is not there any more is given up."""
    name = name_of(wanted.gateway)
    if isinstance(why, Unknown):
        return say("%(gateway)s does not answer. Try again in a minute.", gateway=name)
    if why.code in GONE:
        with unit() as session:
            status = PayeeStatus(PayeeState.GONE)
            now = till.clock.now()
            services.keep_status(session, wanted.id, status, asked_at=now, clock=till.clock)
        return say("Your payout account is closed. Set your payouts up again.")
    return say("%(gateway)s gave no link: %(text)s", gateway=name, text=why.text)


def check_own(unit: UnitOfWork, person_id: int, account: str, *, till: Till) -> PayeeState:
    """Look at a person's own account now; account: the name of its row.

    Raises NotFoundError when it is somebody else's, PayeeAccountError when the gateway is silent.
    """
    with unit() as session:
        row_id = session.scalar(
            sa.select(PayeeAccount.id).where(
                PayeeAccount.public_id == account,
                PayeeAccount.person_id == person_id,
            ),
        )
    if row_id is None:
        raise NotFoundError(say("There is no such account."))
    return _look(unit, row_id, till)


def check_account(unit: UnitOfWork, gateway: str, account: str, *, till: Till) -> PayeeState | None:
    """Look at an account a gateway has written about; None when it is none of ours."""
    with unit() as session:
        row_id = session.scalar(
            sa.select(PayeeAccount.id).where(
                PayeeAccount.gateway == gateway,
                PayeeAccount.account == account,
            ),
        )
    return None if row_id is None else _look(unit, row_id, till)


def adopt(
    unit: UnitOfWork, person_id: int, gateway: str, account: str, *, till: Till
) -> PayeeState:
    """Write down an account that a gateway has for a person already, and look at it."""
    with unit() as session:
        row_id = services.adopt(session, person_id, gateway, account, clock=till.clock)
    return _look(unit, row_id, till)


def check_payee(unit: UnitOfWork, account_id: int, *, till: Till) -> None:
    """Look at an account as work of the worker; raises NotYetError while the gateway checks it."""
    try:
        state = _look(unit, account_id, till)
    except PayeeAccountError as silent:
        raise NotYetError(till.clock.now() + services.LOOK_AFTER) from silent
    if state is PayeeState.CHECKING:
        raise NotYetError(till.clock.now() + LOOK_AGAIN)


def _look(unit: UnitOfWork, account_id: int, till: Till) -> PayeeState:
    """Read an account again and keep what the gateway says; one never opened stays new."""
    with unit() as session:
        row = session.get_one(PayeeAccount, account_id)
        gateway, account = row.gateway, row.account
    if account is None:
        return PayeeState.NEW
    asked_at = till.clock.now()
    status = till.desk_named(gateway).payee_status(account)
    if isinstance(status, Unknown):
        name = name_of(gateway)
        raise PayeeAccountError(
            say("%(gateway)s does not answer. Try again in a minute.", gateway=name),
        )
    with unit() as session:
        services.keep_status(session, account_id, status, asked_at=asked_at, clock=till.clock)
    return status.state
