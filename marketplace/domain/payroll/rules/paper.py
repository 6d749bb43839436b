"""What a pay slip says, in English and Chinese, word for word as it will be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from marketplace.domain.documents.rules import LineKind, Party, SlipDocument, SlipLine, sealed
from marketplace.domain.documents.rules import Payee as PrintedPayee
from marketplace.domain.payroll.ports import Write
from marketplace.domain.payroll.rules.lines import plain
from marketplace.domain.payroll.rules.shapes import PayLine, WorkedDay
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.kernel.money import EXPONENTS, Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import local

ENGLISH: Final = "en"
CHINESE: Final = "zh_Hans"
MINUS: Final = "\N{MINUS SIGN}"
LETTER_COUNTRIES: Final = ("US", "CA", "MX", "PH")

PRINTED_KINDS: Final[dict[str, LineKind]] = {
    "earning": "earning",
    "penalty": "penalty",
    "bump": "allowance",
    "allowance": "allowance",
    "withholding": "withholding",
    "deduction": "deduction",
    "memo": "memo",
}

UNITS: Final = {"hour": "h", "day": "d", "percent": "%"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a slip is printed from.

    address: lines of the payee; country: of the employer, chooses the paper.
    year: what this slip's agent paid the person this year, this slip included.
    """

    number: str
    issued_at: datetime
    pay_date: date
    employer: Party
    country: str
    legal_name: str
    stage_name: str
    tax_id_last4: str
    account_last4: str
    address: tuple[str, ...]
    production: str
    production_second: str
    registration_number: str
    role: str
    day_number: int
    day: WorkedDay
    worked_minutes: int
    agreement: str
    scheme: str
    lines: tuple[PayLine, ...]
    totals: Totals
    year: Totals


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes in the two languages of the paper, times as the wall of the set shows them."""

    write: Write
    zone: str

    def english(self, said: Sentence) -> str:
        """Write the English."""
        return self.write(said, locale=ENGLISH, zone=self.zone)

    def chinese(self, said: Sentence) -> str:
        """Write the Chinese; empty when there is no other text than the English."""
        text = self.write(said, locale=CHINESE, zone=self.zone)
        return "" if text == self.english(said) else text

    def both(self, said: Sentence) -> str:
        """Write English and Chinese in one line."""
        return " · ".join(filter(None, (self.english(said), self.chinese(said))))

    def amount(self, amount: Money) -> str:
        """Write an amount with its currency."""
        return self.english(say("%(amount)s", amount=amount))

    def taken(self, amount: Money) -> str:
        """Write an amount that is taken off: zero has no sign."""
        return self.amount(-amount) if amount.minor else self.amount(amount)

    def stamp(self, at: datetime) -> str:
        """Write an instant: date, then the time on the wall."""
        return f"{local(at, self.zone):%Y-%m-%d %H:%M}"

    def clock(self, at: datetime, shoot_date: date) -> str:
        """Write a time of the shoot day; the next morning says so."""
        wall = local(at, self.zone)
        text = f"{wall:%H:%M}"
        if wall.date() == shoot_date:
            return text
        return self.english(say("%(time)s next day", time=text))


def slip_document(facts: Facts, write: Write) -> SlipDocument:
    """Return what is printed, sealed with the fingerprint of all it says."""
    pen = Pen(write, facts.day.zone)
    day = facts.day
    return sealed(
        SlipDocument(
            number=facts.number,
            paper="Letter" if facts.country in LETTER_COUNTRIES else "A4",
            currency=facts.totals.gross.currency,
            pay_date=facts.pay_date.isoformat(),
            issued_at=pen.stamp(facts.issued_at),
            employer=facts.employer,
            payee=_payee(facts),
            production=facts.production,
            production_second=facts.production_second,
            registration_number=facts.registration_number,
            role=facts.role,
            shoot_date=day.shoot_date.isoformat(),
            shoot_day_label=pen.both(say("Day %(number)s", number=facts.day_number)),
            zone=day.zone,
            call=pen.clock(day.in_at, day.shoot_date),
            wrap=pen.clock(day.out_at, day.shoot_date),
            meals=_meals(day, pen),
            worked_hours=_length(facts.worked_minutes, pen),
            agreement=facts.agreement,
            scheme=facts.scheme,
            period=day.shoot_date.isoformat(),
            lines=printed_lines(facts.lines, pen),
            gross=pen.amount(facts.totals.gross),
            withheld=pen.taken(facts.totals.withheld),
            deductions=pen.taken(facts.totals.deducted),
            net=pen.amount(facts.totals.net),
            ytd_gross=pen.amount(facts.year.gross),
            ytd_withheld=pen.taken(facts.year.withheld),
            ytd_net=pen.amount(facts.year.net),
            payment_method=_method(facts, pen),
            payment_reference=facts.number,
        ),
    )


def printed_lines(lines: Sequence[PayLine], pen: Pen) -> tuple[SlipLine, ...]:
    """Return the lines as printed: what is taken off carries a minus."""
    return tuple(_line(one, pen) for one in lines)


def _line(one: PayLine, pen: Pen) -> SlipLine:
    is_taken = one.kind in {"withholding", "deduction"}
    return SlipLine(
        kind=PRINTED_KINDS[one.kind],
        label=pen.english(one.label),
        label_second=pen.chinese(one.label),
        detail=basis(one),
        rule=one.rule,
        cause=pen.both(one.cause) if one.cause else "",
        amount=pen.taken(one.amount) if is_taken else pen.amount(one.amount),
    )


def basis(one: PayLine) -> str:
    """Write how a line was worked out: "2.5 h × 23.3333 × 1.5"; empty for a plain amount.

    Steps of a ladder have no rate of their own: their cause explains them.
    """
    if one.unit == "unit" and (one.quantity == 1 or one.rate.denominator != 1):
        return ""
    unit = UNITS.get(one.unit, "")
    count = plain(one.quantity)
    parts = [f"{count} {unit}" if unit.isalpha() else f"{count}{unit}", _rate(one)]
    if one.multiplier != 1:
        parts.append(plain(one.multiplier))
    return " × ".join(parts)


def _rate(one: PayLine) -> str:
    """Write the rate of one unit in major units, or what a percentage is taken of."""
    share = 100 if one.unit == "percent" else 1
    minor = one.rate * share
    if minor.denominator == 1:
        return f"{Money(minor.numerator, one.amount.currency).decimal:,.2f}"
    return plain(minor / 10 ** EXPONENTS[one.amount.currency])


def _payee(facts: Facts) -> PrintedPayee:
    return PrintedPayee(
        legal_name=facts.legal_name,
        stage_name="" if facts.stage_name == facts.legal_name else facts.stage_name,
        payee_id=f"••{facts.tax_id_last4}" if facts.tax_id_last4 else "",
        address_lines=facts.address,
    )


def _meals(day: WorkedDay, pen: Pen) -> str:
    spans = (
        f"{local(meal.out_at, pen.zone):%H:%M}–{local(meal.in_at, pen.zone):%H:%M}"
        for meal in day.meals
    )
    return ", ".join(spans)


def _length(minutes: int, pen: Pen) -> str:
    return pen.both(say("%(length)s", length=timedelta(minutes=minutes)))


def _method(facts: Facts, pen: Pen) -> str:
    if not facts.account_last4:
        return ""
    return pen.both(say("Bank transfer, account ••%(last4)s", last4=facts.account_last4))
