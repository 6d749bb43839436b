"""A gateway that takes no order at all: since when, why, and going on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.services import Act, record
from marketplace.domain.payments.models import GatewayHalt
from marketplace.domain.payments.ports import Refused
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say


def note_halt(
    session: Session, gateway: str, refused: Refused, until: datetime, *, clock: Clock
) -> None:
    """Write down that a gateway turned everything away; the halt that lasts is only prolonged."""
    halt = _open_halt(session, gateway)
    if halt is None:
        halt = GatewayHalt(
            gateway=gateway,
            code=refused.code,
            text=refused.text,
            stopped_at=clock.now(),
            until=until,
        )
        session.add(halt)
    halt.code, halt.text, halt.until = refused.code, refused.text, until
    session.flush()


def end_halts(session: Session, gateways: Collection[str], *, clock: Clock) -> None:
    """Write down that gateways take orders again."""
    is_open = GatewayHalt.ended_at.is_(None)
    ended = sa.update(GatewayHalt).where(GatewayHalt.gateway.in_(gateways), is_open)
    session.execute(ended.values(ended_at=clock.now()))


def resume(session: Session, gateway: str, by_id: int, *, clock: Clock) -> None:
    """Let payments of a halted gateway be tried now; when it still refuses, the halt goes on.

    Raises NotFoundError when the gateway is not halted. Flushes, never commits.
    """
    halt = _open_halt(session, gateway)
    if halt is None:
        raise NotFoundError(say("Nothing is stopped at this gateway."))
    halt.ended_at = clock.now()
    tasks.hurry(session, "send_payout", now=clock.now())
    act = Act(subject=f"gateway:{gateway}", action="resume", reason=halt.code)
    record(session, act, actor_id=by_id, clock=clock)
    session.flush()


def _open_halt(session: Session, gateway: str) -> GatewayHalt | None:
    wanted = sa.select(GatewayHalt).where(
        GatewayHalt.gateway == gateway,
        GatewayHalt.ended_at.is_(None),
    )
    return session.scalar(wanted)
