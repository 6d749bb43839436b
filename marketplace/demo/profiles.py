"""Fill the profiles of the demo's people: photos, sizes, skills, credits, kit."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from marketplace.demo.people import Talent
from marketplace.demo.portraits import portrait
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules import Level, Work
from marketplace.domain.people.rules.sizes import Sizes
from marketplace.domain.people.services.entries import (
    Entry,
    KeepCertificate,
    KeepCredit,
    KeepKit,
    KeepReel,
    add_entry,
)
from marketplace.domain.people.services.looks import CrewSide, Looks, keep_crew, keep_looks
from marketplace.domain.people.services.photos import add_photo
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import parse
from marketplace.kernel.zones import local_date
from marketplace.outside import Outside

SECOND_NAMES: Final = {
    "Ava Lin": "林艾",
    "林晚": "Lin Wan",
    "Mei Alvarez": "梅阿瓦",
    "顾言": "Gu Yan",
}
STARS: Final = frozenset(SECOND_NAMES)
"""Whose profiles are full: four photos, credits, a reel."""

HIDDEN: Final = frozenset({"Ava Lin", "白露"})
"""Who does not let productions find them."""

POSITIONS: Final = {
    "Camera": ("focus_puller", "operator"),
    "摄影": ("dop", "operator"),
    "Electric": ("gaffer", "electrician"),
    "灯光": ("gaffer",),
    "Grip": ("key_grip",),
    "Makeup and hair": ("makeup_artist", "hair_stylist"),
    "化妆": ("makeup_artist",),
    "Sound": ("mixer", "boom"),
    "录音": ("mixer",),
    "服装": ("costumer",),
    "场务": ("production_assistant",),
}
"""What the crew of each department does."""

CREDITS: Final = {
    False: (("The Second Wife Returns", "Nora", 2025), ("Midnight Verdict", "Clerk", 2024)),
    True: (("重生之千金归来", "沈清", 2025), ("闪婚总裁", "秘书", 2024)),
}
COMPANY: Final = {False: "Redwood Vertical", True: "中原竖屏影业"}
ACTS: Final = ("swimming", "sword", "horse_riding", "singing", "improvisation", "crying")
HAIR: Final = ("black", "dark_brown", "brown")
NARROW: Final = timedelta(days=400)


def fill(session: Session, one: Talent, person_id: int, outside: Outside) -> None:
    """Fill a person's profile, always with the same things for a name."""
    seed, clock = zlib.crc32(one.name.encode()), outside.clock
    keep_looks(session, person_id, _looks(one, seed), clock=clock)
    if one.department:
        _crew(session, one, person_id, clock)
    is_drawn = one.work is Work.ACTOR or seed % 2 == 0
    for pose in range(4 if one.name in STARS else int(is_drawn)):
        words = "正面照" if one.is_chinese else "Headshot, looking at the camera"
        picture = outside.pictures.prepare(portrait(one.name, pose))
        add_photo(session, person_id, picture, words if pose == 0 else "", clock=clock)
    if one.work is Work.ACTOR:
        for entry in _past(one):
            add_entry(session, person_id, entry, clock=clock)


def _looks(one: Talent, seed: int) -> Looks:
    own = {"zh": Level.NATIVE} if one.is_chinese else {"en": Level.NATIVE}
    other = {"en": Level.WORKING} if one.is_chinese else {"zh": Level.FLUENT}
    if one.work is Work.CREW:
        return Looks(Sizes(has_driving_licence=seed % 3 > 0), (), (), own)
    age = 20 + seed % 25 if one.work is Work.ACTOR else 35 + seed % 30
    sizes = Sizes(
        age_from=age,
        age_to=age + 10,
        height=155 + seed % 32,
        chest=82 + seed % 20,
        waist=62 + seed % 24,
        hips=86 + seed % 18,
        shoe=f"EU {36 + seed % 32 // 4}",
        hair=HAIR[seed % len(HAIR)],
        eyes="dark_brown",
        has_driving_licence=seed % 2 == 0,
    )
    skills = ACTS[seed % 3 :: 2] if one.work is Work.ACTOR else ()
    return Looks(sizes, skills, (), own | (other if one.name in STARS else {}))


def _crew(session: Session, one: Talent, person_id: int, clock: Clock) -> None:
    words = {word: kept().department_of(word) or "" for word in POSITIONS[one.department]}
    rate = parse("900" if one.is_chinese else "450", "CNY" if one.is_chinese else "USD")
    keep_crew(session, person_id, CrewSide(words, rate, 10 * 60), clock=clock)
    if one.department not in {"Camera", "摄影", "Electric"}:
        return
    item = "4K 摄影机套装" if one.is_chinese else "Lighting van, two LED panels"
    rent = parse("600" if one.is_chinese else "120", rate.currency)
    zone = "Asia/Shanghai" if one.is_chinese else "America/Los_Angeles"
    ends_on = local_date(clock.now(), zone) + NARROW
    for entry in (KeepKit(item, rent, ""), KeepCertificate("work_at_height", "4471", ends_on)):
        add_entry(session, person_id, entry, clock=clock)


def _past(one: Talent) -> list[Entry]:
    """Return the credits of an actor; those of whom more is shown have a reel too."""
    past: list[Entry] = [
        KeepCredit(title, role, year, COMPANY[one.is_chinese])
        for title, role, year in CREDITS[one.is_chinese][: 2 if one.name in STARS else 1]
    ]
    reel = KeepReel("Showreel", "https://reels.example.com/showreel")
    return [*past, reel] if one.name in STARS else past
