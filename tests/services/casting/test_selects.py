from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.rules import Action, ApplicationState
from marketplace.domain.casting.services import selects
from marketplace.domain.casting.services.selects import SelectApplicants
from marketplace.domain.notices.models import Notice
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError
from tests.support.builders import NOW, a_person, a_production, a_role, a_user, an_application


@pytest.fixture
def role(session: Session) -> Role:
    return a_role(session, a_production(session), [])


def command(
    session: Session, role: Role, action: Action, *applications: Application
) -> SelectApplicants:
    ids = [application.public_id for application in applications]
    return SelectApplicants(role.id, ids, action, a_user(session, "Casting").id)


def notices(session: Session) -> list[str]:
    return list(session.scalars(sa.select(Notice.key)))


def test_a_bulk_shortlist_moves_each_once_and_tells_each_once(
    session: Session, role: Role, clock: FixedClock
) -> None:
    found = [an_application(session, role, a_person(session, name)) for name in ("Ava", "Jo")]
    wanted = command(session, role, Action.SHORTLIST, *found)

    first = selects.select(session, wanted, clock=clock)
    second = selects.select(session, wanted, clock=clock)

    assert (first.moved, first.left) == (2, 0)
    assert (second.moved, second.left) == (0, 2)
    assert {one.state for one in found} == {ApplicationState.SHORTLISTED}
    assert {one.viewed_at for one in found} == {NOW}
    assert len(notices(session)) == 2


def test_an_applicant_who_withdrew_meanwhile_is_left_alone(
    session: Session, role: Role, clock: FixedClock
) -> None:
    gone = an_application(session, role, a_person(session), state=ApplicationState.WITHDRAWN)

    done = selects.select(session, command(session, role, Action.TURN_DOWN, gone), clock=clock)

    assert (done.moved, done.left) == (0, 1)
    assert gone.state == ApplicationState.WITHDRAWN
    assert notices(session) == []


def test_applications_of_another_role_are_not_touched(
    session: Session, role: Role, clock: FixedClock
) -> None:
    other = a_role(session, a_production(session), [])
    foreign = an_application(session, other, a_person(session))

    done = selects.select(session, command(session, role, Action.TURN_DOWN, foreign), clock=clock)

    assert (done.moved, done.left) == (0, 0)
    assert foreign.state == ApplicationState.SUBMITTED


def test_casting_cannot_book_or_withdraw_from_the_list(
    session: Session, role: Role, clock: FixedClock
) -> None:
    application = an_application(session, role, a_person(session))

    for action in (Action.BOOK, Action.WITHDRAW, Action.OFFER):
        with pytest.raises(NotAllowedError):
            selects.select(session, command(session, role, action, application), clock=clock)


def test_marking_all_as_viewed_leaves_the_others_and_sends_no_mail(
    session: Session, role: Role, clock: FixedClock
) -> None:
    new = an_application(session, role, a_person(session))
    chosen = an_application(
        session, role, a_person(session, "Jo"), state=ApplicationState.SHORTLISTED
    )

    done = selects.view_all(session, role.id, a_user(session).id, clock=clock)

    assert done.moved == 1
    assert (new.state, chosen.state) == (ApplicationState.VIEWED, ApplicationState.SHORTLISTED)
    assert notices(session) == []


def test_a_pass_is_logged_with_its_actor_and_told_kindly(
    session: Session, role: Role, clock: FixedClock
) -> None:
    application = an_application(session, role, a_person(session))
    wanted = command(session, role, Action.TURN_DOWN, application)

    selects.select(session, wanted, clock=clock)

    entry = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.subject == f"application:{application.public_id}"),
    ).one()
    assert (entry.actor_id, entry.before["state"], entry.after["state"]) == (
        wanted.by_id,
        "submitted",
        "not_selected",
    )
    assert len(notices(session)) == 1
