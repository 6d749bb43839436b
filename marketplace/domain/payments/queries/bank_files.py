"""Read what waits for a bank file, the files there are, and what became of their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.banking.rules import files
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import (
    Account,
    AccountKind,
    BankFormat,
    Batch,
    Credit,
)
from marketplace.domain.payments.models import BankFile, BankFileRow, Payout
from marketplace.domain.payments.queries.bank_profiles import Profile
from marketplace.domain.payments.rules import (
    BANK_FILE,
    NO_ACCOUNT,
    PROBLEMS,
    FileState,
    PayoutState,
    RowState,
    problem,
)
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Payee
from marketplace.domain.people.ports import Vault
from marketplace.domain.people.services import account_number, legal_name
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class DueRow:
    """What waits for a file in one currency."""

    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payout that may go into a file. why: what the bank would not take, or None.

    credit: what the file would say; None when there is no account at all.
    """

    id: int
    public_id: str
    slip_id: str
    slip_number: str
    stage_name: str
    production: str
    shoot_date: date
    account_last4: str
    amount: Money
    credit: Credit | None
    why: Sentence | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A payment from the company's own bank that waits for somebody."""

    payout_id: str
    slip_id: str
    slip_number: str
    stage_name: str
    amount: Money
    why: Sentence | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file in the list, with how many of its rows are where."""

    public_id: str
    number: int
    format: BankFormat
    value_date: date
    total: Money
    rows: int
    state: FileState
    made_at: datetime
    made_by: str
    sha256: str
    cancel_reason: str
    counts: dict[RowState, int]

    @property
    def is_open(self) -> bool:
        """Whether some rows have no answer yet."""
        return self.counts.get(RowState.SENT, 0) > 0


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment of a file."""

    id: int
    position: int
    payout_id: str
    slip_id: str
    slip_number: str
    stage_name: str
    account_last4: str
    amount: Money
    state: RowState
    bank_reference: str
    paid_on: date | None
    return_text: str


@dataclass(frozen=True, slots=True)
class BankReference:
    """How a bank calls a payment; file and position of ours beside it."""

    file_number: int
    position: int
    bank_reference: str
    paid_on: date | None


def due(session: Session, company_id: int) -> list[DueRow]:
    """Return what waits for a file, by currency."""
    rows = session.execute(
        sa.select(Payout.currency, sa.func.count(), sa.func.sum(Payout.amount_minor))
        .where(*_due(company_id))
        .group_by(Payout.currency)
        .order_by(Payout.currency),
    )
    return [DueRow(Money(int(minor), currency), count) for currency, count, minor in rows]


def candidates(
    session: Session,
    company_id: int,
    currency: str,
    profile: Profile,
    vault: Vault,
) -> list[Candidate]:
    """Return the due payouts of a currency, oldest first, each tried against the bank's format."""
    rows = session.execute(
        sa.select(Payout, PaySlip, Payee)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .join(Payee, Payee.person_id == Payout.person_id, isouter=True)
        .where(*_due(company_id), Payout.currency == currency)
        .order_by(Payout.id),
    )
    return [_candidate(payout, slip, payee, profile, vault) for payout, slip, payee in rows]


def held(session: Session, company_id: int) -> list[HeldRow]:
    """Return the payments from the company's own bank that wait for somebody."""
    rows = session.execute(
        sa.select(Payout, PaySlip.public_id, PaySlip.number, PaySlip.stage_name)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .where(
            Payout.company_id == company_id,
            Payout.gateway == BANK_FILE,
            Payout.state == PayoutState.HELD,
        )
        .order_by(Payout.id),
    )
    return [
        HeldRow(
            payout.public_id,
            slip_id,
            number,
            name,
            Money(payout.amount_minor, payout.currency),
            problem(payout.problem_code, payout.problem),
        )
        for payout, slip_id, number, name in rows
    ]


def bank_files(session: Session, company_id: int) -> list[FileRow]:
    """Return a company's files, newest first."""
    return _files(session, BankFile.company_id == company_id)


def bank_file(session: Session, company_id: int, public_id: str) -> FileRow | None:
    """Return one file, or None when it is not the company's."""
    found = _files(session, BankFile.company_id == company_id, BankFile.public_id == public_id)
    return found[0] if found else None


def rows_of(session: Session, file_public_id: str) -> list[PaymentRow]:
    """Return the rows of a file as they stand in it."""
    rows = session.execute(
        sa.select(BankFileRow, Payout, PaySlip)
        .join(BankFile, BankFile.id == BankFileRow.bank_file_id)
        .join(Payout, Payout.id == BankFileRow.payout_id)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id)
        .where(BankFile.public_id == file_public_id)
        .order_by(BankFileRow.position),
    )
    return [
        PaymentRow(
            id=row.id,
            position=row.position,
            payout_id=payout.public_id,
            slip_id=slip.public_id,
            slip_number=slip.number,
            stage_name=slip.stage_name,
            account_last4=slip.account_last4,
            amount=Money(row.amount_minor, payout.currency),
            state=RowState(row.state),
            bank_reference=row.bank_reference,
            paid_on=row.paid_on,
            return_text=row.return_text,
        )
        for row, payout, slip in rows
    ]


