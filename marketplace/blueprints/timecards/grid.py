"""The grid of a day's time cards: what is on record, what was typed, what it would pay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from marketplace.domain.payroll.rules.shapes import Earnings, PayError
from marketplace.domain.payroll.services import earnings_of_cards, previews
from marketplace.domain.productions.queries import DayRow
from marketplace.domain.timecards.queries import CardRow, Version, cards_of_day, versions_of
from marketplace.domain.timecards.rules import (
    CardState,
    Hours,
    HoursError,
    TypedHours,
    read_hours,
    warnings,
)
from marketplace.domain.timecards.services import EnterHours, enter
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.access import ProductionRow
from marketplace.web.extras import Extra, extras_of, read_extras, take_extras
from marketplace.web.worked import WORDS, Change, changes_of, clock_texts

LONGEST_REASON: Final = 500


@dataclass(slots=True)
class Row:
    """One person: the card as it stands and the hours as typed."""

    card: CardRow
    typed: dict[str, str]
    plan: dict[str, str]
    bumps: list[Extra]
    reason: str = ""
    is_typed: bool = False
    seen_version: str = ""
    hours: Hours | None = None
    problem: HoursError | None = None
    earnings: Earnings | PayError | None = None
    version: Version | None = None
    changes: list[Change] = field(default_factory=list)

    def id_of(self, name: str) -> str:
        """Name a field of this row."""
        return f"{self.card.booking_public_id}-{name}"

    @property
    def is_empty(self) -> bool:
        """Whether no time is filled in."""
        return not any(text.strip() for text in self.typed.values())

    @property
    def amounts(self) -> list[Mapping[str, Any]]:
        """What is on record besides the bumps of the agreement."""
        bumps = {one.code for one in self.bumps}
        recorded = self.card.hours.adjustments if self.card.hours else ()
        return [one for one in recorded if one["code"] not in bumps]

    @property
    def warnings(self) -> tuple[Sentence, ...]:
        """What is unusual about these hours."""
        if self.hours is None:
            return ()
        rest = self.card.rest
        length = self.hours.in_at - rest.before.wrap_at if rest else None
        return warnings(self.hours, length, rest.floor if rest else self.card.floor)

    @property
    def is_unusual(self) -> bool:
        """Whether somebody should look at this row first."""
        is_back = self.card.state is CardState.QUERIED or bool(self.card.returned_reason)
        return is_back or self.problem is not None or bool(self.warnings)

    @property
    def is_changed(self) -> bool:
        """Whether saving makes a new version."""
        return self.is_typed and self.hours is not None and self.hours != self.card.hours

    @property
    def gross(self) -> Money | None:
        """What the hours would pay."""
        return self.earnings.gross if isinstance(self.earnings, Earnings) else None

    @property
    def fee_cause(self) -> Sentence | None:
        """Why a fee is paid, for a day that was called off."""
        found = self.earnings.lines if isinstance(self.earnings, Earnings) else ()
        return found[0].cause if found else None

    @property
    def pay_problem(self) -> Sentence | None:
        """Why the hours cannot be priced."""
        return self.earnings.message if isinstance(self.earnings, PayError) else None


@dataclass(slots=True)
class Grid:
    """Every confirmed booking of a day, a row to look at first; fees: days called off."""

    day: DayRow
    rows: list[Row]
    fees: list[Row]
    form_errors: list[Sentence] = field(default_factory=list)

    @property
    def errors(self) -> list[Sentence]:
        """Everything that keeps the grid from being saved."""
        return [*self.form_errors, *(row.problem.message for row in self.rows if row.problem)]

    @property
    def totals(self) -> tuple[Money, ...]:
        """What the day pays so far, one sum per currency."""
        return sums(row.gross for row in (*self.rows, *self.fees))

    def count(self, *states: str) -> int:
        """Count cards by state."""
        return sum(row.card.state in states for row in (*self.rows, *self.fees))

    @property
    def approvable(self) -> int:
        """How many cards can be approved."""
        return self.count(CardState.SENT, CardState.AGREED)


def sums(amounts: Iterable[Money | None]) -> tuple[Money, ...]:
    """Add amounts up, one sum per currency; None counts as nothing."""
    totals: Counter[str] = Counter()
    for amount in amounts:
        if isinstance(amount, Money):
            totals[amount.currency] += amount.minor
    return tuple(Money(minor, currency) for currency, minor in sorted(totals.items()))


def grid_of(
    session: Session,
    production: ProductionRow,
    day: DayRow,
    now: datetime,
    typed: Mapping[str, str] | None = None,
) -> Grid:
    """Return the grid of a day; typed: the form as it was sent. Six queries for any number."""
    cards = cards_of_day(session, production.id, day.id)
    versions = versions_of(session, [card.card_id for card in cards if card.card_id])
    rows = []
    for card in cards:
        row = _row(card, day, production.zone, now)
        known = versions.get(card.card_id or 0, [])
        row.version = known[-1] if known else None
        row.changes = changes_of(known, day.shoot_date, production.zone)
        if typed is not None and not card.is_locked and not card.is_fee:
            _take(row, typed)
        _read(row, day, production.zone)
        rows.append(row)
    _price(session, rows)
    rows.sort(key=lambda row: (not row.is_unusual, row.card.call_at))
    worked = [row for row in rows if not row.card.is_fee]
    return Grid(day, worked, [row for row in rows if row.card.is_fee])


def save(session: Session, grid: Grid, production_id: int, by_id: int, *, clock: Clock) -> int:
    """Enter every changed row; raises HoursError, kept on its row, and then nothing is entered."""
    changed = [(row, row.hours) for row in grid.rows if row.is_changed and row.hours is not None]
    for row, hours in changed:
        command = EnterHours(row.card.booking_id, production_id, hours, by_id, row.reason)
        try:
            enter(session, command, clock=clock)
        except HoursError as refusal:
            row.problem = refusal
            raise
    return len(changed)


def _row(card: CardRow, day: DayRow, zone: str, now: datetime) -> Row:
    plan = clock_texts(Hours(card.call_at, card.wrap_at), day.shoot_date, zone)
    typed = dict.fromkeys(WORDS, "")
    if card.hours is not None:
        typed = clock_texts(card.hours, day.shoot_date, zone)
    elif card.wrap_at <= now:
        typed = dict(plan)
    return Row(card, typed, plan, _bumps(card, day.shoot_date))


def _bumps(card: CardRow, on: date) -> list[Extra]:
    recorded = card.hours.adjustments if card.hours else ()
    return [one for one in extras_of(card.agreement, on, recorded) if one.is_counted]


def _take(row: Row, typed: Mapping[str, str]) -> None:
    """Put what was sent into a row; a row that was not on the form stays as it is."""
    if row.id_of("in_") not in typed:
        return
    row.is_typed = True
    row.typed = {name: typed.get(row.id_of(name), "").strip() for name in WORDS}
    row.reason = typed.get(row.id_of("reason"), "").strip()[:LONGEST_REASON]
    row.seen_version = typed.get(row.id_of("version"), "")
    take_extras(row.bumps, typed, row.id_of(""))


def _read(row: Row, day: DayRow, zone: str) -> None:
    if row.card.is_fee or (row.is_empty and row.card.hours is None):
        return
    try:
        hours = read_hours(TypedHours(**row.typed), day.shoot_date, row.card.call_at, zone)
        recorded = row.card.hours.adjustments if row.card.hours else ()
        extras = read_extras(row.bumps, recorded, row.card.currency)
        row.hours = replace(hours, adjustments=extras)
        _refuse_stale(row)
    except HoursError as refusal:
        row.problem = refusal


def _refuse_stale(row: Row) -> None:
    if row.is_changed and row.seen_version != str(row.card.version):
        raise HoursError(
            "in_",
            say("Somebody else entered hours meanwhile; open the day again and compare."),
        )


def _price(session: Session, rows: list[Row]) -> None:
    hours = {row.card.booking_id: row.hours for row in rows if row.hours is not None}
    priced = previews(session, hours)
    fees = [row.card.card_id for row in rows if row.card.is_fee and row.card.card_id]
    called_off = earnings_of_cards(session, fees) if fees else {}
    for row in rows:
        row.earnings = priced.get(row.card.booking_id) or called_off.get(row.card.card_id or 0)
