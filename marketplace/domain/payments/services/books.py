"""The books check themselves: what must always be true, one query each.

Run every ten minutes and before and after every payday; the names are those of the invariants
in docs/adr/0007-ledger.md. A finding is never repaired by a program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.rules import SlipDocument, SlipDocumentError, fingerprint
from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.domain.ledger.queries import balances
from marketplace.domain.payments.models import Payout, PayoutAttempt
from marketplace.domain.payments.ports import Gateway
from marketplace.domain.payments.rules import Outcome, PayoutState
from marketplace.domain.payments.services.book_owners import owners
from marketplace.domain.payments.services.correction_books import (
    AT_GATEWAY,
    kept,
    lines,
    overpayments,
    pairs,
)
from marketplace.domain.payments.services.findings import Finding, differences, sums
from marketplace.domain.payments.services.fund_books import funds, money_in
from marketplace.domain.payroll.models import PayLineRow, PaySlip, SlipCounter
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.people.ports import Vault
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import DayState
from marketplace.domain.tasks.models import Task
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.sentences import say

EARNED: Final = ("earning", "penalty", "bump", "allowance")
PAGE: Final = 500


def check_books(
    session: Session,
    *,
    gateways: Iterable[Gateway] = (),
    vault: Vault | None = None,
) -> list[Finding]:
    """Return everything in the books that cannot be; an empty list is the only good answer.

    gateways: compare with their statements too; vault: open every slip and compare its words
    with its fingerprint.
    """
    found = [finding for check in CHECKS for finding in check(session)]
    for gateway in gateways:
        found += _statement(session, gateway)
    if vault is not None:
        found += _fingerprints(session, vault)
    return found


def _cards(session: Session) -> Iterator[Finding]:
    """I1: an approved card of a day that is over has its slip, or its work is still to be done."""
    originals = sa.and_(PaySlip.time_card_id == TimeCard.id, PaySlip.kind == "original")
    has_slip = sa.exists().where(originals)
    locked = sa.select(TimeCard.public_id).where((TimeCard.state == CardState.LOCKED) != has_slip)
    for card in session.scalars(locked):
        yield Finding("I1", say("A time card is locked without a slip, or the reverse."), card)
    is_asked = sa.exists().where(
        Task.kind == "pay_card",
        Task.subject_id == TimeCard.id,
        Task.done_at.is_(None),
    )
    forgotten = (
        sa.select(TimeCard.public_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .join(Production, Production.id == TimeCard.production_id)
        .where(
            sa.or_(
                TimeCard.state == CardState.PAYROLL_APPROVED,
                sa.and_(
                    TimeCard.state == CardState.APPROVED,
                    Production.needs_payroll_approval.is_(False),
                ),
            ),
            ShootDay.state != DayState.PLANNED,
            ~is_asked,
        )
    )
    for card in session.scalars(forgotten):
        yield Finding("I1", say("An approved time card is waiting for nobody."), card)


def _payouts(session: Session) -> Iterator[Finding]:
    """I2 and I3: every slip but a reversal has one payout, and it is the net of that slip."""
    has_payout = sa.exists().where(Payout.pay_slip_id == PaySlip.id)
    missing = sa.select(PaySlip.number).where((PaySlip.kind != "reversal") != has_payout)
    for number in session.scalars(missing):
        yield Finding("I2", say("A pay slip has no payment, or a reversal has one."), number)
    other = (
        sa.select(Payout.public_id)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id, isouter=True)
        .where(
            sa.or_(
                PaySlip.id.is_(None),
                Payout.amount_minor != PaySlip.net_minor,
                Payout.currency != PaySlip.currency,
                Payout.person_id != PaySlip.person_id,
            ),
        )
    )
    for payout in session.scalars(other):
        yield Finding("I3", say("A payment is not the net of its pay slip."), payout)


def _attempts(session: Session) -> Iterator[Finding]:
    """I4, our side: money that left has exactly one attempt that was carried out."""
    carried_out = (
        sa.select(sa.func.count(PayoutAttempt.id))
        .where(PayoutAttempt.payout_id == Payout.id, PayoutAttempt.outcome == Outcome.SENT)
        .scalar_subquery()
    )
    expected = sa.case((Payout.state.in_(AT_GATEWAY), 1), else_=0)
    for payout in session.scalars(sa.select(Payout.public_id).where(carried_out != expected)):
        yield Finding("I4", say("A payment was carried out more or less than once."), payout)


def _debts(session: Session) -> Iterator[Finding]:
    """I5: what the books owe each person is the sum of the nets that have not left."""
    owed = sums(
        session,
        sa.select(Payout.person_id, Payout.currency, sa.func.sum(Payout.amount_minor))
        .where(Payout.state.not_in((*AT_GATEWAY, PayoutState.CANCELLED)))
        .group_by(Payout.person_id, Payout.currency),
        accounts.payable,
    )
    booked = {key: -total for key, total in balances(session, "payable:").items()}
    message = say("The books owe a person something else than their unpaid slips.")
    yield from differences("I5", message, owed, booked)
    debit, credit = sa.orm.aliased(LedgerAccount), sa.orm.aliased(LedgerAccount)
    mixed = (
        sa.select(LedgerTransfer.key)
        .join(debit, debit.id == LedgerTransfer.debit_id)
        .join(credit, credit.id == LedgerTransfer.credit_id)
        .where(
            sa.or_(
                debit.currency != LedgerTransfer.currency,
                credit.currency != LedgerTransfer.currency,
                LedgerTransfer.amount_minor <= 0,
            ),
        )
    )
    for key in session.scalars(mixed):
        yield Finding("I5", say("A posting mixes currencies or moves nothing."), key)


def _money(session: Session) -> Iterator[Finding]:
    """I6: what is under way and what has arrived is what the books say of each gateway."""
    message = say("The money that has moved is not what the books say.")
    for state, name in ((PayoutState.SENT, accounts.clearing), (PayoutState.PAID, accounts.bank)):
        moved = sums(
            session,
            sa.select(Payout.gateway, Payout.currency, sa.func.sum(Payout.amount_minor))
            .where(Payout.state == state)
            .group_by(Payout.gateway, Payout.currency),
            name,
        )
        booked = {key: -total for key, total in balances(session, name("")).items()}
        yield from differences("I6", message, moved, booked)


def _earned(session: Session) -> Iterator[Finding]:
    """I7, the books: wages, withholdings and deductions are the sums of the slips."""
    message = say("The books and the pay slips do not agree.")
    by_company = sa.select(PaySlip.company_id, PaySlip.currency, sa.func.sum(PaySlip.gross_minor))
    wages = sums(
        session,
        by_company.group_by(PaySlip.company_id, PaySlip.currency),
        accounts.wages,
    )
    yield from differences("I7", message, wages, balances(session, "wages:"))
    withheld = {
        (accounts.withholding(agent, scheme), currency): int(total)
        for agent, scheme, currency, total in session.execute(
            sa.select(
                PaySlip.withholding_agent,
                PaySlip.scheme,
                PaySlip.currency,
                sa.func.sum(PaySlip.withheld_minor),
            ).group_by(PaySlip.withholding_agent, PaySlip.scheme, PaySlip.currency),
        )
    }
    booked = {key: -total for key, total in balances(session, "withholding:").items()}
    yield from differences("I7", message, withheld, booked)
    by_agent = sa.select(
        PaySlip.withholding_agent,
        PaySlip.currency,
        sa.func.sum(PaySlip.deducted_minor),
    )
    deducted = Counter(
        sums(
            session,
            by_agent.group_by(PaySlip.withholding_agent, PaySlip.currency),
            accounts.deductions,
        ),
    )
    deducted.subtract(kept(session, PaySlip.withholding_agent, accounts.deductions))
    posted = {key: -total for key, total in balances(session, "deductions:").items()}
    yield from differences("I7", message, deducted, posted)


def _sums_of_slips(session: Session) -> Iterator[Finding]:
    """I7, the slips: gross = withheld + deducted + net, and each is the sum of its lines."""
    totals = {
        kinds: sa.select(sa.func.coalesce(sa.func.sum(PayLineRow.amount_minor), 0))
        .where(PayLineRow.pay_slip_id == PaySlip.id, PayLineRow.kind.in_(kinds))
        .scalar_subquery()
        for kinds in (EARNED, ("withholding",), ("deduction",))
    }
    earned, withheld, deducted = totals.values()
    taken = PaySlip.withheld_minor + PaySlip.deducted_minor
    wrong = sa.select(PaySlip.number).where(
        sa.or_(
            PaySlip.gross_minor != taken + PaySlip.net_minor,
            sa.and_(PaySlip.net_minor < 0, PaySlip.kind != "reversal"),
            PaySlip.gross_minor != earned,
            PaySlip.withheld_minor != withheld,
            PaySlip.deducted_minor != deducted,
        ),
    )
    for number in session.scalars(wrong):
        yield Finding("I7", say("A pay slip does not add up."), number)


def _numbers(session: Session) -> Iterator[Finding]:
    """I12: the slips of a company's year are numbered from one without a gap."""
    counters = {
        (company, year): last
        for company, year, last in session.execute(
            sa.select(SlipCounter.company_id, SlipCounter.year, SlipCounter.last),
        )
    }
    used: dict[tuple[int, int], list[int]] = {}
    for company, number in session.execute(sa.select(PaySlip.company_id, PaySlip.number)):
        year, sequence = number.split("-")
        used.setdefault((company, int(year)), []).append(int(sequence))
    for key in sorted(used.keys() | counters.keys()):
        if sorted(used.get(key, [])) != list(range(1, counters.get(key, 0) + 1)):
            subject = f"company {key[0]}, {key[1]}"
            yield Finding("I12", say("The numbers of pay slips have a gap."), subject)


