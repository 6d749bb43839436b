"""Commands over services, a few lines each."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Add the product's commands to `flask`."""
    del app
