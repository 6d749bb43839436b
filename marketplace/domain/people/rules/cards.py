"""What a comp card says: every text is already written for its reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardPhoto:
    """A photo on a card; alt: what it shows, for whoever cannot see it."""

    content: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class CompCard:
    """One page about one person.

    lang: of the labels, an HTML language; name, second_name: the reader's script first.
    headline: what work they do; facts: (label, value) such as height; lines: (label, value) such
    as skills, each a line of its own; foot: who made it and when.
    """

    lang: str
    title: str
    name: str
    second_name: str
    headline: str
    photos: tuple[CardPhoto, ...]
    facts: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    foot: str
