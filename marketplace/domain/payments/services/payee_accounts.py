"""Payees' accounts at a gateway: opened once, looked at often, and what waited for them let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once, lock_one
from marketplace.domain.audit.services import Act, record
from marketplace.domain.notices.services import Message, tell
from marketplace.domain.payments.models import PayeeAccount
from marketplace.domain.payments.ports import (
    Opened,
    PayeeRef,
    PayeeStatus,
    Refused,
    Till,
    Unknown,
)
from marketplace.domain.payments.rules.gateways import (
    PayeeAccountError,
    PayeeState,
    name_of,
    need_words,
)
from marketplace.domain.payments.services.payouts import account_is_ready
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.queries import reader_of
from marketplace.domain.people.services import legal_name
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.ids import public_id
from marketplace.kernel.sentences import Sentence, say

LOOK_AFTER: Final = timedelta(minutes=10)
"""How long after somebody went to the gateway's pages we look by ourselves."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account that is wanted: its row, the key it is opened under, and for whom.

    account: None until it is open.
    """

    id: int
    public_id: str
    gateway: str
    key: str
    payee: PayeeRef
    account: str | None


def want_account(session: Session, person_id: int, *, till: Till) -> Wanted:
    """Write down that a person wants an account, before anybody is asked for one.

    Asking twice, or at the same time, gives the same row and the same key. Raises
    PayeeAccountError when there is no gateway for them, or their legal name is not known yet.
    """
    person = session.get_one(Person, person_id)
    gateway = _gateway_of(session, person, till)
    payee = session.scalar(sa.select(Payee).where(Payee.person_id == person_id))
    if payee is None or payee.legal_name_sealed is None:
        raise PayeeAccountError(say("Save your legal name first: the account is opened under it."))
    row = _row(session, person_id, gateway, till.clock)
    if row.state == PayeeState.GONE:
        row.number, row.account, row.state = row.number + 1, None, PayeeState.NEW
        session.flush()
    return Wanted(
        row.id,
        row.public_id,
        row.gateway,
        f"acct-{person.public_id}-{row.number}",
        PayeeRef(
            ref=person.public_id,
            country=person.country,
            email=reader_of(session, person_id).address,
            legal_name=legal_name(payee, till.vault),
        ),
        row.account,
    )


def _gateway_of(session: Session, person: Person, till: Till) -> str:
    """Return where a person needs an account, or has one."""
    desk = till.desk_for(person.country)
    if desk is not None:
        return desk.name
    mine = sa.select(PayeeAccount.gateway).where(PayeeAccount.person_id == person.id)
    found = session.scalars(mine.order_by(PayeeAccount.id)).first()
    if found is None:
        raise PayeeAccountError(say("Nobody in your country is paid through an account like this."))
    return found


def _row(session: Session, person_id: int, gateway: str, clock: Clock) -> PayeeAccount:
    insert_once(
        session,
        PayeeAccount,
        ["person_id", "gateway"],
        public_id=public_id(),
        person_id=person_id,
        gateway=gateway,
        number=1,
        state=PayeeState.NEW,
        needs=[],
        problem="",
        created_at=clock.now(),
    )
    wanted = sa.select(PayeeAccount.id).where(
        PayeeAccount.person_id == person_id,
        PayeeAccount.gateway == gateway,
    )
    return lock_one(session, PayeeAccount, session.scalars(wanted).one())


def keep_account(
    session: Session,
    wanted: Wanted,
    answer: Opened | Refused | Unknown,
    *,
    clock: Clock,
) -> str | Sentence:
    """Keep what the gateway answered; returns the account, or why there is none.

    After a refusal nothing was opened and the same key would say so for ever: the next try has
    another. After silence the same key finds out.
    """
    row = lock_one(session, PayeeAccount, wanted.id)
    if row.account is not None:
        return row.account
    gateway = name_of(row.gateway)
    if isinstance(answer, Unknown):
        return say("%(gateway)s does not answer. Try again in a minute.", gateway=gateway)
    if isinstance(answer, Refused):
        row.number += 0 if answer.stops_queue else 1
        row.problem = answer.text
        _log(session, row, "refuse_account", {}, clock)
        return say("%(gateway)s did not open an account: %(text)s", gateway=gateway,
                   text=answer.text)  # fmt: skip
    row.account, row.problem = answer.account, ""
    _log(session, row, "open_account", {}, clock)
    session.flush()
    return answer.account


def adopt(session: Session, person_id: int, gateway: str, account: str, *, clock: Clock) -> int:
    """Write down an account that a gateway has for a person already; returns its row."""
    row = _row(session, person_id, gateway, clock)
    if row.account != account:
        row.account = account
        _log(session, row, "adopt_account", {}, clock)
        session.flush()
    return row.id


def look_soon(session: Session, wanted: Wanted, *, clock: Clock) -> None:
    """Have the worker look at an account whose owner went to the gateway's pages."""
    key = f"check_payee:{wanted.id}:{clock.now():%Y%m%d%H%M}"
    tasks.ask(session, "check_payee", key, wanted.id, run_at=clock.now() + LOOK_AFTER)


