"""A pay slip laid out once per layout; every further slip of that layout only fills its slots.

WeasyPrint lays the slip out with a marker in every field and, on a second page, all characters
the plate can print. The markers' runs are cut out of the page; what stays (rules, labels, fonts,
structure tree) is frozen bytes. A slip is those bytes, one small content stream whose runs keep
the tags of the markers, a title, and a tiny font of its own Chinese characters.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape

import pikepdf

from marketplace.adapters.pdf import frozen, page
from marketplace.adapters.pdf.composition import Composition, NoFitError
from marketplace.adapters.pdf.cutting import PlateFont, Slot, cut, fonts_of, marker
from marketplace.adapters.pdf.fonts import Faces
from marketplace.adapters.pdf.glyphs import GlyphCase
from marketplace.adapters.pdf.hanfont import OBJECTS, han_font
from marketplace.adapters.pdf.press import Press

TITLE: Final = "TITLEMARK"
HAN: Final = b"/SlipHan"
KEPT: Final = 512
"""Shaped texts kept per plate: labels and causes come again, names and amounts do not."""

MOST_FIELDS: Final = 1000
"""Markers have three digits."""

REPERTOIRE: Final = page.Repertoire(
    text="".join(chr(code) for code in (*range(33, 127), *range(161, 173), *range(174, 384)))
    + " –—‘’“”•…€−≤≥→",
    bold="0123456789.,:-–−+()/%$¥€£ ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    mono="SHA-256: 0123456789abcdef Z",
)

PLAIN_HAN: Final = re.compile(
    "[ \u2e80-\u2fdf\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uff01-\uffe6]*",
)
"""Characters of the Chinese face that are drawn one by one; others need a shaper."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """A text as runs of one face: glyph numbers of the plate, or Chinese characters as they are."""

    runs: tuple[tuple[str, str], ...]
    width: float
    has_han: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the objects that differ from slip to slip; `han` is the first of several."""

    fill: int
    static: int
    fonts: int
    xmp: int
    info: int
    han: int


