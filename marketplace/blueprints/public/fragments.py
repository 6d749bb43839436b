"""Parts of the list of roles that are written once for everybody who would see the same.

Each is kept under all it is made of, so nothing kept is ever out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from flask import get_template_attribute
from markupsafe import Markup

from marketplace.blueprints.public import search
from marketplace.blueprints.public.fitting import Chip
from marketplace.blueprints.public.search import Search
from marketplace.blueprints.roles.forms import DEPARTMENTS, DISCLOSURES, KINDS
from marketplace.domain.casting.queries.browse import Facets, FoundRole
from marketplace.domain.people.rules.profiles import LANGUAGES
from marketplace.web.extensions import clock
from marketplace.web.language import html_lang
from marketplace.web.words import language_name

CARDS: Final = 4096
PANELS: Final = 512


@dataclass(frozen=True, slots=True)
class Panel:
    """What is above and beside the list: the dates, the filters twice, what the search keeps."""

    strip: Markup
    rail: Markup
    sheet: Markup
    kept: Markup


def cards(
    roles: Sequence[FoundRole],
    chips: Iterable[Chip | None] | None = None,
    *,
    level: int = 2,
) -> Markup:
    """Return the cards of some roles. chips: how each fits; level: of their headings."""
    language, year = html_lang(), clock().now().year
    fits = [None] * len(roles) if chips is None else chips
    return Markup("").join(
        _card(language, year, role, fit, level) for role, fit in zip(roles, fits, strict=True)
    )


@lru_cache(maxsize=CARDS)
def _card(_language: str, _year: int, role: FoundRole, fit: Chip | None, level: int) -> Markup:
    return _written("public/_roles.html", "card", role, DISCLOSURES, fit, level)


def panel(
    wanted: Search,
    known: Facets,
    today: date,
    booked: frozenset[date],
    *,
    is_talent: bool,
) -> Panel:
    """Return what is above and beside the list of roles."""
    return _panel(html_lang(), wanted, known, today, booked, is_talent)


@lru_cache(maxsize=PANELS)
def _panel(
    _language: str,
    wanted: Search,
    known: Facets,
    today: date,
    booked: frozenset[date],
    is_talent: bool,  # noqa: FBT001 - lru_cache keeps positional arguments
) -> Panel:
    page = "public/_panel.html"
    days, counts = search.fortnight(today), dict(known.per_date)
    spoken = {code: language_name(code) for code in LANGUAGES}
    words = (KINDS, search.pay_choices(known), is_talent, spoken, DEPARTMENTS)
    return Panel(
        _written(page, "strip", wanted, days, counts, booked),
        _written(page, "filters", "rail", wanted, known, *words),
        _written(page, "filters", "sheet", wanted, known, *words),
        _written(page, "kept", wanted, ["q"]),
    )


def _written(template: str, macro: str, *values: Any) -> Markup:
    return Markup(get_template_attribute(template, macro)(*values))  # noqa: S704 - a template's own
