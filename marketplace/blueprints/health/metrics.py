"""Figures for a monitoring system, worked out from rows at each question.

They are the same whichever web process answers, and no process has to be asked for its own.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from flask import Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from marketplace.domain.reports.queries import operation
from marketplace.domain.reports.services.alarms import UNKNOWN_AFTER
from marketplace.outside import Outside
from marketplace.web.overview import Overview, overview

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
Sample = tuple[tuple[str, ...], float]


def may_read(request: Request, token: str) -> bool:
    """Say whether somebody may read the figures: with the token; without one, this machine alone.

    What a proxy passes on comes from elsewhere, whoever handed it over.
    """
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    is_passed_on = any(name in request.headers for name in FORWARDED)
    return request.remote_addr in LOOPBACK and not is_passed_on


def written(session: Session, outside: Outside) -> bytes:
    """Return all figures as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(session, outside))
    return generate_latest(registry)


class Figures(Collector):
    """Reads the figures when they are asked for."""

    def __init__(self, session: Session, outside: Outside) -> None:
        """Take where to read."""
        self._session = session
        self._outside = outside

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return every figure."""
        page = overview(self._session, self._outside)
        silence = (self._outside.machine.now() - page.beat_at) if page.beat_at else None
        yield gauge(
            "worker_silence_seconds",
            "Seconds since the worker last said that it lives.",
            [((), silence.total_seconds())] if silence else [],
        )
        yield from _of_work(page)
        yield from _of_payouts(page)
        yield from _of_checks(page)
        rows = operation.unknown(self._session, page.now - UNKNOWN_AFTER)
        yield gauge(
            "payouts_unanswered",
            "Payments without an answer for more than fifteen minutes.",
            [((row.gateway,), row.count) for row in rows],
            "gateway",
        )


def gauge(name: str, help_: str, samples: Iterable[Sample], *labels: str) -> GaugeMetricFamily:
    """Return one figure with its values by label."""
    found = GaugeMetricFamily(f"dayrate_{name}", help_, labels=labels)
    for values, value in samples:
        found.add_metric(values, value)
    return found


def _of_work(page: Overview) -> Iterator[GaugeMetricFamily]:
    for name, help_, field in (
        ("work_due", "Pieces of work that could be done now.", "due"),
        ("work_failed", "Pieces of work that failed before and are tried again.", "tried"),
        ("work_given_up", "Pieces of work that wait for a person.", "parked"),
    ):
        yield gauge(name, help_, [((row.kind,), getattr(row, field)) for row in page.kinds], "kind")
    waits = [(row.kind, row.oldest_due_at) for row in page.kinds if row.oldest_due_at]
    yield gauge(
        "work_oldest_due_seconds",
        "How long the oldest piece of work could have been done.",
        [((kind,), _age(page, at)) for kind, at in waits],
        "kind",
    )


def _of_payouts(page: Overview) -> Iterator[GaugeMetricFamily]:
    rows = [((row.gateway, str(row.state)), row) for row in page.payouts]
    yield gauge(
        "payouts",
        "Payments that are not done with.",
        [(names, row.count) for names, row in rows],
        "gateway",
        "state",
    )
    yield gauge(
        "payouts_oldest_seconds",
        "Age of the oldest of them.",
        [(names, _age(page, row.oldest_at)) for names, row in rows],
        "gateway",
        "state",
    )
    stopped = {halt.gateway for halt in page.halts}
    yield gauge(
        "gateway_stopped",
        "1 when a gateway takes no payments.",
        [((name,), int(name in stopped)) for name in sorted({*page.gateways, *stopped})],
        "gateway",
    )


def _of_checks(page: Overview) -> Iterator[GaugeMetricFamily]:
    checks = [(("thorough" if one.is_thorough else "quick",), one) for one in page.checks]
    yield gauge(
        "books_findings",
        "What the last check of the books found.",
        [(names, len(one.findings)) for names, one in checks],
        "check",
    )
    yield gauge(
        "books_checked_seconds",
        "Seconds since the last check of the books.",
        [(names, _age(page, one.last_at)) for names, one in checks],
        "check",
    )
    yield gauge(
        "reconciliation_differences",
        "Differences of the last comparison with a gateway's statement.",
        [((one.gateway,), one.differences) for one in page.reconciled],
        "gateway",
    )
    yield gauge("messages_waiting", "Messages of gateways not read.", [((), page.behind.count)])
    is_open = sum(alarm.cleared_at is None for alarm in page.alarms)
    yield gauge("alarms", "Problems that last.", [((), is_open)])


def _age(page: Overview, at: datetime) -> float:
    return max(0.0, (page.now - at).total_seconds())
