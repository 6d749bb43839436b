"""A slip before it is issued: what is asked for, what was worked out, what its paper will say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from marketplace.domain.documents.rules import Party
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules import Payment
from marketplace.domain.payroll.rules.fees import is_without_work
from marketplace.domain.payroll.rules.paper import Facts
from marketplace.domain.payroll.rules.shapes import PayLine
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.domain.payroll.services.days import Priced
from marketplace.domain.payroll.services.parties import Parties, lines_of
from marketplace.domain.payroll.services.years import LineCode
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.kernel.money import Money

ORIGINAL: Final = "original"

ExtraLines = Callable[[Totals], Sequence[PayLine]]
"""Deductions taken after tax and commission, given what the slip adds up to before them."""


def no_lines(_found: Totals) -> Sequence[PayLine]:
    """Take nothing more off."""
    return ()


@dataclass(frozen=True, slots=True)
class Taxed:
    """A priced day after tax: every line in printing order, and what they add up to."""

    priced: Priced
    payment: Payment
    lines: tuple[PayLine, ...]
    totals: Totals
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipWork:
    """One slip to be issued for an approved card.

    entry: the hours it pays; None: those of the card as they stand.
    priced: what it pays when that does not come from hours, such as a fee.
    taxed: everything on it is worked out already, as on a reversal.
    corrects: the slip it reverses or replaces. columns: more of its row, by name.
    taxed_on: the date of payment whose table it is taxed by, as on a correction; None: today's.
    """

    card: TimeCard
    entry: TimeEntry | None = None
    kind: str = ORIGINAL
    corrects: PaySlip | None = None
    priced: Priced | None = None
    taxed: Taxed | None = None
    extra_lines: ExtraLines = no_lines
    taxed_on: date | None = None
    columns: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A slip that will be issued: nothing about it can be refused any more."""

    work: SlipWork
    parties: Parties
    taxed: Taxed
    pay_date: date
    year: Totals
    year_lines: Mapping[LineCode, Money]


def facts_of(slip: PaySlip, draft: Draft, run: int) -> Facts:
    """Return everything the paper of a slip says; run: the number of its pay run."""
    parties, taxed, card = draft.parties, draft.taxed, draft.work.card
    booking = parties.engagement.booking
    company, production = parties.company, parties.engagement.production
    return Facts(
        number=slip.number,
        issued_at=slip.issued_at,
        pay_date=slip.pay_date,
        employer=Party(
            name=company.legal_name,
            second_name=company.second_name,
            address_lines=lines_of(company.address),
        ),
        country=company.country,
        legal_name=parties.legal_name,
        stage_name=parties.person.stage_name,
        tax_id_last4=parties.payee.tax_id_last4,
        account_last4=parties.payee.account_last4,
        address=parties.address,
        production=production.title,
        production_second=production.second_title,
        registration_number=production.registration_number,
        role=slip.role_name,
        day_number=parties.engagement.day.number,
        day=None if is_without_work(taxed.priced.day.fee) else taxed.priced.day,
        shoot_date=slip.shoot_date,
        zone=production.zone,
        worked_minutes=slip.worked_minutes,
        agreement=taxed.priced.agreement.row("").strip(),
        scheme=taxed.scheme,
        lines=taxed.lines,
        totals=taxed.totals,
        year=draft.year,
        year_lines=draft.year_lines,
        run=run,
        card_kind=card.kind,
        is_auto_agreed=card.is_auto_agreed,
        engagement=booking.engagement,
        payroll_period=booking.payroll_period,
        taxed=taxed.payment.gross,
        premium=taxed.priced.earnings.premium,
        contact=company.payroll_contact,
        kind=slip.kind,
        corrects=draft.work.corrects.number if draft.work.corrects else "",
    )
