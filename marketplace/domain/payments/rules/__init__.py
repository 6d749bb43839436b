"""States of a payout, and what an answer of the gateway means for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.domain.payments.rules.funding import OF_THE_FUNDS
from marketplace.domain.payments.rules.gateways import (
    NO_CAPABILITY,
    OF_THE_ACCOUNT,
    PAYEE_NOT_READY,
)
from marketplace.domain.timecards.rules import SIGNED, CardState
from marketplace.kernel.errors import DomainError
from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import Sentence, say

KEY_LIVES: Final = timedelta(hours=20)
"""How long we trust a gateway to remember a key; it promises a little more."""

SURE_AFTER: Final = timedelta(minutes=10)
"""A transfer the gateway does not list may still appear; after this long it is provably absent."""

LATEST_CALL: Final = timedelta(seconds=30)
"""An order that did not leave so soon after its attempt was committed waits for the next try."""

CLOSED_FOR: Final = timedelta(minutes=10)
"""How long nothing is sent after a gateway has turned us away altogether."""

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=10)


class PayoutState(StrEnum):
    """Where the money of one pay slip is.

    due: waits to be sent; held: the payee is not ready; sending: an attempt has left, money may
    have moved; sent: the gateway has it; paid: it is at the bank; blocked: refused, a person must
    act; nothing_due: the net is zero; cancelled: its slip was reversed before money left.
    """

    DUE = "due"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    PAID = "paid"
    BLOCKED = "blocked"
    NOTHING_DUE = "nothing_due"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What happens to a payout; the gateway's answers are `accepted`, `refused`, `silent`.

    filed, unfiled: a bank file holds it, or was cancelled; returned: the bank sent it back;
    lacking: the details the bank needs are missing; unfunded: the production's money is not there.
    """

    START = "start"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SILENT = "silent"
    ARRIVED = "arrived"
    RELEASE = "release"
    RETRY = "retry"
    CANCEL = "cancel"
    FILED = "filed"
    UNFILED = "unfiled"
    RETURNED = "returned"
    LACKING = "lacking"
    UNFUNDED = "unfunded"


class Outcome(StrEnum):
    """What is known of one attempt; absent: the gateway provably never carried it out."""

    UNKNOWN = "unknown"
    SENT = "sent"
    REFUSED = "refused"
    ABSENT = "absent"


class FileState(StrEnum):
    """Whether a bank file stands."""

    MADE = "made"
    CANCELLED = "cancelled"


class RowState(StrEnum):
    """What became of one payment of a bank file."""

    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"
    CANCELLED = "cancelled"


BANK_FILE: Final = "bank_file"
"""The gateway of payouts that a company pays from its own bank: nothing sends them but a file."""

MOST_ROWS: Final = 2_000
"""How many payments one file holds: the accountant waits while it is made."""

_S = PayoutState

MOVES: Final[dict[tuple[PayoutState, Event], PayoutState]] = {
    (_S.DUE, Event.START): _S.SENDING,
    (_S.SENDING, Event.START): _S.SENDING,
    (_S.SENDING, Event.ACCEPTED): _S.SENT,
    (_S.SENDING, Event.REFUSED): _S.BLOCKED,
    (_S.SENDING, Event.SILENT): _S.SENDING,
    (_S.SENT, Event.ARRIVED): _S.PAID,
    (_S.HELD, Event.RELEASE): _S.DUE,
    (_S.BLOCKED, Event.RETRY): _S.DUE,
    (_S.DUE, Event.CANCEL): _S.CANCELLED,
    (_S.HELD, Event.CANCEL): _S.CANCELLED,
    (_S.BLOCKED, Event.CANCEL): _S.CANCELLED,
    (_S.DUE, Event.FILED): _S.SENT,
    (_S.SENT, Event.UNFILED): _S.DUE,
    (_S.SENT, Event.RETURNED): _S.HELD,
    (_S.PAID, Event.RETURNED): _S.HELD,
    (_S.DUE, Event.LACKING): _S.HELD,
    (_S.DUE, Event.UNFUNDED): _S.HELD,
}
"""`sending` is left by an answer or by looking at the gateway's own list, never by a time-out.

What has not left can be cancelled by a reversal of its slip; what may have left cannot.
"""


class PayoutError(DomainError):
    """A payout that cannot be made or moved."""


class BooksError(PayoutError):
    """The gateway and our rows contradict each other: a person must look, nothing is guessed."""


