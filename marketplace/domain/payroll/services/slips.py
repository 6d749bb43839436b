"""Issue one pay slip: priced, taxed, numbered without gaps, frozen with all it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_once
from marketplace.domain.accounts.models import Company
from marketplace.domain.casting.models import Role
from marketplace.domain.documents.rules import Party
from marketplace.domain.payroll.models import PayLineRow, PayRun, PaySlip, SlipCounter
from marketplace.domain.payroll.ports import Write
from marketplace.domain.payroll.queries import load_scheme
from marketplace.domain.payroll.rules import Payee as TaxedPayee
from marketplace.domain.payroll.rules import Payment, withhold
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.paper import Facts, slip_document
from marketplace.domain.payroll.rules.records import record
from marketplace.domain.payroll.rules.shapes import PaidBefore, PayeeYear, PayLine
from marketplace.domain.payroll.rules.slips import (
    PayeeIncompleteError,
    Totals,
    agent_key,
    document_owner,
    legal_name_owner,
    slip_number,
    totals,
)
from marketplace.domain.payroll.services.days import (
    Engagement,
    Priced,
    current_entry,
    engagement_of,
    price,
)
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import thaw
from marketplace.kernel.ids import public_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import local_date


@dataclass(frozen=True, slots=True)
class Parties:
    """Who pays whom for what; the payee is complete enough for a slip."""

    engagement: Engagement
    company: Company
    role: Role
    person: Person
    payee: Payee
    legal_name: str
    address: tuple[str, ...]

    @property
    def agent(self) -> str:
        """Who withholds."""
        return agent_key(self.engagement.booking.withholding_agent, self.company.id)


@dataclass(frozen=True, slots=True)
class Before:
    """One earlier slip of the same agent and person: what of it was taxed, and its totals."""

    paid: PaidBefore
    totals: Totals


@dataclass(frozen=True, slots=True)
class Taxed:
    """A priced day after tax: every line in printing order, and the year so far."""

    priced: Priced
    payment: Payment
    lines: tuple[PayLine, ...]
    totals: Totals
    year: Totals
    scheme: str


def issue_slip(
    session: Session,
    card: TimeCard,
    *,
    vault: Vault,
    write: Write,
    clock: Clock,
) -> PaySlip:
    """Issue the pay slip of an approved time card; the caller holds the card and the person.

    Flushes, never commits. Raises PayeeIncompleteError when the person has given no legal name
    or tax form yet, PayError when the day cannot be priced or taxed.
    """
    parties = _parties(session, card, vault)
    entry = current_entry(session, card)
    priced = price(session, parties.engagement, entry)
    pay_date = local_date(clock.now(), parties.engagement.production.zone)
    taxed = _tax(session, parties, priced, pay_date)
    slip = _slip(session, (card, entry), parties, taxed, clock)
    _seal(slip, parties, taxed, vault, write)
    session.add(slip)
    session.flush()
    session.add_all(_rows(slip.id, taxed.lines))
    session.flush()
    return slip


def _parties(session: Session, card: TimeCard, vault: Vault) -> Parties:
    engagement = engagement_of(session, card.booking_id)
    person = session.get_one(Person, card.person_id)
    payee = session.scalar(sa.select(Payee).where(Payee.person_id == person.id))
    if payee is None or payee.legal_name_sealed is None:
        raise PayeeIncompleteError(
            say("%(name)s has not given a legal name yet.", name=person.stage_name),
        )
    if payee.tax_form is None and not payee.is_backup_withholding:
        raise PayeeIncompleteError(
            say("%(name)s has not given a tax form yet.", name=person.stage_name),
        )
    owner = f"payee:{person.id}"
    address = payee.address_sealed
    return Parties(
        engagement=engagement,
        company=session.get_one(Company, engagement.production.company_id),
        role=session.get_one(Role, engagement.booking.role_id),
        person=person,
        payee=payee,
        legal_name=vault.open(payee.legal_name_sealed, f"{owner}|legal_name"),
        address=_address(vault.open(address, f"{owner}|address") if address else ""),
    )


def _address(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _tax(session: Session, parties: Parties, priced: Priced, pay_date: date) -> Taxed:
    booking = parties.engagement.booking
    scheme = load_scheme(booking.scheme, pay_date)
    before = _before(session, parties, pay_date)
    payment = Payment(
        pay_date=pay_date,
        item=str(booking.production_id),
        gross=priced.earnings.gross - priced.earnings.reimbursed,
        payee=TaxedPayee(parties.payee.tax_form, parties.payee.is_backup_withholding),
        year=PayeeYear(tuple(one.paid for one in before)),
        performed_in=parties.engagement.production.country,
    )
    withholdings = withhold(payment, scheme)
    deductions = commission_lines(priced.deal, priced.earnings, priced.agreement)
    found = totals(priced.earnings, withholdings, deductions)
    return Taxed(
        priced=priced,
        payment=payment,
        lines=(*priced.earnings.lines, *withholdings, *deductions),
        totals=found,
        year=_sum([*(one.totals for one in before), found]),
        scheme=f"{scheme.id}@{scheme.effective_from.isoformat()}",
    )


def _sum(all_totals: Sequence[Totals]) -> Totals:
    zero = Money(0, all_totals[0].gross.currency)
    return Totals(
        sum((one.gross for one in all_totals), zero),
        sum((one.withheld for one in all_totals), zero),
        sum((one.deducted for one in all_totals), zero),
    )


def _before(session: Session, parties: Parties, pay_date: date) -> list[Before]:
    """Return what the same agent paid this person in the calendar year, in order of payment."""
    currency = parties.engagement.booking.currency
    found = session.scalars(
        sa.select(PaySlip)
        .where(
            PaySlip.person_id == parties.person.id,
            PaySlip.withholding_agent == parties.agent,
            PaySlip.currency == currency,
            PaySlip.pay_date >= pay_date.replace(month=1, day=1),
            PaySlip.pay_date <= pay_date.replace(month=12, day=31),
        )
        .order_by(PaySlip.pay_date, PaySlip.id),
    )
    return [_paid(slip) for slip in found]


def _paid(slip: PaySlip) -> Before:
    gross, withheld, deducted = (
        Money(minor, slip.currency)
        for minor in (slip.gross_minor, slip.withheld_minor, slip.deducted_minor)
    )
    taxed = thaw(slip.inputs["payment"]["gross"])
    paid = PaidBefore(slip.pay_date, str(slip.production_id), taxed, withheld)
    return Before(paid, Totals(gross, withheld, deducted))


def _slip(
    session: Session,
    worked: tuple[TimeCard, TimeEntry],
    parties: Parties,
    taxed: Taxed,
    clock: Clock,
) -> PaySlip:
    """Return the slip of these facts, numbered; it is not sealed yet."""
    card, entry = worked
    booking, production = parties.engagement.booking, parties.engagement.production
    pay_date = taxed.payment.pay_date
    number = _next_number(session, parties.company.id, pay_date.year)
    run = _run(session, parties.engagement, pay_date, clock)
    return PaySlip(
        public_id=public_id(),
        number=number,
        pay_run_id=run.id,
        time_card_id=card.id,
        time_entry_id=entry.id,
        booking_id=booking.id,
        shoot_day_id=booking.shoot_day_id,
        production_id=production.id,
        company_id=parties.company.id,
        person_id=parties.person.id,
        withholding_agent=parties.agent,
        shoot_date=parties.engagement.day.shoot_date,
        pay_date=pay_date,
        currency=booking.currency,
        gross_minor=taxed.totals.gross.minor,
        withheld_minor=taxed.totals.withheld.minor,
        deducted_minor=taxed.totals.deducted.minor,
        net_minor=taxed.totals.net.minor,
        worked_minutes=taxed.priced.earnings.worked_minutes,
        agreement=booking.agreement,
        scheme=booking.scheme,
        stage_name=parties.person.stage_name,
        role_name=parties.role.name,
        role_kind=parties.role.kind,
        production_title=production.title,
        legal_name_sealed=b"",
        legal_name_index="",
        account_last4=parties.payee.account_last4,
        inputs=_inputs(taxed),
        document_sealed=b"",
        digest="",
        issued_at=clock.now(),
    )


def _inputs(taxed: Taxed) -> dict[str, Any]:
    """Return everything the engine was given, so that a slip can be worked out again."""
    return {
        "deal": record(taxed.priced.deal),
        "day": record(taxed.priced.day),
        "payment": record(taxed.payment),
        "agreement": taxed.priced.agreement.row("").strip(),
        "scheme": taxed.scheme,
        "paid_hours": record(taxed.priced.earnings.paid_hours),
        "premium": record(taxed.priced.earnings.premium),
        "reimbursed": record(taxed.priced.earnings.reimbursed),
    }


def _seal(slip: PaySlip, parties: Parties, taxed: Taxed, vault: Vault, write: Write) -> None:
    """Put the legal name and the printed words into a slip that is not stored yet."""
    document = slip_document(_facts(slip, parties, taxed), write)
    slip.legal_name_sealed = vault.seal(parties.legal_name, legal_name_owner(slip.public_id))
    slip.legal_name_index = vault.index(parties.legal_name)
    slip.document_sealed = vault.seal(document.to_json(), document_owner(slip.public_id))
    slip.digest = document.data_digest


def _facts(slip: PaySlip, parties: Parties, taxed: Taxed) -> Facts:
    company, production = parties.company, parties.engagement.production
    return Facts(
        number=slip.number,
        issued_at=slip.issued_at,
        pay_date=slip.pay_date,
        employer=Party(
            name=company.legal_name,
            second_name=company.second_name,
            address_lines=_address(company.address),
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
        role=parties.role.name,
        day_number=parties.engagement.day.number,
        day=taxed.priced.day,
        worked_minutes=slip.worked_minutes,
        agreement=taxed.priced.agreement.row("").strip(),
        scheme=taxed.scheme,
        lines=taxed.lines,
        totals=taxed.totals,
        year=taxed.year,
    )


def _rows(slip_id: int, lines: Sequence[PayLine]) -> list[PayLineRow]:
    return [
        PayLineRow(
            pay_slip_id=slip_id,
            position=position,
            kind=one.kind,
            code=one.code,
            amount_minor=one.amount.minor,
            currency=one.amount.currency,
            line=record(one),
        )
        for position, one in enumerate(lines, start=1)
    ]


def _next_number(session: Session, company_id: int, year: int) -> str:
    """Take the next number of a company's year; given back when the transaction fails.

    The counter's row stays locked until then, so slips of one company are issued one by one.
    """
    insert_once(
        session, SlipCounter, ["company_id", "year"], company_id=company_id, year=year, last=0
    )
    last = session.scalars(
        sa.update(SlipCounter)
        .where(SlipCounter.company_id == company_id, SlipCounter.year == year)
        .values(last=SlipCounter.last + 1)
        .returning(SlipCounter.last)
        .execution_options(synchronize_session=False),
    ).one()
    return slip_number(year, last)


def _run(session: Session, engagement: Engagement, pay_date: date, clock: Clock) -> PayRun:
    """Return the pay run of a shoot day on a date of payment, opening it at its first slip."""
    runs = session.scalars(
        sa.select(PayRun)
        .where(PayRun.shoot_day_id == engagement.day.id)
        .order_by(PayRun.id.desc()),
    )
    zone = engagement.production.zone
    for run in runs:
        if local_date(run.opened_at, zone) == pay_date:
            return run
    last = session.scalar(
        sa.select(sa.func.max(PayRun.number)).where(
            PayRun.production_id == engagement.production.id,
        ),
    )
    opened = PayRun(
        production_id=engagement.production.id,
        company_id=engagement.production.company_id,
        shoot_day_id=engagement.day.id,
        number=(last or 0) + 1,
        opened_at=clock.now(),
    )
    session.add(opened)
    session.flush()
    return opened
