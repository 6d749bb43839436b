"""What a pay slip says, in English and Chinese, word for word as it will be printed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from marketplace.domain.documents.rules import (
    ORIGINAL,
    LineKind,
    Party,
    SlipDocument,
    SlipLine,
    sealed,
)
from marketplace.domain.documents.rules import Payee as PrintedPayee
from marketplace.domain.payroll.ports import Write
from marketplace.domain.payroll.rules.basis import basis, hours_at_rates
from marketplace.domain.payroll.rules.reversals import KEPT
from marketplace.domain.payroll.rules.shapes import PayLine, WorkedDay
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.domain.payroll.rules.withheld import LABELS as TAXES
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import local

__all__ = ["Facts", "Pen", "basis", "printed_lines", "slip_document"]

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

TAKEN: Final = ("withholding", "deduction")
DAYS_TO_DISPUTE: Final = 30
EMPLOYEE: Final = "employee"
OF_THE_EMPLOYER: Final = "_employer"
"""How the codes end of what the employer pays on top."""

REVERSAL: Final = "reversal"
HAD_BEFORE: Final = tuple(("deduction", code) for code in KEPT)
"""What was kept because the person has had it already."""

WEEKLY_REST: Final = "weekly_rest_short"

ENGAGEMENTS: Final[dict[str, Sentence]] = {
    EMPLOYEE: say("Employee"),
    "contractor": say("Independent contractor"),
    "labour_service": say("Labour service"),
}
PERIODS: Final[dict[str, Sentence]] = {
    "daily": say("Payroll period: one day"),
    "weekly": say("Payroll period: one week"),
    "biweekly": say("Payroll period: two weeks"),
    "semimonthly": say("Payroll period: half a month"),
    "monthly": say("Payroll period: one month"),
}
BY_THE_DAY: Final = say("Paid by the shoot day")
UNWORKED_DAYS: Final[dict[str, Sentence]] = {
    "cancelled": say("The day was cancelled: this pays no hours of work."),
    "standby": say("Paid for standing by: this pays no hours of work."),
    "sent_home": say("Sent home without being used; paid as the deal says."),
}
AGREED_BY_ITSELF: Final = say("The hours were agreed automatically: nobody answered for 72 hours.")
FINAL_SCHEMES: Final = ("cn_labor_nonresident",)
"""Schemes whose tax is settled with the payment; all others take a prepayment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a slip is printed from.

    address: lines of the payee; country: of the employer, chooses the paper.
    day: None for a card without hours; `shoot_date` and `zone` then say when and where.
    year: what this slip's agent paid the person this year, this slip included.
    year_lines: the same by kind and code of line; a code that is not there prints no sum.
    kind: original | correction | reversal; corrects: the number of the other slip.
    card_kind: work | sent_home | cancelled | standby.
    taxed: what of the gross is taxed; premium: what overtime pays above the straight rate.
    contact: whom to ask, as the company wants it printed; empty: the employer.
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
    day: WorkedDay | None
    worked_minutes: int
    agreement: str
    scheme: str
    lines: tuple[PayLine, ...]
    totals: Totals
    year: Totals
    year_lines: Mapping[tuple[str, str], Money] = field(default_factory=dict)
    shoot_date: date | None = None
    zone: str = ""
    kind: str = ORIGINAL
    corrects: str = ""
    run: int | None = None
    card_kind: str = "work"
    is_auto_agreed: bool = False
    engagement: str = ""
    payroll_period: str = ""
    taxed: Money | None = None
    premium: Money | None = None
    contact: str = ""

    @property
    def worked_on(self) -> date:
        """The date of the call, or of the day that was not worked."""
        return self.day.shoot_date if self.day else self.shoot_date or self.pay_date

    @property
    def where(self) -> str:
        """The zone of the set."""
        return self.day.zone if self.day else self.zone


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
    pen = Pen(write, facts.where)
    day, year = facts.day, _year(facts)
    shoot_date = facts.worked_on.isoformat()
    return sealed(
        SlipDocument(
            number=facts.number,
            status=_status(facts, pen),
            paper="Letter" if facts.country in LETTER_COUNTRIES else "A4",
            currency=facts.totals.gross.currency,
            pay_date=facts.pay_date.isoformat(),
            issued_at=pen.stamp(facts.issued_at),
            run=str(facts.run or ""),
            employer=facts.employer,
            payee=_payee(facts),
            production=facts.production,
            production_second=facts.production_second,
            registration_number=facts.registration_number,
            role=facts.role,
            engagement=_words(ENGAGEMENTS.get(facts.engagement), pen),
            shoot_date=shoot_date,
            shoot_day_label=pen.both(say("Day %(number)s", number=facts.day_number)),
            zone=facts.where,
            call=pen.clock(day.in_at, day.shoot_date) if day else "",
            wrap=pen.clock(day.out_at, day.shoot_date) if day else "",
            meals=_meals(day, pen) if day else "",
            worked_hours=_length(facts.worked_minutes, pen),
            rates=hours_at_rates(facts.lines),
            agreement=facts.agreement,
            scheme=facts.scheme,
            period=f"{shoot_date} \N{EN DASH} {shoot_date}",
            cycle=pen.both(_cycle(facts)),
            lines=_with_years(printed_lines(facts.lines, pen, _untaxed(day)), facts, pen),
            gross=pen.amount(facts.totals.gross),
            withheld=pen.taken(facts.totals.withheld),
            deductions=pen.taken(facts.totals.deducted),
            net=pen.amount(facts.totals.net),
            taxed_on=pen.amount(facts.taxed) if facts.taxed is not None else "",
            untaxed=pen.amount(apart) if (apart := _untaxed_part(facts)) else "",
            premium=pen.amount(premium) if (premium := _premium(facts)) else "",
            ytd_gross=pen.amount(year.gross),
            ytd_withheld=pen.taken(year.withheld),
            ytd_deductions=pen.taken(year.deducted),
            ytd_net=pen.amount(year.net),
            payment_method=_method(facts, pen),
            payment_reference="" if facts.kind == REVERSAL else facts.number,
            notes=tuple(pen.both(note) for note in _notes(facts)),
            contact=facts.contact or facts.employer.name,
            dispute_by=(facts.pay_date + timedelta(days=DAYS_TO_DISPUTE)).isoformat(),
        ),
    )


