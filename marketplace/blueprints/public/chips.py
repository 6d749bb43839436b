"""The filters that are on, each with the address that takes it off; and which one to drop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from marketplace.blueprints.public.search import Search
from marketplace.blueprints.roles.forms import DEPARTMENTS, KINDS
from marketplace.kernel.money import Money
from marketplace.web.presentation import day, money
from marketplace.web.words import language_name


@dataclass(frozen=True, slots=True)
class FilterChip:
    """One filter in words, and the search without it."""

    words: str
    without: Search

    @property
    def href(self) -> str:
        """The address of the list without this filter."""
        return url_for("public.roles", **self.without.args())


def chips_of(wanted: Search) -> list[FilterChip]:
    """Return the filters of a search, one chip each, in the order of the form."""
    return [FilterChip(words, replace(wanted, after="", **off)) for words, off in _parts(wanted)]


def _parts(wanted: Search) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each filter in words, with the changes that take it off."""
    if wanted.q:
        yield f"“{wanted.q}”", {"q": ""}
    yield from _dates(wanted)
    if wanted.is_free:
        yield _("Only dates I am free"), {"is_free": False}
    for kind in wanted.kinds:
        yield str(KINDS[kind]), {"kinds": _less(wanted.kinds, kind)}
    for city in wanted.cities:
        yield city, {"cities": _less(wanted.cities, city)}
    yield from _part(wanted)


def _dates(wanted: Search) -> Iterator[tuple[str, dict[str, Any]]]:
    if wanted.first and wanted.first == wanted.last:
        yield day(wanted.first), {"first": None, "last": None}
        return
    if wanted.first:
        yield _("From %(date)s", date=day(wanted.first)), {"first": None}
    if wanted.last:
        yield _("Until %(date)s", date=day(wanted.last)), {"last": None}


def _part(wanted: Search) -> Iterator[tuple[str, dict[str, Any]]]:
    currency, _colon, minor = wanted.pay.partition(":")
    if minor:
        least = money(Money(int(minor), currency), cards=True)
        yield _("%(rate)s or more", rate=least), {"pay": ""}
    elif currency:
        yield _("Any rate in %(currency)s", currency=currency), {"pay": ""}
    if wanted.pays_standby:
        yield _("Standby is paid"), {"pays_standby": False}
    if wanted.plays:
        ages = f"{wanted.plays[0]}–{wanted.plays[1]}"
        yield _("Plays %(ages)s", ages=ages), {"plays": None}
    for code in wanted.languages:
        yield language_name(code), {"languages": _less(wanted.languages, code)}
    for one in wanted.departments:
        yield str(DEPARTMENTS[one]), {"departments": _less(wanted.departments, one)}


def _less(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(one for one in values if one != value)
