"""A pay slip laid out once per layout; every further slip of that layout only fills its slots.

WeasyPrint lays the slip out with a marker in every field and, on a second page, all characters
the plate can print. The markers' runs are cut out of the page; what stays (rules, labels, fonts,
structure tree) is frozen bytes. A slip is those bytes, one small content stream whose runs keep
the tags of the markers, a title, and a tiny font of its own Chinese characters.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

import pikepdf

from marketplace.adapters.pdf import frozen, page
from marketplace.adapters.pdf.composition import Composition, NoFitError
from marketplace.adapters.pdf.cutting import PlateFont, Slot, cut, fonts_of, marker
from marketplace.adapters.pdf.fonts import Faces
from marketplace.adapters.pdf.glyphs import GlyphCase
from marketplace.adapters.pdf.press import Press
from marketplace.adapters.pdf.slipfonts import FACES, OBJECTS, SlipFonts, is_plain, name_of

TITLE: Final = "TITLEMARK"
KEPT: Final = 512
"""Shaped texts kept per plate: labels and causes come again, names and amounts do not."""

ONE_PAGE: Final = '@page { @bottom-right { content: "1 / 1" } }'
"""The page of characters is not part of the slip: it must not be counted."""

UNCLEAR: Final = re.compile(r"[）】》」』〉\u3015] [A-Za-z\u00c0-\u1eff]|[\u2e80-\uffef] [)\]}»”’]")
"""Spaces whose script depends on where a bracket was opened: left to the layout engine."""

MOST_FIELDS: Final = 1000
"""Markers have three digits."""

REPERTOIRE: Final = page.Repertoire(
    text="".join(chr(code) for code in range(33, 127)) + "×·–•− ",
    bold="0123456789.,-−$PSZ ",
    mono="SHA-256: 0123456789abcdef Z",
)
"""What nearly every slip prints; further characters come in the slip's own fonts."""


class Run(NamedTuple):
    """Text of one face: glyph numbers of the plate, or characters of the slip's own font."""

    face: str
    text: str
    is_own: bool


class Shaped(NamedTuple):
    """A text ready to be drawn; its width in thousandths of the font size."""

    runs: tuple[Run, ...]
    width: float
    drop: float
    """How much lower the baseline lies than that of Latin words alone, in ems."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the objects that differ from slip to slip; `own` is the first of many."""

    fill: int
    static: int
    fonts: int
    xmp: int
    info: int
    own: int


