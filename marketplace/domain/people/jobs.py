"""Remind people of certificates that end."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.notices.services import Message, tell
from marketplace.domain.people.models import CrewCertificate, Person
from marketplace.domain.people.queries.profiles import reader_of
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.services.entries import WARNING
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import local_date


def remind_certificate(session: Session, certificate_id: int, *, clock: Clock) -> None:
    """Tell somebody, once for each date, that a certificate ends in a month.

    Does nothing for a certificate that was removed, or has another date by now.
    """
    row = session.get(CrewCertificate, certificate_id)
    if row is None or row.expires_on is None:
        return
    zone = session.get_one(Person, row.person_id).zone
    if row.expires_on - WARNING > local_date(clock.now(), zone):
        return
    reader = reader_of(session, row.person_id)
    word = kept().certificate(row.kind)
    name = word.zh if reader.locale.startswith("zh") else word.en
    message = Message(
        key=f"certificate:{row.public_id}:{row.expires_on}",
        kind="certificate_ends",
        subject=say("%(name)s ends on %(on)s", name=name, on=row.expires_on),
        lines=(
            say("Productions that see your profile read that date."),
            say("When you have a new one, write its date on your profile."),
        ),
        button=say("Open the certificates"),
        path="/me/crew",
    )
    tell(session, reader, message, clock=clock)
