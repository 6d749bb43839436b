"""Two-letter pieces of texts: a search index that finds two Chinese characters as well as words."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Final

COMMON: Final = "etaoinshrdlcumwfgypbvk"
"""The letters of English from the most used to the least: rare ones lead the search."""

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN: Final = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_WORD: Final = re.compile(r"[a-z0-9]{3,}")


def grams(text: str) -> set[str]:
    """Return the two-letter pieces of a text, for the search index and for what is searched.

    Widths, ligatures and case are levelled first (NFKC, casefold). Runs of Chinese and words
    of other scripts are cut apart; a run of one letter is a piece of its own.
    """
    pieces: set[str] = set()
    for run in _RUN.findall(leveled(text)):
        pieces.update("".join(pair) for pair in pairwise(run))
        if len(run) == 1:
            pieces.add(run)
    return pieces


def leveled(text: str) -> str:
    """Return a text as it is compared: without widths, ligatures, case and outer spaces."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def rarest_first(text: str) -> list[str]:
    """Return the pieces of what is searched: the first leads, the others are looked up for it."""
    return sorted(grams(text), key=_rarity)


def long_words(text: str) -> list[str]:
    """Return the longer Latin words of what is searched: they must stand in one go."""
    return _WORD.findall(leveled(text))


def tag(kind: str, word: str) -> str:
    """Return an entry of the index that is no piece of a text: "language:zh".

    No text has a piece with a colon, so none is ever found by what somebody types.
    """
    return f"{kind}:{word}"


def _rarity(gram: str) -> tuple[int, str]:
    """Order pieces from rare to common: letters of other scripts, then q z x j, then the rest."""
    ranks = [COMMON.find(letter) for letter in gram]
    return -sum(rank if rank >= 0 else len(COMMON) for rank in ranks), gram
