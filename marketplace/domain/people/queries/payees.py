"""Read how people are paid."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.people.models import Payee
from marketplace.domain.people.ports import Vault
from marketplace.domain.people.rules import Certificate
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """How a person is paid, for their own eyes: numbers show their last four at most."""

    legal_name: str = ""
    address: str = ""
    tax_form: str | None = None
    tax_last4: str = ""
    bank_name: str = ""
    account_last4: str = ""
    has_tax_number: bool = False
    has_account: bool = False
    is_state_nonresident: bool | None = None
    certificate: Certificate | None = None
    account_kind: str = ""
    routing_number: str = ""
    bic: str = ""
    cnaps: str = ""

    @property
    def gaps(self) -> list[Sentence]:
        """Return what is missing before this person can be paid."""
        wanted = [
            (self.legal_name, say("Legal name")),
            (self.address, say("Address")),
            (self.tax_form, say("Tax form")),
            (self.has_tax_number, say("Tax number")),
            (self.has_account, say("Bank account")),
        ]
        return [words for value, words in wanted if not value]


def payee(session: Session, person_id: int, vault: Vault) -> PayeeRow:
    """Return how a person is paid, with name and address opened; empty before they said it."""
    row = session.scalars(sa.select(Payee).where(Payee.person_id == person_id)).first()
    if row is None:
        return PayeeRow()
    owner = f"payee:{person_id}"
    name, address = row.legal_name_sealed, row.address_sealed
    return PayeeRow(
        legal_name=vault.open(name, f"{owner}|legal_name") if name else "",
        address=vault.open(address, f"{owner}|address") if address else "",
        tax_form=row.tax_form,
        tax_last4=row.tax_id_last4,
        bank_name=row.bank_name,
        account_last4=row.account_last4,
        has_tax_number=row.tax_id_sealed is not None,
        has_account=row.account_sealed is not None,
        is_state_nonresident=row.is_state_nonresident,
        certificate=Certificate(**row.certificate) if row.certificate else None,
        account_kind=row.account_kind,
        routing_number=row.routing_number,
        bic=row.bic,
        cnaps=row.cnaps,
    )
