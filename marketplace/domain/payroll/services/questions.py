"""A day as JSON, read strictly, and its pay as JSON: what `marketplace calc` takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from marketplace.domain.payroll.ports import Write
from marketplace.domain.payroll.queries import load_agreement, load_allowances
from marketplace.domain.payroll.rules.allowances import settled
from marketplace.domain.payroll.rules.basis import basis
from marketplace.domain.payroll.rules.history import Shift, place
from marketplace.domain.payroll.rules.shapes import (
    Adjustment,
    Certificate,
    Deal,
    PaidBefore,
    Payee,
    PayeeYear,
    PayLine,
    WorkedDay,
)
from marketplace.domain.payroll.services.estimates import Estimate, Taxing
from marketplace.domain.payroll.services.reading import (
    Part,
    QuestionError,
    a_count,
    a_currency,
    a_date,
    a_ratio,
    a_text,
    a_zone,
    an_amount,
    an_instant,
    an_object,
    day_number,
    hours,
    one_of,
    pairs_of_meals,
    percent,
    the_part,
    yes_or_no,
)
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a deal, a worked day, and who is paid when; None = before tax."""

    deal: Deal
    day: WorkedDay
    taxing: Taxing | None


def read_question(raw: object) -> Question:
    """Return the question of parsed JSON (numbers with a point as text, never a float).

    Raises QuestionError naming the place for anything missing, unknown or unreadable.
    """
    whole = the_part("", raw)
    whole.only("deal", "day", "payment")
    day_part = whole.need("day", an_object("day"))
    shoot_date = day_part.need("date", a_date)
    deal = _deal(whole.need("deal", an_object("deal")), shoot_date)
    day = _after(day_part, _day(day_part, shoot_date, deal.day_rate.currency), deal)
    taxed = whole.get("payment", an_object("payment"), None)
    return Question(deal, day, None if taxed is None else _taxing(taxed, day, deal))


def answer(question: Question, found: Estimate, write: Write) -> dict[str, Any]:
    """Return what a day pays as JSON: amounts in major units as text, lines as on a slip."""
    zone = question.day.zone
    return {
        "agreement": found.agreement.row("").strip(),
        "scheme": found.scheme,
        "currency": found.totals.gross.currency,
        "worked_minutes": found.earnings.worked_minutes,
        "paid_hours": _exact(found.earnings.paid_hours),
        "lines": [_line(one, write, zone) for one in found.lines],
        "gross": _major(found.totals.gross),
        "withheld": _major(found.totals.withheld),
        "deducted": _major(found.totals.deducted),
        "net": _major(found.totals.net),
        "overtime_premium": _major(found.earnings.premium),
        "reimbursed": _major(found.earnings.reimbursed),
        "employer": _major(found.employer),
    }


def table(question: Question, found: Estimate, write: Write) -> str:
    """Return what a day pays as a table for a terminal: label, how worked out, amount."""
    rows = [_cells(one, write, question.day.zone) for one in found.lines]
    sums = found.totals
    rows += [
        ("Gross", "", _major(sums.gross), ()),
        ("Withheld", "", _major(-sums.withheld), ()),
        ("Deducted", "", _major(-sums.deducted), ()),
        (f"Net, {sums.net.currency}", "", _major(sums.net), ()),
    ]
    label, basis_, amount = (max(len(str(row[at])) for row in rows) for at in range(3))
    lines = []
    for row in rows:
        lines.append(f"{row[0]:<{label}}  {row[1]:<{basis_}}  {row[2]:>{amount}}".rstrip())
        lines += [f"    {note}" for note in row[3]]
    return "\n".join(lines)


def _cells(one: PayLine, write: Write, zone: str) -> tuple[str, str, str, tuple[str, ...]]:
    is_taken = one.kind in {"withholding", "deduction"}
    cause = (write(one.cause, locale="en", zone=zone),) if one.cause else ()
    label = write(one.label, locale="en", zone=zone)
    return label, basis(one), _major(-one.amount if is_taken else one.amount), (*cause, one.rule)


def _line(one: PayLine, write: Write, zone: str) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "code": one.code,
        "label": write(one.label, locale="en", zone=zone),
        "worked_out": basis(one),
        "quantity": _exact(one.quantity),
        "unit": one.unit,
        "rate_minor": _exact(one.rate),
        "multiplier": _exact(one.multiplier),
        "amount": _major(one.amount),
        "rule": one.rule,
        "cause": write(one.cause, locale="en", zone=zone) if one.cause else None,
    }


def _deal(part: Part, shoot_date: date) -> Deal:
    part.only(
        "rate",
        "hourly",
        "currency",
        "hours",
        "agreement",
        "overtime_rate",
        "commission_pct",
        "minimum",
        "card",
        "guaranteed",
    )
    agreement = load_agreement(part.need("agreement", a_text), shoot_date)
    currency = part.get("currency", a_currency, agreement.currency)
    money = an_amount(currency)
    hourly = part.get("hourly", money, None)
    none = Money(0, currency)
    needs_rate = hourly is None and not agreement.cards
    return Deal(
        day_rate=part.need("rate", money) if needs_rate else part.get("rate", money, none),
        guaranteed_minutes=part.need("hours", hours) if needs_rate else part.get("hours", hours, 0),
        agreement=agreement.id,
        overtime_rate=part.get("overtime_rate", money, None),
        commission_pct=part.get("commission_pct", percent, Fraction(0)),
        hourly=hourly,
        minimum=part.get("minimum", money, None),
        card=part.get("card", one_of(tuple(agreement.cards)), "standard_day"),
        is_guaranteed=part.get("guaranteed", yes_or_no, hourly is None),
    )


