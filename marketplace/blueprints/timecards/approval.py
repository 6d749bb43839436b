"""What approving a day would approve: who, how much, and who is left out and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from marketplace.blueprints.timecards.grid import sums
from marketplace.domain.payroll.rules.shapes import Earnings, PayError
from marketplace.domain.payroll.services import earnings_of_cards
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.timecards.queries import CardRow, cards_of_day
from marketplace.domain.timecards.rules import REFUSALS, SIGNED, CardState
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money, parse
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.access import ProductionRow


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the approval: which cards wait for it, and which have passed it.

    own: what somebody reads on their own card; waiting: on a card of an earlier step.
    """

    open: tuple[CardState, ...]
    done: tuple[CardState, ...]
    own: Sentence
    waiting: Sentence | None = None


BY_PRODUCTION: Final = Stage(
    open=(CardState.SENT, CardState.AGREED),
    done=SIGNED,
    own=say("Nobody approves their own hours; ask another producer."),
)
FOR_PAYROLL: Final = Stage(
    open=(CardState.APPROVED,),
    done=(CardState.PAYROLL_APPROVED, CardState.LOCKED),
    own=say("Nobody approves their own hours; ask another accountant."),
    waiting=say("The production has not approved this time card yet."),
)


class ApprovalError(DomainError):
    """What was sent is not what the page shows, or the total was not typed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person; why: the reason to leave them out, None when they can be approved."""

    card: CardRow
    earnings: Earnings | PayError | None
    why: Sentence | None
    is_chosen: bool

    @property
    def key(self) -> str:
        """The card in the version that is shown: a second press means the same."""
        return f"{self.card.card_public_id}:{self.card.version}"

    @property
    def gross(self) -> Money | None:
        """What the hours pay before tax."""
        return self.earnings.gross if isinstance(self.earnings, Earnings) else None

    @property
    def is_answered(self) -> bool:
        """Whether the person has agreed to the hours themselves."""
        return self.card.has_agreed and not self.card.is_auto_agreed


@dataclass(frozen=True, slots=True)
class Approval:
    """A day's cards, sorted by what happens to them.

    limit: above this many minor units the total has to be typed.
    """

    day: DayRow
    lines: list[Line]
    limit: int
    stage: Stage

    @property
    def open(self) -> list[Line]:
        """The cards that can be approved."""
        waiting = self.stage.open
        return [line for line in self.lines if line.why is None and line.card.state in waiting]

    @property
    def chosen(self) -> list[Line]:
        """The cards that will be approved."""
        return [line for line in self.open if line.is_chosen]

    @property
    def left_out(self) -> list[Line]:
        """The cards that cannot be approved now."""
        return [line for line in self.lines if line.why is not None]

    @property
    def done(self) -> list[Line]:
        """The cards that were approved before."""
        return [line for line in self.lines if line.card.state in self.stage.done]

    @property
    def unpayable(self) -> list[Line]:
        """Chosen people who are paid only after they give their legal name and tax form."""
        return [line for line in self.chosen if not line.card.has_payee]

    @property
    def unanswered(self) -> int:
        """How many of the chosen people have not answered themselves."""
        return sum(not line.is_answered for line in self.chosen)

    @property
    def totals(self) -> tuple[Money, ...]:
        """The gross of what will be approved, one sum per currency."""
        return sums(line.gross for line in self.chosen)

    @property
    def to_type(self) -> Money | None:
        """The total that has to be typed, or None when all are within the limit."""
        return next((total for total in self.totals if total.minor > self.limit), None)

    def sent(self, keys: Collection[str]) -> list[Line]:
        """Return the cards of a sent form, those approved before included.

        Raises ApprovalError when one of them is not as it was shown.
        """
        possible = {line.key: line for line in (*self.open, *self.done)}
        if not keys:
            raise ApprovalError(say("Choose at least one person to approve."))
        if not set(keys) <= set(possible):
            raise ApprovalError(say("Hours changed meanwhile; please look at the day again."))
        return [possible[key] for key in keys]

    def confirmed(self, form: MultiDict[str, str]) -> list[Line]:
        """Return the cards of a sent form, with the totals it showed and, above the limit, typed.

        Raises ApprovalError when anything is not as it was shown.
        """
        lines = self.sent(form.getlist("card"))
        check_totals(lines, form.getlist("total"), form.get("typed", ""), self.limit)
        return lines


def approval_of(
    session: Session,
    production: ProductionRow,
    day: DayRow,
    reader: tuple[int, int],
    chosen: Collection[str] | None = None,
    stage: Stage = BY_PRODUCTION,
) -> Approval:
    """Return what approving a day means; five queries for any number of people.

    reader: user id of the approver, and the company's limit; chosen: card ids, None for all.
    """
    by_id, limit = reader
    cards = cards_of_day(session, production.id, day.id)
    earned = earnings_of_cards(session, [card.card_id for card in cards if card.card_id])
    lines = []
    for card in cards:
        earnings = earned.get(card.card_id or 0)
        is_chosen = chosen is None or card.card_public_id in chosen
        why = _why_not(card, earnings, by_id, stage)
        lines.append(Line(card, earnings, why, is_chosen))
    return Approval(day, lines, limit, stage)


def check_totals(lines: list[Line], shown: Collection[str], typed: str, limit: int) -> None:
    """Refuse amounts that are not those of the page, and a typed total that is wrong.

    shown: "678910 USD" for each currency. Raises ApprovalError.
    """
    totals = sums(line.gross for line in lines)
    if {f"{total.minor} {total.currency}" for total in totals} != set(shown):
        raise ApprovalError(say("Amounts changed meanwhile; please look at the day again."))
    above = next((total for total in totals if total.minor > limit), None)
    if above is not None and parse(typed, above.currency) != above:
        raise ApprovalError(say("Type the total as it is shown: %(total)s.", total=above))


def _why_not(
    card: CardRow, earnings: Earnings | PayError | None, by_id: int, stage: Stage
) -> Sentence | None:
    if card.state in stage.done:
        return None
    if card.user_id == by_id:
        return stage.own
    if card.state not in stage.open:
        return stage.waiting or REFUSALS[card.state]
    return earnings.message if isinstance(earnings, PayError) else None
