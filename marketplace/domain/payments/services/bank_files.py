"""Make a file for a company's bank, or take one back: everything in one transaction each."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.audit.services import Act, record
from marketplace.domain.banking.queries import bank_days
from marketplace.domain.banking.rules import files
from marketplace.domain.banking.rules.calendar import check_value_date
from marketplace.domain.banking.rules.numbers import BankError, total_of
from marketplace.domain.banking.rules.orders import ENDINGS, BankFormat, Batch
from marketplace.domain.documents.services import NewFile, store
from marketplace.domain.payments.models import BankFile, BankFileRow, Payout
from marketplace.domain.payments.ports import MessageCheck
from marketplace.domain.payments.queries.bank_answers import message_id
from marketplace.domain.payments.queries.bank_files import Candidate, candidates, corrected
from marketplace.domain.payments.queries.bank_profiles import Profile, the_profile
from marketplace.domain.payments.rules import (
    MOST_ROWS,
    FileState,
    RowState,
)
from marketplace.domain.payments.services.bank_moves import CORRECTED, leave, take_back
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import local_date

SEALED: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class MakeFile:
    """An accountant orders these payments. total: as it was shown; typed: above the limit."""

    company_id: int
    actor_id: int
    currency: str
    payout_ids: Collection[str]
    value_date: date
    total: Money
    typed: Money | None = None


@dataclass(frozen=True, slots=True)
class CancelFile:
    """An accountant takes a file back that the bank has not carried out."""

    company_id: int
    actor_id: int
    file_id: str
    reason: str


def make_file(
    session: Session,
    command: MakeFile,
    *,
    vault: Vault,
    check: MessageCheck,
    clock: Clock,
) -> BankFile:
    """Write the file, keep its bytes sealed, and move its payouts from due to sent.

    Raises BankError when the day, the total, a person's details or what was shown does not hold;
    then nothing is written.
    """
    company = lock_one(session, Company, command.company_id)
    profile = the_profile(session, command.company_id, command.currency, vault)
    _check_day(command, clock)
    chosen = _chosen(session, command, profile, vault)
    _check_total(company, command, chosen)
    last = sa.select(sa.func.max(BankFile.number)).where(BankFile.company_id == company.id)
    number = (session.scalar(last) or 0) + 1
    batch = _batch(company, number, command, chosen, profile, clock)
    content = files.write(batch, profile.format, profile.template)
    check(content, profile.format)
    made = BankFile(
        company_id=company.id,
        number=number,
        currency=command.currency,
        format=profile.format,
        value_date=command.value_date,
        rows=len(chosen),
        total_minor=command.total.minor,
        sha256=hashlib.sha256(content).hexdigest(),
        made_by_id=command.actor_id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _keep(session, made, content, vault, clock)
    _send(session, made, chosen, clock)
    _log(session, made, "make", command.actor_id, clock)
    session.flush()
    return made


def cancel_file(session: Session, command: CancelFile, *, clock: Clock) -> BankFile:
    """Take a file back: its rows are due again, the ledger is reversed.

    Raises NotFoundError for a file of somebody else, BankError without a reason, when it was
    cancelled before, or when a row is paid.
    """
    found = find_file(session, command.company_id, command.file_id)
    rows = list(session.scalars(sa.select(BankFileRow).where(BankFileRow.bank_file_id == found.id)))
    payouts = {one.id: one for one in lock(session, Payout, [row.payout_id for row in rows])}
    found = lock_one(session, BankFile, found.id)
    rows = lock(session, BankFileRow, [row.id for row in rows])
    if not command.reason.strip():
        raise BankError(say("Say why the file is cancelled."))
    if found.state == FileState.CANCELLED:
        raise BankError(say("This file was cancelled before."))
    if any(row.state == RowState.PAID for row in rows):
        raise BankError(say("A payment of this file is paid; what is paid cannot be taken back."))
    if corrected(session, payouts):
        raise BankError(CORRECTED)
    found.cancelled_by_id = command.actor_id
    for row in rows:
        if row.state == RowState.SENT:
            take_back(session, found, row, payouts[row.payout_id], clock)
    found.state = FileState.CANCELLED
    found.cancelled_at = clock.now()
    found.cancel_reason = command.reason.strip()
    _log(session, found, "cancel", command.actor_id, clock)
    session.flush()
    return found


def content_of(session: Session, file_id: int, sealed: bytes, vault: Vault) -> bytes:
    """Return the bytes of a file as the bank gets them; raises BankError when they changed."""
    made = session.get_one(BankFile, file_id)
    content = vault.open(sealed, _owner(made)).encode("latin-1")
    if hashlib.sha256(content).hexdigest() != made.sha256:
        raise BankError(say("The stored file is not what was made. Tell us before you use it."))
    return content


def find_file(session: Session, company_id: int, public_id: str) -> BankFile:
    """Return a company's file. Raises NotFoundError when it is not theirs."""
    wanted = sa.select(BankFile).where(
        BankFile.company_id == company_id,
        BankFile.public_id == public_id,
    )
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFoundError(say("There is no such file."))
    return found


