"""Names, masked numbers and icons."""

from __future__ import annotations

import pytest

from marketplace.web import names


@pytest.mark.parametrize(
    ("name", "first", "last", "letters"),
    [
        ("Ava Lin", "Ava", "Lin", "AL"),
        ("Cher", "Cher", "Cher", "C"),
        ("Anna Maria de la Cruz", "Anna", "Cruz", "AC"),
        ("赵国强", "赵国强", "赵", "强"),
        ("欧阳娜娜", "欧阳娜娜", "欧阳", "娜"),
        ("", "", "", "?"),
    ],
)
def test_people_are_addressed_as_their_language_does(
    name: str, first: str, last: str, letters: str
) -> None:
    assert (names.first_name(name), names.last_name(name)) == (first, last)
    assert names.initials(name) == letters


def test_text_that_begins_in_chinese_is_marked() -> None:
    assert names.lang_of("宴会宾客 · Banquet guests") == "zh-Hans"
    assert names.lang_of("12 位宾客") == "zh-Hans"
    assert names.lang_of("Lin Wan 林晚") is None
    assert names.lang_of("") is None
    assert str(names.lang_attribute("重生")) == ' lang="zh-Hans"'
    assert str(names.lang_attribute("Dawn")) == ""


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("6222 0000 1234 6411", "••6411"), ("12345", "••45"), ("88", "••8"), ("", "••")],
)
def test_never_more_than_half_of_a_number_is_shown(secret: str, shown: str) -> None:
    assert names.mask(secret) == shown


def test_a_name_keeps_its_tint() -> None:
    tints = {names.tint(f"Person {number}") for number in range(200)}
    assert tints == set(range(1, 9))
    assert names.tint("Ava Lin") == names.tint("Ava Lin")


def test_icons_are_hidden_from_screen_readers() -> None:
    drawn = names.icon("check", 14)
    assert 'aria-hidden="true"' in drawn
    assert 'width="14"' in drawn
    assert names.icon("check", 14) is drawn