def after(state: PayoutState, event: Event) -> PayoutState:
    """Return the state an event leads to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This payment has moved on meanwhile, so that is no longer possible.")
    return moved(MOVES, state, event, gone)


NO_ACCOUNT: Final = "no_account"
NO_GATEWAY: Final = "no_gateway"
BANK_DETAILS: Final = "bank_details"
BANK_RETURNED: Final = "bank_returned"

PROBLEMS: Final[dict[str, Sentence]] = {
    NO_ACCOUNT: say("There is no bank account to pay to yet."),
    NO_GATEWAY: say("This country and currency cannot be paid from here."),
    "account_closed": say("The bank account is closed."),
    PAYEE_NOT_READY: say("The payout account is not set up yet."),
    NO_CAPABILITY: say("The payout account cannot be paid to at the moment."),
    BANK_DETAILS: say("The bank that pays needs more of the account than is known."),
    **OF_THE_FUNDS,
}
"""Why a payment waits, by code."""

OF_THE_BANK: Final = frozenset({NO_ACCOUNT, "account_closed", BANK_DETAILS, BANK_RETURNED})
"""Problems that other bank details can solve."""

OF_THE_PAYEE: Final = OF_THE_BANK | OF_THE_ACCOUNT
"""Problems that only the person who is paid can solve."""


def problem(code: str, text: str) -> Sentence | None:
    """Return why a payment waits; a code nobody has words for shows the gateway's own text."""
    if not code:
        return None
    if code == BANK_RETURNED:
        return say("The bank sent the payment back: %(text)s", text=text)
    return PROBLEMS.get(code) or say("The payment was refused: %(text)s", text=text)


def group_of(day_public_id: str) -> str:
    """Name the group of a shoot day's payouts, by which the gateway lists them."""
    return f"day_{day_public_id}"


class Step(StrEnum):
    """What to do next with an attempt whose outcome is not known.

    ask: send the same order under the same key; look: search the gateway before anything else.
    """

    ASK = "ask"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Attempted:
    """What is known of the last attempt."""

    first_sent_at: datetime
    is_key_spent: bool = False
    missing_at: datetime | None = None


def next_step(last: Attempted, now: datetime) -> Step:
    """Say whether the same key still tells the truth.

    After a saved error it never will; once old it may be forgotten, and the same call would
    pay again. Then the gateway's list decides.
    """
    if last.is_key_spent or last.missing_at or now - last.first_sent_at >= KEY_LIVES:
        return Step.LOOK
    return Step.ASK


def is_absent(last: Attempted, now: datetime) -> bool:
    """Say whether an attempt the gateway does not list is provably not there.

    It must have been missing for a while: a list may lag behind.
    """
    return last.missing_at is not None and now - last.missing_at >= SURE_AFTER


def wait_after(first_sent_at: datetime, now: datetime) -> timedelta:
    """Return how long to wait before asking again: as long as we have waited already."""
    return min(LONGEST_WAIT, max(FIRST_WAIT, now - first_sent_at))


class PayWord(StrEnum):
    """The plain words people read about their pay."""

    HOURS_SENT = "hours_sent"
    APPROVED = "approved"
    ON_ITS_WAY = "on_its_way"
    PAID = "paid"
    NEEDS_YOU = "needs_you"
    NOTHING_DUE = "nothing_due"
    REPLACED = "replaced"
    NOT_FUNDED = "not_funded"


PAY_WORDS: Final[dict[PayWord, Sentence]] = {
    PayWord.HOURS_SENT: say("Hours sent"),
    PayWord.APPROVED: say("Approved"),
    PayWord.ON_ITS_WAY: say("On its way"),
    PayWord.PAID: say("Paid"),
    PayWord.NEEDS_YOU: say("Needs you"),
    PayWord.NOTHING_DUE: say("Nothing to pay"),
    PayWord.REPLACED: say("Replaced"),
    PayWord.NOT_FUNDED: say("Not yet funded"),
}

_WORD_OF_PAYOUT: Final[dict[PayoutState, PayWord]] = {
    _S.DUE: PayWord.APPROVED,
    _S.HELD: PayWord.NEEDS_YOU,
    _S.SENDING: PayWord.ON_ITS_WAY,
    _S.SENT: PayWord.ON_ITS_WAY,
    _S.PAID: PayWord.PAID,
    _S.BLOCKED: PayWord.NEEDS_YOU,
    _S.NOTHING_DUE: PayWord.NOTHING_DUE,
    _S.CANCELLED: PayWord.REPLACED,
}


def pay_word(card: CardState, payout: PayoutState | None, code: str = "") -> PayWord | None:
    """Return what a person reads about the pay of one card; None before hours are sent.

    payout: None before the slip is issued; code: why it waits. A query on the hours is the
    person's own: it waits for the production, so it reads as hours sent.
    """
    if code in OF_THE_FUNDS:
        return PayWord.NOT_FUNDED
    if payout is not None:
        return _WORD_OF_PAYOUT[payout]
    if card in SIGNED:
        return PayWord.APPROVED
    return None if card is CardState.PENDING else PayWord.HOURS_SENT
