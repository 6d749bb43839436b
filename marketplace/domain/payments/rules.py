"""States of a payout, and what an answer of the gateway means for it."""

from __future__ import annotations

from enum import StrEnum


class PayoutState(StrEnum):
    """Where the money of one pay slip is.

    due: waits to be sent; held: the payee is not ready; sending: an attempt has left, money may
    have moved; sent: the gateway has it; paid: it is at the bank; blocked: refused, a person must
    act; nothing_due: the net is zero.
    """

    DUE = "due"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    PAID = "paid"
    BLOCKED = "blocked"
    NOTHING_DUE = "nothing_due"
