"""Prints any paper from HTML: registers, call sheets. Importing this module is cheap."""

from __future__ import annotations

from collections.abc import Mapping


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
