"""Prints pay slips. Importing this module is cheap; the first slip loads the layout engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from marketplace.domain.documents.rules import SlipDocument, addressed


class PlateSlipPrinter:
    """Prints pay slips from plates shared by the whole process (port `SlipPrinter`)."""

    def __init__(self, site: str = "") -> None:
        """Start counting; site: where this installation proves slips genuine, "" for nowhere."""
        self._site = site
        self._printed = 0
        self._plain = 0

    @property
    def share_of_plain(self) -> Fraction:
        """Which part of the slips fitted no plate and was laid out by itself: far dearer."""
        return Fraction(self._plain, self._printed or 1)

    def print_slip(self, document: SlipDocument) -> bytes:
        """Return the PDF of one pay slip; the same document always gives the same bytes."""
        # Loads WeasyPrint, which costs more than a second: never in a process that prints nothing.
        from marketplace.adapters.pdf.composition import NoFitError  # noqa: PLC0415  # see above
        from marketplace.adapters.pdf.workshop import workshop  # noqa: PLC0415  # see above

        self._printed += 1
        document = addressed(document, self._site)
        try:
            return workshop().from_plate(document)
        except NoFitError:
            self._plain += 1
            return workshop().plain(document)

    def merge(self, papers: Iterable[bytes], title: str) -> bytes:
        """Return one tagged file of all pages of printed papers, in order."""
        # Loads pikepdf: never in a process that merges nothing.
        from marketplace.adapters.pdf.merging import merged  # noqa: PLC0415  # see above

        return merged(papers, title)

    def print_many(self, documents: Iterable[SlipDocument]) -> Iterator[bytes]:
        """Yield the PDF of each pay slip, in order."""
        for document in documents:
            yield self.print_slip(document)
