"""Rows that were there keep their meaning when special days come, and when they are taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command

from marketplace import db
from marketplace.domain.timecards.rules import CardState
from tests.support import builders
from tests.support.databases import Database, alembic_config

BEFORE = "0002"
FACTS = (
    "SELECT production.needs_payroll_approval, role.standby_percent, booking.standby_percent,"
    " booking.upgraded_to, booking.fee_minor, time_card.kind, time_card.returned_reason,"
    " time_card.state FROM time_card JOIN booking ON booking.id = time_card.booking_id"
    " JOIN role ON role.id = booking.role_id"
    " JOIN production ON production.id = booking.production_id"
)


def test_cards_bookings_and_roles_survive_the_way_down_and_up(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        production = builders.a_production(session)
        day = builders.a_shoot_day(session, production)
        role = builders.a_role(session, production, [day])
        booking = builders.a_booking(session, role, builders.a_person(session), day)
        builders.a_time_card(session, booking, state=CardState.PAYROLL_APPROVED)
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), BEFORE)
    with database.engine.connect() as connection:
        older = connection.exec_driver_sql("SELECT state, version FROM time_card").one()
    with database.engine.connect() as connection:
        command.upgrade(alembic_config(connection), "head")
    with database.engine.connect() as connection:
        found = connection.execute(sa.text(FACTS)).one()

    assert tuple(older) == ("approved", 1)
    assert tuple(found) == (False, 0, 0, "", None, "work", "", "approved")
