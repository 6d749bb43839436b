"""Money a production puts in: how far it is, what it costs to bring, and whom it pays first.

A production spends its own settled money alone; what has not settled, was refunded or is disputed
pays nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money, half_up
from marketplace.kernel.moves import moved
from marketplace.kernel.sentences import Sentence, say

ALWAYS_FUNDED: Final = frozenset({"stripe"})
"""Gateways that pay from one pot of many productions: each may spend its own money only."""

MAY_BE_FUNDED: Final = frozenset({"sandbox"})
"""Gateways whose productions may ask to be held to the money they put in."""

BASIS_POINTS: Final = 10_000
HIGHEST_FEE: Final = 2_000
"""Basis points: a fee above a fifth is a slip of the keyboard."""

UNFUNDED: Final = "unfunded"
FROZEN: Final = "disputed"

OF_THE_FUNDS: Final[dict[str, Sentence]] = {
    UNFUNDED: say("It waits for the production's funds."),
    FROZEN: say("A payment of the production is disputed; it waits until that is settled."),
}
"""Why a payment waits that only the production's money can let go."""


class FundingStage(StrEnum):
    """How far money is that a production puts in.

    open: not paid yet; processing: a bank takes its days; paid: cannot be spent yet; settled: can.
    """

    OPEN = "open"
    PROCESSING = "processing"
    PAID = "paid"
    SETTLED = "settled"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    LOST = "lost"


class FundingEvent(StrEnum):
    """What happens to it."""

    PROCESS = "process"
    PAY = "pay"
    SETTLE = "settle"
    FAIL = "fail"
    EXPIRE = "expire"
    REFUND = "refund"
    DISPUTE = "dispute"
    WIN = "win"
    LOSE = "lose"


_F = FundingStage

FUNDING_MOVES: Final[dict[tuple[FundingStage, FundingEvent], FundingStage]] = {
    (_F.OPEN, FundingEvent.PROCESS): _F.PROCESSING,
    (_F.OPEN, FundingEvent.PAY): _F.PAID,
    (_F.OPEN, FundingEvent.FAIL): _F.FAILED,
    (_F.OPEN, FundingEvent.EXPIRE): _F.EXPIRED,
    (_F.PROCESSING, FundingEvent.PAY): _F.PAID,
    (_F.PROCESSING, FundingEvent.FAIL): _F.FAILED,
    (_F.EXPIRED, FundingEvent.PROCESS): _F.PROCESSING,
    (_F.EXPIRED, FundingEvent.PAY): _F.PAID,
    (_F.FAILED, FundingEvent.PAY): _F.PAID,
    (_F.PAID, FundingEvent.SETTLE): _F.SETTLED,
    (_F.SETTLED, FundingEvent.REFUND): _F.REFUNDED,
    (_F.SETTLED, FundingEvent.DISPUTE): _F.DISPUTED,
    (_F.DISPUTED, FundingEvent.WIN): _F.SETTLED,
    (_F.DISPUTED, FundingEvent.LOSE): _F.LOST,
}
"""Money that came in after we had given it up is money all the same: expired and failed can pay."""

UNDER_WAY: Final = (_F.OPEN, _F.PROCESSING, _F.PAID)
"""Stages somebody still looks after: they are asked for until they end."""

COMING: Final = (_F.PROCESSING, _F.PAID)
"""Stages of money that is on its way and cannot be spent."""

FUNDING_WORDS: Final[dict[FundingStage, Sentence]] = {
    _F.OPEN: say("Not paid yet"),
    _F.PROCESSING: say("The bank is working on it"),
    _F.PAID: say("Paid, settling"),
    _F.SETTLED: say("Settled"),
    _F.FAILED: say("Failed"),
    _F.EXPIRED: say("Expired"),
    _F.REFUNDED: say("Refunded"),
    _F.DISPUTED: say("Disputed"),
    _F.LOST: say("Lost in a dispute"),
}
"""The plain words people read."""


class RefundState(StrEnum):
    """Where money is that goes back to the producer."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


REFUND_MOVES: Final[dict[tuple[RefundState, RefundState], RefundState]] = {
    (RefundState.SENDING, RefundState.SENT): RefundState.SENT,
    (RefundState.SENDING, RefundState.REFUSED): RefundState.REFUSED,
}
"""An answer ends it once; silence leaves it as it is."""


class FundingError(DomainError):
    """Money that cannot be put in, spent or given back like this."""


def after_funding(stage: FundingStage, event: FundingEvent) -> FundingStage:
    """Return the stage an event leads to.

    Raises NotAllowedError for every pair that is not in the table.
    """
    gone = say("This funding has moved on meanwhile, so that is no longer possible.")
    return moved(FUNDING_MOVES, stage, event, gone)


def after_refund(state: RefundState, answer: RefundState) -> RefundState:
    """Return where a refund is after an answer; raises NotAllowedError when it was answered."""
    return moved(REFUND_MOVES, state, answer, say("This refund is settled already."))


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay, and what bringing the money is thought to cost.

    fixed, most: minor units; most: of the proportional part, None without a limit. What it
    really cost is what the gateway says afterwards, and that is what is booked.
    """

    code: str
    name: Sentence
    percent: Fraction
    fixed: int
    most: int | None
    currencies: tuple[str, ...]

    def cost(self, total: int) -> int:
        """Return what a payment of so many minor units is thought to cost."""
        part = half_up(total * self.percent)
        return (part if self.most is None else min(part, self.most)) + self.fixed


