from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.queries import history
from marketplace.domain.booking.queries import boards
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.casting.models import Application, Role, RoleGram
from marketplace.domain.casting.queries import roles as queries
from marketplace.domain.casting.rules import (
    ApplicationState,
    RoleError,
    RoleKind,
    RoleState,
)
from marketplace.domain.casting.services import publication, roles
from marketplace.domain.casting.services.publication import PublishProduction
from marketplace.domain.casting.services.roles import CreateRole, EditRole, RoleAct, RoleTerms
from marketplace.domain.notices.models import Mail, Notice
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import ProductionError, ProductionState
from marketplace.domain.productions.services import EditProduction, Terms
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError
from marketplace.kernel.grams import grams
from marketplace.kernel.money import Money
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
    role_dates,
)


def terms(days: dict[int, int], **changes: object) -> RoleTerms:
    said = RoleTerms(
        name="Nurse Dana",
        kind=RoleKind.PRINCIPAL,
        department="",
        who="Woman, plays 24–34",
        description="",
        day_rate=Money(28_000, "USD"),
        guaranteed_minutes=720,
        apply_by_at=NOW + timedelta(days=2),
        disclosures=["night"],
        headcounts=days,
    )
    return replace(said, **changes)  # type: ignore[arg-type]  # a test names the field


def needs(session: Session, role: Role) -> dict[int, int]:
    return {found.shoot_day_id: found.headcount for found in role_dates(session, role)}


def found_by(session: Session, text: str) -> set[int]:
    pieces = grams(text)
    rows = session.execute(
        sa.select(RoleGram.role_id)
        .where(RoleGram.gram.in_(pieces))
        .group_by(RoleGram.role_id)
        .having(sa.func.count() == len(pieces)),
    )
    return set(rows.scalars())


def a_draft_show(session: Session, *, is_chinese: bool = False) -> tuple[Production, ShootDay]:
    show = a_production(session, is_chinese=is_chinese)
    show.state = ProductionState.DRAFT
    return show, a_shoot_day(session, show)


def a_draft_role(session: Session, show: Production, days: list[ShootDay]) -> Role:
    role = a_role(session, show, days)
    role.state, role.published_at = RoleState.DRAFT, None
    session.flush()
    return role


def test_a_role_is_needed_on_the_days_its_grid_says(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    first, second, third = (a_shoot_day(session, show, f"2026-11-{on}") for on in (29, 30, 27))
    command = CreateRole(
        show.id, show.created_by_id, terms({first.id: 2, second.id: 0, third.id: 1})
    )

    role = roles.create(session, command, clock=clock)

    assert needs(session, role) == {first.id: 2, third.id: 1}
    assert role.state == RoleState.DRAFT


def test_days_of_another_production_are_never_needed(session: Session, clock: FixedClock) -> None:
    show, other = a_production(session), a_production(session)
    foreign = a_shoot_day(session, other)

    role = roles.create(
        session, CreateRole(show.id, show.created_by_id, terms({foreign.id: 3})), clock=clock
    )

    assert needs(session, role) == {}


def test_a_rate_without_hours_is_refused(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    command = CreateRole(show.id, show.created_by_id, terms({}, guaranteed_minutes=0))

    with pytest.raises(RoleError, match="needs its hours"):
        roles.create(session, command, clock=clock)


def test_a_role_without_a_rate_is_refused(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    command = CreateRole(show.id, show.created_by_id, terms({}, day_rate=Money(0, "USD")))

    with pytest.raises(RoleError, match="above zero"):
        roles.create(session, command, clock=clock)


def test_a_headcount_may_not_fall_below_what_is_confirmed(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day], headcount=3)
    for name in ("Ava Lin", "Marcus Bell"):
        a_booking(session, role, a_person(session, name), day)

    with pytest.raises(RoleError, match="confirmed on 2026-11-29: 2"):
        roles.edit(session, EditRole(role.id, show.created_by_id, terms({day.id: 1})), clock=clock)


def test_a_day_somebody_applied_for_stays_in_the_role(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    first, second = a_shoot_day(session, show), a_shoot_day(session, show, "2026-11-30")
    role = a_role(session, show, [first, second])
    an_application(session, role, a_person(session))

    with pytest.raises(RoleError, match="keeps that day"):
        roles.edit(
            session, EditRole(role.id, show.created_by_id, terms({first.id: 1})), clock=clock
        )


def test_a_day_nobody_asked_for_leaves_the_role(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    first, second = a_shoot_day(session, show), a_shoot_day(session, show, "2026-11-30")
    role = a_role(session, show, [first, second])

    roles.edit(session, EditRole(role.id, show.created_by_id, terms({second.id: 4})), clock=clock)

    assert needs(session, role) == {second.id: 4}


def test_a_new_rate_leaves_what_was_booked_alone(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])
    booking = a_booking(session, role, a_person(session), day)
    command = EditRole(
        role.id, show.created_by_id, terms({day.id: 1}, day_rate=Money(35_000, "USD"))
    )

    roles.edit(session, command, clock=clock)

    session.refresh(booking)
    assert (role.day_rate_minor, booking.day_rate_minor) == (35_000, 28_000)
    (act,) = history(session, [f"role:{role.public_id}"])
    assert act.before["day_rate"] == Money(28_000, "USD")
    assert act.after["day_rate"] == Money(35_000, "USD")


def test_an_open_role_cannot_lose_all_its_days(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])

    with pytest.raises(RoleError, match="at least one shoot day"):
        roles.edit(session, EditRole(role.id, show.created_by_id, terms({})), clock=clock)


def test_an_open_role_cannot_get_an_apply_by_in_the_past(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])
    late = terms({day.id: 1}, apply_by_at=NOW - timedelta(hours=1))

    with pytest.raises(RoleError, match="has passed"):
        roles.edit(session, EditRole(role.id, show.created_by_id, late), clock=clock)


def test_a_role_whose_apply_by_has_passed_can_still_be_corrected(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])
    clock.at = NOW + timedelta(days=3)

    roles.edit(session, EditRole(role.id, show.created_by_id, terms({day.id: 1})), clock=clock)

    assert role.name == "Nurse Dana"