def bank_references(session: Session, payout_ids: Iterable[int]) -> dict[int, BankReference]:
    """Return how the bank calls each payout that stands in a live file, in one query."""
    rows = session.execute(
        sa.select(BankFileRow, BankFile.number)
        .join(BankFile, BankFile.id == BankFileRow.bank_file_id)
        .where(
            BankFileRow.payout_id.in_(set(payout_ids)),
            BankFileRow.state.in_([RowState.SENT, RowState.PAID]),
        ),
    )
    return {
        row.payout_id: BankReference(number, row.position, row.bank_reference, row.paid_on)
        for row, number in rows
    }


def bank_reference_of_slip(session: Session, slip_id: int) -> BankReference | None:
    """Return how the bank calls the payment of a slip; None when no file holds it."""
    payout_id = session.scalar(sa.select(Payout.id).where(Payout.pay_slip_id == slip_id))
    return bank_references(session, [payout_id]).get(payout_id) if payout_id else None


def corrected(session: Session, payout_ids: Iterable[int]) -> set[int]:
    """Return which payouts pay a slip that was reversed meanwhile: their money is spoken for."""
    reversal = sa.orm.aliased(PaySlip)
    found = (
        sa.select(Payout.id)
        .join(reversal, reversal.corrects_id == Payout.pay_slip_id)
        .where(Payout.id.in_(set(payout_ids)), reversal.kind == "reversal")
    )
    return set(session.scalars(found))


def payee_account(payee: Payee, vault: Vault) -> Account:
    """Return a person's account as a bank needs it, opened."""
    return Account(
        name=legal_name(payee, vault),
        number=account_number(payee, vault),
        bank=payee.bank_name,
        routing=payee.routing_number,
        bic=payee.bic,
        cnaps=payee.cnaps,
        kind=AccountKind(payee.account_kind or AccountKind.CHECKING),
    )


def _due(company_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Payout.company_id == company_id,
        Payout.gateway == BANK_FILE,
        Payout.state == PayoutState.DUE,
    )


def _candidate(
    payout: Payout,
    slip: PaySlip,
    payee: Payee | None,
    profile: Profile,
    vault: Vault,
) -> Candidate:
    credit = None
    why: Sentence | None = PROBLEMS[NO_ACCOUNT]
    amount = Money(payout.amount_minor, payout.currency)
    if payee is not None and payee.account_sealed is not None:
        text = f"{profile.purpose} {slip.number}"
        credit = Credit(payout.public_id, payee_account(payee, vault), amount, text)
        why = _refusal(credit, profile)
    return Candidate(
        id=payout.id,
        public_id=payout.public_id,
        slip_id=slip.public_id,
        slip_number=slip.number,
        stage_name=slip.stage_name,
        production=slip.production_title,
        shoot_date=slip.shoot_date,
        account_last4=payee.account_last4 if payee else "",
        amount=amount,
        credit=credit,
        why=why,
    )


def _refusal(credit: Credit, profile: Profile) -> Sentence | None:
    """Return why the bank's format does not take one payment: a file of it alone is tried."""
    day = datetime(2000, 1, 3, tzinfo=UTC)
    alone = Batch(1, "-", day, day.date(), profile.payer, profile.company_code, (credit,))
    try:
        files.write(alone, profile.format, profile.template)
    except BankError as refusal:
        return refusal.message
    return None


def _files(session: Session, *conditions: sa.ColumnElement[bool]) -> list[FileRow]:
    found = session.execute(
        sa.select(BankFile, User.display_name)
        .join(User, User.id == BankFile.made_by_id)
        .where(*conditions)
        .order_by(BankFile.number.desc()),
    ).all()
    counts: dict[int, dict[RowState, int]] = {}
    of_states = session.execute(
        sa.select(BankFileRow.bank_file_id, BankFileRow.state, sa.func.count())
        .where(BankFileRow.bank_file_id.in_([row.id for row, _ in found]))
        .group_by(BankFileRow.bank_file_id, BankFileRow.state),
    )
    for file_id, state, count in of_states:
        counts.setdefault(file_id, {})[RowState(state)] = count
    return [
        FileRow(
            public_id=row.public_id,
            number=row.number,
            format=BankFormat(row.format),
            value_date=row.value_date,
            total=Money(row.total_minor, row.currency),
            rows=row.rows,
            state=FileState(row.state),
            made_at=row.made_at,
            made_by=name,
            sha256=row.sha256,
            cancel_reason=row.cancel_reason,
            counts=counts.get(row.id, {}),
        )
        for row, name in found
    ]
