"""Many payments by the real SDK while Stripe misbehaves: `python -m benchmarks.faults [people]`.

One call in a hundred goes wrong in each of eight ways. What counts is that everybody is paid
once and that the comparison with the gateway's statement finds nothing; the seconds are this
machine's, with the stand-in and the worker side by side in one process.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final
from unittest.mock import patch

from marketplace import logs
from marketplace.adapters.pace import Pace, PacedCallers
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.domain.payments.rules.matching import Kind
from marketplace.kernel.clock import FixedClock
from marketplace.worker.drain import Crew
from tests.support.builders import NOW
from tests.support.databases import SqliteFarm
from tests.support.standin import running
from tests.support.stripe_days import SECRETS, StripeDay, joined
from tests.support.stripe_troubles import (
    SOME_FAULTS,
    Watched,
    assert_everybody_is_paid_once,
    differences,
    earn,
    gateway_of,
)

PEOPLE: Final = 500
A_SECOND: Final = 100
NO_WAITING: Final = "stripe._http_client.HTTPClient._sleep_time_seconds"


def main() -> None:
    """Pay, compare, and print what happened; the first argument says how many people."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    logs.configure("error")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as name, SqliteFarm(Path(name)).fresh() as database:
        folder, clock = Path(name), FixedClock(NOW)
        with running(folder / "standin.db", clock) as standin, patch(NO_WAITING, lambda *_: 0):
            day = joined(database, folder, clock, standin)
            gateway = Watched(
                standin.client(), letters=StripeLetters(standin.client(), SECRETS, clock)
            )
            pace = PacedCallers(Pace(A_SECOND))
            outside = replace(day.outside, gateways=(gateway,), callers=pace)
            _run(replace(day, outside=outside, crew=Crew(database.engine, outside)), people)


def _run(day: StripeDay, people: int) -> None:
    earn(day, people)
    for number, fault in enumerate(SOME_FAULTS):
        day.standin.app.switch_on(fault, percent=1, seed=number)
    started = time.monotonic()
    day.do_to_the_end("send_payout")
    seconds = time.monotonic() - started
    day.standin.app.switch_off()
    day.do_to_the_end("send_payout")
    assert_everybody_is_paid_once(day)
    calls = gateway_of(day).calls
    print(f"{people:,} payments, {calls:,} orders sent, one call in a hundred broken in each of")
    print(f"{len(SOME_FAULTS)} ways, at most {A_SECOND} a second: {seconds:,.0f} s")
    first = differences(day) - {Kind.MISSED_EVENTS}
    print(f"paid twice: 0, not paid: 0, kinds of differences found: {sorted(first) or 'none'}")


if __name__ == "__main__":
    main()