def test_a_published_role_keeps_its_currency(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])
    yuan = terms({day.id: 1}, day_rate=Money(60_000, "CNY"))

    with pytest.raises(RoleError, match="stays as it was published: USD"):
        roles.edit(session, EditRole(role.id, show.created_by_id, yuan), clock=clock)


def test_a_copy_is_a_draft_with_the_same_days(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day], headcount=12)

    copy = roles.duplicate(session, RoleAct(role.id, show.created_by_id), clock=clock)

    assert copy.state == RoleState.DRAFT
    assert needs(session, copy) == {day.id: 12}


def test_publishing_a_production_opens_its_complete_roles_and_names_the_others(
    session: Session, clock: FixedClock
) -> None:
    show, day = a_draft_show(session)
    whole, hollow = a_draft_role(session, show, [day]), a_draft_role(session, show, [])

    done = publication.publish_production(
        session, PublishProduction(show.id, show.created_by_id), clock=clock
    )

    assert (done.opened, done.left) == ((whole.name,), (hollow.name,))
    assert (show.state, whole.state, hollow.state) == ("live", "open", "draft")
    assert whole.published_at == clock.now()


def test_a_production_without_a_complete_role_is_not_published(
    session: Session, clock: FixedClock
) -> None:
    show, _day = a_draft_show(session)
    a_draft_role(session, show, [])

    with pytest.raises(RoleError, match="Claire Hart: Say how many people"):
        publication.publish_production(
            session, PublishProduction(show.id, show.created_by_id), clock=clock
        )


def test_a_show_in_china_is_not_published_without_its_registration_number(
    session: Session, clock: FixedClock
) -> None:
    show, day = a_draft_show(session, is_chinese=True)
    show.registration_number = ""
    a_draft_role(session, show, [day])

    with pytest.raises(ProductionError, match="备案号"):
        publication.publish_production(
            session, PublishProduction(show.id, show.created_by_id), clock=clock
        )


def test_a_production_is_published_once(session: Session, clock: FixedClock) -> None:
    show = a_production(session)

    with pytest.raises(ProductionError, match="already published"):
        publication.publish_production(
            session, PublishProduction(show.id, show.created_by_id), clock=clock
        )


def test_a_role_of_a_draft_production_waits_for_it(session: Session, clock: FixedClock) -> None:
    show, day = a_draft_show(session)
    role = a_draft_role(session, show, [day])

    with pytest.raises(RoleError, match="Publish the production first"):
        roles.publish(session, RoleAct(role.id, show.created_by_id), clock=clock)


