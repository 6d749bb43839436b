"""What every page of an adjustment shows: times and extras before and now, and the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.domain.payroll.rules.reversals import TAKEN
from marketplace.domain.payroll.rules.shapes import Earnings, PayError, PayLine
from marketplace.domain.payroll.services import preview
from marketplace.domain.payroll.services.corrections import current_slip, lines_of_slip
from marketplace.domain.reports.queries.corrections import SlipLink, slips_of_voucher
from marketplace.domain.timecards.queries.vouchers import VoucherRow
from marketplace.domain.timecards.rules import Hours
from marketplace.domain.timecards.rules.vouchers import VoucherState
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence
from marketplace.web.worked import NONE, WORDS, clock_texts, extra_text, extra_word


@dataclass(frozen=True, slots=True)
class Item:
    """One time or extra: what was paid for, and what is proposed."""

    word: Sentence
    before: str
    now: str

    @property
    def is_changed(self) -> bool:
        """Whether it is not as it was."""
        return self.before != self.now


@dataclass(frozen=True, slots=True)
class Shown:
    """One adjustment on its page. now: what the proposed hours pay; problem: why they cannot."""

    row: VoucherRow
    items: list[Item]
    was: Money | None
    now: Money | None
    lines: tuple[PayLine, ...]
    problem: Sentence | None
    slips: list[SlipLink]

    @property
    def difference(self) -> Money | None:
        """What more, or less, the day pays before tax."""
        return self.now - self.was if self.was and self.now else None


def shown(session: Session, row: VoucherRow) -> Shown:
    """Return an adjustment as its pages show it."""
    slips = slips_of_voucher(session, row.id)
    items = list(items_of(row.before, row.now, row))
    if row.state is VoucherState.ISSUED:
        reversal, correction = slips
        return Shown(row, items, -reversal.gross, correction.gross, (), None, slips)
    slip = current_slip(session, row.card_id)
    was = Money(slip.gross_minor, slip.currency) if slip else None
    found = _priced(session, row)
    if isinstance(found, PayError):
        return Shown(row, items, was, None, (), found.message, slips)
    old = {
        (one.kind, one.code, one.amount)
        for one in (lines_of_slip(session, slip.id) if slip else ())
    }
    new = [one for one in found.lines if one.kind not in (*TAKEN, "memo")]
    changed = tuple(one for one in new if (one.kind, one.code, one.amount) not in old)
    return Shown(row, items, was, found.gross, changed, None, slips)


def items_of(before: Hours, now: Hours, row: VoucherRow) -> Iterator[Item]:
    """Yield every time and extra of a day, before and now."""
    old = clock_texts(before, row.shoot_date, row.zone)
    new = clock_texts(now, row.shoot_date, row.zone)
    for name, word in WORDS.items():
        if old[name] or new[name]:
            yield Item(word, old[name] or NONE, new[name] or NONE)
    was, is_ = _extras(before), _extras(now)
    for code in sorted(was.keys() | is_.keys()):
        yield Item(extra_word(code), was.get(code, NONE), is_.get(code, NONE))


def _extras(hours: Hours) -> Mapping[str, str]:
    return {one["code"]: extra_text(one) for one in hours.adjustments}


def _priced(session: Session, row: VoucherRow) -> Earnings | PayError:
    try:
        return preview(session, row.booking_id, row.now)
    except PayError as refusal:
        return refusal
