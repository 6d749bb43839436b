"""Read which account a company pays a currency from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.banking.rules.answers import AnswerTable
from marketplace.domain.banking.rules.bulk import Template
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import Account, BankFormat
from marketplace.domain.payments.models import BankProfile
from marketplace.domain.people.ports import Vault
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class Profile:
    """How one currency is paid. purpose: what people read on their statement before the number.

    company_code: what the bank calls the payer (ACH: ten signs, mostly 1 and the tax number).
    """

    format: BankFormat
    payer: Account
    company_code: str = ""
    purpose: str = "Pay"
    template: Template = field(default_factory=Template)
    answers: AnswerTable = field(default_factory=AnswerTable)


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """An account of a company, for a list: its last four alone."""

    currency: str
    format: BankFormat
    bank_name: str
    account_last4: str
    updated_at: datetime


def profiles(session: Session, company_id: int) -> list[ProfileRow]:
    """Return the accounts a company pays from, by currency."""
    rows = session.scalars(
        sa.select(BankProfile)
        .where(BankProfile.company_id == company_id)
        .order_by(BankProfile.currency),
    )
    return [
        ProfileRow(
            row.currency, BankFormat(row.format), row.bank_name, row.account_last4, row.updated_at
        )
        for row in rows
    ]


def profile_of(session: Session, company_id: int, currency: str, vault: Vault) -> Profile | None:
    """Return how a company pays a currency, opened; None when nobody has said it."""
    row = session.scalars(
        sa.select(BankProfile).where(
            BankProfile.company_id == company_id,
            BankProfile.currency == currency,
        ),
    ).first()
    return open_profile(row, vault) if row else None


def the_profile(session: Session, company_id: int, currency: str, vault: Vault) -> Profile:
    """Return how a company pays a currency; raises BankError when nobody has said it."""
    profile = profile_of(session, company_id, currency, vault)
    if profile is None:
        raise BankError(say("Say first which account pays %(currency)s.", currency=currency))
    return profile


def pays_by(session: Session, company_id: int) -> PaysBy:
    """Return who carries a company's payments."""
    found = session.scalars(sa.select(Company.pays_by).where(Company.id == company_id)).one()
    return PaysBy(found)


def open_profile(row: BankProfile, vault: Vault) -> Profile:
    """Return a stored profile, opened."""
    details = json.loads(vault.open(row.details_sealed, owner_of(row.company_id, row.currency)))
    company_code = details.pop("company_code")
    settings = dict(row.settings)
    template, answers = settings["template"], settings["answers"]
    columns = tuple((title, name) for title, name in template["columns"])
    words = {name: tuple(answers[name]) for name in ("paid_words", "failed_words")}
    return Profile(
        format=BankFormat(row.format),
        payer=Account(**details),
        company_code=company_code,
        purpose=settings["purpose"],
        template=Template(**(template | {"columns": columns})),
        answers=AnswerTable(**(answers | words)),
    )


def owner_of(company_id: int, currency: str) -> str:
    """Return whose sealed details these are."""
    return f"company:{company_id}|bank:{currency}"
