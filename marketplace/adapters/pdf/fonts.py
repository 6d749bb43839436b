"""The fonts every paper is set in, found once and pinned, so that each machine prints the same."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache, lru_cache
from io import BytesIO
from itertools import groupby
from operator import itemgetter
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

SPACE_AFTER: Final = re.compile(r"(?<=[^ -~]) (?=(.?))")
"""A space after something not ASCII, and what follows it."""

KEPT: Final = 4096
"""Widths of texts kept: labels come again on every slip."""

CONFIG: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
<selectfont><rejectfont><glob>*</glob></rejectfont>
<acceptfont>{files}</acceptfont></selectfont>
</fontconfig>
"""


class Widths(dict[str, float]):
    """Character → advance in thousandths of the font size, read when first asked for."""

    def __init__(self, font: TTFont, glyphs: dict[int, str]) -> None:
        """Keep where to look."""
        super().__init__()
        self._glyphs = glyphs
        self._advances: dict[str, tuple[int, int]] = font["hmtx"].metrics
        self._scale: float = 1000 / font["head"].unitsPerEm

    def __missing__(self, character: str) -> float:
        """Read one advance; KeyError when the face lacks the character."""
        advance = self._advances[self._glyphs[ord(character)]][0]
        width = self[character] = advance * self._scale
        return width


class Face:
    """One font file: which characters it has and how far each one moves the pen."""

    def __init__(self, path: Path) -> None:
        """Read the file, which does not stay open; glyphs are taken apart when asked for."""
        self.font = TTFont(BytesIO(path.read_bytes()), lazy=True)
        self.units: int = self.font["head"].unitsPerEm
        self.glyphs: dict[int, str] = self.font.getBestCmap()
        self.characters = frozenset(map(chr, self.glyphs))
        self.widths = Widths(self.font, self.glyphs)
        lines = self.font["hhea"]
        self.ascent: float = lines.ascent / self.units
        self.descent: float = lines.descent / self.units
        """How far lines reach above and below (negative) the baseline, in ems."""

    def width(self, text: str) -> float:
        """Return how wide a text is; KeyError when the face lacks a character of it."""
        return sum(map(self.widths.__getitem__, text))


class Faces:
    """The four faces of our papers."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        """Open the files; face → path as `find` returns them."""
        self._faces = {name: Face(path) for name, path in paths.items()}
        self.text, self.han = self._faces["text"], self._faces["han"]
        self.width = lru_cache(KEPT)(self._width)
        self._drawable = self.text.characters | self.han.characters

    def __getitem__(self, name: str) -> Face:
        """Return a face by name."""
        return self._faces[name]

    def runs(self, text: str, weight: str) -> list[tuple[str, str]]:
        """Cut a text where the face changes, as the layout engine does: (face, characters).

        weight: "text", "bold" or "mono"; what it lacks is drawn in "han". A space between
        Chinese and what follows is Chinese before letters, else it goes with what follows.
        """
        characters = self._faces[weight].characters
        if characters.issuperset(text):
            return [(weight, text)]
        faces = [weight if character in characters else "han" for character in text]
        for match in SPACE_AFTER.finditer(text):
            place, following = match.start(), match[1]
            is_within = following in characters and not following.isalpha()
            if faces[place - 1] == "han" and not is_within:
                faces[place] = "han"
        paired = zip(faces, text, strict=True)
        return [
            (face, "".join([character for _, character in run]))
            for face, run in groupby(paired, key=itemgetter(0))
        ]

    def missing(self, text: str) -> str:
        """Return the characters of a text that no face draws, each once, sorted."""
        return "".join(sorted(set(text) - self._drawable))

    def _width(self, text: str, weight: str) -> float:
        """Return how wide a text is, in thousandths of the font size.

        Raises KeyError for a character that neither `weight` nor "han" has.
        """
        return sum(self._faces[name].width(run) for name, run in self.runs(text, weight))


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
    return Faces(find())


@cache
def pinned_config() -> Path:
    """Write the fontconfig file that knows our four files and nothing else; return its path."""
    files = find().values()
    folder = Path(tempfile.mkdtemp(prefix="dayrate-fonts-"))
    folders = sorted({str(path.parent) for path in files})
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
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
