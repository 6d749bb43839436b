"""Prints any paper from HTML: registers, call sheets. Importing this module is cheap."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

TEMPLATES: Final = Path(__file__).parents[2] / "templates" / "documents"


@cache
def template(name: str) -> Template:
    """Return the template of a paper; every value is escaped, and a missing one is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{name}.html")


@cache
def style(name: str) -> str:
    """Return the style sheet of a paper."""
    return (TEMPLATES / f"{name}.css").read_text(encoding="utf-8")


def print_html(
    html: str,
    css: str,
    assets: Mapping[str, tuple[bytes, str]] | None = None,
) -> bytes:
    """Return the tagged PDF (pdf/ua-1) of a page.

    html: every text in it escaped, `lang` and `<title>` set.
    css: families "DejaVu Sans", "DejaVu Sans Mono" and "Droid Sans Fallback" only.
    assets: name → bytes and media type, for `<img src="asset:name" alt="…">`; nothing else may be
    shown.
    Raises RefusedAddressError or UnprintableTextError; nothing is printed then.
    """
    # Loads WeasyPrint, which costs more than a second: never in a process that prints nothing.
    from marketplace.adapters.pdf.press import press  # noqa: PLC0415  # see above

    return press().print_html(html, css, dict(assets or {}))
