"""New roles are told to whoever looks for them: each once, and only what they can play."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.services import alerts
from marketplace.domain.casting.models import Role, RoleAlert, SavedSearch
from marketplace.domain.casting.queries.browse import Filters
from marketplace.domain.casting.queries.searches import KeptSearch
from marketplace.domain.casting.rules import Cadence, RoleKind, RoleState
from marketplace.domain.casting.services import roles, searches
from marketplace.domain.casting.services.roles import RoleAct
from marketplace.domain.casting.services.searches import KeepSearch
from marketplace.domain.notices.models import Mail, Notice
from marketplace.domain.people import services as people
from marketplace.domain.people.models import Person, SizeCard
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.frozen import thaw
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)
from tests.support.payday import VAULT

LOS_ANGELES = KeptSearch(Filters(cities=("Los Angeles",)))


def seeks(
    session: Session,
    name: str = "Ava Lin",
    *,
    cadence: Cadence = Cadence.AT_ONCE,
    kept: KeptSearch = LOS_ANGELES,
    person: Person | None = None,
) -> Person:
    """Let somebody keep a search, an hour before now."""
    person = person or a_person(session, name)
    command = KeepSearch(person.id, f"Search of {name}", cadence, kept)
    searches.keep(session, command, clock=FixedClock(NOW - timedelta(hours=1)))
    return person


def published(session: Session, name: str = "Claire Hart", **values: Any) -> Role:
    """Publish a role in Los Angeles now."""
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show, values.pop("on", "2026-11-29"))])
    role.name, role.state, role.published_at = name, RoleState.DRAFT, None
    for field, value in values.items():
        setattr(role, field, value)
    session.flush()
    return roles.publish(session, RoleAct(role.id, show.created_by_id), clock=FixedClock(NOW))


def announce(session: Session, role: Role) -> None:
    after: int | None = 0
    while after is not None:
        after = alerts.announce(session, role.id, after, vault=VAULT, clock=FixedClock(NOW))


def digest(session: Session, person: Person, clock: FixedClock | None = None) -> None:
    alerts.digest(session, person.id, vault=VAULT, clock=clock or FixedClock(NOW))


def told(session: Session) -> list[str]:
    """Return the subjects of all mails about new roles, in order."""
    kinds = sa.select(Mail).where(Mail.kind == "new_roles").order_by(Mail.id)
    return [str(thaw(mail.subject)) for mail in session.scalars(kinds)]


def test_a_published_role_asks_to_be_announced_once(session: Session) -> None:
    role = published(session)

    asked = session.scalars(sa.select(Task).where(Task.kind == "announce_role")).all()

    assert [(task.subject_id, task.run_at) for task in asked] == [(role.id, NOW)]


def test_who_wants_to_know_at_once_is_told_by_mail_and_on_the_site(session: Session) -> None:
    person = seeks(session)
    role = published(session)

    announce(session, role)

    mail = session.scalars(sa.select(Mail)).one()
    assert mail.path == f"/roles/{role.public_id}"
    assert mail.stop_path == f"/alerts/{searches.stop_token(person.public_id, VAULT)}"
    assert session.scalars(sa.select(Notice.user_id)).all() == [person.user_id]
    assert session.scalars(sa.select(RoleAlert.role_id)).all() == [role.id]


def test_a_role_is_told_once_however_many_searches_find_it(session: Session) -> None:
    person = seeks(session)
    seeks(session, person=person, kept=KeptSearch(Filters(kinds=("principal",))))
    seeks(session, person=person, cadence=Cadence.DAILY)
    role = published(session)

    for _ in range(2):
        announce(session, role)
        digest(session, person)

    assert len(told(session)) == 1


def test_a_role_that_opens_again_is_not_told_again(session: Session) -> None:
    seeks(session)
    role = published(session)
    announce(session, role)
    by_id = session.scalars(sa.select(User.id)).first() or 0
    roles.close(session, RoleAct(role.id, by_id), clock=FixedClock(NOW))
    later = FixedClock(NOW + timedelta(hours=1))
    roles.publish(session, RoleAct(role.id, by_id), clock=later)

    announce(session, role)

    assert len(told(session)) == 1


def test_nobody_is_told_of_what_they_cannot_play_or_know_already(session: Session) -> None:
    young = seeks(session, "Too young")
    session.add(SizeCard(person_id=young.id, age_from=10, age_to=17))
    crew = seeks(session, "Crew")
    crew.is_actor = crew.is_background = False
    applied, busy = seeks(session, "Applied"), seeks(session, "Busy")
    gone = seeks(session, "Gone")
    session.get_one(User, gone.user_id).disabled_at = NOW
    seeks(session, "Never", cadence=Cadence.NEVER)
    seeks(session, "Elsewhere", kept=KeptSearch(Filters(cities=("Zhengzhou",))))
    role = published(session, plays_from=18, plays_to=30)
    an_application(session, role, applied)
    other = a_production(session)
    day = a_shoot_day(session, other, "2026-11-29")
    a_booking(session, a_role(session, other, [day]), busy, day)
    away = seeks(session, "Away")
    people.book_out(session, away.id, date(2026, 11, 29))

    announce(session, role)

    assert session.scalars(sa.select(RoleAlert.person_id)).all() == [away.id]


def test_only_dates_i_am_free_leaves_out_a_day_away(session: Session) -> None:
    person = seeks(session, kept=KeptSearch(Filters(), is_free=True))
    people.book_out(session, person.id, date(2026, 11, 29))
    announce(session, published(session))

    announce(session, published(session, "Free", on="2026-11-30"))

    assert told(session) == ["New role: Free in Divorced at Dawn"]


def test_what_was_published_before_a_search_is_not_told(session: Session) -> None:
    role = published(session)
    role.published_at = NOW - timedelta(hours=2)
    person = seeks(session, cadence=Cadence.DAILY)

    digest(session, person)

    assert told(session) == []


def test_a_digest_tells_every_new_role_in_one_mail_newest_first(session: Session) -> None:
    person = seeks(session, cadence=Cadence.DAILY)
    for number in range(12):
        published(session, f"Role {number:02}", published_at=None)
    crew = RoleKind.CREW
    published(session, "Gaffer", kind=crew, department="Electric")

    digest(session, person)
    digest(session, person)

    (mail,) = session.scalars(sa.select(Mail).where(Mail.kind == "new_roles"))
    lines = [str(thaw(line)) for line in mail.lines]
    assert str(thaw(mail.subject)) == "New roles for you: 13"
    assert lines[0].startswith("Gaffer in Divorced at Dawn")
    assert lines[10] == "And 3 more."
    assert mail.path == "/me/searches"


def test_a_digest_comes_at_nine_of_the_persons_own_clock_and_asks_for_the_next(
    session: Session,
) -> None:
    person = a_person(session)
    person.zone = "Asia/Shanghai"
    seeks(session, person=person, cadence=Cadence.DAILY)
    seeks(session, person=person, cadence=Cadence.DAILY, kept=KeptSearch(Filters(text="gaffer")))

    def due() -> list[datetime]:
        wanted = sa.select(Task.run_at).where(Task.kind == "send_digest").order_by(Task.id)
        return list(session.scalars(wanted))

    nine = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert due() == [nine]
    digest(session, person, FixedClock(nine))
    assert due() == [nine, nine + timedelta(days=1)]


def test_whoever_wants_no_mail_any_more_is_told_nothing_and_nothing_is_asked(
    session: Session,
) -> None:
    person = seeks(session, cadence=Cadence.DAILY)
    published(session)
    token = searches.stop_token(person.public_id, VAULT)
    assert searches.stop_all(session, token, vault=VAULT) == 1
    assert searches.stop_all(session, token, vault=VAULT) == 0

    digest(session, person)

    assert told(session) == []
    kinds = session.scalars(sa.select(Task.kind)).all()
    assert kinds.count("send_digest") == 1
    assert session.scalars(sa.select(SavedSearch.cadence)).all() == [Cadence.NEVER]
