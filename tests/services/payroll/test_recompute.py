"""Issued slips are worked out again byte for byte, whatever tables came since."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.app import create_app
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.payroll import queries
from marketplace.domain.payroll.models import PayLineRow, PaySlip
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.payroll.services import recompute
from marketplace.domain.payroll.services.recompute import Again, Tools, count_slips
from marketplace.kernel.clock import FixedClock
from marketplace.web.presentation import sentence
from tests.support.crews import an_outside
from tests.support.databases import Database
from tests.support.payday import VAULT
from tests.support.slipdays import PaidDays, days_of_money

TOOLS = Tools(VAULT, sentence)
FROZEN = {
    "sqlite": ("DROP TRIGGER {table}_no_update", ""),
    "postgresql": (
        "ALTER TABLE {table} DISABLE TRIGGER {table}_no_change",
        "ALTER TABLE {table} ENABLE TRIGGER {table}_no_change",
    ),
}


@pytest.fixture
def days(database: Database, tmp_path: Path, clock: FixedClock) -> PaidDays:
    """Three slips in dollars and three in yuan."""
    return days_of_money(database, tmp_path, clock)


def worked_out(database: Database, number: str = "") -> list[Again]:
    with database.session() as session:
        return list(recompute.recompute(session, TOOLS, number))


def problems(database: Database) -> list[str]:
    return [str(one.problem) for one in worked_out(database) if one.problem]


@contextmanager
def thawed(database: Database, table: str) -> Iterator[Session]:
    """Let a test do by force what the database refuses everybody."""
    before, after = FROZEN[database.engine.dialect.name]
    with database.session() as session, db.transaction(session):
        session.execute(sa.text(before.format(table=table)))
        yield session
        if after:
            session.execute(sa.text(after.format(table=table)))


def test_every_slip_comes_out_the_same(database: Database, days: PaidDays) -> None:
    found = worked_out(database)

    assert [one.number for one in found] == [slip.number for slip in days.slips]
    assert [one.problem for one in found] == [None] * 6
    with database.session() as session:
        assert count_slips(session) == 6
        assert count_slips(session, days.slips[0].number) == 1


def test_many_slips_are_read_a_few_at_a_time(
    database: Database,
    days: PaidDays,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recompute, "BATCH", 2)
    with database.session() as session:
        kept = [
            sum(isinstance(one, PaySlip) for one in session.identity_map.values())
            for _ in recompute.recompute(session, TOOLS)
        ]

    assert len(kept) == len(days.slips)
    assert max(kept) <= 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own, read instead of the product's."""
    own = tmp_path / "data"
    shutil.copytree(str(queries.DATA), own)
    monkeypatch.setattr(queries, "DATA", own)
    forget_tables()
    yield own
    forget_tables()


def forget_tables() -> None:
    queries.schemes.cache_clear()
    queries.agreements.cache_clear()


