"""The stand-in takes what the SDK's own types know, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.adapters.standin.parameters import ParameterError, check, decode

TRANSFER = {"amount": "5", "currency": "usd", "destination": "acct_1"}
ACCOUNT: dict[str, Any] = {"identity": {"country": "us"}, "dashboard": "express"}
SESSION = "checkout.SessionCreateParams"
MOVE = "TransferCreateParams"
OPEN = "v2.core.AccountCreateParams"
WORD = "parameter_invalid_enum"


def test_forms_become_nested_values() -> None:
    pairs = [("a[b][c]", "1"), ("list[1]", "y"), ("list[0]", "x"), ("more[]", "p"), ("more[]", "q")]

    assert decode(pairs) == {"a": {"b": {"c": "1"}}, "list": ["x", "y"], "more": ["p", "q"]}


def test_a_name_that_is_no_name_is_refused() -> None:
    with pytest.raises(ParameterError):
        decode([("[a]", "1")])


def test_texts_of_a_form_become_what_their_types_are() -> None:
    found = check(MOVE, TRANSFER | {"metadata": {"a": "b"}})
    flags = check(SESSION, {"allow_promotion_codes": "true", "automatic_tax": {"enabled": "false"}})

    assert found["amount"] == 5
    assert flags == {"allow_promotion_codes": True, "automatic_tax": {"enabled": False}}


@pytest.mark.parametrize(
    ("shape", "values", "code", "name"),
    [
        (MOVE, TRANSFER | {"amount": "1.0"}, "parameter_invalid_integer", "amount"),
        (MOVE, TRANSFER | {"amount": True}, "parameter_invalid_integer", "amount"),
        (MOVE, TRANSFER | {"other": "1"}, "parameter_unknown", "other"),
        (MOVE, {"amount": "1"}, "parameter_missing", "currency"),
        (MOVE, TRANSFER | {"currency": ["usd"]}, "parameter_invalid_string", "currency"),
        (MOVE, TRANSFER | {"expand": "x"}, "parameter_invalid", "expand"),
        (MOVE, TRANSFER | {"metadata": "x"}, "parameter_invalid", "metadata"),
        (SESSION, {"line_items": [{"no": "1"}]}, "parameter_unknown", "line_items[0][no]"),
        (SESSION, {"line_items": ["x"]}, "parameter_invalid", "line_items[0]"),
        (SESSION, {"allow_promotion_codes": "yes"}, "parameter_invalid", "allow_promotion_codes"),
        (OPEN, ACCOUNT | {"dashboard": "other"}, WORD, "dashboard"),
        (OPEN, ACCOUNT | {"email": "a@b.c"}, "parameter_unknown", "email"),
    ],
)  # fmt: skip
def test_what_the_pinned_version_does_not_know_is_refused_by_name(
    shape: str,
    values: dict[str, Any],
    code: str,
    name: str,
) -> None:
    with pytest.raises(ParameterError) as refusal:
        check(shape, values)

    assert (refusal.value.code, refusal.value.name) == (code, name)


def test_metadata_may_be_emptied() -> None:
    assert check(MOVE, TRANSFER | {"metadata": ""})["metadata"] == {}
