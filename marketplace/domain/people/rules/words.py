"""The kept lists of words: skills, departments and their positions, colours, certificates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a kept list, in English and Chinese; `code` is what is stored."""

    code: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Group:
    """Words that belong together, under a word of their own."""

    head: Word
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """All kept lists."""

    skills: tuple[Group, ...]
    departments: tuple[Group, ...]
    hair: tuple[Word, ...]
    eyes: tuple[Word, ...]
    certificates: tuple[Word, ...]

    def skill(self, code: str) -> Word:
        """Return a skill by its code; an own word is its own word."""
        return find(all_words(self.skills), code)

    def crew_position(self, code: str) -> Word:
        """Return a position by its code."""
        return find(all_words(self.departments), code)

    def certificate(self, code: str) -> Word:
        """Return a kind of certificate by its code."""
        return find(self.certificates, code)

    def department_of(self, code: str) -> str | None:
        """Return the department a position belongs to, or None when nobody knows it."""
        for group in self.departments:
            if any(word.code == code for word in group.words):
                return group.head.code
        return None


def read_kept(raw: Mapping[str, Any]) -> Kept:
    """Read the lists from what `data/words.json` holds."""
    return Kept(
        skills=_groups(raw["skills"]),
        departments=_groups(raw["departments"]),
        hair=_words(raw["hair"]),
        eyes=_words(raw["eyes"]),
        certificates=_words(raw["certificates"]),
    )


def all_words(groups: Iterable[Group]) -> list[Word]:
    """Return the words of all groups, in order."""
    return [word for group in groups for word in group.words]


def find(words: Iterable[Word], code: str) -> Word:
    """Return the word with a code; one that left the list, or their own, is its own word."""
    return next((word for word in words if word.code == code), Word(code, code, code))


def _groups(raw: Iterable[Mapping[str, Any]]) -> tuple[Group, ...]:
    return tuple(Group(_word(group), _words(group["words"])) for group in raw)


def _words(raw: Iterable[Mapping[str, Any]]) -> tuple[Word, ...]:
    return tuple(_word(word) for word in raw)


def _word(raw: Mapping[str, Any]) -> Word:
    return Word(raw["code"], raw["en"], raw["zh"])