def edited(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    raw = json.loads(path.read_text("utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), "utf-8")
    forget_tables()


def test_a_newer_table_changes_nothing(
    database: Database,
    folder: Path,
    days: PaidDays,
) -> None:
    def add_a_year(raw: dict[str, Any]) -> None:
        last = raw["versions"][-1]
        newer = copy.deepcopy(last) | {"effective_from": "2027-01-01", "effective_to": None}
        if "backup_rate" in newer:
            newer["backup_rate"] = "0.48"
        for bracket in newer.get("brackets", ()):
            bracket["rate"] = str(2 * Decimal(bracket["rate"]))
            bracket["quick_deduction"] = str(2 * Decimal(bracket["quick_deduction"]))
        last["effective_to"] = "2026-12-31"
        raw["versions"].append(newer)

    for scheme in {slip.scheme for slip in days.slips}:
        edited(folder / "schemes" / f"{scheme}.json", add_a_year)

    newest = queries.load_scheme(days.slips[0].scheme, date(2027, 1, 1))
    assert newest.effective_from == date(2027, 1, 1)
    assert problems(database) == []


def test_a_figure_changed_inside_a_version_is_found(
    database: Database,
    folder: Path,
    days: PaidDays,
) -> None:
    def pay_more(raw: dict[str, Any]) -> None:
        raw["bands"][0]["mult"] = "1.25"

    edited(folder / "agreements" / f"{days.slips[0].agreement}.json", pay_more)

    assert "Line 1 comes out differently." in problems(database)


def test_a_version_that_is_gone_is_named(
    database: Database,
    folder: Path,
    days: PaidDays,
) -> None:
    american, chinese = days.slips[0], days.slips[3]

    def later(raw: dict[str, Any]) -> None:
        raw["effective_from"] = "2030-01-01"

    edited(folder / "agreements" / f"{american.agreement}.json", later)
    (folder / "schemes" / f"{chinese.scheme}.json").unlink()
    forget_tables()

    assert problems(database) == [
        *[f"The version {american.inputs['agreement']} is not here any more."] * 3,
        *[f"The version {chinese.inputs['scheme']} is not here any more."] * 3,
    ]


def test_a_changed_line_is_found_with_both_its_texts(database: Database, days: PaidDays) -> None:
    slip = days.slips[1]
    change_line(database, slip, unit="day")

    (found,) = [one for one in worked_out(database) if one.problem]

    assert (found.number, str(found.problem)) == (slip.number, "Line 1 comes out differently.")
    assert '"unit":"day"' in found.stored
    assert '"unit":"hour"' in found.found


def change_line(database: Database, slip: PaySlip, **values: str) -> None:
    mine = (PayLineRow.pay_slip_id == slip.id, PayLineRow.position == 1)
    with thawed(database, "pay_line") as session:
        line = session.scalars(sa.select(PayLineRow.line).where(*mine)).one()
        session.execute(sa.update(PayLineRow).where(*mine).values(line=line | values))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda slip: {
                "gross_minor": slip.gross_minor + 1,
                "deducted_minor": slip.deducted_minor + 1,
            },
            "The lines add up to",
        ),
        (lambda _slip: {"digest": "0" * 64}, "not the one that was issued"),
        (lambda slip: {"document_sealed": slip.legal_name_sealed}, "cannot be opened"),
    ],
)
def test_a_changed_slip_is_found(
    database: Database,
    days: PaidDays,
    change: Callable[[PaySlip], dict[str, Any]],
    problem: str,
) -> None:
    slip = days.slips[2]
    with thawed(database, "pay_slip") as session:
        mine = sa.update(PaySlip).where(PaySlip.id == slip.id)
        session.execute(mine.values(**change(slip)))

    (found,) = problems(database)
    assert problem in found


def test_a_paper_with_another_amount_is_found(database: Database, days: PaidDays) -> None:
    slip = days.slips[0]
    owner = document_owner(slip.public_id)
    document = SlipDocument.from_json(VAULT.open(slip.document_sealed, owner))
    forged = replace(document, net="$9,999.99")
    with thawed(database, "pay_slip") as session:
        session.execute(
            sa.update(PaySlip)
            .where(PaySlip.id == slip.id)
            .values(document_sealed=VAULT.seal(forged.to_json(), owner)),
        )

    assert problems(database) == ["The stored paper is not the one that was issued."]


def run(database: Database, folder: Path, clock: FixedClock, *arguments: str) -> Result:
    outside = an_outside(database, folder, clock)
    app = create_app(outside.settings, outside)
    return app.test_cli_runner().invoke(args=["recompute", *arguments])


@pytest.mark.embedded
def test_the_command_says_what_it_did(
    database: Database,
    days: PaidDays,
    tmp_path: Path,
    clock: FixedClock,
) -> None:
    one = run(database, tmp_path, clock, "--slip", days.slips[0].number)
    every = run(database, tmp_path, clock, "--all")

    assert "worked out again: 1. Differences: 0." in one.output
    assert "worked out again: 6. Differences: 0." in every.output
    assert (one.exit_code, every.exit_code) == (0, 0)
    assert run(database, tmp_path, clock).exit_code == 2
    assert "no pay slip" in run(database, tmp_path, clock, "--slip", "2020-00001").output


@pytest.mark.embedded
def test_the_command_fails_on_a_difference(
    database: Database,
    days: PaidDays,
    tmp_path: Path,
    clock: FixedClock,
) -> None:
    slip = days.slips[4]
    change_line(database, slip, code="other")

    plain = run(database, tmp_path, clock, "--all")
    as_json = run(database, tmp_path, clock, "--all", "--json")

    assert plain.exit_code == as_json.exit_code == 1
    assert f"{slip.number} (slip {slip.id}): Line 1 comes out differently." in plain.output
    assert "  stored: {" in plain.output
    (line,) = [text for text in as_json.output.splitlines() if text.startswith("{")]
    assert json.loads(line)["number"] == slip.number
