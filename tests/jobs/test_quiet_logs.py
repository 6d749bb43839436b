"""The log of a whole payday names nobody: no address, no name, no account, no amount."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from marketplace import logs
from marketplace.domain.accounts.models import User
from marketplace.domain.notices.ports import Letter, MailRefusedError, MailUnsentError
from marketplace.domain.payments.models import Payout
from marketplace.domain.people.models import Payee, Person
from marketplace.kernel.clock import FixedClock
from marketplace.worker.alarms import Watchman
from marketplace.worker.books import BooksWatch
from marketplace.worker.drain import Crew
from tests.support.builders import an_operator
from tests.support.crews import an_outside
from tests.support.databases import Database
from tests.support.payday import VAULT, a_closed_day, an_approved_card

NAMES: Final = ("Ava Lin", "Ben Okafor", "赵国强")


class RefusingPost:
    """A mail server that repeats the address in its refusals, as real ones do."""

    def __init__(self) -> None:
        """Start with nothing refused."""
        self.count = 0

    def send(self, letter: Letter) -> None:
        """Refuse, for good and for now by turns."""
        self.count += 1
        words = f"550 <{letter.to_address}> unknown"
        raise (MailRefusedError if self.count % 2 else MailUnsentError)(words)


def secrets(database: Database) -> set[str]:
    """Return everything about people that a log must not have."""
    with database.session() as session:
        found = set(session.scalars(sa.select(User.email)))
        found |= set(session.scalars(sa.select(User.display_name)))
        found |= set(session.scalars(sa.select(Person.stage_name)))
        for payee in session.scalars(sa.select(Payee)):
            owner = f"payee:{payee.person_id}"
            if payee.legal_name_sealed:
                found.add(VAULT.open(payee.legal_name_sealed, f"{owner}|legal_name"))
            if payee.account_sealed:
                account = VAULT.open(payee.account_sealed, f"{owner}|account")
                values = json.loads(account) if account.startswith("{") else {"account": account}
                found |= {str(value) for value in values.values() if len(str(value)) > 4}
        found |= {f"{net / 100:.2f}" for net in session.scalars(sa.select(Payout.amount_minor))}
    return found


@pytest.mark.embedded
def test_the_log_of_a_payday_names_nobody(
    database: Database, tmp_path: Path, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = replace(an_outside(database, tmp_path, clock), post=RefusingPost(), machine=clock)
    crew = Crew(database.engine, outside)
    with crew.unit() as session:
        an_operator(session)
        day = a_closed_day(session)
        for name in NAMES:
            an_approved_card(session, day, name)
        an_approved_card(session, day, "Dana Cruz", has_payee=False)
    logs.configure()

    crew.drain_all()
    with crew.unit() as session:
        session.execute(sa.text("UPDATE payout SET state = 'due', gateway_ref = NULL"))
    BooksWatch(database.engine, outside).check()
    Watchman(crew, outside).look()
    clock.at += timedelta(days=2)
    crew.drain_all()

    text = capsys.readouterr().out
    events = {json.loads(line)["event"] for line in text.splitlines()}
    assert {"work_put_off", "work_given_up", "books_do_not_balance", "alarm"} <= events
    known = secrets(database)
    assert len(known) > 12
    assert sorted(one for one in known if one in text) == []
