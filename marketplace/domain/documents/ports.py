"""What the product asks of whoever prints its papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from marketplace.domain.documents.rules import SlipDocument
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say


class PrintingError(DomainError):
    """Nothing was printed."""


class FontsMissingError(PrintingError):
    """A font the papers are set in is not on this machine."""

    def __init__(self, name: str) -> None:
        """Name the font that is missing."""
        super().__init__(say("The font %(name)s is not installed on this machine.", name=name))


class UnprintableTextError(PrintingError):
    """A text holds characters no installed font can draw: an empty box is never printed."""

    def __init__(self, characters: str) -> None:
        """Keep the characters nobody can draw."""
        super().__init__(
            say("No font here can print these characters: %(characters)s", characters=characters),
        )
        self.characters = characters


class SlipPrinter(Protocol):
    """Turns pay slips into PDF files. The same document always gives the same bytes."""

    def print_slip(self, document: SlipDocument) -> bytes:
        """Return the PDF of one pay slip.

        Raises UnprintableTextError or FontsMissingError; nothing is printed then.
        """
        ...

    def merge(self, papers: Iterable[bytes], title: str) -> bytes:
        """Return one tagged file of all pages of printed papers, in order."""
        ...

    def print_many(self, documents: Iterable[SlipDocument]) -> Iterator[bytes]:
        """Yield the PDF of each pay slip, in order."""
        ...
