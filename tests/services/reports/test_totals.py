from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.blueprints.payslips.listing import sums
from marketplace.domain.ledger.queries import balances
from marketplace.domain.payments.rules import PayWord
from marketplace.domain.reports import queries
from marketplace.domain.reports.rules import PayoutStatus, SlipFilters, Totals
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support import builders
from tests.support.databases import Database
from tests.support.payday import VAULT, a_closed_day, an_approved_card
from tests.support.slipdays import PaidDays, days_of_money


@pytest.fixture
def days(database: Database, tmp_path: Path, clock: FixedClock) -> PaidDays:
    return days_of_money(database, tmp_path, clock)


@pytest.fixture
def reading(database: Database) -> Iterator[Session]:
    with database.session() as session:
        yield session


def ids(days: PaidDays, *places: int) -> set[int]:
    return {days.slips[place].id for place in places}


def found(session: Session, days: PaidDays, filters: SlipFilters) -> set[int]:
    return {row.id for row in queries.slips_of(session, days.company_id, filters)}


def test_screen_table_register_and_books_add_up_to_the_same(
    reading: Session, days: PaidDays
) -> None:
    totals = queries.totals(reading, days.company_id, days.all)
    table = sums(queries.slips_of(reading, days.company_id, days.all))
    register = list(queries.register(reading, days.company_id, days.all))
    by_status = queries.totals_by_status(reading, days.company_id, days.all)
    books = balances(reading)

    assert set(totals) == {"USD", "CNY"}
    assert table == totals
    for currency, one in totals.items():
        rows = [row for row in register if row.slip.gross.currency == currency]
        zero = Money(0, currency)
        assert sum((m for row in rows for m in row.earned.values()), zero) == one.gross
        taken = one.withheld + one.deducted
        assert sum((m for row in rows for m in row.taken.values()), zero) == taken
        assert one.gross == one.withheld + one.deducted + one.net
        parts = [status[currency] for status in by_status.values() if currency in status]
        assert sum((part.net for part in parts), zero) == one.net
        assert sum(part.slips for part in parts) == one.slips == 3
        assert books[f"wages:{days.company_id}", currency] == one.gross.minor
        bank = {
            code: n for (code, of), n in books.items() if code.startswith("bank") and of == currency
        }
        assert sum(bank.values()) == -one.net.minor


def test_paid_slips_stand_under_paid(reading: Session, days: PaidDays) -> None:
    by_status = queries.totals_by_status(reading, days.company_id, days.all)

    assert by_status[PayoutStatus.PAID]["USD"].slips == 3
    assert by_status[PayoutStatus.NEEDS_YOU] == {}
    assert queries.next_arrival(reading, days.company_id, days.all) is None


def test_a_text_finds_parts_of_stage_names_roles_and_numbers(
    reading: Session, days: PaidDays
) -> None:
    assert found(reading, days, SlipFilters(text="okaf")) == ids(days, 1, 4)
    assert len(found(reading, days, SlipFilters(text="claire"))) == 6
    assert found(reading, days, SlipFilters(text=days.slips[2].number)) == ids(days, 2)
    assert found(reading, days, SlipFilters(text="100%")) == set()


def test_a_legal_name_is_found_only_whole(reading: Session, days: PaidDays) -> None:
    whole = SlipFilters(text="lin yuting", name_index=VAULT.index("lin yuting"))
    part = SlipFilters(text="yuting", name_index=VAULT.index("yuting"))

    assert len(found(reading, days, whole)) == 6
    assert found(reading, days, part) == set()


def test_filters_narrow_by_production_run_date_status_and_choice(
    reading: Session, days: PaidDays
) -> None:
    shot = days.slips[0].shoot_date
    run = queries.run_choices(reading, days.company_id)[-1]

    assert found(reading, days, SlipFilters(production=days.production)) == ids(days, 0, 1, 2)
    assert len(found(reading, days, SlipFilters(run=run.public_id))) == 3
    assert len(found(reading, days, SlipFilters(worked_from=shot, worked_to=shot))) == 6
    assert found(reading, days, SlipFilters(status=PayoutStatus.WAITING)) == set()
    ticked = SlipFilters(slips=(days.slips[4].public_id,))
    assert found(reading, days, ticked) == ids(days, 4)


