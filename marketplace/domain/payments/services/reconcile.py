"""A gateway's statement is compared with our rows; what differs is written down, never repaired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, insert_rows, lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.queries import readers
from marketplace.domain.accounts.rules import PAYERS
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.queries import balances
from marketplace.domain.notices.services import Message, tell
from marketplace.domain.payments.models import (
    Funding,
    GatewayEvent,
    Payout,
    Reconciliation,
    ReconciliationRow,
    Refund,
)
from marketplace.domain.payments.rules import PayoutState, group_of
from marketplace.domain.payments.rules.events import LISTENED, ON_ITS_WAY, Channel, Told
from marketplace.domain.payments.rules.funding import RefundState
from marketplace.domain.payments.rules.matching import LEFT, Difference, Kind, Ours, Theirs
from marketplace.domain.payments.services.letters import keep_letter
from marketplace.domain.productions.models import ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.domain.tasks.models import Task
from marketplace.domain.tasks.rules import NotYetError
from marketplace.kernel.clock import Clock
from marketplace.kernel.ids import public_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

AT_NIGHT: Final = time(3, 0, tzinfo=UTC)
ENOUGH_FOR: Final = timedelta(minutes=10)
"""Who asks again so soon is shown what was asked for before."""

BEHIND: Final = timedelta(minutes=1)
ABOUT_MONEY: Final = (
    "check_funding",
    "confirm_payout",
    "handle_event",
    "send_payout",
    "send_refund",
)
"""Work that makes our rows say what a gateway did; while it is due for long, they cannot."""

CHUNK: Final = 500


def plan_nightly(session: Session, gateways: Iterable[str], *, clock: Clock) -> None:
    """Ask for the next night's comparison with each gateway; once a night, however often asked."""
    tonight = datetime.combine(clock.now().date(), AT_NIGHT)
    if tonight <= clock.now():
        tonight += timedelta(days=1)
    for gateway in gateways:
        _ask(session, gateway, f"{gateway}:{tonight.date()}", tonight, clock=clock)


def ask_reconciliation(session: Session, gateway: str, *, actor_id: int, clock: Clock) -> str:
    """Ask for a comparison now; returns its name. One that was just asked for is good enough."""
    recent = session.scalar(
        sa.select(Reconciliation.public_id)
        .where(
            Reconciliation.gateway == gateway,
            Reconciliation.asked_by_id.is_not(None),
            Reconciliation.asked_at > clock.now() - ENOUGH_FOR,
        )
        .order_by(Reconciliation.id.desc())
        .limit(1),
    )
    if recent is not None:
        return recent
    name = public_id()
    _ask(session, gateway, f"{gateway}:{name}", clock.now(), actor_id=actor_id, clock=clock)
    wanted = sa.select(Reconciliation.public_id).where(Reconciliation.key == f"{gateway}:{name}")
    return session.scalars(wanted).one()


def _ask(
    session: Session,
    gateway: str,
    key: str,
    run_at: datetime,
    *,
    clock: Clock,
    actor_id: int | None = None,
) -> None:
    row_id = insert_once(
        session,
        Reconciliation,
        ["key"],
        public_id=public_id(),
        key=key,
        gateway=gateway,
        asked_by_id=actor_id,
        asked_at=clock.now(),
        payments=0,
        transfers=0,
        differences=0,
    )
    if row_id is not None:
        tasks.ask(session, "reconcile", f"reconcile:{row_id}", row_id, run_at=run_at)


def gateway_to_compare(session: Session, row_id: int, *, clock: Clock) -> str | None:
    """Return the gateway of a comparison that is still to be made.

    Raises NotYetError while work about money has been due for a while: our rows are behind.
    """
    row = session.get_one(Reconciliation, row_id)
    if row.finished_at:
        return None
    long_due = tasks.is_due(clock.now() - BEHIND)
    is_behind = sa.exists().where(long_due, Task.kind.in_(ABOUT_MONEY))
    if session.scalar(sa.select(is_behind)):
        raise NotYetError(clock.now() + BEHIND)
    return row.gateway


@dataclass(frozen=True, slots=True)
class Books:
    """Our side at one moment. sums: minor units by currency; open transfers are in them.

    unsure: currencies of which money is being given back, and nobody knows yet whether it left.
    """

    payouts: Sequence[Ours]
    sums: dict[str, int]
    unsure: frozenset[str] = frozenset()


def our_books(
    session: Session,
    gateway: str,
    listed: Sequence[Theirs],
    since: datetime,
) -> Books:
    """Return the payouts that left since an instant or are listed, and what the ledger holds.

    A payment whose answer was lost may have left: while it is open, its transfer counts.
    """
    found = {one.payout_id: one for one in _since(session, gateway, since)}
    names = sorted({one.payout_id for one in listed} - found.keys())
    for begin in range(0, len(names), CHUNK):
        chunk = names[begin : begin + CHUNK]
        wanted = sa.and_(Payout.gateway == gateway, Payout.public_id.in_(chunk))
        found |= {one.payout_id: one for one in _ours(session, wanted)}
    sums = Counter(_booked(session, gateway))
    for one in listed:
        payout = found.get(one.payout_id)
        if payout is not None and payout.state is PayoutState.SENDING:
            sums[one.amount.currency] -= one.amount.minor
    return Books(list(found.values()), dict(sums), _unsure(session, gateway))


