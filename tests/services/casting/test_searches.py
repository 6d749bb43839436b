"""Searches are kept as they were meant, by whoever owns them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.domain.casting.queries import browse
from marketplace.domain.casting.queries.browse import Filters
from marketplace.domain.casting.queries.searches import (
    KeptSearch,
    opened,
    search_of,
    searches_of,
    written,
)
from marketplace.domain.casting.rules import MOST_SEARCHES, Cadence
from marketplace.domain.casting.services import searches
from marketplace.domain.casting.services.searches import KeepSearch, SearchError
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from tests.support.builders import NOW, a_person
from tests.support.payday import VAULT

CLOCK = FixedClock(NOW)
EVERYTHING = KeptSearch(
    Filters(
        text="护士 nurse",
        first=date(2026, 11, 29),
        last=date(2026, 12, 2),
        kinds=("principal", "crew"),
        cities=("Zhengzhou", "郑州"),
        currency="CNY",
        least=Money(50_000, "CNY"),
        plays=(0, 34),
        languages=("zh",),
        departments=("Camera",),
        pays_standby=True,
    ),
    is_free=True,
)


@pytest.mark.parametrize("kept", [EVERYTHING, KeptSearch(Filters()), KeptSearch(Filters(), True)])
def test_a_search_is_read_as_it_was_written(kept: KeptSearch) -> None:
    assert opened(written(kept)) == kept


def test_a_search_is_listed_changed_and_deleted_by_its_owner(session: Session) -> None:
    person = a_person(session)
    command = KeepSearch(person.id, " Nurses ", Cadence.NEVER, EVERYTHING)
    kept = searches.keep(session, command, clock=CLOCK)
    later = FixedClock(NOW + timedelta(hours=1))
    renamed = replace(command, name="Nurse", search=kept.public_id)

    searches.keep(session, renamed, clock=later)

    (row,) = searches_of(session, person.id)
    assert (row.name, row.cadence, row.kept) == ("Nurse", Cadence.NEVER, EVERYTHING)
    assert kept.since_at == NOW
    searches.keep(session, replace(renamed, cadence=Cadence.AT_ONCE), clock=later)
    assert kept.since_at == later.now()
    searches.delete(session, person.id, kept.public_id)
    assert searches_of(session, person.id) == []


def test_nobody_touches_somebody_elses_search(session: Session) -> None:
    mine, other = a_person(session), a_person(session, "Ben")
    command = KeepSearch(mine.id, "Mine", Cadence.NEVER, EVERYTHING)
    kept = searches.keep(session, command, clock=CLOCK)

    assert search_of(session, other.id, kept.public_id) is None
    with pytest.raises(NotFoundError):
        searches.delete(session, other.id, kept.public_id)
    theirs = replace(command, person_id=other.id, search=kept.public_id)
    with pytest.raises(NotFoundError):
        searches.keep(session, theirs, clock=CLOCK)


def test_a_search_needs_a_name_and_something_to_look_for_and_has_limits(session: Session) -> None:
    person = a_person(session)
    command = KeepSearch(person.id, "All", Cadence.NEVER, EVERYTHING)
    with pytest.raises(SearchError, match="at least one filter"):
        searches.keep(session, replace(command, kept=KeptSearch(Filters())), clock=CLOCK)
    with pytest.raises(SearchError, match="a name"):
        searches.keep(session, replace(command, name=" "), clock=CLOCK)
    for _ in range(MOST_SEARCHES):
        searches.keep(session, command, clock=CLOCK)
    with pytest.raises(SearchError, match="which is the most"):
        searches.keep(session, command, clock=CLOCK)


@pytest.mark.parametrize("change", ["x", "", "-", "nobody"])
def test_only_our_own_links_stop_mails(session: Session, change: str) -> None:
    person = a_person(session)
    token = searches.stop_token(person.public_id, VAULT)
    assert searches.person_to_stop(session, token, VAULT) == person.id

    broken = token + change if change == "x" else change
    with pytest.raises(NotFoundError):
        searches.stop_all(session, broken, vault=VAULT)
    stranger = searches.stop_token("nobodyatall1", VAULT)
    with pytest.raises(NotFoundError):
        searches.stop_all(session, stranger, vault=VAULT)


def test_finding_nothing_at_all_is_known_before_a_filter_is_dropped(session: Session) -> None:
    assert not browse.finds(session, Filters(), now=NOW)
