"""Who carries the money of a pay slip, and whether it can leave now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.accounts.models import Company
from marketplace.domain.booking.models import Booking
from marketplace.domain.payments.models import PayeeAccount
from marketplace.domain.payments.ports import PayeeDesk, Till
from marketplace.domain.payments.rules import BANK_FILE, NO_ACCOUNT, PayoutState
from marketplace.domain.payments.rules.gateways import PAYEE_NOT_READY, PayeeState, is_payable
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Payee, Person


@dataclass(frozen=True, slots=True)
class Way:
    """How the money of one slip goes. problem: the code of what holds it, or empty."""

    gateway: str
    state: PayoutState
    problem: str = ""


def ways_of(
    session: Session,
    slips: Sequence[PaySlip],
    people: Mapping[int, Person],
    till: Till,
) -> list[Way]:
    """Return the way of each slip, in order.

    The carrier is the one that was chosen when the booking was accepted, as long as it can still
    pay there; else it is chosen now.
    """
    chosen = _chosen(session, slips, people, till)
    with_bank = _with_bank(session, people)
    names = sorted(set(chosen.values()) - {BANK_FILE})
    accounts = accounts_of(session, list(people), names)
    needing = {name for name in names if _needs_account(till, name)}
    ways = []
    for slip in slips:
        gateway, person_id = chosen[slip.id], slip.person_id
        account = accounts.get((person_id, gateway))
        state = PayeeState(account.state) if account else None
        is_ready = is_payable(
            state,
            needs_account=gateway in needing,
            has_bank=person_id in with_bank,
        )
        missing = PAYEE_NOT_READY if gateway in needing or account else NO_ACCOUNT
        ways.append(_way(slip, gateway, "" if is_ready else missing))
    return ways


def _way(slip: PaySlip, gateway: str, problem: str) -> Way:
    if slip.net_minor == 0:
        return Way(gateway, PayoutState.NOTHING_DUE)
    return Way(gateway, PayoutState.HELD if problem else PayoutState.DUE, problem)


def _chosen(
    session: Session,
    slips: Sequence[PaySlip],
    people: Mapping[int, Person],
    till: Till,
) -> dict[int, str]:
    """Return the carrier of each slip, by slip."""
    rows = session.execute(
        sa.select(PaySlip.id, Booking.gateway, Company.pays_by)
        .join(Booking, Booking.id == PaySlip.booking_id)
        .join(Company, Company.id == PaySlip.company_id)
        .where(PaySlip.id.in_([slip.id for slip in slips])),
    )
    found = {}
    of = {slip.id: slip for slip in slips}
    for slip_id, gateway, pays_by in rows:
        country, currency = people[of[slip_id].person_id].country, of[slip_id].currency
        still = till.still_pays(gateway, country, currency)
        found[slip_id] = gateway if still else till.carrier(country, currency, pays_by)
    return found


def _with_bank(session: Session, people: Mapping[int, Person]) -> set[int]:
    wanted = sa.select(Payee.person_id).where(
        Payee.person_id.in_(list(people)),
        Payee.account_sealed.is_not(None),
    )
    return set(session.scalars(wanted))


def _needs_account(till: Till, name: str) -> bool:
    gateway = till.gateway_named(name)
    return isinstance(gateway, PayeeDesk) and gateway.needs_account


def accounts_of(
    session: Session,
    person_ids: Collection[int],
    gateways: Collection[str],
) -> Mapping[tuple[int, str], PayeeAccount]:
    """Lock and return the accounts of some people, by person and gateway.

    Held until the end of the transaction, so that what is decided by their state stays true.
    """
    found = sa.select(PayeeAccount.id).where(
        PayeeAccount.person_id.in_(person_ids),
        PayeeAccount.gateway.in_(gateways),
    )
    rows = lock(session, PayeeAccount, list(session.scalars(found)))
    return {(row.person_id, row.gateway): row for row in rows}