def _year(facts: Facts) -> Totals:
    """Return the year with what people had before counted as theirs: it went to nobody else."""
    zero = Money(0, facts.year.gross.currency)
    had = sum((facts.year_lines.get(code, zero) for code in HAD_BEFORE), zero)
    return Totals(facts.year.gross, facts.year.withheld, facts.year.deducted - had)


def _cycle(facts: Facts) -> Sentence:
    """Say how often this work is paid: wages have a payroll period, everything else has none."""
    if facts.engagement != EMPLOYEE:
        return BY_THE_DAY
    return PERIODS.get(facts.payroll_period, BY_THE_DAY)


def _untaxed_part(facts: Facts) -> Money | None:
    """Return what of the gross is not taxed; None when all of it is, or nobody said."""
    if facts.taxed is None or facts.taxed == facts.totals.gross:
        return None
    return facts.totals.gross - facts.taxed


def _premium(facts: Facts) -> Money | None:
    """Return the part of overtime pay that is reported apart, from 2025 to 2028 in the US."""
    found = facts.premium
    return found if found and found.minor and found.currency == "USD" else None


def _status(facts: Facts, pen: Pen) -> str:
    if facts.kind == REVERSAL:
        return pen.both(say("Reversal of %(number)s", number=facts.corrects))
    if facts.kind == "correction":
        return pen.both(say("Correction of %(number)s", number=facts.corrects))
    return ORIGINAL


def _words(said: Sentence | None, pen: Pen) -> str:
    return pen.both(said) if said else ""


def _notes(facts: Facts) -> Iterator[Sentence]:
    """Yield what has to be said in whole sentences."""
    if facts.kind == REVERSAL:
        yield say("Takes back pay slip %(number)s; no money moves with it.", number=facts.corrects)
    if facts.card_kind in UNWORKED_DAYS:
        yield UNWORKED_DAYS[facts.card_kind]
    if facts.is_auto_agreed:
        yield AGREED_BY_ITSELF
    if any(line.kind == "withholding" for line in facts.lines):
        yield _prepayment(facts.scheme.partition("@")[0])
    if _premium(facts):
        yield say("The overtime premium is part of the gross; it is reported for your tax return.")
    yield say(
        "The date to dispute by is for a quick answer: the time limits of the law are longer.",
    )


def _prepayment(scheme: str) -> Sentence:
    if scheme in FINAL_SCHEMES:
        return say("The tax withheld is final for this payment.")
    if scheme.startswith("cn_"):
        return say(
            "The tax withheld is a prepayment, not the final tax. "
            "The annual settlement runs from 1 March to 30 June of the next year.",
        )
    return say(
        "The tax withheld is a prepayment, not the final tax; it counts towards your tax return.",
    )


def _untaxed(day: WorkedDay | None) -> frozenset[str]:
    """Return the codes of what is repaid against receipts."""
    extras = day.adjustments if day else ()
    return frozenset(one.code for one in extras if one.is_reimbursement)


def _with_years(
    lines: Sequence[SlipLine],
    facts: Facts,
    pen: Pen,
) -> tuple[SlipLine, ...]:
    """Put what the year came to behind the first line of each code."""
    left = {code: sum_ for code, sum_ in facts.year_lines.items() if code not in HAD_BEFORE}
    return tuple(
        replace(line, ytd=_signed(one.kind, left.pop((one.kind, one.code), None), pen))
        for line, one in zip(lines, facts.lines, strict=True)
    )


def _signed(kind: str, amount: Money | None, pen: Pen) -> str:
    if amount is None:
        return ""
    return pen.taken(amount) if kind in TAKEN else pen.amount(amount)


def printed_lines(
    lines: Sequence[PayLine],
    pen: Pen,
    untaxed: Container[str] = (),
) -> tuple[SlipLine, ...]:
    """Return the lines as printed: what is taken off carries a minus.

    untaxed: the codes of allowances that are no taxed pay.
    """
    return tuple(_line(one, pen, untaxed) for one in lines)


def _line(one: PayLine, pen: Pen, untaxed: Container[str]) -> SlipLine:
    is_extra = PRINTED_KINDS[one.kind] == "allowance"
    mark = say("Not taxed") if one.code in untaxed else say("Taxed")
    return SlipLine(
        kind=_kind(one),
        label=pen.english(one.label),
        label_second=pen.chinese(one.label),
        detail=basis(one),
        rule=one.rule,
        cause=pen.both(one.cause) if one.cause else "",
        mark=pen.both(mark) if is_extra else "",
        amount=_signed(one.kind, one.amount, pen),
    )


def _kind(one: PayLine) -> LineKind:
    """Return where a line stands: a tax or penalty that comes to nothing stands with its like."""
    if one.kind == "memo" and one.code in TAXES and not one.code.endswith(OF_THE_EMPLOYER):
        return "withholding"
    return "penalty" if one.code == WEEKLY_REST else PRINTED_KINDS[one.kind]


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
    if not facts.account_last4 or facts.kind == REVERSAL:
        return ""
    return pen.both(say("Bank transfer, account ••%(last4)s", last4=facts.account_last4))
