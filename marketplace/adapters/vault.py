"""AES-256-GCM with the owner as associated data, and a keyed index for look-ups."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12


class AesVault:
    """Seals with the newest key; opens with the key whose number the value carries.

    keys: number → 32 bytes; the highest number seals. Layout: key number (1 byte), nonce, text.
    """

    def __init__(self, keys: Mapping[int, bytes], index_key: bytes) -> None:
        """Keep the key ring."""
        self._keys = dict(keys)
        self._newest = max(keys)
        self._index_key = index_key

    def seal(self, text: str, owner: str) -> bytes:
        """Return `text` sealed for `owner`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        key = self._keys[self._newest]
        sealed = AESGCM(key).encrypt(nonce, text.encode(), self._data(self._newest, owner))
        return bytes([self._newest]) + nonce + sealed

    def open(self, sealed: bytes, owner: str) -> str:
        """Return what was sealed; raises ValueError for another owner or a damaged value."""
        number, nonce, body = sealed[0], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            opened = AESGCM(self._keys[number]).decrypt(nonce, body, self._data(number, owner))
        except (InvalidTag, KeyError) as problem:
            raise ValueError("this value was not sealed for this owner") from problem
        return opened.decode()

    def index(self, text: str) -> str:
        """Return a keyed fingerprint of the text, whatever its case, width and spaces."""
        plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
        return hmac.new(self._index_key, plain.encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def _data(number: int, owner: str) -> bytes:
        return f"{number}|{owner}".encode()
