"""A gateway's statement against our own rows: what can be told from the two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.domain.payments.rules import PayoutState
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

LOOK_BACK: Final = timedelta(days=40)
"""How far back a reconciliation looks; a gateway keeps its list of what happened for thirty."""

EDGE: Final = timedelta(days=1)
"""How much further back the gateway is asked, so that no payment falls between two clocks."""

LEFT: Final = frozenset({PayoutState.SENT, PayoutState.PAID})


class Kind(StrEnum):
    """What differs. missing_there: we say it was paid; unknown_here: they say so, and we do not."""

    MISSING_THERE = "missing_there"
    UNKNOWN_HERE = "unknown_here"
    PAID_TWICE = "paid_twice"
    OTHER_PAYMENT = "other_payment"
    OTHER_AMOUNT = "other_amount"
    TAKEN_BACK = "taken_back"
    BALANCE = "balance"
    MISSED_EVENTS = "missed_events"


WORDS: Final[Mapping[Kind, Sentence]] = {
    Kind.MISSING_THERE: say("Our books say it was paid; the gateway does not list it."),
    Kind.UNKNOWN_HERE: say("The gateway lists a payment that our books do not have."),
    Kind.PAID_TWICE: say("The gateway lists more than one payment for it."),
    Kind.OTHER_PAYMENT: say("The gateway lists another payment for it than our books have."),
    Kind.OTHER_AMOUNT: say("The gateway lists another amount."),
    Kind.TAKEN_BACK: say("The gateway has taken money of it back."),
    Kind.BALANCE: say("The gateway holds another sum than our books say."),
    Kind.MISSED_EVENTS: say("Messages of the gateway had not arrived; they were fetched now."),
}


@dataclass(frozen=True, slots=True)
class Ours:
    """A payout as our rows have it. ref: what the gateway calls it, once it has left."""

    payout_id: str
    company_id: int
    state: PayoutState
    ref: str | None
    group: str
    amount: Money
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Theirs:
    """A transfer as the gateway lists it. payout_id: "" when it names none of ours."""

    ref: str
    payout_id: str
    group: str
    amount: Money
    taken_back: Money


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a person must look at. subject: the payout, or what the gateway calls it."""

    kind: Kind
    subject: str
    ref: str = ""
    group: str = ""
    company_id: int | None = None
    ours: Money | None = None
    theirs: Money | None = None
    count: int = 1


def compare(ours: Iterable[Ours], theirs: Iterable[Theirs], since: datetime) -> list[Difference]:
    """Return what differs between payouts and transfers, in the order of their names.

    ours: those that left since an instant, and every other one a transfer names. One that is
    being sent is open: its transfer may be there or not, but not twice.
    """
    listed: dict[str, list[Theirs]] = {}
    for transfer in theirs:
        listed.setdefault(transfer.payout_id, []).append(transfer)
    found: list[Difference] = []
    for payout in ours:
        found += _of_one(payout, listed.pop(payout.payout_id, []), since)
    for strangers in listed.values():
        found += [_unknown(one) for one in strangers]
    return sorted(found, key=lambda one: (one.kind, one.subject, one.ref))


def _of_one(payout: Ours, listed: Sequence[Theirs], since: datetime) -> list[Difference]:
    if len(listed) > 1:
        return [_about(Kind.PAID_TWICE, payout, listed[0], total(listed), count=len(listed))]
    if payout.state is PayoutState.SENDING:
        return []
    if not listed:
        return (
            [_about(Kind.MISSING_THERE, payout, None, None)] if _is_looked_at(payout, since) else []
        )
    (one,) = listed
    kind = _kind(payout, one)
    rest = one.amount - one.taken_back
    return [_about(kind, payout, one, rest)] if kind else []


def _is_looked_at(payout: Ours, since: datetime) -> bool:
    """Say whether a payout left within the time that is looked at."""
    return payout.state in LEFT and payout.sent_at is not None and payout.sent_at >= since


def _kind(payout: Ours, one: Theirs) -> Kind | None:
    if payout.state not in LEFT:
        return Kind.UNKNOWN_HERE
    if payout.ref != one.ref:
        return Kind.OTHER_PAYMENT
    if payout.amount != one.amount:
        return Kind.OTHER_AMOUNT
    return Kind.TAKEN_BACK if one.taken_back.minor else None


def total(listed: Sequence[Theirs]) -> Money | None:
    """Return the sum of some transfers; None when they are of several currencies."""
    currencies = {one.amount.currency for one in listed}
    if len(currencies) != 1:
        return None
    return Money(sum(one.amount.minor for one in listed), currencies.pop())


def _unknown(one: Theirs) -> Difference:
    subject = one.payout_id or one.ref
    return Difference(Kind.UNKNOWN_HERE, subject, one.ref, one.group, theirs=one.amount)


def _about(
    kind: Kind,
    payout: Ours,
    one: Theirs | None,
    theirs: Money | None,
    *,
    count: int = 1,
) -> Difference:
    return Difference(
        kind=kind,
        subject=payout.payout_id,
        ref=one.ref if one else payout.ref or "",
        group=payout.group,
        company_id=payout.company_id,
        ours=payout.amount if payout.state in LEFT else None,
        theirs=theirs,
        count=count,
    )


def differing_sums(ours: Mapping[str, int], theirs: Mapping[str, int]) -> list[Difference]:
    """Return the currencies of which the gateway holds another sum; minor units by currency."""
    return [
        Difference(
            Kind.BALANCE,
            subject=currency,
            ours=Money(ours.get(currency, 0), currency),
            theirs=Money(theirs.get(currency, 0), currency),
        )
        for currency in sorted(ours.keys() | theirs.keys())
        if ours.get(currency, 0) != theirs.get(currency, 0)
    ]


def seen_twice(first: Iterable[Difference], second: Iterable[Difference]) -> list[Difference]:
    """Return what two looks agree on: what was seen once was only on its way."""
    before = set(first)
    return [one for one in second if one in before]
