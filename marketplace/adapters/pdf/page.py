"""The HTML of a pay slip: one template for plates, slips laid out by themselves, and loose ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from marketplace.adapters.pdf import papers
from marketplace.adapters.pdf.composition import Composition, groups

Lines = Callable[[str], tuple[str, ...]]
"""Field name → what to print there."""


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The characters a plate can print: a second page shows them all, so that fonts hold them."""

    text: str
    bold: str
    mono: str


def style() -> str:
    """Return the style sheet."""
    return papers.style("pay_slip")


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

    return papers.template("pay_slip").render(
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
