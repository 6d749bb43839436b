"""Reads PDF files back with other people's readers."""

from __future__ import annotations

import html
import io
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pikepdf
from pypdf import PdfReader

WORD = re.compile(
    r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>',
)


class Word(NamedTuple):
    """A word and its box, in points from the top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def text_of(pdf: bytes) -> str:
    """Return all text of a file, lines joined."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def words_of(pdf: bytes, folder: Path) -> list[Word]:
    """Return the words of a file as poppler sees them, sorted."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    found = subprocess.run(  # our own file
        ["pdftotext", "-bbox", str(path), "-"],  # noqa: S607  # Debian's poppler-utils
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    words = (
        Word(html.unescape(text), *map(float, box))
        for *box, text in (match.groups() for match in WORD.finditer(found))
    )
    return sorted(words, key=lambda word: (word.text, round(word.top), word.left))


def tags_of(pdf: bytes) -> list[object]:
    """Return the structure tree: names, children, and the marked content they hold."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return _tags(file.Root.StructTreeRoot.K[0])


class Font(NamedTuple):
    """A font of the first page: its name, its file, and which characters its glyphs are."""

    name: str
    file: bytes
    characters: bytes


def fonts_of(pdf: bytes) -> list[Font]:
    """Return the fonts of the first page."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return [
            Font(
                str(font.BaseFont),
                font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes(),
                font.ToUnicode.read_bytes(),
            )
            for _, font in file.pages[0].obj.Resources.Font.items()
        ]


def _tags(element: pikepdf.Object) -> list[object]:
    children: list[object] = [
        _tags(child) if isinstance(child, pikepdf.Dictionary) else int(child)
        for child in element.get("/K", pikepdf.Array())
    ]
    return [str(element.S), children]