def test_another_company_sees_nothing(reading: Session, days: PaidDays, database: Database) -> None:
    assert queries.totals(reading, days.company_id + 999, days.all) == {}
    assert queries.slip_of_company(reading, 999, days.slips[0].public_id) is None
    assert queries.slip_of_person(reading, 999, days.slips[0].public_id) is None
    assert database.url


def test_the_register_shows_hours_by_band(reading: Session, days: PaidDays) -> None:
    filters = SlipFilters(production=days.production)
    (row, *_) = queries.register(reading, days.company_id, filters)
    columns = queries.columns(reading, days.company_id, filters)

    assert set(row.hours) <= set(columns.hours)
    assert set(row.earned) <= set(columns.earned)
    assert set(row.taken) <= set(columns.taken)
    assert sum(row.hours.values()) * 60 == row.worked_minutes
    assert any(code.startswith("overtime") for code in row.hours)
    assert row.worker


def test_runs_of_a_production_count_their_slips(reading: Session, days: PaidDays) -> None:
    (run,) = queries.runs(reading, days.slips[0].production_id)
    totals = queries.totals(reading, days.company_id, SlipFilters(production=days.production))

    assert (run.number, run.slips, run.statuses) == (1, 3, {PayoutStatus.PAID: 3})
    assert (run.gross, run.net) == (totals["USD"].gross, totals["USD"].net)


def test_pages_of_slips_follow_each_other_without_gaps(
    reading: Session, days: PaidDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.domain.reports.queries.slips.PAGE", 4)
    first = queries.slip_page(reading, days.company_id, days.all)
    second = queries.slip_page(reading, days.company_id, days.all, before=first.older)

    assert [row.id for row in (*first.rows, *second.rows)] == [s.id for s in days.slips[::-1]]
    assert (first.count, second.older) == (6, None)


def test_slips_are_read_in_batches(
    reading: Session, days: PaidDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.domain.reports.queries.slips.BATCH", 2)

    assert len(found(reading, days, days.all)) == 6


def test_bars_of_a_chart_are_one_for_each_date_and_currency(
    reading: Session, days: PaidDays
) -> None:
    bars = queries.by_shoot_day(reading, days.company_id, days.all)
    totals = queries.totals(reading, days.company_id, days.all)

    assert [bar.gross for bar in bars] == [totals["USD"].gross, totals["CNY"].gross]


def test_a_payment_without_a_bank_account_waits_for_the_person(session: Session) -> None:
    nothing = queries.waiting(session, 1, SlipFilters())

    assert (nothing.for_payees, nothing.for_company) == (0, 0)


def test_an_own_day_reads_as_hours_sent_then_waits_for_details(session: Session) -> None:
    day = a_closed_day(session)
    card = an_approved_card(session, day, has_payee=False)

    pay = queries.own_pay(session, card.person_id)

    (row,) = pay.rows
    assert row.word is PayWord.NEEDS_YOU
    assert row.need is queries.Need.PAYEE
    assert row.gross is not None
    assert (row.net, pay.coming, pay.older) == (None, None, None)
    assert list(pay.by_production) == ["Divorced at Dawn"]

    builders.a_payee(
        session, session.get_one(type(builders.a_person(session)), card.person_id), VAULT
    )
    (row,) = queries.own_pay(session, card.person_id).rows
    assert (row.word, row.need) == (PayWord.APPROVED, None)


def test_own_slips_say_what_came_and_when(reading: Session, days: PaidDays) -> None:
    slip = days.slips[0]
    pay = queries.own_pay(reading, slip.person_id)

    (row,) = pay.rows
    assert (row.slip, row.word) == (slip.public_id, PayWord.PAID)
    assert row.on is not None
    assert pay.coming is None
    assert pay.needs == {}


def test_totals_of_one_currency_add_up() -> None:
    one = Totals(1, *(Money(n, "USD") for n in (10, 3, 2, 5)))

    assert queries.add(one, one) == Totals(2, *(Money(n, "USD") for n in (20, 6, 4, 10)))
