"""Money of productions: open a checkout, look where it is, give some back.

What is to leave is committed before the gateway is asked, and no transaction is open while it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from marketplace.db import UnitOfWork
from marketplace.domain.payments.models import Funding
from marketplace.domain.payments.ports import (
    FundingDesk,
    FundingStart,
    Opened,
    Refused,
    Till,
    Unknown,
)
from marketplace.domain.payments.rules import PayoutError
from marketplace.domain.payments.rules.funding import FundingError
from marketplace.domain.payments.services import funding as services
from marketplace.domain.payments.services import payers
from marketplace.domain.payments.services.funding import Looking, Opening, StartFunding
from marketplace.domain.payments.services.funding_states import record_funding
from marketplace.domain.payments.services.refunds import record_refund, start_refund
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.sentences import Sentence, say

SILENT_FOR: Final = timedelta(minutes=1)
SILENT: Final = say("The payment gateway does not answer. Nothing is lost: try again in a minute.")


def begin_funding(unit: UnitOfWork, command: StartFunding, *, till: Till) -> str:
    """Write a funding down and open its checkout; returns the address where it is paid.

    Raises FundingError when the gateway refuses or does not answer; the funding stays, and can
    be gone on with.
    """
    with unit() as session:
        opening = services.start_funding(session, command, clock=till.clock)
    return _open(unit, opening, till)


def resume_funding(unit: UnitOfWork, production_id: int, name: str, *, till: Till) -> str:
    """Return the address of a checkout that was begun: the same key opens the same one."""
    with unit() as session:
        opening = services.find_opening(session, production_id, name)
    return _open(unit, opening, till)


def _open(unit: UnitOfWork, opening: Opening, till: Till) -> str:
    desk = _desk(till, opening.gateway)
    answer: FundingStart | Opened | Refused | Unknown = _customer(unit, opening, desk, till)
    if isinstance(answer, Opened):
        order = replace(opening.order, customer=answer.account)
        answer = desk.start_funding(order, opening.key)
    with unit() as session:
        services.record_start(session, opening.funding_id, answer, clock=till.clock)
    if isinstance(answer, FundingStart):
        return answer.url
    raise FundingError(_why_not(answer.text) if isinstance(answer, Refused) else SILENT)


def _customer(
    unit: UnitOfWork, opening: Opening, desk: FundingDesk, till: Till
) -> Opened | Refused | Unknown:
    """Return the company as a customer of the gateway; an empty one when the way needs none."""
    with unit() as session:
        wanted = payers.want_payer(session, opening.funding_id, clock=till.clock)
    if wanted is None:
        return Opened("")
    if wanted.account is not None:
        return Opened(wanted.account)
    answer = desk.open_payer(wanted.payer, wanted.key)
    if isinstance(answer, Opened):
        with unit() as session:
            payers.keep_payer(session, wanted.id, answer.account)
    return answer


def _why_not(text: str) -> Sentence:
    return say("The payment gateway refused: %(text)s", text=text)


def look_at_funding(unit: UnitOfWork, funding_id: int, *, till: Till) -> datetime | None:
    """Read where the money of a funding is; returns when to look again, None when it is settled.

    Safe at any moment and in any order: clicks, letters and the clock all come here.
    """
    with unit() as session:
        found = services.looking(session, funding_id, clock=till.clock)
    if not isinstance(found, Looking):
        return found
    state = _desk(till, found.gateway).funding(found.ref)
    with unit() as session:
        return record_funding(session, funding_id, state, clock=till.clock)


def look_for_ref(unit: UnitOfWork, refs: Sequence[str], *, till: Till) -> bool | None:
    """Look at the funding a gateway's object belongs to; None when it is none of ours.

    refs: what the object calls its checkout, its payment or us. True when something changed.
    Raises NotYetError while the gateway is silent: a settled funding is looked at by letters alone.
    """
    with unit() as session:
        funding_id = services.funding_of_ref(session, refs)
        found = services.looking(session, funding_id, clock=till.clock) if funding_id else None
    if funding_id is None:
        return None
    if not isinstance(found, Looking):
        return False
    state = _desk(till, found.gateway).funding(found.ref)
    if isinstance(state, Unknown):
        raise NotYetError(till.clock.now() + (state.retry_after or SILENT_FOR))
    before = _told(unit, funding_id)
    with unit() as session:
        record_funding(session, funding_id, state, clock=till.clock)
    return _told(unit, funding_id) != before


def _told(unit: UnitOfWork, funding_id: int) -> tuple[str, int]:
    with unit() as session:
        found = session.get_one(Funding, funding_id)
        return found.stage, found.refunded_minor


def check_funding(unit: UnitOfWork, funding_id: int, *, till: Till) -> None:
    """Look for money as work of the worker; raises NotYetError until there is nothing to wait."""
    again = look_at_funding(unit, funding_id, till=till)
    if again is not None:
        raise NotYetError(again)


def send_refund(unit: UnitOfWork, refund_id: int, *, till: Till) -> None:
    """Give money back; raises NotYetError while the gateway's answer does not tell."""
    with unit() as session:
        going = start_refund(session, refund_id, clock=till.clock)
    if going is None:
        return
    answer = _desk(till, going.gateway).refund(going.payment, going.amount, going.key)
    with unit() as session:
        again = record_refund(session, refund_id, answer, clock=till.clock)
    if again is not None:
        raise NotYetError(again)


def _desk(till: Till, name: str) -> FundingDesk:
    """Return where productions pay in; raises PayoutError when it is not set up here."""
    found = till.gateway_named(name)
    if isinstance(found, FundingDesk):
        return found
    raise PayoutError(say("The payment gateway %(name)s is not set up.", name=name))
