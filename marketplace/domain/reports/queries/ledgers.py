"""A company's books for its accountants: what stands on each account, and how it came there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.domain.ledger.rules import KINDS, kind_of, subject_of
from marketplace.domain.payments.rules.gateways import name_of
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.kernel.money import Money

PAGE: Final = 50
OF_PEOPLE: Final = frozenset({"payable", "overpaid"})
OF_PRODUCTIONS: Final = frozenset({"fund", "coming", "allotted"})


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in a company's books. name: of whom it is, or "" when its kind says all."""

    public_id: str
    code: str
    name: str
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        """Debits less credits."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class KindRow:
    """All accounts of one kind together; account: the only one there is, or None."""

    kind: str
    count: int
    account: AccountRow | None
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        """Debits less credits."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class Trial:
    """The trial balance of one currency: its two sides are equal, or the books are wrong."""

    currency: str
    rows: tuple[KindRow, ...]

    @property
    def debit(self) -> Money:
        """The sum of all debits."""
        return _sum((row.debit for row in self.rows), self.currency)

    @property
    def credit(self) -> Money:
        """The sum of all credits."""
        return _sum((row.credit for row in self.rows), self.currency)


def accounts(
    session: Session, company_id: int, kind: str = "", currency: str = ""
) -> list[AccountRow]:
    """Return what stands on every account a company has moved, by currency, kind and name."""
    found = [
        (public_id, code, currency_of, int(debit), int(credit))
        for public_id, code, currency_of, debit, credit in session.execute(_sums(company_id))
        if kind in {"", kind_of(code)} and currency in {"", currency_of}
    ]
    names = names_of(session, [code for _, code, *_ in found])
    rows = [
        AccountRow(public_id, code, names.get(code, ""), Money(debit, of), Money(credit, of))
        for public_id, code, of, debit, credit in found
    ]
    order = list(KINDS)
    return sorted(
        rows,
        key=lambda row: (
            row.debit.currency,
            order.index(kind_of(row.code)) if kind_of(row.code) in KINDS else len(order),
            row.name,
            row.code,
        ),
    )


def _sums(company_id: int) -> sa.Select[str, str, str, int, int]:
    mine = LedgerTransfer.company_id == company_id
    debit = sa.select(
        LedgerTransfer.debit_id.label("account"),
        LedgerTransfer.amount_minor.label("debit"),
        sa.literal(0).label("credit"),
    ).where(mine)
    credit = sa.select(LedgerTransfer.credit_id, sa.literal(0), LedgerTransfer.amount_minor).where(
        mine
    )
    sides = sa.union_all(debit, credit).subquery()
    return (
        sa.select(
            LedgerAccount.public_id,
            LedgerAccount.code,
            LedgerAccount.currency,
            sa.func.sum(sides.c.debit),
            sa.func.sum(sides.c.credit),
        )
        .join(sides, sides.c.account == LedgerAccount.id)
        .group_by(LedgerAccount.public_id, LedgerAccount.code, LedgerAccount.currency)
    )


def trials(rows: Iterable[AccountRow]) -> list[Trial]:
    """Return the trial balances of accounts in order: one per currency, one row per kind."""
    found = []
    for currency, of_currency in groupby(rows, key=lambda row: row.debit.currency):
        kinds = [
            _kind(kind, list(of_kind))
            for kind, of_kind in groupby(of_currency, key=lambda row: kind_of(row.code))
        ]
        found.append(Trial(currency, tuple(kinds)))
    return found


def _kind(kind: str, rows: list[AccountRow]) -> KindRow:
    currency = rows[0].debit.currency
    return KindRow(
        kind,
        len(rows),
        rows[0] if len(rows) == 1 else None,
        _sum((row.debit for row in rows), currency),
        _sum((row.credit for row in rows), currency),
    )


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return Money(sum(amount.minor for amount in amounts), currency)


