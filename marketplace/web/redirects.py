"""Where a page may send somebody back to: a path of this site, nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def safe_path(target: str | None, otherwise: str = "/") -> str:
    """Return the path and query of `target` when it is on this site, else `otherwise`."""
    if not target or "\\" in target or any(ord(letter) <= ord(" ") for letter in target):
        return otherwise
    parts = urlsplit(target)
    if parts.scheme not in ("", "http", "https") or parts.netloc not in ("", request.host):
        return otherwise
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return otherwise
    return parts.path + (f"?{parts.query}" if parts.query else "")
