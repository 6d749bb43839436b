"""Read profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.notices.services import Reader
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.people.rules import Certificate, Work
from marketplace.kernel.sentences import Sentence, say

_PERSON_OF: Final = sa.select(Person.id).where(Person.user_id == sa.bindparam("user"))
"""Written once: every page of everybody who is signed in asks it."""


def person_of(session: Session, user_id: int) -> int | None:
    """Return the id of a user's talent profile, or None when they have none."""
    return session.connection().scalar(_PERSON_OF, {"user": user_id})


def reader_of(session: Session, person_id: int) -> Reader:
    """Return a person as they are written to."""
    row = session.execute(
        sa.select(User.id, User.email, User.locale)
        .join(Person, Person.user_id == User.id)
        .where(Person.id == person_id),
    ).one()
    return Reader(*row)


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A talent's own profile, as its form has it."""

    stage_name: str
    works: list[str]
    city: str
    country: str
    zone: str
    languages: str
    department: str
    about: str
    phone: str

    @property
    def gaps(self) -> list[Sentence]:
        """Return what a casting person would miss."""
        wanted = {
            "city": say("City"),
            "languages": say("Languages"),
            "about": say("About you"),
            "phone": say("Telephone"),
        }
        if Work.CREW in self.works:
            wanted["department"] = say("Department")
        return [words for name, words in wanted.items() if not getattr(self, name)]

    @property
    def done(self) -> int:
        """Return how many of the parts are there."""
        return self.total - len(self.gaps)

    @property
    def total(self) -> int:
        """Return how many parts a profile has: name, work and the ones that may be missing."""
        return 7 if Work.CREW in self.works else 6


def profile(session: Session, user_id: int) -> ProfileRow | None:
    """Return a user's profile, or None when they have none."""
    person = session.scalars(sa.select(Person).where(Person.user_id == user_id)).first()
    if person is None:
        return None
    ticked = {
        Work.ACTOR: person.is_actor,
        Work.BACKGROUND: person.is_background,
        Work.CREW: person.is_crew,
    }
    return ProfileRow(
        stage_name=person.stage_name,
        works=[work.value for work, is_ticked in ticked.items() if is_ticked],
        city=person.city,
        country=person.country,
        zone=person.zone,
        languages=person.languages,
        department=person.department,
        about=person.about,
        phone=person.phone,
    )


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


def zone_of(session: Session, user_id: int) -> str:
    """Return the zone a user reads times in: of their profile, else UTC."""
    return session.scalar(sa.select(Person.zone).where(Person.user_id == user_id)) or "UTC"