class Plate:
    """One layout, ready to be filled."""

    def __init__(self, like: Composition, press: Press, faces: Faces, case: GlyphCase) -> None:
        """Lay out a slip of this layout with markers in place of words.

        Raises NoFitError when the layout needs more than one page.
        """
        self._faces = faces
        self._case = case
        self._drop = (faces.han.middle - faces.text.middle) / 2
        self._shapes: dict[tuple[str, str], Shaped] = {}
        places = [(name, line) for name, words in like.lines.items() for line in range(len(words))]
        with pikepdf.open(io.BytesIO(_drawn(like, places, press))) as drawn:
            small = _without_sheet(drawn)
        with pikepdf.open(small) as pdf:
            self._open(pdf, places)

    def fill(self, slip: Composition) -> bytes:
        """Return the PDF of a slip of this layout.

        Raises NoFitError for characters that are not in the plate and need a shaper.
        """
        han: dict[str, str] = {}
        runs = [self._run(slot, slip.lines[slot.field][slot.line], han) for slot in self._slots]
        numbers = self._numbers
        xmp = self._xmp.replace(TITLE, escape(slip.title)).encode()
        head = b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%b\nendstream"
        named = self._named + (b"%b %d 0 R" % (HAN, numbers.han) if han else b"")
        objects = {
            numbers.fill: frozen.stream(b"\n".join((self._opening, *runs, b"Q"))),
            numbers.fonts: named + b">>",
            numbers.xmp: head % (len(xmp), xmp),
            numbers.info: b"<</Title%b/Producer(%b)>>" % (_text(slip.title), self._producer),
        }
        if han:
            objects |= han_font(numbers.han, tuple(han), self._case)
        return self._file.with_objects(objects)

    def _open(self, pdf: pikepdf.Pdf, places: Sequence[tuple[str, int]]) -> None:
        first = pdf.pages[0]
        fonts = first.obj.Resources.Font
        self._fonts: dict[str, PlateFont] = fonts_of(fonts)
        cutting = cut(first, self._fonts, self._faces, places)
        self._slots: tuple[Slot, ...] = cutting.slots
        self._opening = b"q\n%b cm" % b" ".join(b"%.6f" % value for value in cutting.matrix)
        self._xmp = pdf.Root.Metadata.read_bytes().decode()
        self._producer = str(pdf.trailer.Info.Producer).encode()
        self._named = fonts.unparse(resolved=True).strip().removesuffix(b">>")
        after = max(thing.objgen[0] for thing in pdf.objects) + 1
        self._numbers = Numbers(
            fill=first.obj.Contents.objgen[0],
            static=after,
            fonts=fonts.objgen[0],
            xmp=pdf.Root.Metadata.objgen[0],
            info=pdf.trailer.Info.objgen[0],
            han=after + 1,
        )
        self._file = self._frozen(pdf, cutting.static)

    def _frozen(self, pdf: pikepdf.Pdf, static: bytes) -> frozen.FrozenFile:
        numbers = self._numbers
        page_number = pdf.pages[0].obj.objgen[0]
        contents = b"/Contents [ %d 0 R %d 0 R ]" % (numbers.static, numbers.fill)

        def rewrite(number: int, body: bytes) -> bytes:
            if number != page_number:
                return body
            return re.sub(rb"/Contents \d+ 0 R", contents, body)

        changing = {numbers.fill, numbers.fonts, numbers.xmp, numbers.info}
        return frozen.freeze(
            pdf,
            changing=frozenset(changing | set(range(numbers.han, numbers.han + OBJECTS))),
            written={numbers.static: frozen.stream(b"q\n%b\nQ" % static, level=9)},
            rewrite=rewrite,
        )

    def _run(self, slot: Slot, text: str, han: dict[str, str]) -> bytes:
        shaped = self._shaped(text, slot.font.face)
        x = slot.x - shaped.width * slot.size / 1000 * slot.is_right
        y = slot.y + self._drop * slot.size * shaped.has_han
        shown = []
        for face, run in shaped.runs:
            name, glyphs = self._fonts[face].name.encode(), run
            if face == "han":
                name, glyphs = HAN, "".join(_numbered(character, han) for character in run)
            shown.append(b"%b %.6f Tf\n<%b> Tj" % (name, slot.size, glyphs.encode()))
        place = b"1 0 0 -1 %.4f %.4f Tm" % (x, y)
        return b"\n".join((slot.head, place, *shown, b"ET\nEMC"))

    def _shaped(self, text: str, weight: str) -> Shaped:
        known = self._shapes.get((weight, text))
        if known is None:
            if len(self._shapes) >= KEPT:
                self._shapes.clear()
            known = self._shapes[weight, text] = self._shape(text, weight)
        return known

    def _shape(self, text: str, weight: str) -> Shaped:
        runs = self._faces.runs(text, weight)
        try:
            return Shaped(
                runs=tuple((face, self._glyphs(face, run)) for face, run in runs),
                width=self._faces.width(text, weight),
                has_han=any(face == "han" for face, _ in runs),
            )
        except KeyError as character:
            raise NoFitError(str(character)) from character

    def _glyphs(self, face: str, run: str) -> str:
        if face != "han":
            return "".join(self._fonts[face].glyphs[character] for character in run)
        if not PLAIN_HAN.fullmatch(run):
            raise NoFitError(run)
        return run


def _numbered(character: str, han: dict[str, str]) -> str:
    return han.setdefault(character, f"{len(han) + 1:04x}")


def _drawn(like: Composition, places: Sequence[tuple[str, int]], press: Press) -> bytes:
    if len(places) > MOST_FIELDS:
        raise NoFitError("too many fields")
    marks = {place: marker(number) for number, place in enumerate(places)}

    def lines(name: str) -> tuple[str, ...]:
        return tuple(marks[name, line] for line in range(len(like.lines.get(name, ()))))

    html = page.html(replace(like, title=TITLE), lines=lines, sheet=REPERTOIRE)
    return press.print_html(html, page.style(), {}, uncompressed_pdf=True)


def _without_sheet(drawn: pikepdf.Pdf) -> io.BytesIO:
    """Return the file without its second page, and without anything only that page used."""
    first, *others = (one.obj for one in drawn.pages)
    if len(others) != 1:
        raise NoFitError("more than one page")
    root = drawn.Root.StructTreeRoot
    document = root.K[0]
    document.K = pikepdf.Array([one for one in document.K if one.Pg.objgen == first.objgen])
    root.ParentTree.Nums = pikepdf.Array(list(root.ParentTree.Nums)[:2])
    del drawn.pages[1]
    drawn.trailer.Info = drawn.make_indirect(drawn.trailer.Info)
    small = io.BytesIO()
    drawn.save(small, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return small


def _text(title: str) -> bytes:
    """Return a text string of a PDF."""
    return b"<feff%b>" % title.encode("utf-16-be").hex().encode()
