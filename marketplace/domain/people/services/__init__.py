"""What is done with profiles and payees: `services.verb(session, command, clock=…)`."""

from __future__ import annotations

from marketplace.domain.people.services.payees import (
    PayeeDetails,
    PayeeIncompleteError,
    account_number,
    keep_payee,
    legal_name,
)
from marketplace.domain.people.services.profiles import (
    Profile,
    book_out,
    clear_book_out,
    keep_profile,
    sign_up_talent,
)

__all__ = [
    "PayeeDetails",
    "PayeeIncompleteError",
    "Profile",
    "account_number",
    "book_out",
    "clear_book_out",
    "keep_payee",
    "keep_profile",
    "legal_name",
    "sign_up_talent",
]
