"""What a gateway says about the accounts of payees and the money of productions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence, say


class PayeeState(StrEnum):
    """How far a payee's account at a gateway is.

    new: opened, and nothing was given yet; checking: the gateway looks at what was given; needs:
    it asks for more; ready: may be paid; paused: the gateway pays nothing there for now; gone:
    the account is closed, or no longer ours.
    """

    NEW = "new"
    CHECKING = "checking"
    NEEDS = "needs"
    READY = "ready"
    PAUSED = "paused"
    GONE = "gone"


class FundingStep(StrEnum):
    """Where a production's money is, as the gateway says; failed: it never came."""

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    DISPUTED = "disputed"
    REFUNDED = "refunded"


class PayeeAccountError(DomainError):
    """An account of a payee that cannot be opened or reached now."""


NAMES: Final = {"sandbox": "Dayrate Sandbox", "stripe": "Stripe"}
"""What people call a gateway."""

KEEPS_BANKS: Final = frozenset({"stripe"})
"""Gateways that payees tell their bank account themselves: ours does not know it."""

PAYEE_NOT_READY: Final = "payee_not_ready"
"""Why a payment waits: the payee's account at the gateway is not ready."""

NO_CAPABILITY: Final = "insufficient_capabilities_for_transfer"
"""The gateway's own word for the same."""

OF_THE_ACCOUNT: Final = frozenset({PAYEE_NOT_READY, NO_CAPABILITY})
"""Problems that are over when the payee's account is ready."""

NEED_WORDS: Final[tuple[tuple[tuple[str, ...], Sentence], ...]] = (
    (("document",), say("a picture of an identity document")),
    (("external_account", "bank_account", "payout_method"), say("the bank account to pay to")),
    (("dob", "date_of_birth"), say("your date of birth")),
    (("address",), say("your address")),
    (("ssn", "id_number", "tax_id"), say("your tax number")),
    (("phone",), say("your telephone number")),
    (("email",), say("your e-mail address")),
    (("tos_acceptance", "terms_of_service"), say("your consent to its terms")),
    (
        ("first_name", "last_name", "given_name", "surname", "identity"),
        say("your personal details"),
    ),
)
"""What a gateway asks for, in plain words; the first that fits is shown."""

OTHER_NEED: Final = say("something about you that it names on its page")


def name_of(gateway: str) -> str:
    """Return what people call a gateway."""
    return NAMES.get(gateway, gateway)


def need_words(needs: Iterable[str]) -> list[Sentence]:
    """Return what a gateway asks for in plain words, each once; its own words are never shown."""
    found = {words.text: words for words in map(_need, needs)}
    return list(found.values()) or [OTHER_NEED]


def _need(need: str) -> Sentence:
    fitting = (words for marks, words in NEED_WORDS if any(mark in need for mark in marks))
    return next(fitting, OTHER_NEED)


def is_payable(state: PayeeState | None, *, needs_account: bool, has_bank: bool) -> bool:
    """Say whether a person can be paid through a gateway now.

    state: of their account there, None when they have none. A gateway that keeps no accounts
    needs their bank account instead.
    """
    if needs_account or state is not None:
        return state is PayeeState.READY
    return has_bank
