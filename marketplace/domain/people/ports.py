"""What keeps secrets for the people package."""

from __future__ import annotations

from typing import Protocol


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
