"""Keep searches: save, rename, say how often to be told, delete, stop all mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.casting.models import SavedSearch
from marketplace.domain.casting.queries.searches import KeptSearch, written
from marketplace.domain.casting.rules import MOST_SEARCHES, Cadence, next_digest_at
from marketplace.domain.people.models import Person
from marketplace.domain.people.ports import Vault
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.kernel.sentences import say

SIGNS: Final = 32
"""How many signs of a fingerprint prove that we wrote a link."""


class SearchError(DomainError):
    """A search that cannot be kept."""


@dataclass(frozen=True, slots=True)
class KeepSearch:
    """A person keeps what they look for. search: the public id of the one changed, "" for a new."""

    person_id: int
    name: str
    cadence: Cadence
    kept: KeptSearch
    search: str = ""


def keep(session: Session, command: KeepSearch, *, clock: Clock) -> SavedSearch:
    """Keep a new search, or change one: its name, its filters, how often it tells.

    Roles published from now on are told of; a new name alone changes nothing about that.
    Raises NotFoundError for somebody else's search, and SearchError for one that asks for
    nothing, has no name, or is one too many.
    """
    person = lock_one(session, Person, command.person_id)
    if not command.kept.is_narrow:
        raise SearchError(say("Choose at least one filter or word before you save a search."))
    if not command.name.strip():
        raise SearchError(say("Give the search a name."))
    search = _own(session, person.id, command.search) if command.search else None
    search = search or _new(session, person.id, clock=clock)
    said = (command.cadence.value, written(command.kept))
    if (search.cadence, search.filters) != said:
        search.cadence, search.filters = said
        search.since_at = clock.now()
    search.name = command.name.strip()
    session.flush()
    if search.cadence == Cadence.DAILY:
        ask_digest(session, person.id, now=clock.now(), zone=person.zone)
    return search


def delete(session: Session, person_id: int, public_id: str) -> None:
    """Forget a search; raises NotFoundError for somebody else's."""
    session.delete(_own(session, person_id, public_id))
    session.flush()


def ask_digest(session: Session, person_id: int, *, now: datetime, zone: str) -> None:
    """Ask for the next nine o'clock of a person; asking twice is asking once."""
    run_at = next_digest_at(now, zone)
    key = f"send_digest:{person_id}:{run_at.isoformat()}"
    tasks.ask(session, "send_digest", key, person_id, run_at=run_at)


def stop_token(public_id: str, vault: Vault) -> str:
    """Return what in a mail's link proves that it was written to this person."""
    return f"{public_id}-{vault.index(f'stop role alerts of {public_id}')[:SIGNS]}"


def person_to_stop(session: Session, token: str, vault: Vault) -> int:
    """Return whom a link of a mail is about; raises NotFoundError for one we did not write."""
    public_id = token.rpartition("-")[0]
    if stop_token(public_id, vault) == token:
        found = session.scalar(sa.select(Person.id).where(Person.public_id == public_id))
        if found is not None:
            return found
    raise NotFoundError(say("There is no such page."))


def stop_all(session: Session, token: str, *, vault: Vault) -> int:
    """End all mails about new roles for whoever a link was written to; the searches stay.

    Returns how many searches fell silent. Raises NotFoundError for a link we did not write.
    """
    person_id = person_to_stop(session, token, vault)
    told = sa.and_(SavedSearch.person_id == person_id, SavedSearch.cadence != Cadence.NEVER)
    quiet = sa.update(SavedSearch).where(told).values(cadence=Cadence.NEVER)
    return len(session.execute(quiet.returning(SavedSearch.id)).all())


def _new(session: Session, person_id: int, *, clock: Clock) -> SavedSearch:
    if _count(session, person_id) >= MOST_SEARCHES:
        raise SearchError(
            say("You keep %(most)s searches, which is the most; delete one.", most=MOST_SEARCHES)
        )
    now = clock.now()
    search = SavedSearch(person_id=person_id, name="", filters={}, since_at=now, created_at=now)
    session.add(search)
    return search


def _own(session: Session, person_id: int, public_id: str) -> SavedSearch:
    mine = (SavedSearch.person_id == person_id, SavedSearch.public_id == public_id)
    found = session.scalar(sa.select(SavedSearch.id).where(*mine))
    if found is None:
        raise NotFoundError(say("There is no such search."))
    return lock_one(session, SavedSearch, found)


def _count(session: Session, person_id: int) -> int:
    mine = sa.select(sa.func.count()).where(SavedSearch.person_id == person_id)
    return session.scalar(mine) or 0
