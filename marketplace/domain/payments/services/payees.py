"""Keep how a person is paid, and let go on what waited for it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.payments.services.payouts import payee_is_ready
from marketplace.domain.people import services as people
from marketplace.domain.people.ports import Vault
from marketplace.domain.people.services import PayeeDetails
from marketplace.kernel.clock import Clock


def keep_payee(session: Session, details: PayeeDetails, *, vault: Vault, clock: Clock) -> int:
    """Keep how a person is paid; held payments and unpaid days go on in the same transaction.

    Returns how many payments that are. Raises what `people.services.keep_payee` refuses.
    """
    people.keep_payee(session, details, vault=vault, clock=clock)
    return payee_is_ready(session, details.person_id, clock=clock)
