"""Many slips at once: the same slips as one by one, in a few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.rules.records import read_line
from marketplace.domain.payroll.rules.shapes import PayError, PayLine
from marketplace.domain.payroll.rules.slips import PayeeIncompleteError, Totals, document_owner
from marketplace.domain.payroll.services import SlipWork, issue_slip, issue_slips
from marketplace.domain.people.models import Person
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.web.presentation import sentence
from tests.support import builders
from tests.support.payday import VAULT, a_closed_day, an_approved_card


def issue(session: Session, works: list[SlipWork], clock: FixedClock) -> list[PaySlip | PayError]:
    return issue_slips(session, works, vault=VAULT, write=sentence, clock=clock)


def slips(found: list[PaySlip | PayError]) -> list[PaySlip]:
    return [one for one in found if isinstance(one, PaySlip)]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    engine = session.connection().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_a_batch_numbers_its_slips_in_order_and_skips_those_that_cannot_be(
    session: Session, clock: FixedClock
) -> None:
    day = a_closed_day(session)
    cards = [
        an_approved_card(session, day, "Ava Lin"),
        an_approved_card(session, day, "Ben Ito", has_payee=False),
        an_approved_card(session, day, "Cy Reed"),
    ]

    found = issue(session, [SlipWork(card=card) for card in cards], clock)

    assert [slip.number for slip in slips(found)] == ["2026-00001", "2026-00002"]
    assert isinstance(found[1], PayeeIncompleteError)
    assert {slip.pay_run_id for slip in slips(found)} == {slips(found)[0].pay_run_id}


def test_issued_slips_are_stored_as_they_are_returned(session: Session, clock: FixedClock) -> None:
    card = an_approved_card(session, a_closed_day(session), hours=("07:00", "21:00"))

    (slip,) = slips(issue(session, [SlipWork(card=card)], clock))

    names = ["number", "gross_minor", "inputs", "document_sealed", "digest", "issued_at"]
    returned = [getattr(slip, name) for name in names]
    session.expire(slip)
    assert [getattr(slip, name) for name in names] == returned
    lines = session.scalars(sa.select(PayLineRow).where(PayLineRow.pay_slip_id == slip.id)).all()
    assert sum(read_line(row.line).amount.minor for row in lines) == slip.gross_minor
    assert slip.number in VAULT.open(slip.document_sealed, document_owner(slip.public_id))


def test_two_cards_of_one_person_see_each_other_in_a_batch(
    session: Session, clock: FixedClock
) -> None:
    """800 and 800 yuan: nothing on the first, 20% of (1,600 - 800) on both together."""
    production = builders.a_production(session, is_chinese=True)
    days = [a_closed_day(session, production, on) for on in ("2026-11-20", "2026-11-21")]
    first = an_approved_card(session, days[0], "赵国强", day_rate_minor=80_000)
    person = session.get_one(Person, first.person_id)
    role = builders.a_role(session, production, [days[1]], day_rate_minor=80_000)
    second = builders.a_time_card(session, builders.a_booking(session, role, person, days[1]))

    found = slips(issue(session, [SlipWork(card=first), SlipWork(card=second)], clock))

    assert [slip.withheld_minor for slip in found] == [0, 16_000]


def test_more_cards_cost_no_more_statements(session: Session, clock: FixedClock) -> None:
    day = a_closed_day(session)
    few, many = (
        [SlipWork(card=an_approved_card(session, day, f"{kind} {n}")) for n in range(count)]
        for kind, count in (("Few", 2), ("Many", 12))
    )

    with counted(session) as first:
        issue(session, few, clock)
    with counted(session) as second:
        issue(session, many, clock)

    assert len(second) <= len(first)
    assert len(first) < 20


def test_deductions_can_be_taken_from_what_a_slip_adds_up_to(
    session: Session, clock: FixedClock
) -> None:
    card = an_approved_card(session, a_closed_day(session))

    def half(found: Totals) -> list[PayLine]:
        kept = Money(found.net.minor // 2, found.net.currency)
        return [
            PayLine(
                kind="deduction",
                code="overpayment",
                label=say("Paid too much before"),
                quantity=Fraction(1),
                unit="unit",
                rate=Fraction(kept.minor),
                multiplier=Fraction(1),
                amount=kept,
                rule="agreed",
            ),
        ]

    (slip,) = slips(issue(session, [SlipWork(card=card, extra_lines=half)], clock))

    assert (slip.gross_minor, slip.deducted_minor, slip.net_minor) == (28_000, 14_000, 14_000)


def test_a_batch_gives_each_card_what_it_would_get_alone(
    session: Session, clock: FixedClock
) -> None:
    day = a_closed_day(session)
    hours = [("07:00", "19:00"), ("06:00", "22:00")]
    alone = [an_approved_card(session, day, f"Alone {n}", hours=one) for n, one in enumerate(hours)]
    batch = [an_approved_card(session, day, f"Batch {n}", hours=one) for n, one in enumerate(hours)]

    one_by_one = [
        issue_slip(session, card, vault=VAULT, write=sentence, clock=clock) for card in alone
    ]
    together = slips(issue(session, [SlipWork(card=card) for card in batch], clock))

    assert [slip.net_minor for slip in together] == [slip.net_minor for slip in one_by_one]
    assert [slip.inputs["day"] for slip in together] == [slip.inputs["day"] for slip in one_by_one]


def test_an_empty_batch_issues_nothing(session: Session, clock: FixedClock) -> None:
    assert issue(session, [], clock) == []
