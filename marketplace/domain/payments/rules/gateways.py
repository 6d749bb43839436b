"""What a gateway says about the accounts of payees and the money of productions."""

from __future__ import annotations

from enum import StrEnum


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
