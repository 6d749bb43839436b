"""Which account a company pays a currency from, which file its bank takes, and who pays at all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.audit.services import Act, record
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import (
    CURRENCIES,
    BankFormat,
    missing,
    plain_ascii,
)
from marketplace.domain.payments.models import BankProfile
from marketplace.domain.payments.queries.bank_profiles import Profile, owner_of
from marketplace.domain.people.ports import Vault
from marketplace.domain.people.rules import last_four
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

COMPANY_ID = 10
"""How many signs ACH gives the payer's own number."""


@dataclass(frozen=True, slots=True)
class KeepProfile:
    """An owner says how a currency is paid."""

    company_id: int
    actor_id: int
    currency: str
    profile: Profile


def choose_payer(
    session: Session,
    company_id: int,
    pays_by: PaysBy,
    *,
    actor_id: int,
    clock: Clock,
) -> None:
    """Decide who carries the company's payments from now on; those that are under way stay."""
    company = lock_one(session, Company, company_id)
    if company.pays_by == pays_by:
        return
    before, company.pays_by = company.pays_by, pays_by
    act = Act(
        f"company:{company.public_id}",
        "choose_payer",
        {"pays_by": before},
        {"pays_by": str(pays_by)},
        company_id=company.id,
    )
    record(session, act, actor_id=actor_id, clock=clock)
    session.flush()


def keep_profile(session: Session, command: KeepProfile, *, vault: Vault, clock: Clock) -> None:
    """Keep how a currency is paid: account and numbers sealed.

    Raises BankError when the format does not carry the currency, or lacks something.
    """
    _check(command)
    company = lock_one(session, Company, command.company_id)
    wanted = sa.select(BankProfile).where(
        BankProfile.company_id == company.id,
        BankProfile.currency == command.currency,
    )
    payer = command.profile.payer
    owner = owner_of(company.id, command.currency)
    values: dict[str, Any] = {
        "format": command.profile.format,
        "details_sealed": vault.seal(_sealable(command.profile), owner),
        "account_last4": last_four(payer.number),
        "bank_name": payer.bank,
        "settings": _settings(command.profile),
        "updated_by_id": command.actor_id,
        "updated_at": clock.now(),
    }
    known = session.scalars(wanted).first()
    if known is None:
        session.add(BankProfile(company_id=company.id, currency=command.currency, **values))
    else:
        for name, value in values.items():
            setattr(known, name, value)
    act = Act(
        f"company:{company.public_id}",
        "keep_bank_profile",
        after={
            "currency": command.currency,
            "format": str(command.profile.format),
            "account": f"••{last_four(payer.number)}",
        },
        company_id=company.id,
    )
    record(session, act, actor_id=command.actor_id, clock=clock)
    session.flush()


def _sealable(profile: Profile) -> str:
    return json.dumps({**asdict(profile.payer), "company_code": profile.company_code})


def _settings(profile: Profile) -> dict[str, object]:
    return {
        "purpose": profile.purpose,
        "template": asdict(profile.template),
        "answers": asdict(profile.answers),
    }


def _check(command: KeepProfile) -> None:
    profile = command.profile
    allowed = CURRENCIES[profile.format]
    if allowed is not None and command.currency not in allowed:
        raise BankError(say("This file cannot carry %(currency)s.", currency=command.currency))
    why = missing(profile.format, profile.payer)
    if why is not None:
        raise BankError(why)
    if profile.format is BankFormat.NACHA:
        if len(profile.company_code) != COMPANY_ID:
            raise BankError(
                say("The bank's number for your company has ten signs, such as 1 and your EIN."),
            )
        for text in (profile.payer.name, profile.payer.bank, profile.company_code):
            plain_ascii(text)
