"""Random names for rows and links."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
PUBLIC_LENGTH: Final = 12


def public_id() -> str:
    """Return a short random name for a URL (59 bits): nobody can count our rows."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PUBLIC_LENGTH))


def secret_token() -> str:
    """Return a secret for a link or a session (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what the database keeps of a secret token: a thief of the table cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()