def test_closing_a_role_tells_everyone_who_waits_once_and_leaves_offers_standing(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    waiting = [
        an_application(session, role, a_person(session, f"Person {state}"), state=state)
        for state in (
            ApplicationState.SUBMITTED,
            ApplicationState.VIEWED,
            ApplicationState.SHORTLISTED,
        )
    ]
    offered = an_application(session, role, a_person(session), state=ApplicationState.OFFERED)

    told = roles.close(session, RoleAct(role.id, show.created_by_id), clock=clock)

    assert told == len(waiting)
    assert {application.state for application in waiting} == {ApplicationState.ROLE_FILLED}
    assert offered.state == ApplicationState.OFFERED
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == len(waiting)
    assert session.scalar(sa.select(sa.func.count(Mail.id))) == len(waiting)


def test_a_role_is_closed_once(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    command = RoleAct(role.id, show.created_by_id)
    roles.close(session, command, clock=clock)

    with pytest.raises(NotAllowedError):
        roles.close(session, command, clock=clock)


def test_a_closed_role_opens_again(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    command = RoleAct(role.id, show.created_by_id)
    roles.close(session, command, clock=clock)

    roles.publish(session, command, clock=clock)

    assert role.state == RoleState.OPEN
    assert found_by(session, "Claire") == {role.id}


def test_cutting_a_role_tells_everyone_who_waits(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    application = an_application(session, role, a_person(session))

    told = roles.cut(session, RoleAct(role.id, show.created_by_id), clock=clock)

    assert told == 1
    assert application.state == ApplicationState.ROLE_CUT
    (notice,) = session.scalars(sa.select(Notice))
    assert "cut from" in notice.sentence["$say"]


@pytest.mark.parametrize("state", [ApplicationState.OFFERED, ApplicationState.BOOKED])
def test_a_role_somebody_is_engaged_for_is_not_cut(
    session: Session, clock: FixedClock, state: ApplicationState
) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    application: Application = an_application(session, role, a_person(session), state=state)

    with pytest.raises(RoleError, match="offer or a booking for this role: 1"):
        roles.cut(session, RoleAct(role.id, show.created_by_id), clock=clock)

    assert application.state == state


def test_an_open_role_is_found_by_its_words_and_its_shows(
    session: Session, clock: FixedClock
) -> None:
    show = a_production(session, title="离婚黎明")
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day])

    roles.edit(
        session,
        EditRole(role.id, show.created_by_id, terms({day.id: 1}, name="女护士")),
        clock=clock,
    )

    assert found_by(session, "护士") == {role.id}
    assert found_by(session, "黎明") == {role.id}
    assert found_by(session, "angeles") == {role.id}
    assert found_by(session, "Claire") == set()


def test_a_closed_role_is_no_longer_found(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    roles.reindex(session, role)

    roles.close(session, RoleAct(role.id, show.created_by_id), clock=clock)

    assert found_by(session, "Claire") == set()


def test_a_new_title_is_found_in_open_roles_at_once(session: Session, clock: FixedClock) -> None:
    show = a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])
    said = {name: getattr(show, name) for name in Terms.__annotations__}
    command = EditProduction(show.id, show.created_by_id, Terms(**{**said, "title": "Night Bride"}))

    publication.edit_production(session, command, clock=clock)

    assert found_by(session, "bride") == {role.id}


def test_the_breakdown_counts_need_offers_standby_and_confirmed(session: Session) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    role = a_role(session, show, [day], headcount=2)
    a_booking(session, role, a_person(session, "Ava Lin"), day)
    a_booking(session, role, a_person(session, "Marcus Bell"), day, state=BookingState.OFFERED)
    an_application(session, role, a_person(session, "Wen Qiu"))

    (row,) = queries.breakdown(session, show.id)
    staffing = boards.staffing(session, show.id)

    assert (row.needed, row.confirmed, row.new, row.waiting) == (2, 1, 1, 1)
    assert staffing.fills[row.needs[day.id].role_date_id] == boards.Fill(offered=1, confirmed=1)
    assert staffing.committed == (Money(28_000, "USD"),)
    assert queries.planned_cost([row], day.id) == (Money(56_000, "USD"),)
    (offer,) = [one for one in boards.open_offers(session, show.id) if one.person == "Marcus Bell"]
    assert offer.role == "Claire Hart"


def test_two_currencies_are_never_added(session: Session) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    dollars, yuan = a_role(session, show, [day]), a_role(session, show, [day])
    yuan.currency = "CNY"
    for role, name in ((dollars, "Ava Lin"), (yuan, "Wen Qiu")):
        a_booking(session, role, a_person(session, name), day)

    staffing = boards.staffing(session, show.id)

    assert staffing.committed == (Money(28_000, "CNY"), Money(28_000, "USD"))
    assert staffing.costs[day.id] == staffing.committed


@pytest.mark.parametrize(
    ("state", "is_engaged"),
    [
        (BookingState.OFFERED, True),
        (BookingState.CONFIRMED, True),
        (BookingState.DECLINED, False),
    ],
)
def test_a_day_is_engaged_while_somebody_is_asked_or_booked(
    session: Session, state: BookingState, *, is_engaged: bool
) -> None:
    show = a_production(session)
    day = a_shoot_day(session, show)
    a_booking(session, a_role(session, show, [day]), a_person(session), day, state=state)

    assert boards.is_engaged(session, day.id) is is_engaged


def test_a_role_of_another_production_is_not_found(session: Session) -> None:
    show, other = a_production(session), a_production(session)
    role = a_role(session, show, [a_shoot_day(session, show)])

    assert queries.one(session, other.id, role.public_id) is None
