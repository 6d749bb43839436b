"""Reads the pay agreements and withholding schemes that ship with the product."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from marketplace.domain.payroll.rules import allowances as allowance_files
from marketplace.domain.payroll.rules import books
from marketplace.domain.payroll.rules import forms as form_file
from marketplace.domain.payroll.rules import schemes as scheme_files
from marketplace.domain.payroll.rules.allowances import NOTHING, Catalogue
from marketplace.domain.payroll.rules.shapes import PayError
from marketplace.domain.payroll.rules.tables import Scheme
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.kernel.sentences import say

DATA: Final = files("marketplace.domain.payroll") / "data"


def load_agreement(agreement_id: str, on_date: date) -> Agreement:
    """Return an agreement in force on a date.

    Raises PayError when there is none of that name or it is not in force then.
    """
    found = agreements().get(agreement_id)
    if found is None:
        raise PayError(say("There is no pay agreement called %(id)s.", id=agreement_id))
    if not found.is_in_force(on_date):
        raise PayError(
            say("%(title)s is not in force on %(day)s.", title=found.title, day=on_date),
        )
    return found


@cache
def agreements() -> dict[str, Agreement]:
    """Return every agreement by id, each file read and checked once."""
    raws = {raw["id"]: raw for raw in _files("agreements")}
    return {name: books.agreement(books.inherit(raw, raws)) for name, raw in raws.items()}


def load_scheme(scheme_id: str, on_date: date) -> Scheme:
    """Return the version of a withholding scheme for payments made on a date.

    Raises PayError for an unknown scheme, and for a year without a table: the table of
    another year is never used instead.
    """
    versions = schemes().get(scheme_id)
    if versions is None:
        raise PayError(say("There is no withholding scheme called %(id)s.", id=scheme_id))
    for version in versions:
        if version.is_in_force(on_date):
            return version
    raise PayError(
        say("%(scheme)s has no table for payments on %(day)s.", scheme=scheme_id, day=on_date),
    )


@cache
def schemes() -> dict[str, tuple[Scheme, ...]]:
    """Return the versions of every scheme by id, oldest first, each file read and checked once."""
    raws = sorted(_files("schemes"), key=lambda raw: bool(raw["kind"] == scheme_files.COMPOSITE))
    found: dict[str, tuple[Scheme, ...]] = {}
    for raw in raws:
        found[raw["id"]] = scheme_files.scheme(raw, found)
    return found


@cache
def forms() -> tuple[form_file.Form, ...]:
    """Return the forms of a calendar year, read and checked once."""
    raw = json.loads((DATA / "forms.json").read_text(encoding="utf-8"))
    return form_file.forms(raw)


@cache
def allowance_books() -> tuple[Catalogue, ...]:
    """Return the versions of the allowance catalogue, oldest first, read and checked once."""
    text = (DATA / "allowances.json").read_text(encoding="utf-8")
    return allowance_files.catalogues(json.loads(text, parse_float=str))


def load_allowances(on_date: date) -> Catalogue:
    """Return the allowances in force on a shoot date; none before the first version."""
    return next((one for one in allowance_books() if one.is_in_force(on_date)), NOTHING)


def _files(folder: str) -> Iterator[dict[str, Any]]:
    for entry in sorted((DATA / folder).iterdir(), key=lambda one: one.name):
        yield json.loads(entry.read_text(encoding="utf-8"), parse_float=str)
