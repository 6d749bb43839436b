"""What the people package asks of the world: secrets, pictures, printed cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from marketplace.domain.people.rules.cards import CompCard
from marketplace.kernel.errors import DomainError


class PictureError(DomainError):
    """What was sent cannot be kept as a photo."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo made ready: two JPEGs with nothing in them but the picture.

    large: long side at most 2,000 pixels; thumb: at most 400. width, height: of the large one.
    digest: SHA-256 of the large one.
    """

    large: bytes
    thumb: bytes
    width: int
    height: int
    digest: str


class Pictures(Protocol):
    """Reads what people upload and makes photos of it."""

    def prepare(self, data: bytes) -> Picture:
        """Return the photo, upright and without hidden data (place, camera, time).

        Raises PictureError for what is no picture, is damaged, or would be too large to open.
        """
        ...


class CardPrinter(Protocol):
    """Prints comp cards."""

    def print_card(self, card: CompCard) -> bytes:
        """Return a tagged PDF of one page. Raises PrintingError; nothing is printed then."""
        ...


class Vault(Protocol):
    """Seals personal data so that a copy of the database shows nothing.

    owner: says whose field it is ("person:7|legal_name"); a sealed value opens only for the
    same owner, so it cannot be moved to another row.
    """

    def seal(self, text: str, owner: str) -> bytes:
        """Return `text` sealed for `owner`."""
        ...

    def open(self, sealed: bytes, owner: str) -> str:
        """Return what was sealed; raises ValueError for another owner or a damaged value."""
        ...

    def index(self, text: str) -> str:
        """Return a keyed fingerprint of normalised text, to find an exact match without opening."""
        ...
