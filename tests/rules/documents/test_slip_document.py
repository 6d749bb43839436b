"""A pay slip is stored as JSON and read back as exactly the same slip, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from marketplace.domain.documents.rules import (
    Part,
    Party,
    SlipDocument,
    SlipDocumentError,
    addressed,
    code_of,
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


def test_a_slip_stored_before_anything_was_added_keeps_its_text_and_its_digest() -> None:
    text = (Path(__file__).parent / "stored_slip.json").read_text(encoding="utf-8").strip()

    slip = SlipDocument.from_json(text)

    assert slip.to_json() == text
    assert fingerprint(slip) == slip.data_digest
    assert slip.data_digest.startswith("e53e4c1ab41c2f3f")


def test_what_was_added_later_is_in_the_digest_once_it_says_something() -> None:
    slip = a_slip()
    said = replace(slip, run="3", lines=(replace(slip.lines[0], mark="Taxed"), *slip.lines[1:]))

    assert SlipDocument.from_json(said.to_json()) == said
    assert fingerprint(said) != fingerprint(slip)
    assert '"mark"' not in slip.to_json()


def test_the_address_proves_a_slip_by_its_number_and_the_start_of_its_digest() -> None:
    slip = sealed(replace(a_slip(), number="PS 1/2"))
    found = addressed(slip, "https://dayrate.example")

    assert found.verify_url == (
        f"https://dayrate.example/verify/PS%201%2F2?code={code_of(slip.data_digest)}"
    )
    assert len(code_of(slip.data_digest)) == 12
    assert fingerprint(found) == slip.data_digest
    assert addressed(slip, "") == slip
    assert addressed(a_slip(), "https://dayrate.example") == a_slip()


def test_a_line_explains_itself_in_the_order_it_is_printed() -> None:
    line = replace(a_slip().lines[1], mark="Taxed")

    assert line.explained == (
        Part("detail", "1 × $81.2500"),
        Part("cause", line.cause),
        Part("mark", "Taxed"),
        Part("rule", "Labor Code 226.7, once a day"),
    )
    assert replace(line, cause="", mark="", rule="").explained == (Part("detail", "1 × $81.2500"),)


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
