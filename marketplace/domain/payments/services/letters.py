"""Letters of a gateway are kept once, looked at by the worker, and looked at again on demand."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.audit.services import Act, record
from marketplace.domain.payments.models import GatewayEvent, Payout, PayoutAttempt
from marketplace.domain.payments.rules import PayoutState, group_of
from marketplace.domain.payments.rules.events import Channel, Told, Upshot
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that waits to be looked at. payout_id: of ours, when it names one.

    refs: every name under which a funding of ours may be known.
    """

    gateway: str
    type: str
    account: str
    object_id: str
    payout_id: str
    refs: tuple[str, ...] = ()


def keep_letter(
    session: Session,
    gateway: str,
    channel: Channel,
    told: Told,
    *,
    clock: Clock,
    was_missed: bool = False,
) -> bool:
    """Keep a letter and ask for it to be looked at; False when it is here already."""
    row_id = insert_once(
        session,
        GatewayEvent,
        ["event_id"],
        event_id=told.event_id,
        gateway=gateway,
        channel=channel,
        account=told.account,
        type=told.type,
        object_id=told.object_id,
        body=dict(told.body),
        was_missed=was_missed,
        made_at=told.made_at,
        received_at=clock.now(),
        outcome=Upshot.WAITING,
        problem="",
        replays=0,
    )
    if row_id is None:
        return False
    _ask(session, row_id, 0, clock)
    return True


def waiting_letter(session: Session, row_id: int) -> Letter | None:
    """Return a letter that nobody has looked at since it came or was to be looked at again."""
    row = session.get_one(GatewayEvent, row_id)
    if row.outcome != Upshot.WAITING:
        return None
    about = row.body.get("data", {}).get("object", {})
    metadata = about.get("metadata") or {}
    names = (row.object_id, about.get("payment_intent"), metadata.get("funding_id"))
    return Letter(
        gateway=row.gateway,
        type=row.type,
        account=row.account,
        object_id=row.object_id,
        payout_id=str(metadata.get("payout_id", "")),
        refs=tuple(name for name in names if isinstance(name, str) and name),
    )


def settle_letter(
    session: Session, row_id: int, upshot: Upshot, problem: str, *, clock: Clock
) -> None:
    """Write down what came of a letter."""
    row = lock_one(session, GatewayEvent, row_id)
    row.outcome = upshot
    row.problem = problem
    row.handled_at = clock.now()
    session.flush()


def replay_letter(session: Session, event_id: str, *, actor_id: int, clock: Clock) -> None:
    """Have a letter looked at again; one that still waits stays as it is.

    Raises NotFoundError when there is no such letter.
    """
    found = session.scalar(sa.select(GatewayEvent.id).where(GatewayEvent.event_id == event_id))
    if found is None:
        raise NotFoundError(say("There is no such message."))
    row = lock_one(session, GatewayEvent, found)
    if row.outcome == Upshot.WAITING:
        return
    row.outcome = Upshot.WAITING
    row.problem = ""
    row.handled_at = None
    row.replays += 1
    session.flush()
    _ask(session, row.id, row.replays, clock)
    act = Act(subject=f"gateway_event:{event_id}", action="replay")
    record(session, act, actor_id=actor_id, clock=clock)


def _ask(session: Session, row_id: int, replays: int, clock: Clock) -> None:
    key = f"handle_event:{row_id}:{replays}"
    tasks.ask(session, "handle_event", key, row_id, run_at=clock.now())


@dataclass(frozen=True, slots=True)
class Named:
    """A payout a letter names. attempt_id: of the attempt that is open, else None."""

    gateway: str
    group: str
    attempt_id: int | None


def payout_named(session: Session, public_id: str) -> Named | None:
    """Return a payout by the name it has in letters."""
    is_last = sa.and_(
        PayoutAttempt.payout_id == Payout.id,
        PayoutAttempt.number == Payout.attempts,
    )
    row = session.execute(
        sa.select(Payout.gateway, Payout.state, ShootDay.public_id, PayoutAttempt.id)
        .join(ShootDay, ShootDay.id == Payout.shoot_day_id)
        .join(PayoutAttempt, is_last, isouter=True)
        .where(Payout.public_id == public_id),
    ).first()
    if row is None:
        return None
    gateway, state, day, attempt_id = row
    return Named(gateway, group_of(day), attempt_id if state == PayoutState.SENDING else None)


def wake_queue(session: Session, *, clock: Clock) -> None:
    """Let payments that wait for their next try be tried now: there is money to send."""
    tasks.hurry(session, "send_payout", now=clock.now())
