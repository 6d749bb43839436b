"""The books are clean after payday, and every planted fault is found by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.ports import PayoutOrder, Till
from marketplace.domain.payments.services import Finding, check_books
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.databases import Database
from tests.support.faults import plant
from tests.support.payday import (
    VAULT,
    Unit,
    a_closed_day,
    a_till,
    an_approved_card,
    run_to_the_end,
    unit_of,
)


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


@pytest.fixture
def gateway(tmp_path: Path, clock: FixedClock) -> SandboxGateway:
    return SandboxGateway(tmp_path / "gateway.db", clock)


@pytest.fixture
def till(tmp_path: Path, clock: FixedClock, gateway: SandboxGateway) -> Till:
    return a_till(tmp_path, clock, gateway)


def a_payday(unit: Unit, till: Till, clock: FixedClock) -> None:
    """Pay two people in dollars and one, with tax, in yuan; leave a fourth one due."""
    with unit() as session:
        dollars = a_closed_day(session)
        yuan = a_closed_day(session, builders.a_production(session, is_chinese=True))
        for name in ("Ava Lin", "Ben Ortiz"):
            an_approved_card(session, dollars, name)
        an_approved_card(session, yuan, "赵国强", day_rate_minor=200_000)
    run_to_the_end(unit, till, clock)


def findings(unit: Unit, till: Till) -> list[Finding]:
    with unit() as session:
        return check_books(session, gateways=till.gateways, vault=till.vault)


def test_after_a_payday_there_is_nothing_to_find(unit: Unit, till: Till, clock: FixedClock) -> None:
    a_payday(unit, till, clock)

    assert findings(unit, till) == []


def test_before_a_payday_there_is_nothing_to_find(
    unit: Unit, till: Till, clock: FixedClock
) -> None:
    with unit() as session:
        an_approved_card(session, a_closed_day(session))

    assert findings(unit, till) == []
    assert clock.now() == builders.NOW


FAULTS = {
    "a card forgotten": ("I1", "UPDATE time_card SET state = 'approved' WHERE id = {card}"),
    "a payout lost": (
        "I2",
        """DELETE FROM payout_attempt WHERE payout_id = {payout};
        DELETE FROM payout WHERE pay_slip_id = {slip}""",
    ),
    "a payout of somebody else": (
        "I3",
        "UPDATE payout SET person_id = {other} WHERE pay_slip_id = {slip}",
    ),
    "an attempt that never was": (
        "I4",
        "UPDATE payout_attempt SET outcome = 'unknown' WHERE payout_id = {payout}",
    ),
    "another reference than the gateway's": (
        "I4",
        "UPDATE payout SET gateway_ref = 'tr_other' WHERE pay_slip_id = {slip}",
    ),
    "a debt that was dropped": (
        "I5",
        "DELETE FROM ledger_transfer WHERE key LIKE '%sent'",
    ),
    "a posting in the wrong direction": (
        "I5",
        "UPDATE ledger_transfer SET amount_minor = -amount_minor WHERE key LIKE '%gross'",
    ),
    "an arrival not booked": (
        "I6",
        "DELETE FROM ledger_transfer WHERE key LIKE '%paid'",
    ),
    "a tax not booked": (
        "I7",
        "DELETE FROM ledger_transfer WHERE key LIKE '%withheld'",
    ),
    "a line changed": (
        "I7",
        "UPDATE pay_line SET amount_minor = amount_minor + 1 WHERE pay_slip_id = {slip}",
    ),
    "a slip changed": ("I7", "UPDATE pay_slip SET gross_minor = gross_minor + 1 WHERE id = {slip}"),
    "a fingerprint changed": ("I8", "UPDATE pay_slip SET digest = 'x' WHERE id = {slip}"),
    "a paper of another slip": (
        "I8",
        """UPDATE pay_slip SET document_sealed =
        (SELECT o.document_sealed FROM pay_slip AS o WHERE o.id <> {slip} LIMIT 1)
        WHERE id = {slip}""",
    ),
    "wages in the books of another company": (
        "I16",
        """UPDATE ledger_transfer SET company_id =
        (SELECT max(id) FROM company WHERE id <> {company}) WHERE key LIKE '%gross'""",
    ),
    "a payment in nobody's books": (
        "I16",
        "UPDATE ledger_transfer SET company_id = NULL WHERE key LIKE '%sent'",
    ),
    "a number skipped": (
        "I12",
        "UPDATE slip_counter SET last = last + 1 WHERE company_id = {company}",
    ),
    "a number changed": ("I12", "UPDATE pay_slip SET number = '2026-00099' WHERE id = {slip}"),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_planted_fault_is_found(unit: Unit, till: Till, clock: FixedClock, fault: str) -> None:
    a_payday(unit, till, clock)
    name, statement = FAULTS[fault]
    with unit() as session:
        slip = session.scalars(sa.select(PaySlip).order_by(PaySlip.id)).first()
        assert slip is not None
        other = session.scalars(sa.select(sa.func.max(PaySlip.person_id))).one()
        ids = {
            "slip": slip.id,
            "card": slip.time_card_id,
            "company": slip.company_id,
            "other": other,
            "payout": session.scalars(
                sa.select(Payout.id).where(Payout.pay_slip_id == slip.id),
            ).one(),
        }
        plant(session, statement.format(**ids))

    assert name in {finding.name for finding in findings(unit, till)}


def test_a_payment_the_gateway_made_by_itself_is_found(
    unit: Unit, till: Till, clock: FixedClock, gateway: SandboxGateway
) -> None:
    a_payday(unit, till, clock)
    stray = PayoutOrder("nobody", "person", "0000", Money(5, "USD"), "day_x", "stray")
    gateway.pay(stray, "stray")

    assert [(one.name, one.subject) for one in findings(unit, till)] == [("I4", "nobody")]


def test_a_payment_the_gateway_lost_is_found(
    unit: Unit, till: Till, clock: FixedClock, tmp_path: Path
) -> None:
    a_payday(unit, till, clock)
    (tmp_path / "empty").mkdir()
    other = a_till(tmp_path / "empty", clock)

    assert [one.name for one in findings(unit, other)] == ["I4"] * 3


def test_a_slip_sealed_with_another_key_is_found(unit: Unit, till: Till, clock: FixedClock) -> None:
    class Blind:
        seal = VAULT.seal
        index = VAULT.index
        open: Callable[..., str] = staticmethod(lambda _sealed, _owner: "{}")

    a_payday(unit, till, clock)

    with unit() as session:
        found = check_books(session, vault=Blind())
    assert [one.name for one in found] == ["I8"] * 3
