"""The tables of a withholding scheme in force, as `schemes.scheme` reads them from a data file.

Amounts are exact fractions of the major unit of the scheme's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class Bracket:
    """Income above `over` is taxed at `rate`; `offset` makes the tax continuous.

    offset: added to rate x (income - over) where `is_marginal`, else subtracted from
    rate x income (the quick deduction of the Chinese tables).
    """

    over: Fraction
    rate: Fraction
    offset: Fraction
    row: str


@dataclass(frozen=True, slots=True)
class ExpenseTable:
    """China, per payment: an expense deduction, then brackets with a quick deduction.

    flat, flat_upto: the deduction of small payments; both 0 where there is none.
    is_monthly: income of one item within one month is one time.
    tax_form: whom the table is for; is_final: no settlement follows.
    """

    flat: Fraction
    flat_upto: Fraction
    share: Fraction
    brackets: tuple[Bracket, ...]
    is_monthly: bool
    tax_form: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class CumulativeTable:
    """China, internet platform as agent: cumulative over consecutive months with income."""

    share: Fraction
    monthly_deduction: Fraction
    brackets: tuple[Bracket, ...]


@dataclass(frozen=True, slots=True)
class VatThreshold:
    """Sales of a natural person below which no VAT is due."""

    per_day: Fraction
    per_month: Fraction


@dataclass(frozen=True, slots=True)
class ContractorTerms:
    """US contractors: when a 1099-NEC is owed, and the rate of backup withholding."""

    nec_threshold: Fraction
    backup_rate: Fraction


@dataclass(frozen=True, slots=True)
class ForeignServices:
    """US services of foreign persons: a share of the gross for work done in the US."""

    rate: Fraction
    country: str


@dataclass(frozen=True, slots=True)
class StateNonresident:
    """California, non-residents: a share of the gross when the year exceeds the threshold."""

    rate: Fraction
    threshold: Fraction


@dataclass(frozen=True, slots=True)
class PaidGross:
    """Nothing is withheld: the worker settles tax."""


@dataclass(frozen=True, slots=True)
class SocialInsurance:
    """Social security and Medicare of employee and employer."""

    pension_employee: Fraction
    pension_employer: Fraction
    wage_base: Fraction
    health_employee: Fraction
    health_employer: Fraction
    additional: Fraction
    additional_over: Fraction


@dataclass(frozen=True, slots=True)
class StateInsurance:
    """California disability insurance: a share of wages, up to a base when there is one."""

    rate: Fraction
    wage_base: Fraction | None


@dataclass(frozen=True, slots=True)
class Levy:
    """A share of wages the employer pays, up to a base of the year when there is one."""

    code: str
    rate: Fraction
    wage_base: Fraction | None
    row: str


@dataclass(frozen=True, slots=True)
class EmployerLevies:
    """What an employer pays on top of wages: on the register and in the books, never withheld."""

    levies: tuple[Levy, ...]


@dataclass(frozen=True, slots=True)
class FederalTables:
    """Pub. 15-T Worksheet 1A: annual brackets by schedule and filing status."""

    periods: dict[str, int]
    standard: dict[str, Fraction]
    schedules: dict[tuple[str, str], tuple[Bracket, ...]]


@dataclass(frozen=True, slots=True)
class StateTables:
    """California Method B: one table of each kind per pay period."""

    low_income: dict[str, dict[str, Fraction]]
    standard: dict[str, dict[str, Fraction]]
    estimated: dict[str, tuple[Fraction, ...]]
    exemption: dict[str, tuple[Fraction, ...]]
    rates: dict[tuple[str, str], tuple[Bracket, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """One scheme of a composite, and whom it is for.

    payees: everybody | us_persons | foreign_persons | state_nonresidents.
    """

    scheme: Scheme
    payees: str


@dataclass(frozen=True, slots=True)
class Composite:
    """Several schemes on one payment, each with its own lines, rules and versions."""

    parts: tuple[Part, ...]


Table = (
    Composite
    | ExpenseTable
    | CumulativeTable
    | VatThreshold
    | ContractorTerms
    | ForeignServices
    | StateNonresident
    | PaidGross
    | SocialInsurance
    | StateInsurance
    | EmployerLevies
    | FederalTables
    | StateTables
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a withholding scheme, in force between two dates, the second included.

    introduced: when the first version of the scheme came into force.
    engagements: whom it may be chosen for; empty = only a part of other schemes.
    countries: where the work may be; None = anywhere.
    """

    id: str
    currency: str
    introduced: date
    effective_from: date
    effective_to: date | None
    table: Table
    sources: tuple[str, ...]
    engagements: tuple[str, ...] = ()
    countries: tuple[str, ...] | None = None

    def row(self, place: str) -> str:
        """Name a row of this version, for the `rule` of a pay line."""
        return f"{self.id}@{self.effective_from.isoformat()} {place}"

    def is_in_force(self, day: date) -> bool:
        """Say whether the version covers a pay date."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


def bracket_of(brackets: tuple[Bracket, ...], income: Fraction) -> Bracket:
    """Return the bracket of an income: one on the edge is still in the lower one."""
    return [one for one in brackets if one.over < income or one is brackets[0]][-1]


def refuse_form(scheme: Scheme) -> PayError:
    """Return the refusal of a payee whose tax form does not fit the scheme."""
    return PayError(say("The payee's tax form does not fit %(scheme)s.", scheme=scheme.id))
