"""The five PDF objects of a slip's own font of Chinese characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from marketplace.adapters.pdf import frozen
from marketplace.adapters.pdf.glyphs import GlyphCase

OBJECTS: Final = 5
NAME: Final = b"/DAYRAT+DroidSansFallback"
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
    b"<</Type/FontDescriptor/FontName%b/FontFamily(Droid Sans Fallback)/Flags 4"
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


def han_font(first: int, characters: Sequence[str], case: GlyphCase) -> dict[int, bytes]:
    """Return the objects of a font whose glyph n is the n-th character, numbered from `first`."""
    _, descendant, descriptor, character_map, file = range(first, first + OBJECTS)
    widths = b" ".join(b"%d" % round(case.face.width(character)) for character in characters)
    font = case.font(characters)
    return {
        first: FONT % (NAME, descendant, character_map),
        descendant: DESCENDANT % (NAME, descriptor, widths),
        descriptor: DESCRIPTOR % (NAME, *_box(case), file),
        character_map: frozen.stream(MAP % b"\n".join(_blocks(characters))),
        file: frozen.stream(font, b"/Length1 %d" % len(font)),
    }


def _box(case: GlyphCase) -> tuple[int, ...]:
    head, hhea = case.face.font["head"], case.face.font["hhea"]
    units = (head.xMin, head.yMin, head.xMax, head.yMax, hhea.ascent, hhea.descent, hhea.ascent)
    return tuple(round(value * 1000 / case.face.units) for value in units)


def _blocks(characters: Sequence[str]) -> Iterator[bytes]:
    for start in range(0, len(characters), MOST_IN_BLOCK):
        block = characters[start : start + MOST_IN_BLOCK]
        yield b"%d beginbfchar" % len(block)
        for glyph, character in enumerate(block, start + 1):
            yield b"<%04x> <%b>" % (glyph, character.encode("utf-16-be").hex().encode())
        yield b"endbfchar"
