"""Where slips are made: from a plate when one fits, laid out one by one when none does."""

from __future__ import annotations

from collections import OrderedDict
from functools import cache
from threading import Lock
from typing import Final

from marketplace.adapters.pdf import page
from marketplace.adapters.pdf.composition import (
    JOINERS,
    Composition,
    Field,
    Layout,
    NoFitError,
    compose,
    fields,
    loosely,
)
from marketplace.adapters.pdf.fonts import Faces, faces
from marketplace.adapters.pdf.glyphs import GlyphCase
from marketplace.adapters.pdf.plate import Plate
from marketplace.adapters.pdf.press import Press, press
from marketplace.adapters.pdf.slipfonts import FACES
from marketplace.domain.documents.ports import UnprintableTextError
from marketplace.domain.documents.rules import SlipDocument

MOST_PLATES: Final = 64
"""Kept per process, about 0.2 MB each."""


class Workshop:
    """The press, the fonts and the plates of one process."""

    def __init__(self, press: Press, faces: Faces, most_plates: int = MOST_PLATES) -> None:
        """Start without plates."""
        self._press = press
        self._faces = faces
        self._cases = {name: GlyphCase(faces[name]) for name in FACES}
        self._most_plates = most_plates
        self._plates: OrderedDict[Layout, Plate | None] = OrderedDict()
        self._lock = Lock()

    def from_plate(self, document: SlipDocument) -> bytes:
        """Return the PDF of a slip.

        Raises NoFitError when no plate can print it, and UnprintableTextError when no font can.
        """
        slip = compose(document, self._words(document), self._faces)
        return self._plate(slip).fill(slip)

    def plain(self, document: SlipDocument) -> bytes:
        """Return the PDF of a slip laid out by itself; words wrap as they like."""
        return self._laid_out(loosely(document, self._words(document)), loose=True)

    def exact(self, document: SlipDocument) -> bytes:
        """Return what `from_plate` must equal: the slip laid out by itself, line for line."""
        return self._laid_out(compose(document, self._words(document), self._faces), loose=False)

    def _laid_out(self, slip: Composition, *, loose: bool) -> bytes:
        return self._press.print_html(page.html(slip, loose=loose), page.style(), {})

    def _words(self, document: SlipDocument) -> list[Field]:
        words = fields(document)
        missing = self._faces.missing("".join([field.text for field in words]))
        lacking = missing.translate(str.maketrans("", "", JOINERS))
        if lacking:
            raise UnprintableTextError(lacking)
        return words

    def _plate(self, slip: Composition) -> Plate:
        with self._lock:
            if slip.layout not in self._plates:
                self._plates[slip.layout] = self._new_plate(slip)
            self._plates.move_to_end(slip.layout)
            while len(self._plates) > self._most_plates:
                self._plates.popitem(last=False)
            plate = self._plates[slip.layout]
        if plate is None:
            raise NoFitError("more than one page")
        return plate

    def _new_plate(self, slip: Composition) -> Plate | None:
        """Return a plate, or None for a layout no plate can hold: tried once, then remembered."""
        try:
            return Plate(slip, self._press, self._faces, self._cases)
        except NoFitError:
            return None


@cache
def workshop() -> Workshop:
    """Return this process's workshop."""
    return Workshop(press(), faces())
