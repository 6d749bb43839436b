"""The pieces of a search index."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.grams import grams, long_words, rarest_first, tag


def test_two_chinese_characters_of_a_longer_word_are_found() -> None:
    assert grams("护士") <= grams("女护士长")


def test_a_part_of_a_latin_word_is_found_in_any_case_and_width() -> None:
    assert grams("NURS") <= grams("\N{FULLWIDTH LATIN CAPITAL LETTER N}urse Dana")


def test_words_of_two_scripts_are_cut_apart() -> None:
    assert grams("女A护士") == {"女", "a", "护士"}


def test_a_word_of_one_letter_is_a_piece_of_its_own() -> None:
    assert grams("A, b") == {"a", "b"}


@given(st.text())
def test_what_is_in_a_text_is_found_by_the_whole_text(text: str) -> None:
    assert grams(text) == grams(text.casefold())
    assert all(1 <= len(gram) <= 2 for gram in grams(text))


def test_the_rarest_piece_of_a_search_leads() -> None:
    assert rarest_first("the 林晚 quiz")[0] == "林晚"
    assert rarest_first("tea")[-1] == "te"


def test_only_longer_latin_words_must_stand_in_one_go() -> None:
    assert long_words("A \N{FULLWIDTH LATIN CAPITAL LETTER N}urse 护士 on 4k") == ["nurse"]


@given(st.text())
def test_no_text_has_a_tag_among_its_pieces(text: str) -> None:
    assert tag("language", "zh") not in grams(text)
