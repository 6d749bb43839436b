"""WeasyPrint behind one door: pinned fonts, our own pictures only, and no glyph left empty.

Importing this module loads WeasyPrint (more than a second of work): only a process that prints
imports it, and only when the first paper is asked for.
"""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from functools import cache
from threading import Lock
from typing import Any, Final

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from marketplace.adapters.pdf import fonts
from marketplace.domain.documents.ports import PrintingError, UnprintableTextError
from marketplace.kernel.sentences import say

ASSET: Final = "asset:"
MOST_SHEETS: Final = 8
VARIANT: Final = "pdf/ua-1"

Assets = dict[str, tuple[bytes, str]]
"""Name → bytes and media type of a picture a paper may show."""


class RefusedAddressError(PrintingError):
    """A paper asked for something that is not one of our own pictures."""


class AssetFetcher(URLFetcher):
    """Serves `asset:<name>` from memory; every other address is refused, none is ever opened."""

    def __init__(self, assets: Assets) -> None:
        """Keep the pictures; allow no protocol and no redirect."""
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(
        self,
        url: str,
        headers: dict[str, str] | None = None,  # noqa: ARG002  # WeasyPrint's signature
    ) -> URLFetcherResponse:
        """Return the picture, or raise ValueError, which WeasyPrint makes fatal."""
        asset = self._assets.get(url.removeprefix(ASSET)) if url.startswith(ASSET) else None
        if asset is None:
            raise ValueError(f"refused {url}")
        data, media_type = asset
        return URLFetcherResponse(url, data, {"Content-Type": media_type})


class MissingGlyphs(logging.Handler):
    """Hears WeasyPrint say that it drew an empty box; nothing else tells."""

    def __init__(self) -> None:
        """Start with nothing missing."""
        super().__init__(logging.WARNING)
        self.characters = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the character an empty box was drawn for."""
        if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple):
            self.characters += str(record.args[0])


class Press:
    """One per process: the font configuration is dear and leaks a little when made again."""

    def __init__(self) -> None:
        """Pin the fonts before the font library is first asked for any."""
        os.environ["FONTCONFIG_FILE"] = str(fonts.pinned_config())
        self._fonts = FontConfiguration()
        self._sheets: OrderedDict[str, weasyprint.CSS] = OrderedDict()
        self._lock = Lock()

    def print_html(self, html: str, css: str, assets: Assets, **options: Any) -> bytes:  # handed on
        """Lay out a page whose every text was escaped, and return the tagged PDF.

        Raises UnprintableTextError rather than print an empty box, and RefusedAddressError when
        the page asks for anything but our own pictures.
        """
        with self._lock:
            return self._print(html, css, assets, options)

    def _print(self, html: str, css: str, assets: Assets, options: dict[str, Any]) -> bytes:
        fetcher = AssetFetcher(assets)
        ear = MissingGlyphs()
        logger = logging.getLogger("weasyprint")
        logger.addHandler(ear)
        try:
            page = weasyprint.HTML(string=html, url_fetcher=fetcher)
            pdf: bytes = page.write_pdf(
                stylesheets=[self._sheet(css, fetcher, is_kept=not assets)],
                font_config=self._fonts,
                pdf_variant=VARIANT,
                **options,
            )
        except FatalURLFetchingError as refusal:  # a BaseException: `except Exception` misses it
            raise RefusedAddressError(
                say("A paper may show nothing from outside: %(reason)s", reason=str(refusal)),
            ) from refusal
        finally:
            logger.removeHandler(ear)
        if ear.characters:
            raise UnprintableTextError(ear.characters)
        return pdf

    def _sheet(self, css: str, fetcher: AssetFetcher, *, is_kept: bool) -> weasyprint.CSS:
        """Read a style sheet, or take it from the last few; one that may import is read again."""
        sheet = self._sheets.get(css)
        if sheet is None:
            sheet = weasyprint.CSS(string=css, url_fetcher=fetcher, font_config=self._fonts)
            if is_kept:
                self._sheets[css] = sheet
        while len(self._sheets) > MOST_SHEETS:
            self._sheets.popitem(last=False)
        return sheet


@cache
def press() -> Press:
    """Return this process's press."""
    return Press()
