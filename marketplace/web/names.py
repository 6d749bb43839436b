"""How names, pictures for people without one, and masked numbers look."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Final

from lucide import jinja as lucide_icons
from markupsafe import Markup

TINTS: Final = 8
SHOWN_DIGITS: Final = 4
COMPOUND_SURNAMES: Final = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|"
    "宗政|濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐|轩辕|呼延"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LETTER: Final = re.compile(r"[^\W\d_]")


def lang_of(text: str) -> str | None:
    """Return "zh-Hans" for text that begins in Chinese, else None."""
    letter = _LETTER.search(text)
    return "zh-Hans" if letter and _HAN.match(letter[0]) else None


def lang_attribute(text: str) -> Markup:
    """Return ` lang="zh-Hans"` for Chinese text, else nothing: `<b{{ lang_attr(name) }}>`."""
    return Markup(' lang="zh-Hans"') if lang_of(text) else Markup("")


def initials(name: str) -> str:
    """Return what stands in a portrait's place: "AL" for Ava Lin, 强 for 赵国强."""
    signs = _HAN.findall(name)
    if signs:
        return str(signs[-1])
    words = name.split()
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def tint(name: str) -> int:
    """Return one of the eight tints, always the same one for a name."""
    return zlib.crc32(name.encode()) % TINTS + 1


def first_name(name: str) -> str:
    """Return how a person is addressed: "Ava" of Ava Lin; Chinese names are used whole."""
    return name if lang_of(name) else (name.split() or [""])[0]


def last_name(name: str) -> str:
    """Return the family name: "Lin" of Ava Lin, 赵 of 赵国强, 欧阳 of 欧阳娜娜."""
    if not lang_of(name):
        return (name.split() or [""])[-1]
    return name[:2] if COMPOUND_SURNAMES.match(name) else name[:1]


def mask(secret: str) -> str:
    """Return a bank or card number that shows at most its last four: "••6411"."""
    signs = re.sub(r"\s", "", secret)
    shown = min(SHOWN_DIGITS, len(signs) // 2)
    return "••" + signs[len(signs) - shown :]


@lru_cache(maxsize=512)
def icon(name: str, size: int = 18) -> Markup:
    """Return a Lucide icon as inline SVG that screen readers skip."""
    drawn = lucide_icons.lucide(name, size=size, aria_hidden="true")
    return Markup(re.sub(r">\s+<", "><", drawn.replace("\n", "")))  # noqa: S704 - from a package
