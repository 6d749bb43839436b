"""Look at what a letter names: the object is read again, the letter itself is believed nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from marketplace.db import UnitOfWork
from marketplace.domain.payments import services
from marketplace.domain.payments.jobs.funding import look_for_ref
from marketplace.domain.payments.jobs.payees import check_account
from marketplace.domain.payments.ports import Till, Unknown, Watched
from marketplace.domain.payments.rules.events import Upshot
from marketplace.domain.payments.rules.gateways import PayeeAccountError
from marketplace.domain.payments.services import banked, letters
from marketplace.domain.payments.services.letters import Letter
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.errors import DomainError

SILENT_FOR: Final = timedelta(minutes=1)

Reader = Callable[[UnitOfWork, Letter, Till], Upshot]


def handle_letter(unit: UnitOfWork, row_id: int, *, till: Till) -> None:
    """Look at what a letter is about and write down what came of it.

    Doubles, any order and repetition end the same, because only what is read now counts. Raises
    NotYetError while the gateway is silent.
    """
    with unit() as session:
        letter = letters.waiting_letter(session, row_id)
    if letter is None:
        return
    problem = ""
    try:
        upshot = _reader(letter.type)(unit, letter, till)
    except NotYetError:
        raise
    except DomainError as refusal:
        upshot, problem = Upshot.FAILED, str(refusal)
    with unit() as session:
        letters.settle_letter(session, row_id, upshot, problem, clock=till.clock)


def _reader(type_: str) -> Reader:
    return next((read for start, read in READERS if type_.startswith(start)), _unused)


def _unused(_unit: UnitOfWork, _letter: Letter, _till: Till) -> Upshot:
    return Upshot.NOT_USED


def _transfer(unit: UnitOfWork, letter: Letter, till: Till) -> Upshot:
    """Complete an attempt whose answer was lost or has not come yet."""
    with unit() as session:
        payout = letters.payout_named(session, letter.payout_id)
    if payout is None:
        return Upshot.NOT_OURS
    if payout.attempt_id is None:
        return Upshot.NO_CHANGE
    found = till.gateway_named(payout.gateway).find(payout.group, letter.payout_id)
    if isinstance(found, Unknown):
        raise NotYetError(till.clock.now() + SILENT_FOR)
    if not found:
        return Upshot.NO_CHANGE
    with unit() as session:
        services.record_search(session, payout.attempt_id, found, clock=till.clock)
    return Upshot.APPLIED


def _bank_payout(unit: UnitOfWork, letter: Letter, till: Till) -> Upshot:
    """Follow the money from a payee's account to their bank; the platform's own is no concern."""
    gateway = till.gateway_named(letter.gateway)
    if not letter.account or not isinstance(gateway, Watched):
        return Upshot.NOT_USED
    told = gateway.bank_payout(letter.account, letter.object_id)
    if told is None:
        return Upshot.NOT_OURS
    if isinstance(told, Unknown):
        raise NotYetError(till.clock.now() + SILENT_FOR)
    with unit() as session:
        changed = banked.record_bank_payout(session, gateway.name, told, clock=till.clock)
        is_early = banked.may_become_ours(session, gateway.name, told)
    if is_early:
        raise NotYetError(till.clock.now() + SILENT_FOR)
    return Upshot.APPLIED if changed else Upshot.NO_CHANGE


def _balance(unit: UnitOfWork, letter: Letter, till: Till) -> Upshot:
    """Let payments go that waited for money at the gateway."""
    if letter.account:
        return Upshot.NOT_USED
    with unit() as session:
        letters.wake_queue(session, clock=till.clock)
    return Upshot.APPLIED


def _account(unit: UnitOfWork, letter: Letter, till: Till) -> Upshot:
    """Look how far a payee's account is; a ready one lets go what waited for it."""
    account = letter.account or letter.object_id
    try:
        state = check_account(unit, letter.gateway, account, till=till)
    except PayeeAccountError as silent:
        raise NotYetError(till.clock.now() + SILENT_FOR) from silent
    return Upshot.NOT_OURS if state is None else Upshot.APPLIED


def _funding(unit: UnitOfWork, letter: Letter, till: Till) -> Upshot:
    """Look where the money of a production is: paid, settled, given back or disputed."""
    if letter.account:
        return Upshot.NOT_USED
    changed = look_for_ref(unit, letter.refs, till=till)
    if changed is None:
        return Upshot.NOT_OURS
    return Upshot.APPLIED if changed else Upshot.NO_CHANGE


READERS: Final[tuple[tuple[str, Reader], ...]] = (
    ("account.", _account),
    ("capability.", _account),
    ("v2.core.account", _account),
    ("charge.", _funding),
    ("checkout.session.", _funding),
    ("refund.", _funding),
    ("transfer.", _transfer),
    ("payout.", _bank_payout),
    ("balance.available", _balance),
)
"""How a type begins, and who looks; types of no line here are counted and nothing else."""
