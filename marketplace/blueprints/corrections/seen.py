"""Which version of an adjustment was on the page somebody answers from."""

from __future__ import annotations

from flask import request


def seen_version() -> int:
    """Return the version that was shown; 0 when the form does not say."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() else 0
