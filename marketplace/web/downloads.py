"""Files as answers: streamed, named in any script, never kept by a cache in between."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from flask import Response, stream_with_context

from marketplace.domain.documents.queries import StoredFile, pieces
from marketplace.web.extensions import reading


def stored_file(stored: StoredFile, name: str) -> Response:
    """Answer with a stored file, one chunk in memory at a time."""
    response = streamed(pieces(reading(), stored.id), name, stored.media_type)
    response.content_length = stored.size
    response.set_etag(stored.sha256)
    return response


def streamed(content: Iterable[bytes], name: str, media_type: str) -> Response:
    """Answer with a file that is written while it is sent."""
    response = Response(stream_with_context(_each(content)), content_type=media_type)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _each(content: Iterable[bytes]) -> Iterator[bytes]:
    yield from content
