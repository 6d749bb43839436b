"""Keep the photos of a profile: at most twelve, in an order, one of them the headshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.documents.services import NewFile, forget, store
from marketplace.domain.people.models import Person, Photo
from marketplace.domain.people.ports import Picture, PictureError
from marketplace.domain.people.rules.profiles import MOST_PHOTOS
from marketplace.domain.people.services.changes import changed
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say

JPEG: Final = "image/jpeg"
LARGE: Final = "large"
THUMB: Final = "thumb"
SIZES: Final = (LARGE, THUMB)


def photo_subject(person: str, digest: str, size: str) -> str:
    """Return the subject under which one size of a photo is stored: its content is its name."""
    return f"photo:{person}:{digest}:{size}"


def add_photo(
    session: Session, person_id: int, picture: Picture, alt: str, *, clock: Clock
) -> Photo:
    """Keep a photo, as the last one; the first one is the headshot.

    Raises PictureError when there are twelve, or when it is there already.
    """
    person = lock_one(session, Person, person_id)
    mine = _photos(session, person.id)
    if len(mine) >= MOST_PHOTOS:
        raise PictureError(
            say("A profile holds %(most)s photos. Remove one first.", most=MOST_PHOTOS)
        )
    if any(photo.digest == picture.digest for photo in mine):
        raise PictureError(say("This photo is on your profile already."))
    for size, content in ((LARGE, picture.large), (THUMB, picture.thumb)):
        new = NewFile(photo_subject(person.public_id, picture.digest, size), f"{size}.jpg", JPEG)
        store(session, new, [content], clock=clock)
    photo = Photo(
        person_id=person.id,
        position=len(mine),
        digest=picture.digest,
        width=picture.width,
        height=picture.height,
        alt=alt,
        is_headshot=not mine,
        created_at=clock.now(),
    )
    session.add(photo)
    changed(session, person, "add_photo", clock=clock)
    return photo


def remove_photo(session: Session, person_id: int, public_id: str, *, clock: Clock) -> None:
    """Forget a photo and its files; without the headshot the first of the others becomes it."""
    person, mine, photo = _mine(session, person_id, public_id)
    for size in SIZES:
        forget(session, photo_subject(person.public_id, photo.digest, size))
    session.delete(photo)
    session.flush()
    mine.remove(photo)
    _number(mine)
    if photo.is_headshot and mine:
        mine[0].is_headshot = True
    changed(session, person, "remove_photo", clock=clock)


def move_photo(
    session: Session, person_id: int, public_id: str, steps: int, *, clock: Clock
) -> None:
    """Move a photo forward (steps below zero) or back; at an end it stays where it is."""
    person, mine, photo = _mine(session, person_id, public_id)
    to = min(max(photo.position + steps, 0), len(mine) - 1)
    mine.remove(photo)
    mine.insert(to, photo)
    _number(mine)
    changed(session, person, "order_photos", clock=clock)


def choose_headshot(session: Session, person_id: int, public_id: str, *, clock: Clock) -> None:
    """Make one photo the headshot."""
    person, mine, photo = _mine(session, person_id, public_id)
    for other in mine:
        other.is_headshot = False
    session.flush()  # one headshot a person: the old one goes before the new one comes
    photo.is_headshot = True
    changed(session, person, "choose_headshot", clock=clock)


def describe_photo(
    session: Session, person_id: int, public_id: str, alt: str, *, clock: Clock
) -> None:
    """Keep what a photo shows, in words for whoever cannot see it."""
    person, _, photo = _mine(session, person_id, public_id)
    photo.alt = alt
    changed(session, person, "describe_photo", clock=clock)


def _mine(session: Session, person_id: int, public_id: str) -> tuple[Person, list[Photo], Photo]:
    """Return a person, their photos and the named one of them; the person is locked."""
    person = lock_one(session, Person, person_id)
    mine = _photos(session, person.id)
    found = [photo for photo in mine if photo.public_id == public_id]
    if not found:
        raise NotFoundError(say("This photo is not there any more."))
    return person, mine, found[0]


def _photos(session: Session, person_id: int) -> list[Photo]:
    wanted = sa.select(Photo).where(Photo.person_id == person_id).order_by(Photo.position, Photo.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _number(photos: Sequence[Photo]) -> None:
    for position, photo in enumerate(photos):
        photo.position = position
