"""Answers and refusals in the words and shapes of the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marketplace.adapters.standin.store import Body

LARGEST_PAGE = 100
USUAL_PAGE = 10


@dataclass(eq=False)
class ApiError(Exception):
    """A refusal. kind: such as invalid_request_error; code: Stripe's word, may be empty.

    is_kept: whether the answer is kept under the request's key: once the work has begun.
    """

    status: int
    kind: str
    code: str
    text: str
    param: str = ""
    is_kept: bool = True

    @property
    def body(self) -> Body:
        """The answer's body."""
        known = {"type": self.kind, "code": self.code, "param": self.param, "message": self.text}
        return {"error": {name: value for name, value in known.items() if value}}


def refused(code: str, text: str, *, status: int = 400, param: str = "") -> ApiError:
    """Return the refusal of a request that could be read and may not be done."""
    return ApiError(status, "invalid_request_error", code, text, param)


def missing(kind: str, object_id: str, param: str) -> ApiError:
    """Return the answer for an object nobody knows."""
    text = f"No such {kind}: '{object_id}'"
    return refused("resource_missing", text, status=404, param=param)


def listed(url: str, found: Iterable[Body], asked: dict[str, Any]) -> Body:
    """Return one page of a list that is in order: `limit`, `starting_after`."""
    everything = list(found)
    after = asked.get("starting_after")
    ids = [one["id"] for one in everything]
    if after is not None and after not in ids:
        raise missing("object", after, "starting_after")
    begin = ids.index(after) + 1 if after is not None else 0
    size = int(asked.get("limit", USUAL_PAGE))
    if not 1 <= size <= LARGEST_PAGE:
        text = f"Invalid integer: limit must be between 1 and {LARGEST_PAGE}"
        raise refused("parameter_invalid_integer", text, param="limit")
    return {
        "object": "list",
        "url": url,
        "data": everything[begin : begin + size],
        "has_more": len(everything) > begin + size,
    }


def is_since(one: Body, asked: dict[str, Any]) -> bool:
    """Say whether an object was made in the time asked for: `created[gte]`."""
    wanted = asked.get("created", 0)
    since = wanted.get("gte", 0) if isinstance(wanted, dict) else wanted
    return bool(one["created"] >= since)
