"""Addresses of our own static files, with a hash of the content, so that browsers keep them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, current_app, request, url_for

KEEP: Final = "public, max-age=31536000, immutable"
"""A file with its hash in the address never changes: a year, no questions."""

HASH_LENGTH: Final = 10
FOUND: Final = {200, 304}


def static(name: str) -> str:
    """Return the address of a static file, with its hash."""
    return url_for("static", filename=name, v=_current(name))


def register(app: Flask) -> None:
    """Give templates `static(name)` and let browsers keep hashed files."""
    app.jinja_env.globals["static"] = static
    app.after_request(_keep_hashed_files)


def _keep_hashed_files(response: Response) -> Response:
    """Let browsers keep a file only under the hash it has now, never under an older one."""
    if request.endpoint != "static" or response.status_code not in FOUND:
        return response
    if request.args.get("v") == _current((request.view_args or {})["filename"]):
        response.headers["Cache-Control"] = KEEP
    return response


def _current(name: str) -> str:
    path = Path(current_app.static_folder or "", name)
    return _hash(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _hash(path: Path, _changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_LENGTH]
