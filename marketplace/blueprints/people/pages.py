"""What the pages of people show, read once for each request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, url_for

from marketplace.blueprints.applicants.forms import OfferForm
from marketplace.blueprints.people.asked import Asked, chips, of_role
from marketplace.domain.booking.queries.applicants import Applicant, places_of
from marketplace.domain.booking.queries.fits import DayWindow
from marketplace.domain.booking.queries.people_search import (
    PAGE,
    FoundPeople,
    days_to_come,
    find_people,
)
from marketplace.domain.booking.queries.unapplied import unapplied
from marketplace.domain.casting.queries import roles
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules import WORK_WORDS
from marketplace.domain.people.rules.profiles import LANGUAGES
from marketplace.domain.people.rules.words import all_words, find
from marketplace.domain.productions.queries import facts
from marketplace.web.access import the_production
from marketplace.web.extensions import clock, reading
from marketplace.web.words import language_name, worded


@dataclass(frozen=True, slots=True)
class Off:
    """A filter that is on: in words, and the address of the list without it."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The page: the search, its chips, what it found, and the words of the form.

    helpful: filters without which somebody is found, when nobody is.
    """

    asked: Asked
    found: FoundPeople
    days: Mapping[str, DayWindow]
    shown: tuple[DayWindow, ...]
    roles: list[RoleRow]
    role: RoleRow | None
    chips: list[Off]
    helpful: list[Off]

    @property
    def words(self) -> dict[str, Any]:
        """What can be chosen from, as the reader says it."""
        known = kept()
        return {
            "works": {str(work): words for work, words in WORK_WORDS.items()},
            "languages": {code: language_name(code) for code in LANGUAGES},
            "departments": known.departments,
            "skills": known.skills,
        }

    @staticmethod
    def positions(codes: list[str]) -> str:
        """Name positions as the reader says them."""
        known = all_words(kept().departments)
        return ", ".join(worded(find(known, code)) for code in codes)


def people(wanted: Asked) -> PeoplePage:
    """Return the page a search asks for."""
    production = the_production()
    days = days_to_come(reading(), production.id, clock().now())
    open_roles = [one for one in roles.breakdown(reading(), production.id) if one.is_open]
    role = next((one for one in open_roles if one.public_id == wanted.role), None)

    def look(asked: Asked, size: int) -> FoundPeople:
        filters = asked.filters(days, production.currency, role.id if role else None)
        return find_people(reading(), filters, after=asked.after, size=size)

    found = look(wanted, PAGE)
    off = chips(wanted, days, production.currency)
    is_empty = not (found.people or wanted.after)
    shown = wanted.filters(days, production.currency, None).days
    return PeoplePage(
        wanted,
        found,
        days,
        shown,
        open_roles,
        role,
        [_off(words, without) for words, without in off],
        [_off(words, one) for words, one in off if look(one, 1).people] if is_empty else [],
    )


def suggested(role: RoleRow) -> Asked:
    """Return the search for people who fit a role."""
    production = the_production()
    days = days_to_come(reading(), production.id, clock().now())
    return of_role(role, days, facts(reading(), production.id).city)


def the_role(public_id: str) -> RoleRow:
    """Return a role of this production; anything else is 404."""
    found = roles.one(reading(), the_production().id, public_id)
    if found is None:
        abort(404)
    return found


def the_person(public_id: str, role: str) -> Applicant:
    """Return somebody who may be found, with the dates of a role; anybody else is 404."""
    role_id = the_role(role).id
    places = places_of(reading(), role_id)
    found = unapplied(reading(), role_id, public_id, places, clock().now())
    if found is None:
        abort(404)
    return found


def offer_page(role: RoleRow, person: Applicant, form: OfferForm) -> str:
    """Return the form of an offer to somebody who did not apply."""
    return render_template("people/offer.html", role=role, form=form, applicant=person)


def _off(words: str, without: Asked) -> Off:
    return Off(words, url_for("people.index", **without.args()))
