"""What goes into the pay engine and what comes out: frozen values, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from marketplace.domain.booking.rules.cancelling import Fee
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence


class PayError(DomainError):
    """A day that cannot be priced or a payment that cannot be taxed: refused, never guessed."""


@dataclass(frozen=True, slots=True)
class Deal:
    """The terms copied at confirmation of a booking.

    day_rate: for `guaranteed_minutes` of work; an amount without hours is no rate.
    overtime_rate: per hour, where the agreement leaves overtime to the deal; None = its formula.
    commission_pct: the agent's share of the gross, paid by the worker; 0 = the agreement's.
    priced_hours: what the day rate is divided by when the deal says so; None = the pay hours
    of the guarantee ($650/12 = 14 pay hours).
    hourly: a deal by the hour; the day rate is then not used.
    minimum: scale minimum for the money break; None = the agreement's on the shoot date.
    card: the row of the rate card, for agreements that pay by one.
    is_guaranteed: False pays only the hours worked.
    """

    day_rate: Money
    guaranteed_minutes: int
    agreement: str
    overtime_rate: Money | None = None
    commission_pct: Fraction = Fraction(0)
    priced_hours: Fraction | None = None
    hourly: Money | None = None
    minimum: Money | None = None
    card: str = "standard_day"
    is_guaranteed: bool = True


@dataclass(frozen=True, slots=True)
class Meal:
    """A meal break, out and in, aware UTC. `is_ndb`: a paid non-deductible breakfast."""

    out_at: datetime
    in_at: datetime
    is_ndb: bool = False


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A bump or an allowance of one day.

    amount: of one unit; None = from the agreement's table.
    in_overtime_base: raises the overtime rate; None = as the agreement says.
    is_reimbursement: repaid against a receipt, so not wages.
    form_box: where a year-end form reports it apart from pay; rule: the row that says so.
    """

    code: str
    amount: Money | None
    quantity: int = 1
    in_overtime_base: bool | None = None
    is_reimbursement: bool = False
    form_box: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class WorkedDay:
    """One person's day: call, wrap, meals, and what the days before mean for it.

    previous_wrap_at: this person's last wrap before this call, for rest penalties.
    previous_multiplier: what the last hour before that wrap was paid at.
    day_number: consecutive day in the work week (6th and 7th day rules).
    straight_before: hours paid at the straight rate earlier in the work week.
    workday_before: hours worked earlier in the fixed workday the call falls in.
    longest_rest_h: the longest rest that touches the seven days up to the wrap; None = the
    person did not work before.
    fee: the day was called off or the person sent home; without work, in and out are the call.
    """

    shoot_date: date
    zone: str
    in_at: datetime
    out_at: datetime
    meals: tuple[Meal, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    previous_wrap_at: datetime | None = None
    day_number: int = 1
    is_holiday: bool = False
    previous_multiplier: Fraction = Fraction(1)
    fee: Fee | None = None
    straight_before: Fraction = Fraction(0)
    workday_before: Fraction = Fraction(0)
    longest_rest_h: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PayLine:
    """One printed line of a pay slip, with everything needed to explain it.

    kind: earning | penalty | bump | allowance | withholding | deduction | memo.
    code: a stable machine word, such as overtime_1_5.
    quantity, unit: hours, units, days or percent.
    rate: exact minor units per unit, before the multiplier.
    amount: rounded half up; withholdings and deductions are positive amounts to subtract.
    rule: rule id, version and row, such as "us_film_crew_12@2024-08-01 bands[2]".
    """

    kind: str
    code: str
    label: Sentence
    quantity: Fraction
    unit: str
    rate: Fraction
    multiplier: Fraction
    amount: Money
    rule: str
    cause: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Earnings:
    """What one day earns: gross is the sum of the lines that are not memos.

    worked_minutes: after meals and rounding; paid_hours: at least the guarantee.
    premium: the part of overtime pay above the straight rate.
    reimbursed: the part of gross that is no wages (receipts), outside every tax base.
    """

    lines: tuple[PayLine, ...]
    gross: Money
    worked_minutes: int
    paid_hours: Fraction
    premium: Money
    reimbursed: Money


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """An earlier payment by the same withholding agent to the same payee.

    scheme: the one it was taxed by; "" = the same as now. A reversal is below zero.
    """

    pay_date: date
    item: str
    gross: Money
    withheld: Money
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class PayeeYear:
    """The payments of this calendar year before this one, in order of payment."""

    payments: tuple[PaidBefore, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an employee's Form W-4 and DE 4 say, for wage withholding.

    period: daily | weekly | biweekly | semimonthly | monthly | …; the one that was used.
    filing_status: single | mfj | hoh; state_status: single | married | head_household.
    """

    period: str = "daily"
    filing_status: str = "single"
    is_step2: bool = False
    credits: Money | None = None
    other_income: Money | None = None
    deductions: Money | None = None
    extra: Money | None = None
    state_status: str = "single"
    regular_allowances: int = 0
    estimated_allowances: int = 0


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, as far as tax is concerned.

    tax_form: w9 | w8ben | 8233 | w4 | cn_resident | cn_nonresident | uk_self_employed | None.
    is_state_nonresident: lives outside California; None = never said.
    """

    tax_form: str | None
    is_backup_withholding: bool = False
    certificate: Certificate | None = None
    is_state_nonresident: bool | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment to be taxed.

    item: the production's key; income of one item within a month is one time in China.
    gross: what is taxed: without VAT and without reimbursements, before commission.
    performed_in: country of the work (US), for services of foreign persons.
    expected_year: what the payee is expected to be paid in the calendar year, when known.
    scheme: the one chosen for the engagement, for what counts together in a year.
    """

    pay_date: date
    item: str
    gross: Money
    payee: Payee
    year: PayeeYear = PayeeYear()
    performed_in: str | None = None
    expected_year: Money | None = None
    scheme: str = ""

    @property
    def alike(self) -> tuple[PaidBefore, ...]:
        """The earlier payments that were taxed by the same scheme."""
        return tuple(one for one in self.year.payments if one.scheme in {"", self.scheme})
