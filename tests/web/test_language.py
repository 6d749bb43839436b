"""Catalogues: complete, and chosen rightly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.web import language

SCRIPT = Path(__file__).parents[2] / "scripts" / "translations"


@pytest.mark.parametrize(
    ("name", "lang"), [("en", "en"), ("en-GB", "en"), ("zh_Hans", "zh-Hans"), ("zh-CN", "zh-Hans")]
)
def test_a_locale_has_one_html_language(name: str, lang: str) -> None:
    assert language.html_lang(name) == lang


def test_counts_choose_their_form() -> None:
    one, many = "There is %(num)s problem", "There are %(num)s problems"
    assert language.translate_count(one, many, 1, "en") == "There is 1 problem"
    assert language.translate_count(one, many, 2, "en") == "There are 2 problems"


def test_nothing_is_translated_to_nothing() -> None:
    assert language.translate("", "zh_Hans") == ""


def test_a_word_for_the_script_that_it_does_not_know_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "guess"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "extract | update | compile | check" in done.stderr
