"""Compare a gateway with our rows: every night, and when somebody asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, TypeVar

from marketplace.db import UnitOfWork
from marketplace.domain.payments.ports import Till, Unknown, Watched
from marketplace.domain.payments.rules import PayoutError
from marketplace.domain.payments.rules.events import FORGOTTEN_AFTER
from marketplace.domain.payments.rules.matching import (
    EDGE,
    LOOK_BACK,
    Difference,
    compare,
    differing_sums,
    seen_twice,
)
from marketplace.domain.payments.services import reconcile as services
from marketplace.domain.payments.services.reconcile import Books
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

SILENT_FOR: Final = timedelta(minutes=10)

T = TypeVar("T")


def watched(till: Till) -> list[Watched]:
    """Return the gateways that can be compared with our rows."""
    return [one for one in till.gateways if isinstance(one, Watched)]


def reconcile(unit: UnitOfWork, row_id: int, *, till: Till) -> None:
    """Make one comparison and write its report; pays nothing and changes nothing else.

    What differs is looked at twice: what was only on its way is gone the second time. Letters
    that never came are kept now. Raises NotYetError while the gateway is silent.
    """
    with unit() as session:
        name = services.gateway_to_compare(session, row_id, clock=till.clock)
    if name is None:
        return
    gateway = till.gateway_named(name)
    if not isinstance(gateway, Watched):
        raise PayoutError(say("The gateway %(name)s shows no statement.", name=name))
    happened = _answered(gateway.happened(till.clock.now() - FORGOTTEN_AFTER), till.clock)
    since = till.clock.now() - LOOK_BACK
    books, transfers, found = _look(unit, gateway, since, till.clock)
    if found:
        books, transfers, again = _look(unit, gateway, since, till.clock)
        found = seen_twice(found, again)
    with unit() as session:
        found += services.keep_missed(session, name, happened, clock=till.clock)
        services.finish_reconciliation(session, row_id, books, transfers, found, clock=till.clock)


def _look(
    unit: UnitOfWork,
    gateway: Watched,
    since: datetime,
    clock: Clock,
) -> tuple[Books, int, list[Difference]]:
    listed = _answered(gateway.statement(since - EDGE), clock)
    held = _answered(gateway.holdings(), clock)
    with unit() as session:
        books = services.our_books(session, gateway.name, listed, since)
    known = {currency: held[currency] for currency in held.keys() - books.unsure}
    sums = {currency: books.sums[currency] for currency in books.sums.keys() - books.unsure}
    found = compare(books.payouts, listed, since) + differing_sums(sums, known)
    return books, len(listed), found


def _answered(answer: T | Unknown, clock: Clock) -> T:
    if isinstance(answer, Unknown):
        raise NotYetError(clock.now() + SILENT_FOR)
    return answer
