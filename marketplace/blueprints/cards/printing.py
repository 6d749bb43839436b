"""A profile as a comp card: words and photos for the printer."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.blueprints.cards import facts
from marketplace.domain.documents.queries import open_file, pieces
from marketplace.domain.people.queries.whole import PhotoRow, WholeProfile
from marketplace.domain.people.rules.cards import CardPhoto, CompCard
from marketplace.domain.people.services.photos import LARGE, photo_subject
from marketplace.kernel.clock import Clock
from marketplace.kernel.zones import local_date
from marketplace.web.language import html_lang
from marketplace.web.presentation import day, listed

MOST_PHOTOS: Final = 4
"""The headshot, and three more."""


def card_of(session: Session, found: WholeProfile, *, clock: Clock) -> CompCard:
    """Return the comp card of a person in the reader's language."""
    names = facts.names_of(found)
    lines = (
        (_("Skills"), facts.skills_of(found)),
        (_("Languages"), facts.languages_of(found)),
        (_("Positions"), facts.positions_of(found)),
    )
    on = day(local_date(clock.now(), found.zone), "dated")
    return CompCard(
        lang=html_lang(),
        title=_("Comp card of %(name)s", name=names.name),
        name=names.name,
        second_name=names.second_name,
        headline=facts.headline_of(found),
        photos=tuple(_photos(session, found, names.name)),
        facts=tuple(facts.size_facts(found.sizes)),
        lines=tuple((label, listed(words)) for label, words in lines if words),
        foot=_("Dayrate · %(on)s", on=on),
    )


def _photos(session: Session, found: WholeProfile, name: str) -> list[CardPhoto]:
    """Return the headshot and the first others; a photo without words is a photo of its person."""
    chosen = sorted(found.photos, key=lambda photo: not photo.is_headshot)[:MOST_PHOTOS]
    alt = _("Photo of %(name)s", name=name)
    return [CardPhoto(_content(session, found, photo), photo.alt or alt) for photo in chosen]


def _content(session: Session, found: WholeProfile, photo: PhotoRow) -> bytes:
    stored = open_file(session, photo_subject(found.public_id, photo.digest, LARGE))
    return b"".join(pieces(session, stored.id)) if stored else b""
