"""What the pages of casting show, read once for each request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import abort, redirect, request, url_for

from marketplace.blueprints.cards.facts import languages_of
from marketplace.domain.booking.queries import applicants as queries
from marketplace.domain.booking.queries.applicants import Applicant, HeldDate, Place, Profile
from marketplace.domain.booking.queries.asking import Cell, Counter, asked_of, counters_of
from marketplace.domain.casting.queries import roles
from marketplace.domain.casting.queries.applicants import withdrawals, withdrawn
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.people.queries.whole import Face, faces
from marketplace.domain.reports.queries.memos import memos_of_offers
from marketplace.kernel.money import Money
from marketplace.web.access import the_production
from marketplace.web.extensions import clock, reading

PAGE: Final = 50
SORTS: Final = ("fit", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The applicant in the panel: profile, what they were offered, what they would cost.

    asked: dates they were asked about; counters: other terms they ask for; earlier: when they
    withdrew from the role before; memos: the deal memo in force by its offer.
    """

    applicant: Applicant
    profile: Profile
    held: list[HeldDate]
    rate: Money
    asked: list[Cell]
    counters: list[Counter]
    earlier: list[datetime]
    memos: dict[str, str]

    @property
    def languages(self) -> list[str]:
        """The languages of their profile, in words."""
        return languages_of(self.profile)

    @property
    def cost(self) -> Money:
        """What the dates that can be offered cost, before overtime."""
        return self.rate.times(len(self.applicant.offerable))


@dataclass(frozen=True, slots=True)
class Listing:
    """The page of applicants: the tab, the filters, the rows."""

    role: RoleRow
    places: list[Place]
    counts: dict[str, int]
    stage: str
    sort: str
    is_free_only: bool
    free_count: int
    found: int
    page: int
    rows: list[Applicant]
    chosen: Chosen | None
    is_chosen_by_hand: bool
    faces: dict[int, Face]

    @property
    def has_more(self) -> bool:
        """Whether there are rows after this page."""
        return self.found > self.page * PAGE


def the_role(public_id: str) -> RoleRow:
    """Return a role of this production; anything else is 404."""
    found = roles.one(reading(), the_production().id, public_id)
    if found is None:
        abort(404)
    return found


def everyone(role: RoleRow) -> list[Applicant]:
    """Return everyone who applied, the best fit first."""
    places = queries.places_of(reading(), role.id)
    return queries.applicants(reading(), role.id, places, clock().now())


def the_applicant(role: RoleRow, public_id: str) -> Applicant:
    """Return one applicant of a role; anything else is 404.

    Whoever withdrew meanwhile has a page of their own that says so.
    """
    found = [one for one in everyone(role) if one.row.public_id == public_id]
    if not found and withdrawn(reading(), role.id, public_id):
        gone = url_for("asking.gone", role=role.public_id, application=public_id)
        abort(redirect(gone, 303))
    return found[0] if found else abort(404)


def chosen(role: RoleRow, applicant: Applicant) -> Chosen:
    """Return what the panel shows of one applicant."""
    row = applicant.row
    held = queries.held_dates(reading(), row.application_id)
    return Chosen(
        applicant,
        queries.profile_of(reading(), row.person_id),
        held,
        role.day_rate,
        asked_of(reading(), row.person_id, [square.place for square in applicant.squares]),
        counters_of(reading(), row.application_id),
        withdrawals(reading(), role.id, row.person_id),
        memos_of_offers(reading(), [one.offer for one in held]),
    )


def listing(role: RoleRow) -> Listing:
    """Return the page of applicants that the address asks for."""
    places = queries.places_of(reading(), role.id)
    everyone = queries.applicants(reading(), role.id, places, clock().now())
    stage = _one_of(request.args.get("stage"), tuple(queries.STAGES))
    sort = _one_of(request.args.get("sort"), SORTS)
    in_stage = [one for one in everyone if one.row.state in queries.STAGES[stage]]
    all_free = [one for one in in_stage if len(one.free) == len(places)]
    is_free_only = request.args.get("free") == "1"
    found = _sorted(all_free if is_free_only else in_stage, sort)
    page = max(1, request.args.get("page", 1, int))
    rows = found[(page - 1) * PAGE : page * PAGE]
    wanted = request.args.get("a")
    by_hand = [one for one in everyone if one.row.public_id == wanted]
    shown = (by_hand or rows)[:1]
    return Listing(
        role=role,
        places=places,
        counts=queries.stage_counts(everyone),
        stage=stage,
        sort=sort,
        is_free_only=is_free_only,
        free_count=len(all_free),
        found=len(found),
        page=page,
        rows=rows,
        chosen=chosen(role, shown[0]) if shown else None,
        is_chosen_by_hand=bool(by_hand),
        faces=faces(reading(), [one.row.person_id for one in [*rows, *shown]]),
    )


def _one_of(word: str | None, words: tuple[str, ...]) -> str:
    return word if word in words else words[0]


def _sorted(found: list[Applicant], sort: str) -> list[Applicant]:
    """Sort by when people applied; the best fit is the order they come in."""
    if sort == "fit":
        return found
    return sorted(found, key=lambda one: one.row.submitted_at, reverse=sort == "newest")
