"""A tiny TrueType font of just the characters one slip needs, in a fraction of a millisecond.

Outlines are read once per character and kept without hinting; a font is then only put together.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from marketplace.adapters.pdf.fonts import Face

VERSION: Final = 0x00010000
MAGIC: Final = 0x5F0F3CF5
WORD: Final = 0xFFFFFFFF
KEPT: Final = 8192
"""Outlines kept in memory: more than all characters in common use in names, under 2 MB."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One compiled glyph: its outline, its row of metrics, and what a PDF says about it.

    width: in thousandths of the font size; code: UTF-16 in hexadecimal digits.
    """

    data: bytes
    advance: int
    metrics: bytes
    width: str
    code: str


NOTDEF: Final = Outline(b"", 0, bytes(4), "0", "")


class GlyphCase:
    """The outlines of one face, taken out once."""

    def __init__(self, face: Face) -> None:
        """Read what every little font says about the whole face."""
        self.face = face
        self._set = face.font.getGlyphSet()
        self._outlines: dict[str, Outline] = {}
        self._lock = Lock()
        head, hhea = face.font["head"], face.font["hhea"]
        box = (head.xMin, head.yMin, head.xMax, head.yMax)
        self._head = struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            *(VERSION, VERSION, 0, MAGIC, 11, face.units, 0, 0),
            *box,
            *(0, 8, 2, 1, 0),
        )
        self._lines = (hhea.ascent, hhea.descent)

    def outline(self, character: str) -> Outline:
        """Return the outline of a character the face has."""
        known = self._outlines.get(character)
        if known is None:
            with self._lock:  # the font file is read in place
                if len(self._outlines) >= KEPT:
                    self._outlines.clear()
                known = self._outlines[character] = self._read(character)
        return known

    def font(self, characters: Sequence[str]) -> bytes:
        """Return a TrueType file: glyph 0 is empty, glyph n draws the n-th character."""
        outlines = [NOTDEF, *(self.outline(character) for character in characters)]
        count = len(outlines)
        places = [0]
        for outline in outlines:
            places.append(places[-1] + len(outline.data))
        widest = max(outline.advance for outline in outlines)
        hhea = struct.pack(
            ">IhhhHhhhhhhhhhhhH",
            *(VERSION, *self._lines, 0, widest, 0, 0, 0, 1),
            *(0,) * 7,
            count,
        )
        tables = (
            (b"glyf", b"".join([outline.data for outline in outlines])),
            (b"head", self._head),
            (b"hhea", hhea),
            (b"hmtx", b"".join([outline.metrics for outline in outlines])),
            (b"loca", struct.pack(f">{count + 1}I", *places)),
            (b"maxp", struct.pack(">IHHH11H", VERSION, count, 1000, 100, *(0,) * 11)),
        )
        return _bound(tables)

    def _read(self, character: str) -> Outline:
        name = self.face.glyphs[ord(character)]
        recording = DecomposingRecordingPen(self._set)
        self._set[name].draw(recording)
        pen = TTGlyphPen(None)
        recording.replay(pen)
        glyph = pen.glyph()
        data = glyph.compile(self.face.font["glyf"]) if glyph.numberOfContours else b""
        advance = self._set[name].width
        return Outline(
            data=data + b"\0" * (-len(data) % 4),
            advance=advance,
            metrics=struct.pack(">Hh", advance, getattr(glyph, "xMin", 0)),
            width=str(round(advance * 1000 / self.face.units)),
            code=character.encode("utf-16-be").hex(),
        )


def _bound(tables: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Put the tables of a font into one file, each with its checksum."""
    place = 12 + 16 * len(tables)
    directory = [struct.pack(">IHHHH", VERSION, len(tables), 64, 2, 32)]
    bodies = []
    for tag, data in tables:
        padded = data + b"\0" * (-len(data) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & WORD
        directory.append(struct.pack(">4sIII", tag, checksum, place, len(data)))
        bodies.append(padded)
        place += len(padded)
    return b"".join(directory + bodies)
