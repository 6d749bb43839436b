"""Whom a production looks for: read from the address, written back into it, said in chips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.blueprints.public.search import read_ages, show_ages
from marketplace.domain.booking.queries.fits import DayWindow
from marketplace.domain.booking.queries.people_search import LONGEST_TEXT, PeopleFilters
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.casting.rules import RoleKind, works_of
from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules import WORK_WORDS, Work
from marketplace.domain.people.rules.profiles import LANGUAGES
from marketplace.domain.people.rules.words import Word, all_words, find
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money, parse
from marketplace.web.presentation import day, money, sentence
from marketplace.web.words import language_name, worded

LONGEST_RATE: Final = 12
DEPARTMENTS: Final = {
    "Wardrobe": "costume",
    "Makeup and hair": "makeup",
    "Post-production": "post",
}
"""Departments of the breakdown that profiles call otherwise; the others differ in case only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search for people as the page has it. job: "camera" or "camera:focus_puller".

    rate: as typed, in the production's currency. days: public ids. role: whom it is for.
    """

    q: str = ""
    works: tuple[str, ...] = ()
    city: str = ""
    language: str = ""
    plays: tuple[int, int] | None = None
    job: str = ""
    skill: str = ""
    rate: str = ""
    days: tuple[str, ...] = ()
    is_free: bool = False
    role: str = ""
    after: str = ""

    def args(self, **changes: Any) -> dict[str, Any]:
        """Return the address's values with some changed; without `after`, from the top."""
        new = replace(self, **{"after": "", **changes})
        values = {
            "q": new.q,
            "work": list(new.works),
            "city": new.city,
            "language": new.language,
            "plays": show_ages(new.plays),
            "job": new.job,
            "skill": new.skill,
            "rate": new.rate,
            "day": list(new.days),
            "free": "1" if new.is_free else "",
            "role": new.role,
            "after": new.after,
        }
        return {name: value for name, value in values.items() if value}

    def filters(
        self, windows: Mapping[str, DayWindow], currency: str, role_id: int | None
    ) -> PeopleFilters:
        """Return what to ask the database. windows: days to come; without a choice all of them."""
        department, _colon, position = self.job.partition(":")
        chosen = [windows[one] for one in self.days if one in windows]
        return PeopleFilters(
            text=self.q,
            works=self.works,
            city=self.city,
            languages=(self.language,) if self.language else (),
            plays=self.plays,
            department="" if position else department,
            position=position,
            skills=(self.skill,) if self.skill else (),
            most=most(self.rate, currency),
            days=tuple(chosen or windows.values()),
            is_free=self.is_free,
            role_id=role_id,
        )


def read(args: MultiDict[str, str]) -> Asked:
    """Read a search from an address; what makes no sense is left out."""
    language = args.get("language", "")
    return Asked(
        q=args.get("q", "").strip()[:LONGEST_TEXT],
        works=tuple(str(one) for one in Work if one in args.getlist("work")),
        city=args.get("city", "").strip()[:LONGEST_TEXT],
        language=language if language in LANGUAGES else "",
        plays=read_ages(args),
        job=args.get("job", "")[:LONGEST_TEXT],
        skill=args.get("skill", "")[:LONGEST_TEXT],
        rate=args.get("rate", "").strip()[:LONGEST_TEXT],
        days=tuple(args.getlist("day")[:100]),
        is_free=args.get("free") == "1",
        role=args.get("role", ""),
        after=args.get("after", ""),
    )


def of_role(role: RoleRow, windows: Mapping[str, DayWindow], city: str) -> Asked:
    """Return the search for people who fit a role and have not applied for it."""
    needed = set(role.needs)
    both = role.plays_from is not None and role.plays_to is not None
    return Asked(
        works=tuple(sorted(works_of(RoleKind(role.kind)))),
        city=city,
        language=role.languages[0] if role.languages else "",
        plays=(role.plays_from or 0, role.plays_to or 0) if both else None,
        job=DEPARTMENTS.get(role.department, role.department.lower()),
        days=tuple(name for name, one in windows.items() if one.shoot_day_id in needed),
        is_free=True,
        role=role.public_id,
    )


def most(rate: str, currency: str) -> Money | None:
    """Read the day rate asked at most; None for what is no amount above zero a row can have."""
    try:
        amount = parse(rate, currency) if 0 < len(rate) <= LONGEST_RATE else None
    except DomainError:
        return None
    return amount if amount is not None and amount.minor > 0 else None


def chips(asked: Asked, windows: Mapping[str, DayWindow], currency: str) -> list[tuple[str, Asked]]:
    """Return each filter in words, with the search without it, in the order of the form."""
    return [(words, replace(asked, after="", **off)) for words, off in _parts(asked, currency)] + [
        (words, replace(asked, after="", **off)) for words, off in _days(asked, windows)
    ]


def _parts(asked: Asked, currency: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for work in asked.works:
        left = tuple(one for one in asked.works if one != work)
        yield sentence(WORK_WORDS[Work(work)]), {"works": left}
    rate, skills = most(asked.rate, currency), all_words(kept().skills)
    ages = "–".join(map(str, asked.plays or ()))
    words = {
        "q": f"“{asked.q}”" if asked.q else "",
        "city": asked.city,
        "language": language_name(asked.language) if asked.language else "",
        "plays": _("Plays %(ages)s", ages=ages) if ages else "",
        "job": worded(_job(asked.job)) if asked.job else "",
        "skill": worded(find(skills, asked.skill)) if asked.skill else "",
        "rate": _("Asks %(rate)s at most", rate=money(rate, cards=True)) if rate else "",
    }
    for name, said in words.items():
        if said:
            yield said, {name: None if name == "plays" else ""}


def _days(asked: Asked, windows: Mapping[str, DayWindow]) -> Iterator[tuple[str, dict[str, Any]]]:
    if asked.is_free:
        yield _("Free and rested"), {"is_free": False}
    for name in asked.days:
        if name in windows:
            left = tuple(one for one in asked.days if one != name)
            yield day(windows[name].shoot_date), {"days": left}


def _job(job: str) -> Word:
    """Return the word of a department, or of a position in one."""
    department, _colon, position = job.partition(":")
    groups = kept().departments
    if position:
        return find(all_words(groups), position)
    return find((group.head for group in groups), department)
