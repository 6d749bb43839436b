"""Translation with or without a request: pages, e-mails and papers use the same catalogues."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import flask_babel
from babel import Locale
from babel.support import NullTranslations, Translations

LANGUAGES: Final = {"en": "English", "zh_Hans": "中文"}
"""The languages of the product, each named in itself."""

DEFAULT: Final = "en"
FOLDER: Final = Path(__file__).parent.parent / "translations"


def locale_of(name: str | None = None) -> Locale:
    """Return the locale called `name` ("en", "zh_Hans", "zh-CN"), or the reader's own.

    Without a name and outside a request it is English.
    """
    if name is None:
        return flask_babel.get_locale() or Locale.parse(DEFAULT)
    return Locale.parse("zh_Hans" if is_chinese(name) else DEFAULT)


def is_chinese(name: str | None = None) -> bool:
    """Say whether a locale name, or the reader's language, is Chinese."""
    return (name or locale_of().language).lower().startswith("zh")


def html_lang(name: str | None = None) -> str:
    """Return the value of the HTML attribute `lang`."""
    return "zh-Hans" if is_chinese(name) else DEFAULT


def translate(text: str, locale: str | None = None) -> str:
    """Return `text` in the language of `locale`; the English itself when there is no other."""
    if not text:
        return text
    return _catalogue(_name(locale)).gettext(text)


def translate_count(one: str, many: str, count: int, locale: str | None = None) -> str:
    """Return the form of a counted text for `count`, with `%(num)s` filled in."""
    return form_for(one, many, count, locale) % {"num": count}


def form_for(one: str, many: str, count: int, locale: str | None = None) -> str:
    """Return the form of a counted text for `count`, its places still to be filled in."""
    return _catalogue(_name(locale)).ngettext(one, many, count)


def _name(locale: str | None) -> str:
    return "zh_Hans" if is_chinese(locale) else DEFAULT


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(name: str) -> NullTranslations:
    """Return the texts of a language; read once for the whole process."""
    return Translations.load(FOLDER, [name])
