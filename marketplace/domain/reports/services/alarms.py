"""What operators are called for: troubles as they are now, from rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from marketplace.domain.accounts.queries import operators
from marketplace.domain.notices.rules import AlarmKind, Trouble
from marketplace.domain.notices.services import settle_alarms
from marketplace.domain.reports.queries import operation
from marketplace.domain.tasks.queries import last_beat
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

UNKNOWN_AFTER: Final = timedelta(minutes=15)
BEHIND_AFTER: Final = timedelta(minutes=10)
SILENT_AFTER: Final = timedelta(seconds=60)
WORKER: Final = "worker"
"""The name of the worker's heartbeat, however many workers there are."""


def sound_alarms(session: Session, *, clock: Clock, machine: Clock) -> list[Trouble]:
    """Tell operators of every new trouble, once, and clear what is over; returns the new ones."""
    found = list(troubles(session, clock=clock, machine=machine))
    return settle_alarms(session, found, operators(session), clock=clock)


def troubles(session: Session, *, clock: Clock, machine: Clock) -> Iterator[Trouble]:
    """Return what is wrong now. machine: the clock that heartbeats are written by."""
    yield from _of_books(session)
    yield from _of_payouts(session, clock)
    yield from _of_gateways(session, clock)
    seen = last_beat(session, WORKER)
    if seen is not None and machine.now() - seen > SILENT_AFTER:
        words = say("The background worker has been silent since %(time)s.", time=seen)
        yield Trouble(AlarmKind.WORKER_SILENT, words, "/operator")


def _of_books(session: Session) -> Iterator[Trouble]:
    count = sum(len(check.findings) for check in operation.last_checks(session))
    if count:
        words = say("The books do not balance: %(count)s findings. No money leaves.", count=count)
        yield Trouble(AlarmKind.BOOKS, words, "/operator/books")


def _of_payouts(session: Session, clock: Clock) -> Iterator[Trouble]:
    for one in operation.unknown(session, clock.now() - UNKNOWN_AFTER):
        words = say(
            "%(count)s payments at %(gateway)s have had no answer since %(time)s.",
            count=one.count,
            gateway=one.gateway,
            time=one.oldest_at,
        )
        path = "/operator/payouts?state=sending"
        yield Trouble(AlarmKind.PAYOUTS_UNKNOWN, words, path, one.gateway)
    for halt in operation.halts(session):
        words = say("%(gateway)s takes no payments: %(text)s", gateway=halt.gateway, text=halt.text)
        yield Trouble(AlarmKind.QUEUE_STOPPED, words, "/operator", halt.gateway)


def _of_gateways(session: Session, clock: Clock) -> Iterator[Trouble]:
    behind = operation.letters_behind(session)
    if behind.oldest_at is not None and clock.now() - behind.oldest_at > BEHIND_AFTER:
        words = say(
            "%(count)s messages of gateways wait since %(time)s.",
            count=behind.count,
            time=behind.oldest_at,
        )
        yield Trouble(AlarmKind.WEBHOOKS_BEHIND, words, "/operator/events?outcome=waiting")
    for one in operation.last_reconciled(session):
        if one.differences:
            words = say(
                "The statement of %(gateway)s and our books differ: %(count)s differences.",
                gateway=one.gateway,
                count=one.differences,
            )
            path = f"/operator/reconciliations/{one.public_id}"
            yield Trouble(AlarmKind.RECONCILIATION, words, path, one.gateway)
