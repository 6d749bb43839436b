"""The end of the year: what each payee was paid, in the boxes of the forms it is reported on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.booking.models import Booking
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.queries import forms
from marketplace.domain.payroll.rules.forms import Form, YearSums, box_amount, stands_on
from marketplace.domain.payroll.rules.slips import legal_name_owner
from marketplace.domain.people.models import Payee, Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.slips import conditions, joined
from marketplace.domain.reports.queries.taxes import taxed, whole_year
from marketplace.domain.reports.rules import Column, Kind, Link, Paper, Row, Scope, Sheet
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

TITLE: Final = say("Year-end")
OWN: Final = say("My year")
SUMMARY: Final = say("Summary of the year")
MASK: Final = "•••"
YES, NO = say("Yes"), say("No")
UNKNOWN: Final = say("Threshold not known")
NOBODY: Final = say("Choose somebody on the year-end page: this summary is of one person.")
LONG: Final = (
    Column(say("What")),
    Column(say("Amount"), Kind.MONEY),
    Column(say("Form")),
    Column(say("Box")),
    Column(say("Payments"), Kind.NUMBER),
    Column(say("Currency")),
    Column(say("Paid by")),
)

Key = tuple[int, int, str, str, str, str]
"""Company, person, currency, tax rules, engagement and tax form given."""

GIVEN: Final = sa.func.coalesce(
    PaySlip.inputs[("payment", "payee", "tax_form")].as_string(), sa.literal_column("''")
).label("form_given")


def year_paper(session: Session, office: Office) -> Paper:
    """Return a sheet for each form that somebody who was paid in the year stands on."""
    where = conditions(office.company_id, whole_year(office).filters)
    sums = year_sums(session, where)
    people = _people(session, {person for _company, person, *_ in sums}, where, office.vault)
    sheets = [_sheet(form, sums, people, office.year) for form in forms()]
    return Paper(TITLE, tuple(sheet for sheet in sheets if sheet.rows))


def summary_paper(session: Session, office: Office) -> Paper:
    """Return the year of the one payee in an office's scope, box by box; of nobody, why not."""
    if not office.scope.payee:
        return Paper(SUMMARY, (), problem=NOBODY)
    where = conditions(office.company_id, whole_year(office).filters)
    sums = year_sums(session, where)
    people = _people(session, {person for _company, person, *_ in sums}, where, office.vault)
    facts = [(say("Year of payment"), str(office.year))]
    for worker, name, tax_id in people.values():
        facts += [(say("Paid to"), name), (say("Worker"), worker), (say("Tax identity"), tax_id)]
    return Paper(SUMMARY, (_long(session, SUMMARY, sums, office.year, tuple(facts)),))


def own_year(session: Session, person_id: int, year: int) -> Sheet:
    """Return a person's own year: every payer, form and box."""
    first_last = Scope(year=year).filters(None)
    where = [
        PaySlip.person_id == person_id,
        PaySlip.pay_date >= first_last.paid_from,
        PaySlip.pay_date <= first_last.paid_to,
    ]
    sums = year_sums(session, where)
    return _long(session, OWN, sums, year, ((say("Year of payment"), str(year)),))


def years_of(session: Session, *where: sa.ColumnElement[bool]) -> list[int]:
    """Return the calendar years with payments, newest first."""
    year = sa.extract("year", PaySlip.pay_date)
    found = session.scalars(sa.select(year).where(*where).distinct().order_by(year.desc()))
    return [int(one) for one in found]


def year_sums(session: Session, where: list[sa.ColumnElement[bool]]) -> dict[Key, YearSums]:
    """Return what matching slips add up to, by payer, payee, currency, rules and engagement."""
    group = (
        PaySlip.company_id,
        PaySlip.person_id,
        PaySlip.currency,
        PaySlip.scheme,
        Booking.engagement,
        GIVEN,
    )
    named: tuple[Any, ...] = (*group[:-1], sa.literal_column(GIVEN.name))
    payments = sa.case((PaySlip.kind == "original", 1), else_=0)
    wholes = {
        "taxed": taxed(),
        "gross": PaySlip.gross_minor,
        "withheld": PaySlip.withheld_minor,
        "net": PaySlip.net_minor,
    }
    found = session.execute(
        joined(*group, sa.func.sum(payments), *(sa.func.sum(one) for one in wholes.values()))
        .join(Booking, Booking.id == PaySlip.booking_id)
        .where(*where)
        .group_by(*named),
    )
    terms: dict[Key, dict[str, int]] = {}
    counts: dict[Key, int] = {}
    for *key, count, taxed_minor, gross, withheld, net in found:
        numbers = (taxed_minor, gross, withheld, net)
        terms[_key(key)] = dict(zip(wholes, map(int, numbers), strict=True))
        counts[_key(key)] = int(count)
    lines = session.execute(
        joined(*group, PayLineRow.kind, PayLineRow.code, sa.func.sum(PayLineRow.amount_minor))
        .join(Booking, Booking.id == PaySlip.booking_id)
        .join(PayLineRow, PayLineRow.pay_slip_id == PaySlip.id)
        .where(*where)
        .group_by(*named, PayLineRow.kind, PayLineRow.code),
    )
    for *key, kind, code, minor in lines:
        terms[_key(key)][f"{kind}:{code}"] = int(minor)
    return {key: YearSums(key[2], counts[key], found) for key, found in terms.items()}