def _day(part: Part, shoot_date: date, currency: str) -> WorkedDay:
    part.only(
        "date",
        "zone",
        "call",
        "wrap",
        "meals",
        "previous_wrap",
        "previous_multiplier",
        "day_number",
        "before",
        "holiday",
        "bumps",
        "extras",
    )
    zone = part.need("zone", a_zone)
    instant = an_instant(shoot_date, zone)
    known = load_allowances(shoot_date)
    bumps = part.get("bumps", an_object(part.at("bumps")), Part("", {}))
    return WorkedDay(
        shoot_date=shoot_date,
        zone=zone,
        in_at=part.need("call", instant),
        out_at=part.need("wrap", instant),
        meals=tuple(part.get("meals", pairs_of_meals(instant), ())),
        adjustments=(
            *(Adjustment(code, None, bumps.need(code, a_count)) for code in bumps.values),
            *(settled(_extra(one, currency), known) for one in part.objects("extras")),
        ),
        previous_wrap_at=part.get("previous_wrap", instant, None),
        day_number=part.get("day_number", day_number, 1),
        is_holiday=part.get("holiday", yes_or_no, False),
        previous_multiplier=part.get("previous_multiplier", a_ratio, Fraction(1)),
    )


def _after(part: Part, day: WorkedDay, deal: Deal) -> WorkedDay:
    """Return the day with what the days before it mean, under the same deal.

    Raises QuestionError when the same is also said in another way.
    """
    before = part.objects("before")
    if not before:
        return day
    for name in ("previous_wrap", "previous_multiplier", "day_number"):
        if name in part.values:
            raise QuestionError(
                say("%(place)s follows from day.before: leave it out.", place=part.at(name)),
            )
    others = [_shift(number, deal, _earlier_day(one, day)) for number, one in enumerate(before, 1)]
    return place(_shift(0, deal, day), others)


def _earlier_day(part: Part, day: WorkedDay) -> WorkedDay:
    part.only("date", "call", "wrap", "meals")
    shoot_date = part.need("date", a_date)
    instant = an_instant(shoot_date, day.zone)
    return WorkedDay(
        shoot_date=shoot_date,
        zone=day.zone,
        in_at=part.need("call", instant),
        out_at=part.need("wrap", instant),
        meals=tuple(part.get("meals", pairs_of_meals(instant), ())),
    )


def _shift(number: int, deal: Deal, day: WorkedDay) -> Shift:
    return Shift(number, deal, day, load_agreement(deal.agreement, day.shoot_date))


def _extra(part: Part, currency: str) -> Adjustment:
    part.only("code", "amount", "quantity", "in_overtime_base", "reimbursement")
    return Adjustment(
        code=part.need("code", a_text),
        amount=part.need("amount", an_amount(currency)),
        quantity=part.get("quantity", a_count, 1),
        in_overtime_base=part.get("in_overtime_base", yes_or_no, None),
        is_reimbursement=part.get("reimbursement", yes_or_no, False),
    )


def _taxing(part: Part, day: WorkedDay, deal: Deal) -> Taxing:
    part.only(
        "scheme",
        "date",
        "tax_form",
        "backup_withholding",
        "item",
        "performed_in",
        "expected_year",
        "earlier",
        "certificate",
        "state_nonresident",
    )
    money = an_amount(deal.day_rate.currency)
    certificate = part.get("certificate", an_object(part.at("certificate")), None)
    item = part.get("item", a_text, "day")
    return Taxing(
        scheme=part.need("scheme", a_text),
        pay_date=part.get("date", a_date, day.shoot_date),
        payee=Payee(
            tax_form=part.get("tax_form", a_text, None),
            is_backup_withholding=part.get("backup_withholding", yes_or_no, False),
            certificate=None if certificate is None else _certificate(certificate, money),
            is_state_nonresident=part.get("state_nonresident", yes_or_no, None),
        ),
        item=item,
        year=PayeeYear(
            tuple(_earlier(one, item, money) for one in part.objects("earlier")),
        ),
        performed_in=part.get("performed_in", a_text, None),
        expected_year=part.get("expected_year", money, None),
    )


def _earlier(part: Part, item: str, money: Callable[[Any], Money]) -> PaidBefore:
    part.only("date", "gross", "withheld", "item")
    return PaidBefore(
        pay_date=part.need("date", a_date),
        item=part.get("item", a_text, item),
        gross=part.need("gross", money),
        withheld=part.need("withheld", money),
    )


def _certificate(part: Part, money: Callable[[Any], Money]) -> Certificate:
    amounts = ("credits", "other_income", "deductions", "extra")
    texts = ("period", "filing_status", "state_status")
    counts = ("regular_allowances", "estimated_allowances")
    part.only(*texts, "is_step2", *amounts, *counts)
    usual = Certificate()
    values: dict[str, Any] = {name: part.get(name, money, None) for name in amounts}
    values |= {name: part.get(name, a_text, getattr(usual, name)) for name in texts}
    values |= {name: part.get(name, a_count, getattr(usual, name)) for name in counts}
    is_step2 = part.get("is_step2", yes_or_no, usual.is_step2)
    return Certificate(is_step2=is_step2, **values)


def _major(amount: Money) -> str:
    return f"{amount.decimal:f}"


def _exact(value: Fraction) -> str:
    """Write a ratio: whole numbers and short decimals as they are, others as a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    is_short = Fraction(decimal) == value
    return f"{decimal:f}" if is_short else f"{value.numerator}/{value.denominator}"
