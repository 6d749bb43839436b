"""Requests that write down which fields of a form a view asks for."""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict


def listening(asked: set[str]) -> type[Request]:
    """Return requests that write down which fields of their form a view asks for.

    So a field is found though its form is not on the page just now.
    """

    class Form(ImmutableMultiDict[str, str]):
        def __getitem__(self, key: str) -> str:
            asked.add(key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            asked.add(str(key))
            return super().__contains__(key)

        def getlist(self, key: str, *args: Any, **options: Any) -> list[Any]:
            asked.add(key)
            return super().getlist(key, *args, **options)

    class Listening(Request):
        parameter_storage_class = Form

    return Listening
