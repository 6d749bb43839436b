"""A database with paid days takes the tables of corrections on, and off again, slip by slip."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from marketplace.kernel.clock import FixedClock
from tests.support.adjusting import a_paid_card, adjust
from tests.support.databases import Database, alembic_config
from tests.support.payday import a_till, unit_of

BEFORE_CORRECTIONS = "0001"
SLIPS = "SELECT number, kind, gross_minor, net_minor, digest FROM pay_slip ORDER BY id"


def test_paid_slips_survive_the_way_down_and_up(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    unit, till = unit_of(database), a_till(tmp_path, clock)
    card_id = a_paid_card(unit, till, clock)
    with database.engine.connect() as connection:
        before = connection.exec_driver_sql(SLIPS).all()

    for move, target in ((command.downgrade, BEFORE_CORRECTIONS), (command.upgrade, "head")):
        with database.engine.connect() as connection:
            move(alembic_config(connection), target)

    with database.engine.connect() as connection:
        assert connection.exec_driver_sql(SLIPS).all() == before
    adjust(unit, till, clock, card_id)
    with database.session() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM pay_slip")) == len(before) + 2
