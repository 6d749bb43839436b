"""Carries out due work, row by row or many together: claim, do, settle. Rows are the truth.

Whoever calls `drain` (the engine, the clock, a command, a test) adds nothing to this: any number
of processes may drain at once, and any of them may be killed at any moment.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.db import transaction
from marketplace.domain.tasks import queries, services
from marketplace.domain.tasks.queries import Backlog
from marketplace.domain.tasks.rules import HopelessError, NotYetError
from marketplace.domain.tasks.services import Claim, Only
from marketplace.kernel.errors import DomainError
from marketplace.outside import Outside
from marketplace.worker.batches import BATCHES
from marketplace.worker.handlers import HANDLERS
from marketplace.worker.work import Batch, Handler, Left, Work, Works

log = structlog.get_logger()

BATCH: Final = 25
RENEW_SECONDS: Final = 20
LONGEST_WORK: Final = timedelta(minutes=30)
PRODUCT: Final = Path(__file__).resolve().parent.parent


class Crew:
    """Does the due work of one installation."""

    def __init__(
        self,
        engine: Engine,
        outside: Outside,
        handlers: Mapping[str, Handler] = HANDLERS,
        batches: Mapping[str, Batch] = BATCHES,
    ) -> None:
        """Take a prepared engine (`db.create_engine`) and the ports of this process.

        batches: kinds of work of which much is done together; each has its handler too.
        """
        self._engine = engine
        self._outside = outside
        self._handlers = handlers
        self._batches = batches
        self._most = {kind: batch.most for kind, batch in batches.items()}
        self._clock = outside.clock
        self._leaving = threading.Event()

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """Open one transaction."""
        with Session(self._engine, expire_on_commit=False) as session, transaction(session):
            yield session

    def backlog(self) -> Backlog:
        """Return how much work is due and since when."""
        with Session(self._engine) as session:
            return queries.backlog(session, self._clock.now())

    def drain(self, most: int = BATCH) -> int:
        """Do due work until none is left or `most` pieces are done; returns how many.

        What is done together counts piece by piece, and is not cut short.
        """
        done = 0
        while done < most and not self._leaving.is_set() and (more := self._next()):
            done += more
        return done

    def drain_all(self) -> int:
        """Do due work, and the work it asks for, until nothing is due."""
        total = 0
        while done := self.drain():
            total += done
        return total

    def drain_only(self, only: Only) -> int:
        """Do the next due work of one kind, as much as is done together; returns how many."""
        return self._next(only)

    def count(self, only: Only) -> int:
        """Return how much work of one kind is due, whoever holds it."""
        wanted = sa.select(sa.func.count()).where(services.is_due(self._clock.now(), only))
        with Session(self._engine) as session:
            return session.scalar(wanted) or 0

    def leave(self) -> None:
        """Take no more work; what is in hand is finished."""
        self._leaving.set()

    def _next(self, only: Only | None = None) -> int:
        """Do the next due work, and more of its kind with it; returns how many pieces."""
        with self.unit() as session:
            claims = services.claim_some(session, self._clock.now(), self._most, only)
        if not claims:
            return 0
        with self._kept(claims):
            if len(claims) == 1:
                self._carry_out(claims[0])
            else:
                self._carry_out_together(claims)
        return len(claims)

    def _carry_out_together(self, claims: Sequence[Claim]) -> None:
        """Run the handler of many; when it breaks, each piece is tried by itself.

        So one piece of work that cannot be done never keeps the others from being done.
        """
        works = Works(self.unit, [claim.subject_id for claim in claims], self._outside)
        try:
            left = self._batches[claims[0].kind].handle(works)
        except (KeyboardInterrupt, SystemExit):
            raise
        except NotYetError as early:
            left = dict.fromkeys(works.subject_ids, early.run_at)
        except BaseException as problem:  # noqa: BLE001 - the job runner: see `_carry_out`
            self._tell("batch_broke_off", claims[0], problem)
            for claim in claims:
                self._carry_out(claim)
            return
        self._settle(claims, left)

    def _settle(self, claims: Sequence[Claim], left: Left) -> None:
        now = self._clock.now()
        with self.unit() as session:
            services.finish_all(session, [one for one in claims if one.subject_id not in left], now)
            for claim in claims:
                reason = left.get(claim.subject_id)
                if isinstance(reason, datetime):
                    services.later(session, claim, reason)
        for claim in claims:
            reason = left.get(claim.subject_id)
            if isinstance(reason, HopelessError):
                self._give_up(claim, reason)
            elif isinstance(reason, DomainError):
                self._put_off(claim, str(reason), reason)

    def _carry_out(self, claim: Claim) -> None:
        """Run the handler, and write down how it ended.

        Even errors that are no `Exception` (some libraries raise them) end one piece of work
        only; leaving the process is not one of them: the lease runs out, and another takes over.
        """
        work = Work(self.unit, claim.subject_id, self._outside)
        try:
            self._handlers[claim.kind](work)
        except NotYetError as early:
            with self.unit() as session:
                services.later(session, claim, early.run_at)
        except HopelessError as refusal:
            self._give_up(claim, refusal)
        except DomainError as refusal:
            self._put_off(claim, str(refusal), refusal)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # noqa: BLE001 - the job runner: see above
            self._put_off(claim, f"{type(problem).__name__} at {_where(problem)}", problem)
        else:
            with self.unit() as session:
                services.finish(session, claim, self._clock.now())

    def _put_off(self, claim: Claim, words: str, problem: BaseException) -> None:
        with self.unit() as session:
            services.put_off(session, claim, words, now=self._clock.now())
        self._tell("work_put_off", claim, problem)

    def _give_up(self, claim: Claim, problem: BaseException) -> None:
        with self.unit() as session:
            services.park(session, claim, str(problem), now=self._clock.now())
        self._tell("work_given_up", claim, problem)

    def _tell(self, event: str, claim: Claim, problem: BaseException) -> None:
        log.warning(
            event,
            kind=claim.kind,
            subject_id=claim.subject_id,
            attempts=claim.attempts,
            problem=type(problem).__name__,
            where=_where(problem),
        )

    @contextmanager
    def _kept(self, claims: Sequence[Claim]) -> Iterator[None]:
        """Hold the lease while the work takes longer than it."""
        is_done = threading.Event()
        keeper = threading.Thread(target=self._renew, args=(claims, is_done), daemon=True)
        keeper.start()
        try:
            yield
        finally:
            is_done.set()

    def _renew(self, claims: Sequence[Claim], is_done: threading.Event) -> None:
        rounds = LONGEST_WORK // timedelta(seconds=RENEW_SECONDS)
        for _ in range(rounds):
            if is_done.wait(RENEW_SECONDS):
                return
            if not self._extend(claims):
                return

    def _extend(self, claims: Sequence[Claim]) -> bool:
        """Hold work longer; while the database is away the next round tries again."""
        try:
            with self.unit() as session:
                return services.extend_all(session, claims, now=self._clock.now())
        except DBAPIError as problem:
            self._tell("lease_not_renewed", claims[0], problem)
            return True


def _where(problem: BaseException) -> str:
    """Return the place in our own code a problem came from; never its message, never a value."""
    ours = [
        f"{Path(frame.filename).relative_to(PRODUCT).as_posix()}:{frame.lineno}"
        for frame in extract_tb(problem.__traceback__)
        if Path(frame.filename).is_relative_to(PRODUCT)
    ]
    return ours[-1] if ours else "elsewhere"
