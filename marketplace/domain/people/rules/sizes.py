"""Lengths of people: kept in whole centimetres, shown in inches too."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

LIMITS: Final = {
    "height": (50, 250),
    "chest": (30, 200),
    "waist": (30, 200),
    "hips": (30, 200),
}
"""The least and the most centimetres of each length that is no typing error."""

AGES: Final = (1, 99)
"""The youngest and the oldest anybody plays."""

_INCH: Final = Fraction(254, 100)
_FOOT: Final = 12


@dataclass(frozen=True, slots=True)
class Sizes:
    """What somebody looks like and brings; lengths in centimetres, None = not said.

    age_from, age_to: the ages they play, both or none. hair, eyes: words of the kept lists.
    marks: tattoos and piercings.
    """

    age_from: int | None = None
    age_to: int | None = None
    height: int | None = None
    chest: int | None = None
    waist: int | None = None
    hips: int | None = None
    shoe: str = ""
    clothing: str = ""
    hair: str = ""
    eyes: str = ""
    marks: str = ""
    wardrobe: str = ""
    vehicles: str = ""
    has_driving_licence: bool = False


def feet(centimetres: int) -> str:
    """Return a height in feet and inches, to the nearest inch: 175 is 5 ft 9 in."""
    whole, rest = divmod(_nearest(centimetres / _INCH), _FOOT)
    return f"{whole} ft {rest} in"


def inches(centimetres: int) -> str:
    """Return a length in inches, to the nearest half: 90 is 35½ in."""
    whole, half = divmod(_nearest(2 * centimetres / _INCH), 2)
    return f"{whole}½ in" if half else f"{whole} in"


def _nearest(length: Fraction) -> int:
    """Round to the nearest whole number, halves up."""
    return int(length + Fraction(1, 2))