def names_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return of whom accounts are, by code: people's stage names, titles, gateways, schemes."""
    named = [code for code in codes if kind_of(code) not in {"wages", ""}]
    found = {code: name_of(subject_of(code)) for code in named}
    for kinds, column, name in (
        (OF_PEOPLE, Person.id, Person.stage_name),
        (OF_PRODUCTIONS, Production.id, Production.title),
    ):
        mine = {code: int(subject_of(code)) for code in codes if kind_of(code) in kinds}
        if not mine:
            continue
        rows = session.execute(sa.select(column, name).where(column.in_(set(mine.values()))))
        by_id = dict(rows.all())
        found |= {code: by_id.get(id_, "") for code, id_ in mine.items()}
    return found


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as its statement is headed."""

    id: int
    public_id: str
    code: str
    currency: str
    name: str


def account_named(session: Session, company_id: int, public_id: str) -> Account | None:
    """Return an account that a company has moved; None for every other."""
    moved = sa.exists().where(
        LedgerTransfer.company_id == company_id,
        sa.or_(
            LedgerTransfer.debit_id == LedgerAccount.id,
            LedgerTransfer.credit_id == LedgerAccount.id,
        ),
    )
    row = session.execute(
        sa.select(
            LedgerAccount.id, LedgerAccount.public_id, LedgerAccount.code, LedgerAccount.currency
        ).where(LedgerAccount.public_id == public_id, moved),
    ).first()
    if row is None:
        return None
    names = names_of(session, [row.code])
    return Account(row.id, row.public_id, row.code, row.currency, names.get(row.code, ""))


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One posting on an account, and what stands on it afterwards; exactly one side is given.

    other: the account on the other side. reverses: the key of the posting it takes back.
    """

    id: int
    at: datetime
    key: str
    reverses: str
    other_id: str
    other_code: str
    other_name: str
    debit: Money | None
    credit: Money | None
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's postings, the newest first; older: where the next one begins."""

    rows: tuple[EntryRow, ...]
    balance: Money
    older: int | None


def statement(
    session: Session, company_id: int, account: Account, before: int | None = None
) -> Statement:
    """Return a page of an account's postings in a company's books."""
    mine = _of_account(company_id, account.id)
    upto = mine if before is None else sa.and_(mine, LedgerTransfer.id < before)
    signed = sa.case(
        (LedgerTransfer.debit_id == account.id, LedgerTransfer.amount_minor),
        else_=-LedgerTransfer.amount_minor,
    )
    total = session.scalar(sa.select(sa.func.coalesce(sa.func.sum(signed), 0)).where(upto))
    running = int(total or 0)
    found = session.execute(
        _entries(account).where(upto).order_by(LedgerTransfer.id.desc()).limit(PAGE + 1),
    ).all()
    shown = found[:PAGE]
    names = names_of(session, {row.other_code for row in shown})
    rows = []
    for row in shown:
        rows.append(_entry(account, row, running, names))
        running -= row.amount_minor if row.is_debit else -row.amount_minor
    older = rows[-1].id if len(found) > PAGE else None
    return Statement(tuple(rows), Money(int(total or 0), account.currency), older)


def entries(session: Session, company_id: int, account: Account) -> Iterator[EntryRow]:
    """Yield every posting of an account in a company's books, the oldest first."""
    running = 0
    wanted = _entries(account).where(_of_account(company_id, account.id))
    ordered = wanted.order_by(LedgerTransfer.id).execution_options(yield_per=500)
    for rows in session.execute(ordered).partitions():
        names = names_of(session, {row.other_code for row in rows})
        for row in rows:
            running += row.amount_minor if row.is_debit else -row.amount_minor
            yield _entry(account, row, running, names)


def _of_account(company_id: int, account_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        LedgerTransfer.company_id == company_id,
        sa.or_(LedgerTransfer.debit_id == account_id, LedgerTransfer.credit_id == account_id),
    )


def _entries(account: Account) -> sa.Select[*tuple[object, ...]]:
    is_debit = LedgerTransfer.debit_id == account.id
    taken_back = sa.orm.aliased(LedgerTransfer)
    other = sa.case((is_debit, LedgerTransfer.credit_id), else_=LedgerTransfer.debit_id)
    return (
        sa.select(
            LedgerTransfer.id,
            LedgerTransfer.posted_at,
            LedgerTransfer.key,
            LedgerTransfer.amount_minor,
            is_debit.label("is_debit"),
            taken_back.key.label("reverses"),
            LedgerAccount.public_id.label("other_id"),
            LedgerAccount.code.label("other_code"),
        )
        .join(LedgerAccount, LedgerAccount.id == other)
        .join(taken_back, taken_back.id == LedgerTransfer.reverses_id, isouter=True)
    )


def _entry(
    account: Account, row: sa.Row[*tuple[object, ...]], running: int, names: dict[str, str]
) -> EntryRow:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    amount = Money(found["amount_minor"], account.currency)
    return EntryRow(
        id=found["id"],
        at=found["posted_at"],
        key=found["key"],
        reverses=found["reverses"] or "",
        other_id=found["other_id"],
        other_code=found["other_code"],
        other_name=names.get(found["other_code"], ""),
        debit=amount if found["is_debit"] else None,
        credit=None if found["is_debit"] else amount,
        balance=Money(running, account.currency),
    )
