"""A slip's own fonts: the characters a plate does not hold, the Chinese ones above all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from marketplace.adapters.pdf import frozen
from marketplace.adapters.pdf.glyphs import GlyphCase

FACES: Final = ("text", "bold", "mono", "han")
OBJECTS: Final = 5
"""PDF objects of one font."""

NAMES: Final = {
    "text": b"/DAYRAT+DejaVuSans",
    "bold": b"/DAYRAT+DejaVuSans-Bold",
    "mono": b"/DAYRAT+DejaVuSansMono",
    "han": b"/DAYRAT+DroidSansFallback",
}
LATIN: Final = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u024f\u0386-\u03ce\u0400-\u0482\u048a-\u04ff\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u203a\u20a0-\u20bf\u2190-\u2193\u2200-\u22ff]*",
)
HAN: Final = re.compile(
    "[ \u2e80-\u2fdf\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffe6]*",
)
"""Characters that are drawn one by one, in the order they are read; others need a shaper."""

MOST_IN_BLOCK: Final = 100
"""A block of a character map may hold no more."""

FONT: Final = (
    b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H"
    b"/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
)
DESCENDANT: Final = (
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont%b"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    b"/CIDToGIDMap/Identity/FontDescriptor %d 0 R/W[1[%b]]>>"
)
DESCRIPTOR: Final = (
    b"<</Type/FontDescriptor/FontName%b/Flags 4"
    b"/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d"
    b"/StemV 80/StemH 80/FontFile2 %d 0 R>>"
)
MAP: Final = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
%b
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


class SlipFonts:
    """The characters one slip needs beyond its plate, by face; numbered as they come."""

    def __init__(self, first: int, cases: Mapping[str, GlyphCase]) -> None:
        """Start empty. Objects are numbered from `first`, `OBJECTS` for each face."""
        self._first = first
        self._cases = cases
        self._glyphs: dict[str, dict[str, int]] = {}

    def glyph(self, face: str, character: str) -> str:
        """Return the number of a character's glyph, as four hexadecimal digits."""
        glyphs = self._glyphs.setdefault(face, {})
        return f"{glyphs.setdefault(character, len(glyphs) + 1):04x}"

    def names(self) -> bytes:
        """Return the fonts in use for the page's dictionary of fonts."""
        return "".join(
            f"{name_of(face)} {self._number(face)} 0 R" for face in self._glyphs
        ).encode()

    def objects(self) -> dict[int, bytes]:
        """Return the PDF objects of the fonts in use."""
        found: dict[int, bytes] = {}
        for face, glyphs in self._glyphs.items():
            found |= _font(self._number(face), face, tuple(glyphs), self._cases[face])
        return found

    def _number(self, face: str) -> int:
        return self._first + FACES.index(face) * OBJECTS


def name_of(face: str) -> str:
    """Return what a page calls the slip's own font of a face."""
    return f"/Slip{face}"


def is_plain(face: str, text: str) -> bool:
    """Say whether a text can be drawn character by character."""
    return (HAN if face == "han" else LATIN).fullmatch(text) is not None


def _font(first: int, face: str, characters: Sequence[str], case: GlyphCase) -> dict[int, bytes]:
    """Return the objects of a font whose glyph n is the n-th character."""
    name = NAMES[face]
    _, descendant, descriptor, character_map, file = range(first, first + OBJECTS)
    outlines = [case.outline(character) for character in characters]
    widths = " ".join([outline.width for outline in outlines]).encode()
    codes = "\n".join(_blocks([outline.code for outline in outlines])).encode()
    font = case.font(characters)
    return {
        first: FONT % (name, descendant, character_map),
        descendant: DESCENDANT % (name, descriptor, widths),
        descriptor: DESCRIPTOR % (name, *_box(case), file),
        character_map: frozen.stream(MAP % codes, level=1),
        file: frozen.stream(font, b"/Length1 %d" % len(font), level=3),
    }


def _box(case: GlyphCase) -> tuple[int, ...]:
    head, hhea = case.face.font["head"], case.face.font["hhea"]
    units = (head.xMin, head.yMin, head.xMax, head.yMax, hhea.ascent, hhea.descent, hhea.ascent)
    return tuple(round(value * 1000 / case.face.units) for value in units)


def _blocks(codes: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(codes), MOST_IN_BLOCK):
        block = codes[start : start + MOST_IN_BLOCK]
        yield f"{len(block)} beginbfchar"
        yield from (f"<{glyph:04x}> <{code}>" for glyph, code in enumerate(block, start + 1))
        yield "endbfchar"
