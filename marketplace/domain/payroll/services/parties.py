"""Who pays whom for what: everything about people and companies a slip is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.booking.models import Booking
from marketplace.domain.casting.models import Role
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.payroll.rules.slips import PayeeIncompleteError, agent_key
from marketplace.domain.payroll.services.days import Engagement
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class Parties:
    """Who pays whom for what; the payee is complete enough for a slip."""

    engagement: Engagement
    company: Company
    role: Role
    person: Person
    payee: Payee
    legal_name: str
    address: tuple[str, ...]

    @property
    def agent(self) -> str:
        """Who withholds."""
        return agent_key(self.engagement.booking.withholding_agent, self.company.id)


def parties_of(
    session: Session,
    booking_ids: Iterable[int],
    vault: Vault,
) -> dict[int, Parties | PayError]:
    """Return the parties of each booking, or what the payee has not given yet; one query."""
    rows = session.execute(
        sa.select(Booking, ShootDay, Production, Company, Role, Person, Payee)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .join(Production, Production.id == Booking.production_id)
        .join(Company, Company.id == Production.company_id)
        .join(Role, Role.id == Booking.role_id)
        .join(Person, Person.id == Booking.person_id)
        .join(Payee, Payee.person_id == Person.id, isouter=True)
        .where(Booking.id.in_(set(booking_ids))),
    )
    found: dict[int, Parties | PayError] = {}
    for booking, day, production, company, role, person, payee in rows:
        engagement = Engagement(booking, day, production)
        missing = _missing(person, payee)
        found[booking.id] = missing or Parties(
            engagement=engagement,
            company=company,
            role=role,
            person=person,
            payee=payee,
            legal_name=_opened(vault, payee.legal_name_sealed, person, "legal_name"),
            address=lines_of(_opened(vault, payee.address_sealed, person, "address")),
        )
    return found


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of an address, empty ones left out."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _missing(person: Person, payee: Payee | None) -> PayeeIncompleteError | None:
    name = person.stage_name
    if payee is None or payee.legal_name_sealed is None:
        return PayeeIncompleteError(say("%(name)s has not given a legal name yet.", name=name))
    if payee.tax_form is None and not payee.is_backup_withholding:
        return PayeeIncompleteError(say("%(name)s has not given a tax form yet.", name=name))
    return None


def _opened(vault: Vault, sealed: bytes | None, person: Person, what: str) -> str:
    return vault.open(sealed, f"payee:{person.id}|{what}") if sealed else ""
