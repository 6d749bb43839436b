"""A worker that dies while it tells of new roles: nobody is told twice, nobody is left out."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from marketplace import db
from marketplace.domain.casting.models import RoleAlert
from marketplace.domain.casting.queries.browse import Filters
from marketplace.domain.casting.queries.searches import KeptSearch
from marketplace.domain.casting.rules import Cadence, RoleState
from marketplace.domain.casting.services import roles, searches
from marketplace.domain.casting.services.roles import RoleAct
from marketplace.domain.casting.services.searches import KeepSearch
from marketplace.domain.notices.models import Mail, Notice
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.frozen import thaw
from marketplace.outside import Outside
from marketplace.worker.drain import Crew
from marketplace.worker.handlers import HANDLERS
from tests.support.builders import NOW, a_person, a_production, a_role, a_shoot_day
from tests.support.crews import Killed, MortalCrew, an_outside, to_the_end
from tests.support.databases import Database

MOST_STAGES = 60
PRINCIPALS = KeptSearch(Filters(kinds=("principal",)))


def a_new_role(database: Database, name: str, clock: FixedClock) -> None:
    with database.session() as session, db.transaction(session):
        show = a_production(session, title=name)
        role = a_role(session, show, [a_shoot_day(session, show, "2027-11-29")], name=name)
        role.state, role.published_at = RoleState.DRAFT, None
        role.apply_by_at = NOW + timedelta(days=300)
        session.flush()
        roles.publish(session, RoleAct(role.id, show.created_by_id), clock=clock)


def seekers(database: Database, clock: FixedClock) -> list[int]:
    """Let two people be told at once and two daily; returns their ids."""
    wanted = [Cadence.AT_ONCE, Cadence.AT_ONCE, Cadence.DAILY, Cadence.DAILY]
    with database.session() as session, db.transaction(session):
        people = [a_person(session, f"Person {number}").id for number in range(len(wanted))]
        for person_id, cadence in zip(people, wanted, strict=True):
            command = KeepSearch(person_id, "Mine", cadence, PRINCIPALS)
            searches.keep(session, command, clock=clock)
    return people


def dies_at(stage: int, database: Database, outside: Outside) -> bool:
    """Let a crew work until it dies at a stage; False when all was done before it."""
    try:
        MortalCrew(database.engine, outside, HANDLERS, stage=stage).drain_all()
    except Killed:
        return True
    return False


def test_a_worker_killed_at_any_stage_tells_everybody_once(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    outside = an_outside(database, tmp_path, clock)
    healthy = Crew(database.engine, outside)
    people = seekers(database, clock)
    made = 0
    while made < MOST_STAGES:
        a_new_role(database, f"Role {made}", clock)
        clock.at += timedelta(days=1)
        made += 1
        if not dies_at(made - 1, database, outside):
            break
        to_the_end(healthy, database, clock, clock.now() + timedelta(minutes=5))
    clock.at += timedelta(days=2)
    to_the_end(healthy, database, clock, clock.now())

    with database.session() as session:
        told = Counter(session.scalars(sa.select(RoleAlert.person_id)))
        assert told == dict.fromkeys(people, made)
        mails = session.scalars(sa.select(Mail).where(Mail.kind == "new_roles")).all()
        assert len(mails) == session.scalar(sa.select(sa.func.count(Notice.id)))
        named = Counter(str(thaw(line)) for mail in mails for line in mail.lines[:-1])
        assert set(named.values()) == {len(people)}
        assert 5 < len(named) == made < MOST_STAGES
