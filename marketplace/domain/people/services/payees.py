"""Keep how talent is paid: sealed, opened only for payroll and for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.audit.services import Act, record
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.people.rules import Certificate, TaxForm, last_four
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say


class PayeeIncompleteError(DomainError):
    """Somebody cannot be paid yet, because they have not said how."""


@dataclass(frozen=True, slots=True)
class PayeeDetails:
    """How a person is paid. tax_number, account: "" keeps what is there.

    is_state_nonresident: lives outside California; None = not said.
    certificate: Form W-4 and DE 4, for employees in the United States.
    account_kind, routing_number, bic, cnaps: what the bank of a company that pays itself asks.
    """

    person_id: int
    legal_name: str
    address: str
    tax_form: TaxForm
    tax_number: str
    bank_name: str
    account: str
    is_state_nonresident: bool | None = None
    certificate: Certificate | None = None
    account_kind: str = ""
    routing_number: str = ""
    bic: str = ""
    cnaps: str = ""


def keep_payee(session: Session, details: PayeeDetails, *, vault: Vault, clock: Clock) -> None:
    """Keep how a person is paid. The person is told by mail, the log says what, never the value."""
    person = lock_one(session, Person, details.person_id)
    payee = session.scalars(sa.select(Payee).where(Payee.person_id == person.id)).first()
    if payee is None:
        payee = Payee(person_id=person.id, updated_at=clock.now())
        session.add(payee)
    before = _marks(payee)
    changed = _seal(payee, details, vault)
    if not changed:
        return
    payee.updated_at = clock.now()
    session.flush()
    act = Act(
        f"person:{person.public_id}",
        "change_payee",
        before,
        {**_marks(payee), "changed": changed},
    )
    record(session, act, actor_id=person.user_id, clock=clock)
    _tell(session, person, clock)


def _seal(payee: Payee, details: PayeeDetails, vault: Vault) -> list[str]:
    """Put the details into the row; returns the names of those that changed."""
    changed = []
    for name in ("legal_name", "address", "tax_number", "account"):
        given = getattr(details, name)
        column, owner = _places(payee, name)
        kept = getattr(payee, column)
        if given and (kept is None or vault.open(kept, owner) != given):
            setattr(payee, column, vault.seal(given, owner))
            changed.append(name)
    changed += _declare(payee, details)
    if "legal_name" in changed:
        payee.legal_name_index = vault.index(details.legal_name)
    if "tax_number" in changed:
        payee.tax_id_last4 = last_four(details.tax_number)
    if "account" in changed:
        payee.account_last4 = last_four(details.account)
    return changed


def _declare(payee: Payee, details: PayeeDetails) -> list[str]:
    """Put what is kept in the open into the row; returns the names of what changed."""
    said = {
        "tax_form": details.tax_form,
        "bank_name": details.bank_name,
        "account_kind": details.account_kind,
        "routing_number": details.routing_number,
        "bic": details.bic,
        "cnaps": details.cnaps,
        "is_state_nonresident": details.is_state_nonresident,
        "certificate": asdict(details.certificate) if details.certificate else None,
    }
    changed = [name for name, value in said.items() if getattr(payee, name) != value]
    for name in changed:
        setattr(payee, name, said[name])
    return changed


def _places(payee: Payee, name: str) -> tuple[str, str]:
    """Return the column of a sealed detail, and the owner it is sealed for."""
    field = {"tax_number": "tax_id"}.get(name, name)
    return f"{field}_sealed", f"payee:{payee.person_id}|{field}"


def _marks(payee: Payee) -> dict[str, str]:
    """Return what the log may say: the masked account, and which tax form."""
    return {"account": f"••{payee.account_last4}", "tax_form": payee.tax_form or ""}


def _tell(session: Session, person: Person, clock: Clock) -> None:
    user = session.get_one(User, person.user_id)
    message = Message(
        key=f"payee:{person.public_id}:{clock.now().isoformat()}",
        kind="payee_changed",
        subject=say("How you are paid was changed"),
        lines=(
            say("The next payment goes to the new details."),
            say("If it was not you, choose a new password at once and look at the details."),
        ),
        button=say("See how you are paid"),
        path="/me/payee",
    )
    tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)


def legal_name(payee: Payee, vault: Vault) -> str:
    """Return the name for pay slips. Raises PayeeIncompleteError when it was never given."""
    return _opened(payee, "legal_name", vault)


def account_number(payee: Payee, vault: Vault) -> str:
    """Return the bank account. Raises PayeeIncompleteError when it was never given."""
    return _opened(payee, "account", vault)


def _opened(payee: Payee, name: str, vault: Vault) -> str:
    column, owner = _places(payee, name)
    sealed: bytes | None = getattr(payee, column)
    if sealed is None:
        raise PayeeIncompleteError(say("This person has not said yet how they are paid."))
    return vault.open(sealed, owner)
