"""Argon2id, a few at a time: each hash takes 19 MiB, and a burst of sign-ins must not take all."""

from __future__ import annotations

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TIME_COST: Final = 2
MEMORY_KIB: Final = 19 * 1024
AT_ONCE: Final = 3


class Argon2Passwords:
    """Hashes with OWASP's parameters; tests hand in cheap ones.

    at_once: how many hashes one process computes at the same time.
    """

    def __init__(
        self,
        time_cost: int = TIME_COST,
        memory_kib: int = MEMORY_KIB,
        at_once: int = AT_ONCE,
    ) -> None:
        """Keep the parameters, and the hash that stands in for people who are not there."""
        self._hasher = PasswordHasher(time_cost, memory_kib, parallelism=1)
        self._gate = threading.BoundedSemaphore(at_once)
        self._nobody = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """Return what the database keeps of a password."""
        with self._gate:
            return self._hasher.hash(password)

    def verify(self, password: str, hashed: str | None) -> bool:
        """Say whether this is the password; without a hash take as long, and say no."""
        with self._gate:
            try:
                self._hasher.verify(hashed or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return hashed is not None

    def needs_rehash(self, hashed: str) -> bool:
        """Say whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)
