"""Issue pay slips: priced, taxed, numbered without gaps, frozen with all they came from.

Many at once cost a bounded number of statements: who is paid, hours, histories, the year so far,
numbers, runs, then one insert of slips and one of lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import insert_all, insert_rows
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.ports import Write
from marketplace.domain.payroll.queries import load_scheme
from marketplace.domain.payroll.rules import Payment, withhold
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.paper import slip_document
from marketplace.domain.payroll.rules.records import record
from marketplace.domain.payroll.rules.shapes import PaidBefore, PayError
from marketplace.domain.payroll.rules.slips import (
    document_owner,
    legal_name_owner,
    totals,
)
from marketplace.domain.payroll.services.days import Priced, Worked, hours_of, price_all
from marketplace.domain.payroll.services.drafts import (
    Draft,
    SlipWork,
    Taxed,
    facts_of,
)
from marketplace.domain.payroll.services.expected import Expected, expected_of
from marketplace.domain.payroll.services.numbers import Runs, take_numbers
from marketplace.domain.payroll.services.offsets import Offsets, offsets_of
from marketplace.domain.payroll.services.parties import Parties, parties_of
from marketplace.domain.payroll.services.payees import taxed_payee
from marketplace.domain.payroll.services.writing import Remembered
from marketplace.domain.payroll.services.years import Before, Years, years_of
from marketplace.domain.people.ports import Vault
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.kernel.clock import Clock
from marketplace.kernel.ids import public_id
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import local_date

__all__ = ["SlipWork", "Taxed", "issue_slip", "issue_slips"]


@dataclass(frozen=True, slots=True)
class Past:
    """What was paid to some people before, is booked for them, and is kept back from them."""

    years: Years
    expected: Expected
    offsets: Offsets

    def expected_year(self, parties: Parties, pay_date: date) -> Money | None:
        """Return what the calendar year is expected to pay; None where no tax asks for it."""
        booked = self.expected.of(parties, pay_date)
        if booked is None:
            return None
        return booked + self.years.totals(parties, pay_date).gross


def issue_slip(
    session: Session,
    card: TimeCard,
    *,
    vault: Vault,
    write: Write,
    clock: Clock,
) -> PaySlip:
    """Issue the pay slip of one approved time card; raises what `issue_slips` returns."""
    work = [SlipWork(card=card)]
    (found,) = issue_slips(session, work, vault=vault, write=write, clock=clock)
    if isinstance(found, PayError):
        raise found
    return found


def issue_slips(
    session: Session,
    works: Sequence[SlipWork],
    *,
    vault: Vault,
    write: Write,
    clock: Clock,
) -> list[PaySlip | PayError]:
    """Issue many slips; the caller holds the cards and the people. Flushes, never commits.

    Returns for each, in order, the slip or why there is none: PayeeIncompleteError when the
    person has given no legal name or tax form yet, PayError when the day cannot be priced or
    taxed. A person's later slips see the earlier ones of the same call in their year.
    """
    drafted, offsets = _draft(session, works, vault, clock)
    drafts = [one for one in drafted if isinstance(one, Draft)]
    books = [(one.parties.company.id, one.pay_date.year) for one in drafts]
    numbers = take_numbers(session, books)
    runs = Runs(session, clock)
    opened = [runs.of(draft.parties.engagement, draft.pay_date) for draft in drafts]
    slips = [
        _slip(draft, number, run.id, clock)
        for draft, number, run in zip(drafts, numbers, opened, strict=True)
    ]
    remembered = Remembered(write)
    for slip, draft, run in zip(slips, drafts, opened, strict=True):
        _seal(slip, draft, vault, remembered, run.number)
    insert_all(session, slips)
    lines = zip(slips, drafts, strict=True)
    insert_rows(session, PayLineRow, [row for one in lines for row in _rows(*one)])
    offsets.keep(session, slips, clock=clock)
    issued = iter(slips)
    return [next(issued) if isinstance(one, Draft) else one for one in drafted]


def _draft(
    session: Session,
    works: Sequence[SlipWork],
    vault: Vault,
    clock: Clock,
) -> tuple[list[Draft | PayError], Offsets]:
    works = _with_hours(session, works)
    parties = parties_of(session, [work.card.booking_id for work in works], vault)
    found = [parties[work.card.booking_id] for work in works]
    priced = _price(session, works, found)
    complete = [one for one in parties.values() if isinstance(one, Parties)]
    dated = [_pay_date(one, clock) for one in complete]
    years, expected = years_of(session, dated), expected_of(session, dated)
    past = Past(years, expected, offsets_of(session, complete))
    return [
        _attempt(work, of, day, past, clock)
        for work, of, day in zip(works, found, priced, strict=True)
    ], past.offsets


def _pay_date(parties: Parties, clock: Clock) -> tuple[Parties, date]:
    return parties, local_date(clock.now(), parties.engagement.production.zone)


def _price(
    session: Session,
    works: Sequence[SlipWork],
    parties: Sequence[Parties | PayError],
) -> list[Priced | PayError]:
    """Price the hours of every work that is not priced already."""
    no_hours = PayError(say("No hours have been entered."))
    found: list[Priced | PayError] = []
    asked: dict[int, Worked] = {}
    for place, (work, of) in enumerate(zip(works, parties, strict=True)):
        found.append(_given(work) or no_hours)
        if isinstance(of, PayError) or _given(work) is not None:
            continue
        hours = hours_of(of.engagement.booking, work.entry)
        if hours is not None:
            asked[place] = Worked(of.engagement, hours)
    prices = price_all(session, list(asked.values())) if asked else []
    for place, price in zip(asked, prices, strict=True):
        found[place] = price
    return found


def _given(work: SlipWork) -> Priced | None:
    return work.taxed.priced if work.taxed else work.priced


def _with_hours(session: Session, works: Sequence[SlipWork]) -> list[SlipWork]:
    """Give each card its hours as they stand, where the work names neither hours nor a price."""
    wanting = [work.card.id for work in works if work.entry is None and _given(work) is None]
    if not wanting:
        return list(works)
    session.flush()
    latest = sa.and_(TimeEntry.time_card_id == TimeCard.id, TimeEntry.version == TimeCard.version)
    found = session.scalars(
        sa.select(TimeEntry).join(TimeCard, latest).where(TimeCard.id.in_(wanting)),
    )
    entries = {entry.time_card_id: entry for entry in found}
    return [
        replace(work, entry=entries.get(work.card.id)) if work.card.id in entries else work
        for work in works
    ]


def _attempt(
    work: SlipWork,
    parties: Parties | PayError,
    priced: Priced | PayError,
    past: Past,
    clock: Clock,
) -> Draft | PayError:
    """Tax one slip, and add it to the person's year."""
    if isinstance(parties, PayError):
        return parties
    if isinstance(priced, PayError):
        return priced
    _, pay_date = _pay_date(parties, clock)
    try:
        taxed = work.taxed or _tax(work, parties, priced, pay_date, past)
    except PayError as problem:
        return problem
    item = str(parties.engagement.booking.production_id)
    withheld, scheme = taxed.totals.withheld, parties.engagement.booking.scheme
    paid = PaidBefore(taxed.payment.pay_date, item, taxed.payment.gross, withheld, scheme)
    past.years.add(parties, Before(paid, taxed.totals, taxed.lines))
    past.expected.paid(parties)
    year, lines = past.years.totals(parties, pay_date), past.years.lines(parties, pay_date)
    return Draft(work, parties, taxed, pay_date, year, lines)


