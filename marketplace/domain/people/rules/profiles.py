"""Which work people look for, how well they speak, and what a profile still lacks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence, say


class ProfileError(DomainError):
    """Something of a profile cannot be kept as it was given."""


class Work(StrEnum):
    """What kind of work a person looks for."""

    ACTOR = "actor"
    BACKGROUND = "background"
    CREW = "crew"


class Level(StrEnum):
    """How well somebody speaks a language."""

    BASIC = "basic"
    WORKING = "working"
    FLUENT = "fluent"
    NATIVE = "native"


WORK_WORDS: Final[dict[Work, Sentence]] = {
    Work.ACTOR: say("Actor"),
    Work.BACKGROUND: say("Background"),
    Work.CREW: say("Crew"),
}
"""What people call the kinds of work."""

LEVEL_WORDS: Final[dict[Level, Sentence]] = {
    Level.BASIC: say("Basic"),
    Level.WORKING: say("Working"),
    Level.FLUENT: say("Fluent"),
    Level.NATIVE: say("Native"),
}
"""What people call how well they speak."""

LANGUAGES: Final = (
    *("en", "zh", "yue", "es", "fr", "de", "it", "pt", "ja", "ko", "ru", "ar", "hi", "vi", "th"),
    *("id", "fil", "fa", "he", "tr", "pl", "nl", "sv", "uk", "wuu", "nan", "ase"),
)
"""The languages people choose from: codes of Unicode CLDR, so that every locale has names."""

MOST_PHOTOS: Final = 12
MOST_LANGUAGES: Final = 8
MOST_SKILLS: Final = 40
MOST_POSITIONS: Final = 12
MOST_ENTRIES: Final = 40
"""How much one profile holds; of reels, credits, kit and certificates each."""

_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def in_order(first: str, second: str, *, is_chinese: bool) -> tuple[str, str]:
    """Return two texts, the one in the reader's script first; an empty one is always last.

    is_chinese: whether the reader reads Chinese. Two texts in the same script stay as they are.
    """
    if not (first and second):
        return first or second, ""
    fits = [bool(_HAN.search(text)) is is_chinese for text in (first, second)]
    return (second, first) if fits == [False, True] else (first, second)


def reel_problem(url: str) -> Sentence | None:
    """Return what is wrong with the address of a reel, or None."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme == "https" and "." in (parts.hostname or "")
        is_right = is_right and not parts.username and parts.port in {None, 443}
    except ValueError:
        is_right = False
    if is_right and not re.search(r"\s", url):
        return None
    return say("Enter an address that begins with https://, as your browser shows it.")


def host_of(url: str) -> str:
    """Return the host of an address as people read it: "vimeo.com"."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Holds:
    """What a profile has, as far as anything can be missing."""

    works: frozenset[Work]
    has_headshot: bool
    has_city: bool
    has_about: bool
    has_phone: bool
    has_languages: bool
    has_sizes: bool
    has_positions: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a casting person would miss; part: the page of the profile it is kept on."""

    part: str
    words: Sentence


_WANTED: Final[tuple[tuple[Gap, Callable[[Holds], bool]], ...]] = (
    (Gap("photos", say("Add a headshot")), lambda one: one.has_headshot),
    (Gap("edit", say("Say which city you work from")), lambda one: one.has_city),
    (Gap("edit", say("Give a telephone number for the shoot day")), lambda one: one.has_phone),
    (Gap("edit", say("Write a few lines about yourself")), lambda one: one.has_about),
    (Gap("looks", say("Say which languages you speak")), lambda one: one.has_languages),
    (
        Gap("looks", say("Fill in your height and sizes")),
        lambda one: one.has_sizes or one.works <= {Work.CREW},
    ),
    (
        Gap("crew", say("Choose the positions you work in")),
        lambda one: one.has_positions or Work.CREW not in one.works,
    ),
)


def gaps_of(held: Holds) -> list[Gap]:
    """Return what is missing, the most missed first. It is a list to read and sorts nobody."""
    return [gap for gap, is_there in _WANTED if not is_there(held)]