def file_subject(public_id: str) -> str:
    """Return the subject under which the bytes of a bank file are stored."""
    return f"bank_file:{public_id}"


def _check_day(command: MakeFile, clock: Clock) -> None:
    days = bank_days(command.currency)
    check_value_date(days, command.value_date, local_date(clock.now(), days.zone))


def _chosen(session: Session, command: MakeFile, profile: Profile, vault: Vault) -> list[Candidate]:
    """Lock the chosen payouts and return them; what changed since it was shown is refused."""
    ids = session.scalars(
        sa.select(Payout.id).where(
            Payout.company_id == command.company_id,
            Payout.public_id.in_(set(command.payout_ids)),
        ),
    )
    locked = {one.id for one in lock(session, Payout, list(ids))}
    found = [
        one
        for one in candidates(session, command.company_id, command.currency, profile, vault)
        if one.id in locked
    ]
    if not command.payout_ids:
        raise BankError(say("Choose at least one payment."))
    if len(found) != len(set(command.payout_ids)):
        raise BankError(say("Payments changed meanwhile; please look at them again."))
    if len(found) > MOST_ROWS:
        raise BankError(
            say("One file holds up to %(most)s payments; make several.", most=MOST_ROWS),
        )
    for one in found:
        if one.why is not None:
            raise BankError(say("%(name)s: %(why)s", name=one.stage_name, why=one.why))
    return found


def _check_total(company: Company, command: MakeFile, chosen: Sequence[Candidate]) -> None:
    total = total_of([one.amount for one in chosen])
    if total != command.total:
        raise BankError(say("Amounts changed meanwhile; please look at them again."))
    if total.minor > company.typed_total_limit_minor and command.typed != total:
        raise BankError(say("Type the total as it is shown: %(total)s.", total=total))


def _batch(
    company: Company,
    number: int,
    command: MakeFile,
    chosen: Sequence[Candidate],
    profile: Profile,
    clock: Clock,
) -> Batch:
    return Batch(
        number=number,
        message_id=message_id(company.public_id, number),
        made_at=clock.now(),
        value_date=command.value_date,
        payer=profile.payer,
        company_id=profile.company_code,
        credits=tuple(one.credit for one in chosen if one.credit is not None),
    )


def _keep(session: Session, made: BankFile, content: bytes, vault: Vault, clock: Clock) -> None:
    """Store the bytes sealed: a copy of the database shows no account."""
    sealed = vault.seal(content.decode("latin-1"), _owner(made))
    ending, _ = ENDINGS[BankFormat(made.format)]
    new = NewFile(file_subject(made.public_id), f"{made.number}.{ending}.sealed", SEALED)
    store(session, new, [sealed], clock=clock)


def _owner(made: BankFile) -> str:
    return f"bank_file:{made.public_id}"


def _send(session: Session, made: BankFile, chosen: Sequence[Candidate], clock: Clock) -> None:
    payouts = {
        one.id: one
        for one in session.scalars(sa.select(Payout).where(Payout.id.in_([c.id for c in chosen])))
    }
    for position, candidate in enumerate(chosen, 1):
        payout = payouts[candidate.id]
        row = BankFileRow(
            bank_file_id=made.id,
            position=position,
            payout_id=payout.id,
            amount_minor=payout.amount_minor,
            changed_at=clock.now(),
        )
        session.add(row)
        session.flush()
        leave(session, made, row, payout, clock)


def _log(session: Session, made: BankFile, action: str, actor_id: int, clock: Clock) -> None:
    """Write down who made or cancelled a file: legal names and accounts were opened for it."""
    act = Act(
        subject=f"bank_file:{made.public_id}",
        action=action,
        after={
            "number": made.number,
            "state": str(made.state),
            "rows": made.rows,
            "total": Money(made.total_minor, made.currency),
            "sha256": made.sha256,
            "opened": "legal names and accounts" if action == "make" else "",
        },
        reason=made.cancel_reason,
        company_id=made.company_id,
    )
    record(session, act, actor_id=actor_id, clock=clock)
