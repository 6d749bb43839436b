"""A whole profile in words: the same on the page and on the comp card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from flask_babel import gettext as _

from marketplace.domain.people.queries.whole import WholeProfile
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules import LEVEL_WORDS, WORK_WORDS, Level
from marketplace.domain.people.rules.profiles import in_order
from marketplace.domain.people.rules.sizes import Sizes, feet, inches
from marketplace.domain.people.rules.words import find
from marketplace.web.language import is_chinese
from marketplace.web.presentation import sentence
from marketplace.web.words import language_name, worded

Facts = list[tuple[str, str]]

AND: Final = " · "


class Speaker(Protocol):
    """Whoever's languages are known."""

    @property
    def languages(self) -> list[tuple[str, Level]]:
        """The languages and their levels."""
        ...

    @property
    def languages_before(self) -> str:
        """What was written before there was a list."""
        ...


@dataclass(frozen=True, slots=True)
class Names:
    """Name and text about somebody, the reader's script first; a second one may be empty."""

    name: str
    second_name: str
    about: str
    second_about: str


def names_of(found: WholeProfile) -> Names:
    """Return the name and the text, in the order the reader can read them."""
    chinese = is_chinese()
    name, second_name = in_order(found.stage_name, found.second_name, is_chinese=chinese)
    about, second_about = in_order(found.about, found.about_second, is_chinese=chinese)
    return Names(name, second_name, about, second_about)


def headline_of(found: WholeProfile) -> str:
    """Return what somebody does and where they are from, in one line."""
    words = [sentence(WORK_WORDS[work]) for work in found.works]
    return AND.join([*words, *filter(None, [found.city, found.pronouns])])


def size_facts(sizes: Sizes) -> Facts:
    """Return what was filled in of looks, lengths in centimetres and inches."""
    facts: Facts = []
    if sizes.age_from is not None:
        facts.append((_("Plays ages"), f"{sizes.age_from}–{sizes.age_to}"))
    facts += _lengths(sizes)
    colours = ((_("Hair"), kept().hair, sizes.hair), (_("Eyes"), kept().eyes, sizes.eyes))
    facts += [(label, worded(find(words, code))) for label, words, code in colours if code]
    texts = ((_("Clothing"), sizes.clothing), (_("Shoes"), sizes.shoe))
    return facts + [(label, text) for label, text in texts if text]


def _lengths(sizes: Sizes) -> Facts:
    around = (
        (_("Chest"), sizes.chest),
        (_("Waist"), sizes.waist),
        (_("Hips"), sizes.hips),
    )
    tall = [(_("Height"), f"{sizes.height} cm{AND}{feet(sizes.height)}")] if sizes.height else []
    return tall + [(label, f"{value} cm{AND}{inches(value)}") for label, value in around if value]


def more_facts(sizes: Sizes) -> Facts:
    """Return the notes on what somebody brings and what casting plans for."""
    licence = _("Yes") if sizes.has_driving_licence else ""
    notes = (
        (_("Tattoos and piercings"), sizes.marks),
        (_("Wardrobe"), sizes.wardrobe),
        (_("Vehicles"), sizes.vehicles),
        (_("Driving licence"), licence),
    )
    return [(label, text) for label, text in notes if text]


def skills_of(found: WholeProfile) -> list[str]:
    """Return the skills in the reader's language; own words as they were written."""
    return [word if is_own else worded(kept().skill(word)) for word, is_own in found.skills]


def languages_of(found: Speaker) -> list[str]:
    """Return the languages with their level, or what was written before there was a list."""
    said = [
        _("%(language)s (%(level)s)", language=language_name(code), level=_level(level))
        for code, level in found.languages
    ]
    return said or list(filter(None, [found.languages_before]))


def _level(level: object) -> str:
    return next(sentence(words) for one, words in LEVEL_WORDS.items() if one == level)


def positions_of(found: WholeProfile) -> list[str]:
    """Return the positions, or the department that was written before there was a list."""
    said = [worded(kept().crew_position(word)) for word in found.positions]
    return said or list(filter(None, [found.department_before]))