TRANSFER: Final = "customer_balance"
"""The payer sends the money from their own bank to an account number the gateway gives them."""

WAYS: Final = (
    Way(
        "us_bank_account",
        say("Bank account (ACH), some days"),
        Fraction(80, BASIS_POINTS),
        0,
        500,
        ("USD",),
    ),
    Way(
        TRANSFER,
        say("Bank transfer you make yourself, some days"),
        Fraction(50, BASIS_POINTS),
        0,
        500,
        ("USD", "GBP"),
    ),
    Way(
        "card",
        say("Card, at once"),
        Fraction(290, BASIS_POINTS),
        30,
        None,
        ("USD", "EUR", "GBP"),
    ),
)
"""In the order they are offered. Prices as published for the United States [unverified]: an
estimate, shown as one. A transfer in euros needs a country of its own at Stripe: not offered."""


def ways_for(currency: str) -> tuple[Way, ...]:
    """Return the ways a currency can be paid in, as they are offered."""
    return tuple(one for one in WAYS if currency in one.currencies)


def way_named(code: str, currency: str) -> Way:
    """Return a way to pay; raises FundingError when a currency is not paid like that."""
    for one in ways_for(currency):
        if one.code == code:
            return one
    raise FundingError(say("Choose how you pay."))


@dataclass(frozen=True, slots=True)
class Quote:
    """What a producer pays, line by line; the lines add up to the total.

    pay: gross pay of the people; employer: what the employer pays on top; fee: the platform's;
    cost: what bringing the money is thought to cost.
    """

    pay: Money
    employer: Money
    fee: Money
    cost: Money

    @property
    def fund(self) -> Money:
        """What shall arrive in the production's fund."""
        return self.pay + self.employer

    @property
    def total(self) -> Money:
        """What is charged."""
        return self.fund + self.fee + self.cost


def quote(pay: Money, employer: Money, basis_points: int, way: Way) -> Quote:
    """Return what to charge so that pay and employer's side arrive whole.

    The fee is on the pay, and comes on top: nothing is taken from anybody's pay.
    """
    fee = pay.times(Fraction(basis_points, BASIS_POINTS))
    net = (pay + employer + fee).minor
    total = gross_up(net, way) if net else 0
    return Quote(pay, employer, fee, Money(total - net, pay.currency))


def gross_up(net: int, way: Way) -> int:
    """Return the least total of which at least `net` is left when its cost is taken.

    net: minor units, > 0.
    """
    dearest = net + way.fixed + way.most if way.most is not None else None
    found = (net + way.fixed) // (1 - way.percent)
    total = max(net, min(found, dearest or found) - 1)
    while total - way.cost(total) < net:
        total += 1
    return total


def fitting(available: int, wanted: Iterable[int]) -> int:
    """Return how many payments, the oldest first, the money is enough for.

    One that does not fit stops those after it: nobody is overtaken for being owed more.
    """
    count = 0
    for amount in wanted:
        if amount > available:
            break
        available -= amount
        count += 1
    return count


class Cover(StrEnum):
    """How far a shoot day is paid for."""

    FUNDED = "funded"
    COMING = "coming"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Covered:
    """A day's cover; missing: what neither is there nor on its way."""

    cover: Cover
    missing: int


def covered(available: int, coming: int, needs: Sequence[int]) -> list[Covered]:
    """Spread a production's money over its days, the earliest first, as it will be spent.

    available: settled; below zero when a dispute took more than was left. All in minor units.
    """
    found = []
    coming = max(0, coming + min(available, 0))
    for need in needs:
        settled = min(max(available, 0), need)
        available -= need
        pending = min(coming, need - settled)
        coming -= pending
        missing = need - settled - pending
        cover = Cover.MISSING if missing else Cover.COMING if pending else Cover.FUNDED
        found.append(Covered(cover, missing))
    return found


def needs_funds(gateway: str, *, is_required: bool) -> bool:
    """Say whether a gateway's payments wait for the production's own money."""
    return gateway in ALWAYS_FUNDED or (is_required and gateway in MAY_BE_FUNDED)


def fee_rate(basis_points: int) -> int:
    """Return a fee as it may be kept; raises FundingError below zero or absurdly high."""
    if not 0 <= basis_points <= HIGHEST_FEE:
        raise FundingError(say("A fee is between 0 and %(most)s basis points.", most=HIGHEST_FEE))
    return basis_points
