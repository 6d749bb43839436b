"""Holds ISO 20022 messages against the schemas that sepaxml ships."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from marketplace.domain.banking.rules.iso20022 import SCHEMAS
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.banking.rules.orders import BankFormat
from marketplace.kernel.sentences import say


def check_message(content: bytes, format_: BankFormat) -> None:
    """Raise BankError, with the place that is wrong, unless the message fits its schema.

    A format without a published schema is left to its writer.
    """
    name = SCHEMAS.get(format_)
    if name is None:
        return
    wrong = next(_schema(name).iter_errors(content.decode()), None)
    if wrong is not None:
        raise BankError(
            say("The bank's schema refuses the file: %(reason)s", reason=str(wrong.reason)),
        )


@cache
def _schema(name: str) -> Any:  # noqa: ANN401 - the library's own type is heavy to import
    import xmlschema  # noqa: PLC0415 - costs half a second, which only those who write files pay

    path = files("sepaxml") / "schemas" / f"{name}.xsd"
    return xmlschema.XMLSchema(str(path))