def _tax(
    work: SlipWork,
    parties: Parties,
    priced: Priced,
    pay_date: date,
    past: Past,
) -> Taxed:
    booking = parties.engagement.booking
    taxed_on = work.taxed_on or pay_date
    scheme = load_scheme(booking.scheme, taxed_on)
    payment = Payment(
        pay_date=taxed_on,
        item=str(booking.production_id),
        gross=priced.earnings.gross - priced.earnings.reimbursed,
        payee=taxed_payee(parties.payee, booking, parties.person.stage_name),
        year=past.years.before(parties, pay_date),
        performed_in=parties.engagement.production.country,
        expected_year=past.expected_year(parties, pay_date),
        scheme=booking.scheme,
    )
    withholdings = withhold(payment, scheme)
    deductions = commission_lines(priced.deal, priced.earnings, priced.agreement)
    found = totals(priced.earnings, withholdings, deductions)
    deductions += work.extra_lines(found)
    net = totals(priced.earnings, withholdings, deductions).net
    deductions += past.offsets.lines(parties, work.card.id, net)
    return Taxed(
        priced=priced,
        payment=payment,
        lines=(*priced.earnings.lines, *withholdings, *deductions),
        totals=totals(priced.earnings, withholdings, deductions),
        scheme=f"{scheme.id}@{scheme.effective_from.isoformat()}",
    )


def _slip(draft: Draft, number: str, run_id: int, clock: Clock) -> PaySlip:
    """Return the slip of a draft, numbered; it is not sealed yet."""
    work, parties, taxed = draft.work, draft.parties, draft.taxed
    booking, production = parties.engagement.booking, parties.engagement.production
    slip = PaySlip(
        public_id=public_id(),
        number=number,
        kind=work.kind,
        corrects_id=work.corrects.id if work.corrects else None,
        pay_run_id=run_id,
        time_card_id=work.card.id,
        time_entry_id=work.entry.id if work.entry else None,
        booking_id=booking.id,
        shoot_day_id=booking.shoot_day_id,
        production_id=production.id,
        company_id=parties.company.id,
        person_id=parties.person.id,
        withholding_agent=parties.agent,
        shoot_date=parties.engagement.day.shoot_date,
        pay_date=draft.pay_date,
        currency=booking.currency,
        gross_minor=taxed.totals.gross.minor,
        withheld_minor=taxed.totals.withheld.minor,
        deducted_minor=taxed.totals.deducted.minor,
        net_minor=taxed.totals.net.minor,
        worked_minutes=taxed.priced.earnings.worked_minutes,
        agreement=booking.agreement,
        scheme=booking.scheme,
        stage_name=parties.person.stage_name,
        role_name=booking.upgraded_to or parties.role.name,
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
    for name, value in work.columns.items():
        setattr(slip, name, value)
    return slip


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


def _seal(slip: PaySlip, draft: Draft, vault: Vault, write: Write, run: int) -> None:
    """Put the legal name and the printed words into a slip that is not stored yet."""
    name = draft.parties.legal_name
    document = slip_document(facts_of(slip, draft, run), write)
    slip.legal_name_sealed = vault.seal(name, legal_name_owner(slip.public_id))
    slip.legal_name_index = vault.index(name)
    slip.document_sealed = vault.seal(document.to_json(), document_owner(slip.public_id))
    slip.digest = document.data_digest


def _rows(slip: PaySlip, draft: Draft) -> list[dict[str, object]]:
    return [
        {
            "pay_slip_id": slip.id,
            "position": position,
            "kind": one.kind,
            "code": one.code,
            "amount_minor": one.amount.minor,
            "currency": one.amount.currency,
            "line": record(one),
        }
        for position, one in enumerate(draft.taxed.lines, start=1)
    ]
