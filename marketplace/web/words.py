"""Words of the domain's kept lists, and names of languages, as the reader says them."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectChoice

from marketplace.domain.people.rules.words import Group, Word
from marketplace.web.language import is_chinese, locale_of


def worded(word: Word, *, locale: str | None = None) -> str:
    """Return a word of a kept list in the reader's language."""
    return word.zh if is_chinese(locale) else word.en


def language_name(code: str, *, locale: str | None = None) -> str:
    """Name a language: "Mandarin Chinese" is Chinese to Unicode, so we say which one."""
    if code == "zh":
        return "普通话" if is_chinese(locale) else "Mandarin"
    return str(locale_of(locale).languages.get(code, code))


def word_choices(words: Iterable[Word], empty: str | None = None) -> list[SelectChoice]:
    """Return the choices of a field from words; empty: what "nothing chosen" is called."""
    first = [SelectChoice(value="", label=empty)] if empty is not None else []
    return first + [SelectChoice(value=word.code, label=worded(word)) for word in words]


def group_choices(groups: Iterable[Group]) -> list[SelectChoice]:
    """Return the choices of a field from words in groups."""
    return [
        SelectChoice(value=word.code, label=worded(word), optgroup=worded(group.head))
        for group in groups
        for word in group.words
    ]
