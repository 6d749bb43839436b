"""Sizes, skills, positions; reels, credits, kit and certificates, and the reminder of those."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.notices.models import Mail
from marketplace.domain.people.jobs import remind_certificate
from marketplace.domain.people.models import CrewCertificate, Person, SizeCard
from marketplace.domain.people.queries.whole import whole
from marketplace.domain.people.rules import Level
from marketplace.domain.people.rules.profiles import MOST_ENTRIES, ProfileError
from marketplace.domain.people.rules.sizes import Sizes
from marketplace.domain.people.services.entries import (
    KeepCertificate,
    KeepCredit,
    KeepKit,
    KeepReel,
    MoveEntry,
    add_entry,
    change_entry,
    move_entry,
    remove_entry,
)
from marketplace.domain.people.services.looks import CrewSide, Looks, keep_crew, keep_looks
from marketplace.domain.tasks.models import Task
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from tests.support.builders import a_person

CREDIT = KeepCredit("Midnight Verdict", "Clerk", 2024, "Redwood Vertical")
TEXTS = ("shoe", "clothing", "hair", "eyes", "marks", "wardrobe", "vehicles")
LOOKS = Looks(
    Sizes(age_from=24, age_to=34, height=168, hair="black", has_driving_licence=True),
    ["sword", "singing"],
    ["古筝", "sword", "Juggling"],
    {"zh": Level.NATIVE, "en": Level.WORKING},
)


@pytest.fixture
def person(session: Session) -> Person:
    return a_person(session)


def test_looks_are_kept_and_replace_what_was_there(
    session: Session, person: Person, clock: FixedClock
) -> None:
    keep_looks(session, person.id, Looks(Sizes(waist=70), ["yoga"], [], {}), clock=clock)
    keep_looks(session, person.id, LOOKS, clock=clock)

    found = whole(session, person.id)
    assert found.sizes == LOOKS.sizes
    assert found.skills == [
        *[("sword", False), ("singing", False)],
        *[("古筝", True), ("Juggling", True)],
    ]
    assert found.languages == [("zh", Level.NATIVE), ("en", Level.WORKING)]


def test_more_skills_than_anybody_reads_are_refused(
    session: Session, person: Person, clock: FixedClock
) -> None:
    many = Looks(Sizes(), [], [f"skill {number}" for number in range(41)], {})

    with pytest.raises(ProfileError, match="40"):
        keep_looks(session, person.id, many, clock=clock)


@pytest.mark.parametrize("age_to", [20, None])
def test_the_database_refuses_ages_that_cannot_be(
    session: Session, person: Person, age_to: int | None
) -> None:
    card = sa.insert(SizeCard).values(
        person_id=person.id,
        age_from=30,
        age_to=age_to,
        has_driving_licence=False,
        **dict.fromkeys(TEXTS, ""),
    )

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(card)


def test_positions_and_rate_are_kept_and_taken_back(
    session: Session, person: Person, clock: FixedClock
) -> None:
    side = CrewSide({"gaffer": "electric"}, Money(45_000, "USD"), 600)
    keep_crew(session, person.id, side, clock=clock)

    found = whole(session, person.id)
    assert (found.positions, found.rate, found.minutes) == (["gaffer"], Money(45_000, "USD"), 600)

    keep_crew(session, person.id, CrewSide({}, None, 600), clock=clock)
    found = whole(session, person.id)
    assert (found.positions, found.rate, found.minutes) == ([], None, None)


def test_a_thing_of_each_list_is_kept(session: Session, person: Person, clock: FixedClock) -> None:
    for entry in (
        KeepReel("Showreel", "https://www.vimeo.com/1"),
        CREDIT,
        KeepKit("LED panel", Money(12_000, "USD"), "Two of them"),
        KeepCertificate("forklift", "4471", date(2027, 6, 30)),
    ):
        add_entry(session, person.id, entry, clock=clock)

    found = whole(session, person.id)
    assert [(reel.title, reel.host) for reel in found.reels] == [("Showreel", "vimeo.com")]
    assert [(one.title, one.year) for one in found.credits] == [("Midnight Verdict", 2024)]
    assert [(one.name, one.rate) for one in found.kit] == [("LED panel", Money(12_000, "USD"))]
    assert [(one.kind, one.last4) for one in found.certificates] == [("forklift", "4471")]


def test_a_reel_that_is_no_address_is_refused(
    session: Session, person: Person, clock: FixedClock
) -> None:
    with pytest.raises(ProfileError, match="https"):
        add_entry(session, person.id, KeepReel("x", "javascript:alert(1)"), clock=clock)


def test_a_list_ends_somewhere(session: Session, person: Person, clock: FixedClock) -> None:
    for _ in range(MOST_ENTRIES):
        add_entry(session, person.id, CREDIT, clock=clock)

    with pytest.raises(ProfileError, match="full"):
        add_entry(session, person.id, CREDIT, clock=clock)


def test_things_are_changed_moved_and_removed(
    session: Session, person: Person, clock: FixedClock
) -> None:
    names = ("one", "two", "three")
    ids = [
        add_entry(session, person.id, KeepCredit(name, "r", None, ""), clock=clock)
        for name in names
    ]

    def titles() -> list[str]:
        return [one.title for one in whole(session, person.id).credits]

    change_entry(session, person.id, ids[1], KeepCredit("2", "r", 2020, ""), clock=clock)
    move_entry(session, person.id, MoveEntry("credits", ids[2], -1), clock=clock)
    assert titles() == ["one", "three", "2"]
    move_entry(session, person.id, MoveEntry("credits", ids[0], -1), clock=clock)
    remove_entry(session, person.id, "credits", ids[2], clock=clock)
    assert titles() == ["one", "2"]
    add_entry(session, person.id, KeepCredit("last", "r", None, ""), clock=clock)
    assert titles() == ["one", "2", "last"]


def test_things_of_somebody_else_are_not_there(
    session: Session, person: Person, clock: FixedClock
) -> None:
    theirs = add_entry(session, a_person(session, "Bea Hart").id, CREDIT, clock=clock)

    with pytest.raises(NotFoundError):
        change_entry(session, person.id, theirs, CREDIT, clock=clock)
    with pytest.raises(NotFoundError):
        remove_entry(session, person.id, "credits", theirs, clock=clock)
    with pytest.raises(NotFoundError):
        move_entry(session, person.id, MoveEntry("credits", theirs, 1), clock=clock)


def a_certificate(
    session: Session, person: Person, expires_on: date | None, clock: FixedClock
) -> CrewCertificate:
    made = add_entry(session, person.id, KeepCertificate("forklift", "", expires_on), clock=clock)
    return session.scalars(sa.select(CrewCertificate).filter_by(public_id=made)).one()


def reminders(session: Session) -> list[Task]:
    return list(session.scalars(sa.select(Task).filter_by(kind="remind_certificate")))


def mails(session: Session) -> list[Mail]:
    return list(session.scalars(sa.select(Mail)))


def test_a_reminder_is_asked_for_a_month_before_in_the_morning_there(
    session: Session, person: Person, clock: FixedClock
) -> None:
    a_certificate(session, person, date(2027, 6, 30), clock)

    (reminder,) = reminders(session)
    assert reminder.run_at.isoformat() == "2027-05-31T16:00:00+00:00"


@pytest.mark.parametrize("expires_on", [None, date(2026, 12, 1), date(2020, 1, 1)])
def test_nobody_is_reminded_of_what_does_not_end_or_ends_soon(
    session: Session, person: Person, clock: FixedClock, expires_on: date | None
) -> None:
    a_certificate(session, person, expires_on, clock)

    assert reminders(session) == []


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Shanghai", "Pacific/Auckland"])
def test_the_reminder_comes_once(
    session: Session, person: Person, clock: FixedClock, zone: str
) -> None:
    person.zone = zone
    row = a_certificate(session, person, date(2027, 6, 30), clock)
    clock.at = reminders(session)[0].run_at

    remind_certificate(session, row.id, clock=clock)
    remind_certificate(session, row.id, clock=clock)

    assert len(mails(session)) == 1


def test_a_certificate_that_was_renewed_or_removed_reminds_of_nothing(
    session: Session, person: Person, clock: FixedClock
) -> None:
    row = a_certificate(session, person, date(2027, 6, 30), clock)
    first = reminders(session)[0].run_at
    renewed = KeepCertificate("forklift", "", date(2029, 6, 30))
    change_entry(session, person.id, row.public_id, renewed, clock=clock)
    clock.at = first + timedelta(minutes=1)

    remind_certificate(session, row.id, clock=clock)
    assert mails(session) == []

    assert len(reminders(session)) == 2
    row_id = row.id
    remove_entry(session, person.id, "certificates", row.public_id, clock=clock)
    session.flush()
    remind_certificate(session, row_id, clock=clock)
    assert mails(session) == []
