"""Rows that were there before anybody was asked how people are engaged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command

from marketplace import db
from marketplace.domain.booking.models import Booking
from marketplace.domain.people.models import Payee
from marketplace.domain.productions.models import Production
from tests.support import builders
from tests.support.databases import Database, alembic_config
from tests.support.payday import VAULT


def test_shows_that_were_there_are_engaged_by_their_country(database: Database) -> None:
    with database.session() as session, db.transaction(session):
        person = builders.a_person(session)
        builders.a_payee(session, person, VAULT, tax_form="8233").is_state_nonresident = True
        for is_chinese in (False, True):
            show = builders.a_production(session, is_chinese=is_chinese)
            show.engagement, show.payroll_period = "employee", "weekly"
            day = builders.a_shoot_day(session, show, "2026-12-05" if is_chinese else "2026-12-01")
            builders.a_booking(session, builders.a_role(session, show, [day]), person, day)

    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0005")
        command.upgrade(alembic_config(connection), "head")

    with database.session() as session:
        shows = session.scalars(sa.select(Production).order_by(Production.id)).all()
        bookings = session.scalars(sa.select(Booking).order_by(Booking.id)).all()
        payee = session.scalars(sa.select(Payee)).one()
        assert [show.engagement for show in shows] == ["contractor", "labour_service"]
        assert [show.engagement_by_id for show in shows] == [None, None]
        assert [one.engagement for one in bookings] == ["contractor", "labour_service"]
        assert [show.payroll_period for show in shows] == ["daily", "daily"]
        assert [one.payroll_period for one in bookings] == ["daily", "daily"]
        assert (payee.tax_form, payee.is_state_nonresident) == ("w8ben", None)
