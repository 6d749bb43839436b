"""What a new file would hold: who, how much, on which day, and who is left out and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from marketplace.domain.banking.queries import bank_days
from marketplace.domain.banking.rules.calendar import doubt
from marketplace.domain.banking.rules.numbers import BankError, total_of
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.domain.payments.queries.bank_files import Candidate, candidates
from marketplace.domain.payments.queries.bank_profiles import the_profile
from marketplace.domain.payments.services.bank_files import MakeFile
from marketplace.domain.people.ports import Vault
from marketplace.domain.timecards.queries import typed_total_limit
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import EXPONENTS, Money, parse
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import local_date


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is being put together. limit: above it the total has to be typed."""

    currency: str
    format: BankFormat
    bank: str
    last4: str
    value_date: date
    day_doubt: Sentence | None
    candidates: list[Candidate]
    chosen_ids: frozenset[str]
    limit: int

    @property
    def ready(self) -> list[Candidate]:
        """Those the bank would take."""
        return [one for one in self.candidates if one.why is None]

    @property
    def left_out(self) -> list[Candidate]:
        """Those it would refuse."""
        return [one for one in self.candidates if one.why is not None]

    @property
    def chosen(self) -> list[Candidate]:
        """Those the file would hold."""
        return [one for one in self.ready if one.public_id in self.chosen_ids]

    @property
    def total(self) -> Money:
        """What it would pay."""
        return total_of([Money(0, self.currency), *(one.amount for one in self.chosen)])

    @property
    def to_type(self) -> Money | None:
        """The total that has to be typed, or None when it is within the limit."""
        return self.total if self.total.minor > self.limit else None


def draft_of(
    session: Session,
    company_id: int,
    asked: MultiDict[str, str],
    *,
    vault: Vault,
    clock: Clock,
) -> Draft:
    """Return what a new file would hold; all that is ready unless some were chosen.

    Raises BankError when nobody has said which account pays the currency.
    """
    currency = currency_of(asked)
    profile = the_profile(session, company_id, currency, vault)
    found = candidates(session, company_id, currency, profile, vault)
    some = asked.getlist("payout") if "choose" in asked or "payout" in asked else None
    chosen = [one.public_id for one in found] if some is None else some
    on = day_of(asked, currency, clock)
    return Draft(
        currency=currency,
        format=profile.format,
        bank=profile.payer.bank,
        last4=profile.payer.number[-4:],
        value_date=on,
        day_doubt=doubt(bank_days(currency), on),
        candidates=found,
        chosen_ids=frozenset(chosen),
        limit=typed_total_limit(session, company_id),
    )


def command_of(sent: MultiDict[str, str], company_id: int, actor_id: int) -> MakeFile:
    """Return the order a sent form gives. Raises BankError for what no page sends."""
    currency = currency_of(sent)
    typed = sent.get("typed", "").strip()
    return MakeFile(
        company_id=company_id,
        actor_id=actor_id,
        currency=currency,
        payout_ids=_ids(sent.getlist("payout")),
        value_date=_date(sent.get("on", "")),
        total=Money(_whole(sent.get("total", "")), currency),
        typed=parse(typed, currency) if typed else None,
    )


def currency_of(asked: Mapping[str, str]) -> str:
    """Return the currency of a request. Raises BankError when it is none of ours."""
    currency = asked.get("currency", "")
    if currency not in EXPONENTS:
        raise BankError(say("Choose a currency."))
    return currency


def day_of(asked: Mapping[str, str], currency: str, clock: Clock) -> date:
    """Return the day a request names, else the next banking day after today."""
    days = bank_days(currency)
    today = local_date(clock.now(), days.zone)
    try:
        return date.fromisoformat(asked.get("on", ""))
    except ValueError:
        return days.next_open(today + timedelta(days=1))


def _ids(sent: Collection[str]) -> list[str]:
    return list(dict.fromkeys(sent))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as broken:
        raise BankError(say("Choose the day on which the bank pays.")) from broken


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BankError(say("Amounts changed meanwhile; please look at them again."))
    return int(text)
