"""The fonts every paper is set in, found once and pinned, so that each machine prints the same."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont

from marketplace.domain.documents.ports import FontsMissingError

FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))

FILES: Final = {
    "text": ("DejaVuSans.ttf",),
    "bold": ("DejaVuSans-Bold.ttf",),
    "mono": ("DejaVuSansMono.ttf",),
    "han": ("DroidSansFallbackFull.ttf", "DroidSansFallback.ttf"),
}
"""Face → file names; Debian's fonts-dejavu-core and fonts-droid-fallback bring them."""

CONFIG: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
<selectfont><rejectfont><glob>*</glob></rejectfont>
<acceptfont>{files}</acceptfont></selectfont>
</fontconfig>
"""


class Face:
    """One font file: which characters it has and how far each one moves the pen."""

    def __init__(self, path: Path) -> None:
        """Open the file; glyphs are read when they are asked for."""
        self.path = path
        self.font = TTFont(path, lazy=True)
        self.units: int = self.font["head"].unitsPerEm
        self.glyphs: dict[int, str] = self.font.getBestCmap()
        self._advances: dict[str, tuple[int, int]] = self.font["hmtx"].metrics
        self._widths: dict[str, float] = {}
        lines = self.font["hhea"]
        self.middle: float = (lines.ascent + lines.descent) / self.units
        """How far the middle of the face's lines stands above the baseline, doubled, in ems."""

    def has(self, character: str) -> bool:
        """Say whether the face draws this character."""
        return ord(character) in self.glyphs

    def width(self, character: str) -> float:
        """Return the advance of a character the face has, in thousandths of the font size."""
        known = self._widths.get(character)
        if known is None:
            advance = self._advances[self.glyphs[ord(character)]][0]
            known = self._widths[character] = advance * 1000 / self.units
        return known


@dataclass(frozen=True)
class Faces:
    """The four faces of our papers."""

    text: Face
    bold: Face
    mono: Face
    han: Face

    def runs(self, text: str, weight: str) -> list[tuple[str, str]]:
        """Cut a text where the face changes, as the layout engine does: (face, characters).

        weight: "text", "bold" or "mono"; what it lacks is drawn in "han". A space stays with
        what stands before it.
        """
        first: Face = getattr(self, weight)
        faces: list[str] = []
        for character in text:
            if character == " " and faces:
                faces.append(faces[-1])
            else:
                faces.append(weight if first.has(character) else "han")
        paired = zip(faces, text, strict=True)
        return [
            (face, "".join(character for _, character in run))
            for face, run in groupby(paired, key=lambda pair: pair[0])
        ]

    def width(self, text: str, weight: str) -> float:
        """Return how wide a text is, in thousandths of the font size.

        Raises KeyError for a character that neither `weight` nor "han" has.
        """
        return sum(
            face.width(character)
            for name, run in self.runs(text, weight)
            for face in (getattr(self, name),)
            for character in run
        )

    def missing(self, text: str) -> str:
        """Return the characters of a text that no face draws, each once, in order."""
        lacking = (
            character
            for character in dict.fromkeys(text)
            if not (self.text.has(character) or self.han.has(character))
        )
        return "".join(lacking)


def find(folders: tuple[Path, ...] = FOLDERS) -> dict[str, Path]:
    """Return where each face lies.

    Raises FontsMissingError: without the Chinese face a slip would show empty boxes for a name,
    and nothing would tell.
    """
    files = {
        path.name: path
        for folder in reversed(folders)
        for path in sorted(folder.rglob("*.ttf"), reverse=True)
    }
    found = {}
    for face, names in FILES.items():
        name = next((name for name in names if name in files), None)
        if name is None:
            raise FontsMissingError(names[0])
        found[face] = files[name]
    return found


@cache
def faces() -> Faces:
    """Return the faces of this machine, opened once per process."""
    return Faces(**{face: Face(path) for face, path in find().items()})


@cache
def pinned_config() -> Path:
    """Write the fontconfig file that knows our four files and nothing else; return its path."""
    files = find().values()
    folder = Path(tempfile.mkdtemp(prefix="dayrate-fonts-"))
    folders = sorted({str(path.parent) for path in files})
    config = folder / "fonts.conf"
    config.write_text(
        CONFIG.format(
            folders="\n".join(f"<dir>{escape(name)}</dir>" for name in folders),
            files="".join(f"<glob>{escape(str(path))}</glob>" for path in files),
            cache=escape(str(folder / "cache")),
        ),
        encoding="utf-8",
    )
    return config