def _unsure(session: Session, gateway: str) -> frozenset[str]:
    wanted = (
        sa.select(Refund.currency)
        .join(Funding, Funding.id == Refund.funding_id)
        .where(Funding.gateway == gateway, Refund.state == RefundState.SENDING)
    )
    return frozenset(session.scalars(wanted))


def _since(session: Session, gateway: str, since: datetime) -> list[Ours]:
    recent = sa.or_(Payout.sent_at >= since, Payout.state == PayoutState.SENDING)
    return _ours(session, sa.and_(Payout.gateway == gateway, recent))


def _ours(session: Session, wanted: sa.ColumnElement[bool]) -> list[Ours]:
    rows = session.execute(
        sa.select(
            Payout.public_id,
            Payout.company_id,
            Payout.state,
            Payout.gateway_ref,
            ShootDay.public_id,
            Payout.amount_minor,
            Payout.currency,
            Payout.sent_at,
        )
        .join(ShootDay, ShootDay.id == Payout.shoot_day_id)
        .where(wanted)
        .order_by(Payout.id),
    )
    return [
        Ours(name, company, PayoutState(state), ref, group_of(day), Money(minor, currency), sent_at)
        for name, company, state, ref, day, minor, currency, sent_at in rows
    ]


def _booked(session: Session, gateway: str) -> dict[str, int]:
    """Return what our books say is at the gateway: what came in less what left, by currency."""
    sums: Counter[str] = Counter()
    for account in (accounts.clearing, accounts.bank, accounts.incoming, accounts.holding):
        name = account(gateway)
        for (code, currency), minor in balances(session, name).items():
            sums[currency] += minor if code == name else 0
    return {currency: minor for currency, minor in sums.items() if minor}


def keep_missed(
    session: Session,
    gateway: str,
    happened: Sequence[Told],
    *,
    clock: Clock,
) -> list[Difference]:
    """Keep the letters that should have come and did not; returns how many of which type."""
    late = clock.now() - ON_ITS_WAY
    due = [one for one in happened if one.type.startswith(LISTENED) and one.made_at <= late]
    known = _known(session, [one.event_id for one in due])
    missed: Counter[str] = Counter()
    for one in due:
        is_new = one.event_id not in known and keep_letter(
            session, gateway, Channel.PLATFORM, one, clock=clock, was_missed=True
        )
        missed[one.type] += is_new
    return [
        Difference(Kind.MISSED_EVENTS, subject=type_, count=count)
        for type_, count in sorted(missed.items())
        if count
    ]


def _known(session: Session, names: Sequence[str]) -> Collection[str]:
    found: set[str] = set()
    for begin in range(0, len(names), CHUNK):
        chunk = names[begin : begin + CHUNK]
        wanted = sa.select(GatewayEvent.event_id).where(GatewayEvent.event_id.in_(chunk))
        found.update(session.scalars(wanted))
    return found


def finish_reconciliation(
    session: Session,
    row_id: int,
    books: Books,
    transfers: int,
    found: Sequence[Difference],
    *,
    clock: Clock,
) -> None:
    """Write the report, once; the companies whose payments differ are told."""
    row = lock_one(session, Reconciliation, row_id)
    if row.finished_at is not None:
        return
    row.finished_at = clock.now()
    row.payments = sum(one.state in LEFT for one in books.payouts)
    row.transfers = transfers
    row.differences = len(found)
    insert_rows(session, ReconciliationRow, [_row(row_id, *one) for one in enumerate(found)])
    session.flush()
    concerned = Counter(one.company_id for one in found if one.company_id is not None)
    for company_id, count in sorted(concerned.items()):
        _tell(session, row, company_id, count, clock)


def _row(row_id: int, position: int, one: Difference) -> dict[str, object]:
    amounts = [amount for amount in (one.ours, one.theirs) if amount is not None]
    return {
        "reconciliation_id": row_id,
        "position": position,
        "company_id": one.company_id,
        "kind": one.kind,
        "subject": one.subject,
        "gateway_ref": one.ref,
        "group_name": one.group,
        "currency": amounts[0].currency if amounts else "",
        "ours_minor": one.ours.minor if one.ours else None,
        "theirs_minor": one.theirs.minor if one.theirs else None,
        "count": one.count,
    }


def _tell(session: Session, row: Reconciliation, company_id: int, count: int, clock: Clock) -> None:
    company = session.get_one(Company, company_id)
    message = Message(
        key=f"reconciliation:{row.id}:{company_id}",
        kind="needs_you",
        subject=say("Payments of %(company)s differ from the gateway", company=company.name),
        lines=(
            say("Differences found: %(count)s.", count=count),
            say("Nothing was paid or changed because of it. Somebody must look."),
        ),
        button=say("Open the comparison"),
        path=f"/c/{company.public_id}/reconciliations/{row.public_id}",
    )
    for reader in readers(session, company_id, PAYERS):
        tell(session, reader, message, clock=clock)