class Plate:
    """One layout, ready to be filled."""

    def __init__(
        self, like: Composition, press: Press, faces: Faces, cases: Mapping[str, GlyphCase]
    ) -> None:
        """Lay out a slip of this layout with markers in place of words.

        Raises NoFitError when the layout needs more than one page.
        """
        self._faces = faces
        self._cases = cases
        self._drops = _drops(faces)
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
        numbers = self._numbers
        own = SlipFonts(numbers.own, self._cases)
        content = "\n".join((self._opening, *self._runs(slip, own), "Q"))
        xmp = self._xmp.replace(TITLE, escape(slip.title)).encode()
        return self._file.with_objects(
            {
                numbers.fill: frozen.stream(content.encode(), level=4),
                numbers.fonts: self._named + own.names() + b">>",
                numbers.xmp: frozen.stream(xmp, b"/Type/Metadata/Subtype/XML"),
                numbers.info: b"<</Title%b/Producer(%b)>>" % (_text(slip.title), self._producer),
                **own.objects(),
            },
        )

    def _open(self, pdf: pikepdf.Pdf, places: Sequence[tuple[str, int]]) -> None:
        first = pdf.pages[0]
        fonts = first.obj.Resources.Font
        self._fonts: dict[str, PlateFont] = fonts_of(fonts)
        cutting = cut(first, self._fonts, self._faces, places)
        self._slots: tuple[Slot, ...] = cutting.slots
        self._opening = "q\n" + " ".join(f"{value:.6f}" for value in cutting.matrix) + " cm"
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
            own=after + 1,
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

        own = OBJECTS * len(FACES)
        changing = {numbers.fill, numbers.fonts, numbers.xmp, numbers.info}
        return frozen.freeze(
            pdf,
            changing=frozenset(changing | set(range(numbers.own, numbers.own + own))),
            written={numbers.static: frozen.stream(b"q\n%b\nQ" % static, level=9)},
            rewrite=rewrite,
        )

    def _runs(self, slip: Composition, own: SlipFonts) -> Iterator[str]:
        colour = ""
        for slot in self._slots:
            shaped = self._shaped(slip.lines[slot.field][slot.line], slot.font.face)
            if slot.colour != colour:
                colour = slot.colour
                yield colour
            x = slot.x - shaped.width * slot.size / 1000 * slot.is_right
            y = slot.y + shaped.drop * slot.size
            yield f"{slot.tag} BT\n1 0 0 -1 {x:.2f} {y:.2f} Tm"
            for run in shaped.runs:
                name, glyphs = self._fonts[run.face].name, run.text
                if run.is_own:
                    name = name_of(run.face)
                    glyphs = "".join([own.glyph(run.face, character) for character in glyphs])
                yield f"{name} {slot.size:g} Tf\n<{glyphs}> Tj"
            yield "ET EMC"

    def _shaped(self, text: str, weight: str) -> Shaped:
        known = self._shapes.get((weight, text))
        if known is None:
            if len(self._shapes) >= KEPT:
                self._shapes.clear()
            known = self._shapes[weight, text] = self._shape(text, weight)
        return known

    def _shape(self, text: str, weight: str) -> Shaped:
        if UNCLEAR.search(text):
            raise NoFitError(text)
        try:
            runs = tuple(
                run
                for face, characters in self._faces.runs(text, weight)
                for run in self._split(face, characters)
            )
            width = self._faces.width(text, weight)
        except KeyError as character:
            raise NoFitError(str(character)) from character
        return Shaped(runs, width, self._drops[_mixture(text, runs)])

    def _split(self, face: str, text: str) -> Iterator[Run]:
        """Yield a run of one face cut into what the plate holds and what it does not."""
        if not is_plain(face, text):
            raise NoFitError(text)
        glyphs: Mapping[str, str] = {} if face == "han" else self._fonts[face].glyphs
        for is_held, characters in groupby(text, glyphs.__contains__):
            run = "".join(characters)
            held = "".join([glyphs[character] for character in run]) if is_held else run
            yield Run(face, held, is_own=not is_held)


def _drops(faces: Faces) -> dict[str, float]:
    """Return how much the baseline sinks in a line that holds Chinese.

    The layout engine centres ascent and descent of what a line holds. Where Chinese follows
    nothing but digits and signs, it takes their descent for the whole line.
    """
    latin, han = faces.text, faces.han
    middle = (latin.ascent + latin.descent) / 2
    return {
        "latin": 0,
        "han": (han.ascent + han.descent) / 2 - middle,
        "signs first": (han.ascent + latin.descent) / 2 - middle,
    }


def _mixture(text: str, runs: Sequence[Run]) -> str:
    if all(run.face != "han" for run in runs):
        return "latin"
    before = re.split(r"[\u2e80-\uffef]", text, maxsplit=1)[0]
    has_signs_first = before and not any(character.isalpha() for character in before)
    return "signs first" if has_signs_first else "han"


def _drawn(like: Composition, places: Sequence[tuple[str, int]], press: Press) -> bytes:
    if len(places) > MOST_FIELDS:
        raise NoFitError("too many fields")
    marks = {place: marker(number) for number, place in enumerate(places)}

    def lines(name: str) -> tuple[str, ...]:
        return tuple(marks[name, line] for line in range(len(like.lines.get(name, ()))))

    html = page.html(replace(like, title=TITLE), lines=lines, sheet=REPERTOIRE)
    return press.print_html(html, page.style() + ONE_PAGE, {}, uncompressed_pdf=True)


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
