"""Photos of a profile: twelve, in order, one headshot, and nothing left behind."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.domain.documents.models import File, FileChunk
from marketplace.domain.documents.queries import open_file, pieces
from marketplace.domain.people.models import Person, Photo
from marketplace.domain.people.ports import Picture, PictureError
from marketplace.domain.people.queries.whole import faces, photo_place, photos
from marketplace.domain.people.services.photos import (
    add_photo,
    choose_headshot,
    describe_photo,
    move_photo,
    photo_subject,
    remove_photo,
)
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support.builders import a_person


def a_photo(number: int = 0) -> Picture:
    large = f"large {number}".encode()
    return Picture(large, f"thumb {number}".encode(), 640, 800, hashlib.sha256(large).hexdigest())


@pytest.fixture
def person(session: Session) -> Person:
    return a_person(session)


def added(session: Session, person: Person, count: int, clock: FixedClock) -> list[str]:
    return [
        add_photo(session, person.id, a_photo(number), "", clock=clock).public_id
        for number in range(count)
    ]


def order(session: Session, person: Person) -> list[str]:
    return [photo.public_id for photo in photos(session, person.id)]


def test_the_first_photo_is_the_headshot(
    session: Session, person: Person, clock: FixedClock
) -> None:
    first, second = added(session, person, 2, clock)

    assert [(one.public_id, one.is_headshot) for one in photos(session, person.id)] == [
        (first, True),
        (second, False),
    ]
    assert faces(session, [person.id])[person.id].photo == first


def test_both_sizes_are_stored_under_their_content(
    session: Session, person: Person, clock: FixedClock
) -> None:
    (first,) = added(session, person, 1, clock)

    place = photo_place(session, first)

    assert place
    assert (place.person_id, place.digest) == (person.id, a_photo().digest)
    stored = open_file(session, photo_subject(place.person, place.digest, "thumb"))
    assert stored
    assert b"".join(pieces(session, stored.id)) == b"thumb 0"
    assert photo_place(session, "nothing") is None


def test_a_thirteenth_photo_is_refused(session: Session, person: Person, clock: FixedClock) -> None:
    added(session, person, 12, clock)

    with pytest.raises(PictureError, match="12 photos"):
        add_photo(session, person.id, a_photo(12), "", clock=clock)


def test_a_photo_is_there_once(session: Session, person: Person, clock: FixedClock) -> None:
    added(session, person, 1, clock)

    with pytest.raises(PictureError, match="already"):
        add_photo(session, person.id, a_photo(), "", clock=clock)


def test_two_people_may_have_the_same_photo(
    session: Session, person: Person, clock: FixedClock
) -> None:
    other = a_person(session, "Bea Hart")
    (mine,) = added(session, person, 1, clock)
    (theirs,) = added(session, other, 1, clock)

    remove_photo(session, person.id, mine, clock=clock)

    kept = photo_place(session, theirs)
    assert kept
    assert open_file(session, photo_subject(kept.person, kept.digest, "large"))


def test_photos_are_moved_and_stay_at_the_ends(
    session: Session, person: Person, clock: FixedClock
) -> None:
    first, second, third = added(session, person, 3, clock)

    move_photo(session, person.id, third, -1, clock=clock)
    assert order(session, person) == [first, third, second]
    move_photo(session, person.id, first, -1, clock=clock)
    move_photo(session, person.id, second, 1, clock=clock)
    assert order(session, person) == [first, third, second]


def test_another_photo_becomes_the_headshot(
    session: Session, person: Person, clock: FixedClock
) -> None:
    _, second = added(session, person, 2, clock)

    choose_headshot(session, person.id, second, clock=clock)

    assert [one.is_headshot for one in photos(session, person.id)] == [False, True]


def test_without_the_headshot_the_next_photo_is_it_and_no_byte_stays(
    session: Session, person: Person, clock: FixedClock
) -> None:
    first, second = added(session, person, 2, clock)

    remove_photo(session, person.id, first, clock=clock)
    assert [(one.public_id, one.is_headshot) for one in photos(session, person.id)] == [
        (second, True)
    ]
    remove_photo(session, person.id, second, clock=clock)

    assert faces(session, [person.id])[person.id].photo is None
    for model in (File, FileChunk):
        assert session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


def test_what_a_photo_shows_is_kept(session: Session, person: Person, clock: FixedClock) -> None:
    (first,) = added(session, person, 1, clock)

    describe_photo(session, person.id, first, "In a red coat", clock=clock)

    assert photos(session, person.id)[0].alt == "In a red coat"


def test_a_photo_of_somebody_else_is_not_there(
    session: Session, person: Person, clock: FixedClock
) -> None:
    (theirs,) = added(session, a_person(session, "Bea Hart"), 1, clock)

    with pytest.raises(NotFoundError):
        remove_photo(session, person.id, theirs, clock=clock)


def test_the_database_refuses_two_headshots(
    session: Session, person: Person, clock: FixedClock
) -> None:
    added(session, person, 2, clock)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.update(Photo).values(is_headshot=True))
