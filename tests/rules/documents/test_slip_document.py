"""A pay slip is stored as JSON and read back as exactly the same slip, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from marketplace.domain.documents.rules import (
    Party,
    SlipDocument,
    SlipDocumentError,
    fingerprint,
    sealed,
)
from tests.support.slips import a_slip


def test_a_stored_slip_is_read_back_as_the_same_slip() -> None:
    assert SlipDocument.from_json(a_slip().to_json()) == a_slip()


def test_the_same_slip_is_always_the_same_text() -> None:
    assert a_slip().to_json() == a_slip().to_json()
    assert "王晓明" in a_slip().to_json()


def test_the_digest_is_of_all_data_but_itself_and_its_address() -> None:
    slip = a_slip()
    assert slip.data_digest == fingerprint(slip)
    assert slip.verify_url.endswith(slip.data_digest)
    assert fingerprint(replace(slip, data_digest="", verify_url="elsewhere")) == slip.data_digest
    assert fingerprint(replace(slip, net="$606.94")) != slip.data_digest


def test_a_slip_may_be_sealed_without_an_address() -> None:
    assert sealed(a_slip()).verify_url == ""


def changed(**values: object) -> str:
    stored: dict[str, Any] = json.loads(a_slip().to_json())
    return json.dumps(stored | values)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        "{}",
        changed(number=1),
        changed(notes=[1]),
        changed(lines=3),
        changed(lines=[{"kind": "earning"}]),
        changed(employer={"name": "Golden Reel"}),
        changed(surprise="!"),
        changed(paper="A5"),
        changed(language="fr"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SlipDocumentError):
        SlipDocument.from_json(text)


def test_a_line_of_an_unknown_kind_is_refused() -> None:
    stored = a_slip().to_json().replace('"kind":"memo"', '"kind":"gift"')
    with pytest.raises(SlipDocumentError, match="unknown kind"):
        SlipDocument.from_json(stored)


def test_a_party_needs_no_second_name_and_no_address() -> None:
    assert Party(name="Golden Reel").address_lines == ()