def _statement(session: Session, gateway: Gateway) -> Iterator[Finding]:
    """I4 and I6 against the gateway's own statement, in both directions."""
    listed = list(gateway.transfers())
    counts = Counter(one.payout_id for one in listed)
    for payout_id in sorted(one for one, count in counts.items() if count > 1):
        yield Finding("I4", say("The gateway has paid more than once."), payout_id)
    refs = {one.payout_id: (one.ref, one.amount.minor, one.amount.currency) for one in listed}
    columns = (Payout.public_id, Payout.gateway_ref, Payout.amount_minor, Payout.currency)
    mine = sa.select(*columns, Payout.state).where(Payout.gateway == gateway.name)
    rows = {public_id: (values, state) for public_id, *values, state in session.execute(mine)}
    for payout_id in sorted(refs.keys() | rows.keys()):
        values, state = rows.get(payout_id, ([], PayoutState.DUE))
        at_gateway = refs.get(payout_id)
        ours = tuple(values) if state in AT_GATEWAY else None
        is_open = state == PayoutState.SENDING
        if at_gateway != ours and not is_open:
            yield Finding("I4", say("The gateway's statement and our books differ."), payout_id)


def _fingerprints(session: Session, vault: Vault) -> Iterator[Finding]:
    """I8: every slip still says what it said when it was issued."""
    columns = (PaySlip.public_id, PaySlip.number, PaySlip.digest, PaySlip.document_sealed)
    slips = session.execute(sa.select(*columns).execution_options(yield_per=PAGE))
    for public_id, number, digest, sealed in slips:
        if not _is_unchanged(vault, public_id, digest, sealed):
            yield Finding("I8", say("A pay slip was changed after it was issued."), number)


def _is_unchanged(vault: Vault, public_id: str, digest: str, sealed: bytes) -> bool:
    try:
        document = SlipDocument.from_json(vault.open(sealed, document_owner(public_id)))
    except (ValueError, SlipDocumentError):
        return False
    return fingerprint(document) == document.data_digest == digest


CHECKS: Final = (
    _cards,
    _payouts,
    _attempts,
    _debts,
    _money,
    _earned,
    _sums_of_slips,
    pairs,
    lines,
    overpayments,
    _numbers,
    owners,
    funds,
    money_in,
)
"""Every check of our own rows, in the order of their names."""
