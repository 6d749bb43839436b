"""The page that proposes other hours for a paid day: what was, what is typed, what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.orm import Session

from marketplace.domain.payroll.queries import agreements, load_allowances
from marketplace.domain.payroll.rules.shapes import Earnings, PayError
from marketplace.domain.payroll.services import earnings_of, preview
from marketplace.domain.timecards.queries.vouchers import PaidCard
from marketplace.domain.timecards.rules import (
    Hours,
    HoursError,
    TypedHours,
    adjustment,
    read_hours,
)
from marketplace.kernel.errors import DomainError
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money, MoneyError, parse
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.worked import WORDS, clock_texts, extra_word

MOST_OF_A_BUMP: Final = 20
LONGEST_REASON: Final = 500


@dataclass(slots=True)
class Extra:
    """A bump (how often) or an allowance (how much), as typed."""

    code: str
    label: Sentence
    typed: str
    unit: Money | None = None

    @property
    def is_counted(self) -> bool:
        """Whether it is typed as a count: its price is the agreement's."""
        return self.unit is not None


@dataclass(slots=True)
class Proposal:
    """One paid card and the hours typed for it. was, now: what they pay, or why not."""

    card: PaidCard
    was_typed: dict[str, str]
    typed: dict[str, str]
    extras: list[Extra]
    reason: str = ""
    hours: Hours | None = None
    was: Earnings | None = None
    now: Earnings | None = None
    form_errors: list[Sentence] = field(default_factory=list)
    wrong: str = ""

    @property
    def difference(self) -> Money | None:
        """What more, or less, the day pays before tax."""
        return self.now.gross - self.was.gross if self.was and self.now else None

    @property
    def is_changed(self) -> bool:
        """Whether the typed hours are others than those that were paid."""
        return self.hours is not None and self.hours != self.card.hours

    def refuse(self, refusal: DomainError) -> None:
        """Show why the proposal was not sent."""
        self.wrong = getattr(refusal, "field", "")
        self.form_errors.append(refusal.message)


def proposal_of(
    session: Session,
    card: PaidCard,
    zone: str,
    sent: Mapping[str, str] | None = None,
) -> Proposal:
    """Return the page of a card: prefilled with what was paid, or with what was sent."""
    texts = clock_texts(card.hours, card.shoot_date, zone)
    page = Proposal(card, texts, dict(texts), _extras(card))
    if sent is not None:
        page.typed = {name: sent.get(name, "").strip() for name in WORDS}
        page.reason = sent.get("reason", "").strip()[:LONGEST_REASON]
        for extra in page.extras:
            extra.typed = sent.get(f"extra-{extra.code}", "").strip()
    try:
        hours = read_hours(TypedHours(**page.typed), card.shoot_date, card.call_at, zone)
        page.hours = Hours(hours.in_at, hours.out_at, hours.meals, _adjustments(page))
        page.was = earnings_of(session, card.id)
        page.now = preview(session, card.booking_id, page.hours)
    except (HoursError, PayError) as refusal:
        page.refuse(refusal)
    return page


def _extras(card: PaidCard) -> list[Extra]:
    agreement = agreements().get(card.agreement)
    recorded = {one["code"]: one for one in card.hours.adjustments}
    bumps = agreement.bumps if agreement else {}
    counted = [
        Extra(code, extra_word(code), str(_of(recorded, code, "quantity") or ""), bump.amount)
        for code, bump in bumps.items()
    ]
    codes = [code for code in load_allowances(card.shoot_date).rows if code not in bumps]
    return counted + [
        Extra(code, extra_word(code), _amount_text(_of(recorded, code, "amount"))) for code in codes
    ]


def _of(recorded: Mapping[str, Mapping[str, Any]], code: str, name: str) -> Any:  # noqa: ANN401 - JSON
    return recorded.get(code, {}).get(name)


def _amount_text(amount: Any) -> str:  # noqa: ANN401 - JSON
    return str(thaw(amount).decimal) if amount else ""


def _adjustments(page: Proposal) -> tuple[Mapping[str, Any], ...]:
    """Return the extras as typed, after what else is on record."""
    shown = {extra.code for extra in page.extras}
    kept = [one for one in page.card.hours.adjustments if one["code"] not in shown]
    typed = (_adjustment(extra, page.card) for extra in page.extras)
    return (*kept, *(one for one in typed if one is not None))


def _adjustment(extra: Extra, card: PaidCard) -> Mapping[str, Any] | None:
    recorded = next((one for one in card.hours.adjustments if one["code"] == extra.code), None)
    if not extra.typed:
        return None
    if extra.is_counted:
        count = _count(extra)
        return adjustment(extra.code, count) if count else None
    try:
        amount = parse(extra.typed, card.currency)
    except MoneyError as wrong:
        raise HoursError(f"extra-{extra.code}", wrong.message) from wrong
    if amount.minor < 0:
        raise HoursError(f"extra-{extra.code}", say("Enter an amount above zero."))
    told = {"code": extra.code, "amount": freeze(amount), "quantity": 1}
    return ({**recorded, **told} if recorded else told) if amount.minor else None


def _count(extra: Extra) -> int:
    if not extra.typed.isascii() or not extra.typed.isdigit() or int(extra.typed) > MOST_OF_A_BUMP:
        raise HoursError(f"extra-{extra.code}", say("Enter how often, from 0 to 20."))
    return int(extra.typed)
