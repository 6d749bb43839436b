"""Alarms are of kinds the database keeps, and one gateway's trouble is not another's."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.domain.notices.models import Alarm
from marketplace.domain.notices.rules import AlarmKind, Trouble
from marketplace.kernel.sentences import say


def test_the_database_keeps_every_kind_of_alarm() -> None:
    known = [
        str(one.sqltext)
        for one in sa.inspect(Alarm).local_table.constraints  # type: ignore[attr-defined]  # a table
        if isinstance(one, sa.CheckConstraint)
    ]

    assert len(known) == 1
    assert all(f"'{kind}'" in known[0] for kind in AlarmKind)


def test_troubles_of_two_gateways_are_two() -> None:
    words = say("It takes no payments.")
    one = Trouble(AlarmKind.QUEUE_STOPPED, words, "/operator", "stripe")
    other = Trouble(AlarmKind.QUEUE_STOPPED, words, "/operator", "sandbox")

    assert one != other
    assert (one.kind, one.subject) != (other.kind, other.subject)
