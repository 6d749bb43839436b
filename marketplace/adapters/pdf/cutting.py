"""Takes a laid-out page apart: what stays the same for every slip, and the slots words go into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pikepdf

from marketplace.adapters.pdf.composition import is_right
from marketplace.adapters.pdf.fonts import Faces

MARKER: Final = re.compile(r"Z(\d{3})")
STATE: Final = frozenset(("gs", "rg"))
"""Operators inside a run whose effect outlives it."""

NAMES: Final = (("Bold", "bold"), ("Mono", "mono"), ("Droid", "han"), ("DejaVu", "text"))
"""What the name of a font holds → our name of the face, first match."""

Matrix = tuple[float, float, float, float, float, float]
Instructions = Sequence[Any]


class PlateError(Exception):
    """The layout engine drew a page in a way this module does not know."""


@dataclass(frozen=True, slots=True)
class PlateFont:
    """One font of the page: what the page calls it, which face it is, the glyphs it holds."""

    name: str
    face: str
    glyphs: Mapping[str, str]
    """Character → glyph number, as four hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one line of a field goes; `x` is its right edge when `is_right`, else its left one."""

    field: str
    line: int
    tag: str
    colour: str
    font: PlateFont
    size: float
    x: float
    y: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A page without its markers, and where they stood. All slots share one matrix."""

    static: bytes
    slots: tuple[Slot, ...]
    matrix: Matrix


@dataclass(slots=True)
class _State:
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    colour: str = "0 0 0 rg"


@dataclass(slots=True)
class _Page:
    kept: list[Any] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    matrices: set[Matrix] = field(default_factory=set)
    states: list[_State] = field(default_factory=lambda: [_State()])


def marker(place: int) -> str:
    """Return the text that stands for the field line number `place`."""
    return f"Z{place:03d}"


def fonts_of(fonts: pikepdf.Object) -> dict[str, PlateFont]:
    """Return the fonts of a page by face."""
    found = {}
    for name, font in fonts.items():
        base = str(font.BaseFont)
        face = next(face for part, face in NAMES if part in base)
        found[face] = PlateFont(name, face, dict(_glyphs(font.ToUnicode.read_bytes().decode())))
    return found


def cut(
    page: pikepdf.Page,
    fonts: Mapping[str, PlateFont],
    faces: Faces,
    places: Sequence[tuple[str, int]],
) -> Cut:
    """Cut the markers out of a page.

    places: field and line each marker stands for, in order.
    Raises PlateError when a marker is missing or drawn in an unknown way.
    """
    walked = _Page()
    named = {font.name: font for font in fonts.values()}
    instructions = list(pikepdf.parse_content_stream(page))
    start = 0
    while start < len(instructions):
        end = _end_of_run(instructions, start)
        run = instructions[start:end]
        slot = _slot(run, walked.states[-1], named) if len(run) > 1 else None
        if slot is None:
            walked.kept.extend(run)
        else:
            walked.kept.extend(one for one in run if str(one.operator) in STATE)
            walked.slots.append(_placed(slot, faces, places))
            walked.matrices.add(walked.states[-1].matrix)
        for one in run:
            _follow(one, walked.states)
        start = end
    return _checked(walked, places)


def _checked(walked: _Page, places: Sequence[tuple[str, int]]) -> Cut:
    found = {(slot.field, slot.line) for slot in walked.slots}
    if found != set(places) or len(walked.slots) != len(places) or len(walked.matrices) != 1:
        raise PlateError(f"fields not found once: {sorted(found ^ set(places))}")
    static = pikepdf.unparse_content_stream(walked.kept)
    return Cut(static, tuple(walked.slots), walked.matrices.pop())


def _glyphs(character_map: str) -> Iterator[tuple[str, str]]:
    for glyph, text in re.findall(r"<([0-9a-f]{4})> <([0-9a-f]+)>", character_map):
        yield bytes.fromhex(text).decode("utf-16-be"), glyph


def _end_of_run(instructions: Instructions, start: int) -> int:
    """Return where the tagged run that starts here ends; one further when none starts here."""
    end = start + 1
    if str(instructions[start].operator) != "BDC":
        return end
    while str(instructions[end].operator) != "EMC":
        end += 1
    return end + 1


def _follow(one: Any, states: list[_State]) -> None:  # noqa: ANN401  # pikepdf's two kinds of instruction
    operator = str(one.operator)
    if operator == "q":
        states.append(replace(states[-1]))
    elif operator == "Q":
        states.pop()
    elif operator == "cm":
        states[-1].matrix = _times(tuple(float(value) for value in one.operands), states[-1].matrix)
    elif operator == "rg":
        states[-1].colour = _written(one)


def _times(one: tuple[float, ...], other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _slot(run: Instructions, state: _State, fonts: Mapping[str, PlateFont]) -> Slot | None:
    """Return the slot a run leaves when it is a marker, its number in `line` for now."""
    parts = {str(one.operator): one.operands for one in run}
    if not {"BDC", "Tf", "Tm", "TJ"} <= parts.keys():
        return None
    font = fonts[str(parts["Tf"][0])]
    match = MARKER.fullmatch(_text(parts["TJ"][0], font))
    if match is None:
        return None
    colours = [_written(one) for one in run if str(one.operator) == "rg"]
    *_, x, y = (float(value) for value in parts["Tm"])
    return Slot(
        field="",
        line=int(match[1]),
        tag=_written(run[0]),
        colour=colours[-1] if colours else state.colour,
        font=font,
        size=float(parts["Tf"][1]),
        x=x,
        y=y,
        is_right=False,
    )


def _written(one: Any) -> str:  # noqa: ANN401  # pikepdf's two kinds of instruction
    return pikepdf.unparse_content_stream([one]).decode()


def _text(shown: pikepdf.Object, font: PlateFont) -> str:
    characters = {glyph: character for character, glyph in font.glyphs.items()}
    glyphs = "".join(bytes(part).hex() for part in shown if isinstance(part, pikepdf.String))
    numbers = (glyphs[place : place + 4] for place in range(0, len(glyphs), 4))
    return "".join(characters.get(number, "\0") for number in numbers)


def _placed(slot: Slot, faces: Faces, places: Sequence[tuple[str, int]]) -> Slot:
    name, line = places[slot.line]
    width = faces.width(marker(slot.line), slot.font.face) * slot.size / 1000
    right = is_right(name)
    return replace(slot, field=name, line=line, is_right=right, x=slot.x + width * right)