def _key(values: list[Any]) -> Key:
    company, person, currency, scheme, engagement, given = values
    return company, person, currency, scheme, engagement, given or ""


def _people(
    session: Session,
    ids: set[int],
    where: list[sa.ColumnElement[bool]],
    vault: Vault,
) -> dict[int, tuple[str, str, str]]:
    """Return worker id, legal name as on the newest slip, and masked tax identity of people."""
    newest = joined(sa.func.max(PaySlip.id)).where(*where, PaySlip.person_id.in_(sorted(ids)))
    found = session.execute(
        sa.select(
            PaySlip.person_id,
            PaySlip.public_id,
            PaySlip.legal_name_sealed,
            Person.public_id,
            Payee.tax_id_last4,
        )
        .join(Person, Person.id == PaySlip.person_id)
        .join(Payee, Payee.person_id == Person.id, isouter=True)
        .where(PaySlip.id.in_(newest.group_by(PaySlip.person_id))),
    )
    return {
        person: (
            worker,
            vault.open(sealed, legal_name_owner(slip)),
            f"{MASK}{last4}" if last4 else "",
        )
        for person, slip, sealed, worker, last4 in found
    }


def of_form(form: Form, sums: Mapping[Key, YearSums]) -> dict[tuple[int, int], YearSums]:
    """Return the sums that stand on a form, by payer and payee."""
    found: dict[tuple[int, int], YearSums] = {}
    for (company, person, currency, *about), one in sums.items():
        if currency == form.currency and form.covers(*about):
            key = (company, person)
            found[key] = found[key] + one if key in found else one
    return {key: one for key, one in found.items() if stands_on(form, one)}


def _sheet(
    form: Form,
    sums: Mapping[Key, YearSums],
    people: Mapping[int, tuple[str, str, str]],
    year: int,
) -> Sheet:
    mine = of_form(form, sums)
    rows = [_payee(form, one, people[person], year) for (_company, person), one in mine.items()]
    rows.sort(key=lambda row: str(row[0]))
    columns = (
        Column(say("Legal name")),
        Column(say("Worker")),
        Column(say("Tax identity")),
        Column(say("Payments"), Kind.NUMBER),
        Column(say("Currency")),
        Column(say("Form due")),
        *(Column(_box(box.number, box.title), Kind.MONEY) for box in form.boxes),
    )
    return Sheet(
        title=say("%(form)s: %(title)s", form=form.id, title=form.title),
        columns=columns,
        rows=rows,
        totals=(_total(form, list(mine.values()), year),) if rows else (),
        facts=((say("Year of payment"), str(year)), *_threshold(form, year)),
        notes=(*_not_known(form, year), say("Not verified: %(what)s", what=form.unverified)),
    )


def _not_known(form: Form, year: int) -> Iterator[Sentence]:
    for box in form.boxes:
        if box.cap is not None and year not in box.cap:
            yield say(
                "The limit of box %(box)s is not known for %(year)s.", box=box.number, year=year
            )


def _box(number: str, title: str) -> Sentence:
    return say("%(box)s %(title)s", box=number, title=title)


def _threshold(form: Form, year: int) -> Iterator[tuple[Sentence, Money | Sentence]]:
    if form.thresholds:
        yield say("Due from"), form.threshold(year) or UNKNOWN


def _payee(form: Form, sums: YearSums, about: tuple[str, str, str], year: int) -> Row:
    worker, name, tax_id = about
    amounts = [box_amount(box, sums, year) for box in form.boxes]
    return (
        name,
        Link(worker, f"year:{worker}:{year}"),
        tax_id,
        sums.payments,
        form.currency,
        _is_due(form, amounts, year),
        *amounts,
    )


def _is_due(form: Form, amounts: list[Money | None], year: int) -> Sentence:
    threshold, first = form.threshold(year), amounts[0]
    if threshold is None or first is None:
        return UNKNOWN
    is_withheld = any(amount.minor for amount in amounts[1:] if amount)
    return YES if first.minor >= threshold.minor or is_withheld else NO


def _total(form: Form, all_sums: list[YearSums], year: int) -> Row:
    sums = [_sum([box_amount(box, one, year) for one in all_sums]) for box in form.boxes]
    count = sum(one.payments for one in all_sums)
    return (say("All payees"), None, None, count, form.currency, None, *sums)


def _sum(amounts: list[Money | None]) -> Money | None:
    """Return the sum of a box; None when it is not known of somebody."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known[1:], known[0]) if len(known) == len(amounts) else None


def _long(
    session: Session,
    title: Sentence,
    sums: Mapping[Key, YearSums],
    year: int,
    facts: tuple[tuple[Sentence, str], ...],
) -> Sheet:
    """Return one line for each payer, form and box."""
    ids = {company for company, *_ in sums}
    named = sa.select(Company.id, Company.legal_name).where(Company.id.in_(sorted(ids)))
    companies = {company_id: name for company_id, name in session.execute(named)}  # noqa: C416 - rows are no pairs
    rows: list[Row] = []
    for form in forms():
        for (company, _person), one in of_form(form, sums).items():
            rows += [
                (
                    box.title,
                    box_amount(box, one, year),
                    form.id,
                    box.number,
                    one.payments,
                    form.currency,
                    companies[company],
                )
                for box in form.boxes
            ]
    note = say("These are sums of your pay slips, not the forms themselves.")
    return Sheet(title, LONG, rows, facts=facts, notes=(note,))
