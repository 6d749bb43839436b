"""Questions about withholding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import china, united_states
from marketplace.domain.payroll.rules.lines import cents, total
from marketplace.domain.payroll.rules.shapes import (
    Certificate,
    PaidBefore,
    Payee,
    PayeeYear,
    PayLine,
    Payment,
)
from marketplace.domain.payroll.rules.tables import (
    ContractorTerms,
    ExpenseTable,
    FederalTables,
    Scheme,
    StateTables,
    VatThreshold,
)
from marketplace.domain.payroll.rules.wages import federal_tax, state_tax
from marketplace.domain.payroll.rules.withheld import major
from marketplace.domain.payroll.rules.withholding import withhold
from marketplace.kernel.money import Money, from_major
from tests.vectors.reading import Inputs, Outputs, number, paid, show, table_of


def payment_of(day: str, gross: str, payee: Payee, currency: str) -> Payment:
    return Payment(date.fromisoformat(day), "item", from_major(gross, currency), payee)


def withheld_and_net(payment: Payment, scheme_id: str, key: str = "withheld") -> Outputs:
    scheme = queries.load_scheme(scheme_id, payment.pay_date)
    tax = total(withhold(payment, scheme), scheme.currency)
    return {key: paid(tax), "net": paid(payment.gross - tax)}


def cn_per_payment(inputs: Inputs) -> Outputs:
    scheme_id = "cn_labor_per_payment"
    payee = Payee("cn_resident")
    payment = payment_of(inputs["pay_date"], inputs["gross"], payee, "CNY")
    table = table_of(scheme_id, inputs["pay_date"])
    assert isinstance(table, ExpenseTable)
    once = china.tax_once(major(payment.gross), table)
    shown = {"taxable": show(once.taxable), "rate": show(once.bracket.rate)}
    return {**shown, **withheld_and_net(payment, scheme_id, "tax")}


def cn_nonresident(inputs: Inputs) -> Outputs:
    payment = payment_of(inputs["pay_date"], inputs["gross"], Payee("cn_nonresident"), "CNY")
    return withheld_and_net(payment, "cn_labor_nonresident", "tax")


def cn_royalty(inputs: Inputs) -> Outputs:
    payment = payment_of(inputs["pay_date"], inputs["gross"], Payee("cn_resident"), "CNY")
    return withheld_and_net(payment, "cn_royalty_flat20", "tax")


def in_order(payments: list[Payment], schemes: list[Scheme]) -> Outputs:
    """Pay one after another, each knowing the ones before."""
    before: tuple[PaidBefore, ...] = ()
    for payment, scheme in zip(payments, schemes, strict=True):
        tax = total(withhold(replace(payment, year=PayeeYear(before)), scheme), "CNY")
        before += (PaidBefore(payment.pay_date, payment.item, payment.gross, tax),)
    taxes = [one.withheld for one in before]
    return {"tax": [paid(tax) for tax in taxes], "total": paid(sum(taxes, Money(0, "CNY")))}


def cn_per_payment_seq(inputs: Inputs) -> Outputs:
    payments = [
        replace(
            payment_of(one["pay_date"], one["gross"], Payee("cn_resident"), "CNY"),
            item=one["item"],
        )
        for one in inputs["payments"]
    ]
    scheme_id = "cn_labor_per_payment"
    return in_order(payments, [queries.load_scheme(scheme_id, one.pay_date) for one in payments])


def cn_cumulative(inputs: Inputs) -> Outputs:
    payments = [
        payment_of(f"{month}-15", gross, Payee("cn_resident"), "CNY")
        for month, gross in inputs["months"]
        if gross is not None
    ]
    forced = inputs.get("apply_from")
    return in_order(payments, [_cumulative_scheme(one.pay_date, forced) for one in payments])


def _cumulative_scheme(day: date, forced: str | None) -> Scheme:
    scheme_id = "cn_labor_platform_cumulative"
    if forced is None:
        return queries.load_scheme(scheme_id, day)
    scheme = queries.load_scheme(scheme_id, date.fromisoformat(forced))
    return replace(scheme, introduced=date.min, effective_from=date.min, effective_to=None)


def cn_vat(inputs: Inputs) -> Outputs:
    table = table_of("cn_vat_individual", inputs["date"])
    assert isinstance(table, VatThreshold)
    return {"exempt": china.is_vat_exempt(number(inputs, "sales_of_day"), table)}


def form_1099(inputs: Inputs) -> Outputs:
    payments = [
        (date.fromisoformat(one["date"]), Fraction(one["amount"])) for one in inputs["payments"]
    ]
    required, totals = {}, {}
    for year in sorted({day.year for day, _ in payments}):
        table = table_of("us_contractor", f"{year}-12-31")
        assert isinstance(table, ContractorTerms)
        amount, is_required = united_states.reportable(payments, year, table)
        required[str(year)], totals[str(year)] = is_required, show(amount)
    return {"form_required": required, "totals": totals}


def backup(inputs: Inputs) -> Outputs:
    payee = Payee("w9", is_backup_withholding=bool(inputs.get("backup")))
    payment = payment_of(inputs["pay_date"], inputs["amount"], payee, "USD")
    return withheld_and_net(payment, "us_contractor")


def nra(inputs: Inputs) -> Outputs:
    payment = payment_of(inputs["pay_date"], inputs["amount"], Payee("w8ben"), "USD")
    placed = replace(payment, performed_in=inputs["performed_in"])
    return withheld_and_net(placed, "us_nra_services")


def state_592(inputs: Inputs) -> Outputs:
    payee = Payee("w9", is_state_nonresident=True)
    payment = payment_of(inputs["pay_date"], inputs["amount"], payee, "USD")
    year = from_major(str(inputs.get("annual_total_expected", inputs["amount"])), "USD")
    return withheld_and_net(replace(payment, expected_year=year), "us_ca_nonresident_592")


def certificate(inputs: Inputs, status: str = "status") -> Certificate:
    """Return the W-4 and DE 4 of a question."""
    amounts = {
        field: from_major(str(inputs[name]), "USD") if name in inputs else None
        for field, name in W4_LINES.items()
    }
    return Certificate(
        period=inputs["period"],
        filing_status=inputs.get("filing_status", "single"),
        is_step2=bool(inputs.get("step2")),
        state_status=inputs.get(status, "single"),
        regular_allowances=int(inputs.get("regular_allowances", 0)),
        estimated_allowances=int(inputs.get("estimated_allowances", 0)),
        **amounts,
    )


W4_LINES: Final = {
    "credits": "w4_3",
    "other_income": "w4_4a",
    "deductions": "w4_4b",
    "extra": "w4_4c",
}


def fit(inputs: Inputs) -> Outputs:
    table = table_of("us_fit_pub15t", inputs["pay_date"])
    assert isinstance(table, FederalTables)
    tax = federal_tax(number(inputs, "wages"), certificate(inputs), table)
    return {
        "adjusted_annual": show(tax.adjusted_annual),
        "tentative_annual": show(tax.tentative_annual),
        "withheld": show(tax.withheld),
    }


def capit(inputs: Inputs) -> Outputs:
    table = table_of("us_ca_pit_methodb", inputs["pay_date"])
    assert isinstance(table, StateTables)
    is_annualized = inputs.get("method") == "annualized"
    periods = Fraction(inputs["periods"]) if is_annualized else Fraction(1)
    tax = state_tax(number(inputs, "wages") * periods, certificate(inputs), table)
    answer = {
        "low_income": tax.is_low_income,
        "taxable": show(tax.taxable),
        "computed": show(tax.computed),
        "credit": show(tax.credit),
        "tax": show(tax.tax),
    }
    return {**answer, "per_period": show(cents(tax.tax / periods))} if is_annualized else answer


def fica(inputs: Inputs) -> Outputs:
    lines = wage_lines({"period": "daily", **inputs}, ("us_fica",))
    found = {line.code: paid(line.amount) for line in lines}
    return {name: found.get(code, "0.00") for name, code in FICA_LINES.items()}


FICA_LINES: Final = {
    "ss_ee": "social_security",
    "ss_er": "social_security_employer",
    "medicare_ee": "medicare",
    "medicare_er": "medicare_employer",
    "addl_medicare_ee": "additional_medicare",
}

WAGE_SCHEMES: Final = ("us_fit_pub15t", "us_fica", "us_ca_pit_methodb", "us_ca_sdi")


def wage_lines(inputs: Inputs, schemes: tuple[str, ...]) -> list[PayLine]:
    """Return what several schemes withhold from one payment of wages."""
    payee = Payee("w4", certificate=certificate(inputs, "ca_status"))
    payment = payment_of(inputs["pay_date"], str(inputs["wages"]), payee, "USD")
    new_year = payment.pay_date.replace(month=1, day=1)
    before = PaidBefore(new_year, "", from_major(str(inputs.get("ytd", "0")), "USD"), NONE)
    told = replace(payment, year=PayeeYear((before,)))
    return [
        line
        for scheme in schemes
        for line in withhold(told, queries.load_scheme(scheme, payment.pay_date))
    ]


NONE: Final = Money(0, "USD")


def sdi(inputs: Inputs) -> Outputs:
    lines = wage_lines({"period": "daily", **inputs}, ("us_ca_sdi",))
    return {"sdi": paid(total(lines, "USD"))}


def la_net(inputs: Inputs) -> Outputs:
    states = {"mfj": "married", "hoh": "head_household"}
    filing = inputs.get("filing_status", "single")
    status = inputs.get("ca_status", inputs.get("status", states.get(filing, filing)))
    lines = wage_lines({**inputs, "ca_status": status}, WAGE_SCHEMES)
    taken = {
        name: total([line for line in lines if line.code in codes], "USD")
        for name, codes in NET_LINES.items()
    }
    repaid = from_major(str(inputs.get("nontaxable_allowances", "0")), "USD")
    wages = from_major(str(inputs["wages"]), "USD")
    net = wages + repaid - total(lines, "USD")
    return {**{name: paid(amount) for name, amount in taken.items()}, "net": paid(net)}


NET_LINES: Final = {
    "fit": {"federal_income_tax"},
    "ss": {"social_security"},
    "medicare": {"medicare", "additional_medicare"},
    "ca_pit": {"state_income_tax"},
    "ca_sdi": {"state_disability"},
}

OPERATIONS: Final[dict[str, Callable[[Inputs], Outputs]]] = {
    "cn_per_payment": cn_per_payment,
    "cn_per_payment_seq": cn_per_payment_seq,
    "cn_cumulative": cn_cumulative,
    "cn_nonresident": cn_nonresident,
    "cn_royalty": cn_royalty,
    "cn_vat": cn_vat,
    "1099": form_1099,
    "backup": backup,
    "nra": nra,
    "592": state_592,
    "fica": fica,
    "fit": fit,
    "capit": capit,
    "sdi": sdi,
    "la_net": la_net,
}
