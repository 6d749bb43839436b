"""What is asked for again and again: every hour the clock makes sure that the next is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from marketplace.domain.payments.jobs.reconciling import watched
from marketplace.domain.payments.services.reconcile import plan_nightly
from marketplace.outside import Outside
from marketplace.worker.drain import Crew


def planner(crew: Crew, outside: Outside) -> Callable[[], None]:
    """Return what asks for the next night's comparisons; rows remember, so twice is once."""
    return partial(_plan, crew, outside)


def _plan(crew: Crew, outside: Outside) -> None:
    names = [gateway.name for gateway in watched(outside.till)]
    with crew.unit() as session:
        plan_nightly(session, names, clock=outside.clock)
