"""What keeps passwords for the accounts package."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """Hashes passwords slowly. Never call it inside a transaction: others wait for its lock."""

    def hash(self, password: str) -> str:
        """Return what the database keeps of a password."""
        ...

    def verify(self, password: str, hashed: str | None) -> bool:
        """Say whether this is the password.

        hashed: None for an unknown account; takes as long as for a known one, and says no.
        """
        ...

    def needs_rehash(self, hashed: str) -> bool:
        """Say whether the hash was made with other parameters than today's."""
        ...
