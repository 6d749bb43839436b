"""The bank of the Zhengzhou company: it takes a table in GBK, and pays what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import UnitOfWork
from marketplace.domain.accounts.models import Company, Membership
from marketplace.domain.accounts.rules import CompanyRole, PaysBy
from marketplace.domain.banking.queries import bank_days
from marketplace.domain.banking.rules.answers import Fate
from marketplace.domain.banking.rules.numbers import total_of
from marketplace.domain.banking.rules.orders import Account, BankFormat
from marketplace.domain.payments.models import BankFile, BankFileRow
from marketplace.domain.payments.queries.bank_files import candidates
from marketplace.domain.payments.queries.bank_profiles import Profile, the_profile
from marketplace.domain.payments.rules import RowState
from marketplace.domain.payments.services.bank_files import MakeFile, make_file
from marketplace.domain.payments.services.bank_marks import Mark, MarkRows, mark_rows
from marketplace.domain.payments.services.bank_profiles import (
    KeepProfile,
    choose_payer,
    keep_profile,
)
from marketplace.kernel.zones import local_date
from marketplace.outside import Outside

YUAN = "CNY"


@dataclass(frozen=True, slots=True)
class HouseBank:
    """What a company with a bank of its own does there."""

    unit: UnitOfWork
    outside: Outside
    company_id: int

    def open(self, owner_id: int, legal_name: str) -> None:
        """Pay from the company's own account from now on."""
        payer = Account(name=legal_name, number="4105016708000000123", bank="郑州银行")
        profile = Profile(BankFormat.CN_CSV, payer, purpose="劳务费")
        command = KeepProfile(self.company_id, owner_id, YUAN, profile)
        clock = self.outside.clock
        with self.unit() as session:
            keep_profile(session, command, vault=self.outside.vault, clock=clock)
            choose_payer(session, self.company_id, PaysBy.OWN_BANK, actor_id=owner_id, clock=clock)

    def order(self) -> str:
        """Put all that waits into one file; returns what was done, "" when nothing waits."""
        ports = self.outside
        with self.unit() as session:
            profile = the_profile(session, self.company_id, YUAN, ports.vault)
            found = candidates(session, self.company_id, YUAN, profile, ports.vault)
            ready = [one for one in found if one.why is None]
            if not ready:
                return ""
            total = total_of([one.amount for one in ready])
            days = bank_days(YUAN)
            made = make_file(
                session,
                MakeFile(
                    self.company_id,
                    self._accountant(session),
                    YUAN,
                    [one.public_id for one in ready],
                    days.next_open(local_date(ports.clock.now(), days.zone)),
                    total,
                    total,
                ),
                vault=ports.vault,
                check=ports.check_message,
                clock=ports.clock,
            )
            name = session.get_one(Company, self.company_id).name
            return (
                f"Bank file {made.number} of {name}: {made.rows} payments, "
                f"{total.decimal:,} {YUAN}, for {made.value_date}."
            )

    def answer(self, number: int | None = None) -> Iterator[str]:
        """Mark what the bank has paid: of one file, or of all; yields what happened."""
        with self.unit() as session:
            for made in self._sent(session, number):
                days = bank_days(YUAN)
                if made.value_date > local_date(self.outside.clock.now(), days.zone):
                    yield f"The bank pays file {made.number} on {made.value_date}."
                    continue
                rows = session.scalars(
                    sa.select(BankFileRow).where(
                        BankFileRow.bank_file_id == made.id,
                        BankFileRow.state == RowState.SENT,
                    ),
                )
                marks = [
                    Mark(
                        row.id,
                        Fate.PAID,
                        made.value_date,
                        f"ZZB{made.number:04d}{row.position:03d}",
                    )
                    for row in rows
                ]
                command = MarkRows(self.company_id, made.made_by_id, marks)
                count = mark_rows(session, command, clock=self.outside.clock)
                yield f"The bank has paid file {made.number}: {count} payments marked."

    def _sent(self, session: Session, number: int | None) -> list[BankFile]:
        is_open = sa.exists().where(
            BankFileRow.bank_file_id == BankFile.id,
            BankFileRow.state == RowState.SENT,
        )
        wanted = sa.select(BankFile).where(BankFile.company_id == self.company_id, is_open)
        if number is not None:
            wanted = wanted.where(BankFile.number == number)
        return list(session.scalars(wanted.order_by(BankFile.number)))

    def _accountant(self, session: Session) -> int:
        return session.scalars(
            sa.select(Membership.user_id).where(
                Membership.company_id == self.company_id,
                Membership.role == CompanyRole.ACCOUNTANT,
            ),
        ).one()


def house_banks(unit: UnitOfWork, outside: Outside) -> list[HouseBank]:
    """Return the companies of the demo that pay from their own bank."""
    with unit() as session:
        ids = session.scalars(sa.select(Company.id).where(Company.pays_by == PaysBy.OWN_BANK)).all()
    return [HouseBank(unit, outside, company_id) for company_id in ids]