def keep_status(
    session: Session,
    account_id: int,
    status: PayeeStatus,
    *,
    asked_at: datetime,
    clock: Clock,
) -> int:
    """Keep what a gateway said of an account; returns how many payments that lets go.

    asked_at: when it was asked; what was asked for before the last word changes nothing. The
    person is told of every change that matters to them.
    """
    row = lock_one(session, PayeeAccount, account_id)
    if row.checked_at is not None and asked_at < row.checked_at:
        return 0
    before = {"state": row.state}
    has_changed = row.state != status.state or row.needs != list(status.needs)
    row.state, row.needs, row.checked_at = status.state, list(status.needs), asked_at
    session.flush()
    if has_changed:
        _log(session, row, "check_account", before, clock)
        _tell(session, row, clock)
    if status.state is not PayeeState.READY:
        return 0
    return account_is_ready(session, row.person_id, row.gateway, clock=clock)


def _log(
    session: Session,
    row: PayeeAccount,
    action: str,
    before: dict[str, Any],
    clock: Clock,
) -> None:
    act = Act(
        subject=f"payee_account:{row.public_id}",
        action=action,
        before=before,
        after={"state": row.state, "account": row.account, "number": row.number},
        reason=row.problem,
    )
    record(session, act, actor_id=None, clock=clock)


def _tell(session: Session, row: PayeeAccount, clock: Clock) -> None:
    news = _news(row)
    if news is None:
        return
    subject, line = news
    message = Message(
        key=f"payee_account:{row.id}:{row.state}:{clock.now().isoformat()}",
        kind="paid" if row.state == PayeeState.READY else "needs_you",
        subject=subject,
        lines=(line,),
        button=say("Open your payout account"),
        path="/me/payouts",
    )
    tell(session, reader_of(session, row.person_id), message, clock=clock)


def _news(row: PayeeAccount) -> tuple[Sentence, Sentence] | None:
    gateway = name_of(row.gateway)
    if row.state == PayeeState.READY:
        return (
            say("Your payouts are set up"),
            say("%(gateway)s pays you from now on. What waited for it is sent.", gateway=gateway),
        )
    if row.state == PayeeState.NEEDS:
        return (
            say("%(gateway)s needs more before it can pay you", gateway=gateway),
            say("It asks for %(what)s.", what=need_words(row.needs)[0]),
        )
    if row.state == PayeeState.PAUSED:
        return (
            say("%(gateway)s has paused your payouts", gateway=gateway),
            say("What you earn waits for you. %(gateway)s tells you why.", gateway=gateway),
        )
    if row.state == PayeeState.GONE:
        return (
            say("Your payout account is closed"),
            say("Set your payouts up again; what you earn waits for you until then."),
        )
    return None
