"""The page that proposes other hours for a paid day: what was, what is typed, what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy.orm import Session

from marketplace.domain.payroll.rules.shapes import Earnings, PayError
from marketplace.domain.payroll.services import earnings_of, preview
from marketplace.domain.timecards.queries.vouchers import PaidCard
from marketplace.domain.timecards.rules import Hours, HoursError, TypedHours, read_hours
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.web.extras import Extra, extras_of, read_extras, take_extras
from marketplace.web.worked import WORDS, clock_texts

LONGEST_REASON: Final = 500


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
    """Return the page of a card: prefilled with the open proposal, or else with what was paid.

    sent: what was typed instead.
    """
    begun = card.proposed or card.hours
    page = Proposal(
        card=card,
        was_typed=clock_texts(card.hours, card.shoot_date, zone),
        typed=clock_texts(begun, card.shoot_date, zone),
        extras=extras_of(card.agreement, card.shoot_date, begun.adjustments),
        reason=card.proposed_reason,
    )
    if sent is not None:
        page.typed = {name: sent.get(name, "").strip() for name in WORDS}
        page.reason = sent.get("reason", "").strip()[:LONGEST_REASON]
        take_extras(page.extras, sent)
    try:
        hours = read_hours(TypedHours(**page.typed), card.shoot_date, card.call_at, zone)
        extras = read_extras(page.extras, begun.adjustments, card.currency)
        page.hours = replace(hours, adjustments=extras)
        page.was = earnings_of(session, card.id)
        page.now = preview(session, card.booking_id, page.hours)
    except (HoursError, PayError) as refusal:
        page.refuse(refusal)
    return page
