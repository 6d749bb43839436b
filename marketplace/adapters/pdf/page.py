"""The HTML of a pay slip: one template for plates, slips laid out by themselves, and loose ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from marketplace.adapters.pdf.composition import Composition, groups

TEMPLATES: Final = Path(__file__).parents[2] / "templates" / "documents"

Lines = Callable[[str], tuple[str, ...]]
"""Field name → what to print there."""


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The characters a plate can print: a second page shows them all, so that fonts hold them."""

    text: str
    bold: str
    mono: str


@cache
def template() -> Template:
    """Return the template; every value is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("pay_slip.html")


@cache
def style() -> str:
    """Return the style sheet."""
    return (TEMPLATES / "pay_slip.css").read_text(encoding="utf-8")


def html(
    composition: Composition,
    *,
    lines: Lines | None = None,
    loose: bool = False,
    sheet: Repertoire | None = None,
) -> str:
    """Return the page of a slip.

    lines: what to print in each field; the slip's own words unless told otherwise.
    loose: let words wrap where they like; for what fits no plate.
    sheet: characters to show on a second page.
    """
    layout = composition.layout

    def own(name: str) -> tuple[str, ...]:
        return composition.lines.get(name, ())

    def shown(names: Iterable[str]) -> bool:
        return any(name in composition.lines for name in names)

    return template().render(
        title=composition.title,
        paper=layout.paper,
        currency=layout.currency,
        groups=groups(layout.rows),
        notes=[name for name in composition.lines if name.startswith("note.")],
        rates=[name for name in composition.lines if name.startswith("rates.")],
        lines=lines or own,
        shown=shown,
        loose=loose,
        sheet=sheet,
    )
