"""What somebody looks for: read from the address, written back into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.blueprints.roles.forms import DEPARTMENTS
from marketplace.domain.casting.queries.browse import LONGEST_TEXT, Facets, Filters
from marketplace.domain.casting.queries.searches import KeptSearch
from marketplace.domain.casting.rules import OLDEST, RoleKind
from marketplace.domain.people.rules.profiles import LANGUAGES
from marketplace.kernel.money import EXPONENTS, Money
from marketplace.web.presentation import money

FORTNIGHT: Final = 14
STEPS: Final[Mapping[str, tuple[int, ...]]] = {
    "CNY": (200, 500, 1_000, 2_000),
    "JPY": (10_000, 20_000, 40_000, 80_000),
}
"""Day rates to choose from, in whole units of the currency."""
USUAL_STEPS: Final = (150, 250, 400, 600)


@dataclass(frozen=True, slots=True)
class Search:
    """A search as the page has it. pay: "" or "USD" or "USD:25000" (minor units).

    saved: the public id of the saved search that is being changed, or "".
    """

    q: str
    first: date | None
    last: date | None
    kinds: tuple[str, ...]
    cities: tuple[str, ...]
    pay: str
    plays: tuple[int, int] | None
    languages: tuple[str, ...]
    departments: tuple[str, ...]
    pays_standby: bool
    is_free: bool
    after: str
    saved: str = ""

    @property
    def filters(self) -> Filters:
        """What to ask the database; the diary's condition is added by the view."""
        currency, _colon, minor = self.pay.partition(":")
        return Filters(
            text=self.q,
            first=self.first,
            last=self.last,
            kinds=self.kinds,
            cities=self.cities,
            currency=currency,
            least=Money(int(minor), currency) if minor else None,
            plays=self.plays,
            languages=self.languages,
            departments=self.departments,
            pays_standby=self.pays_standby,
        )

    @property
    def kept(self) -> KeptSearch:
        """What to write down when somebody saves it."""
        return KeptSearch(self.filters, self.is_free)

    @property
    def active(self) -> int:
        """How many filters are set, the text and the dates of the strip aside."""
        part = (self.plays, self.languages, self.departments, self.pays_standby)
        return sum(map(bool, (self.kinds, self.cities, self.pay, *part, self.is_free)))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all narrows the list."""
        return bool(self.active or self.q or self.first or self.last)

    def on(self, day: date) -> bool:
        """Say whether just this date is asked for."""
        return self.first == self.last == day

    def args(self, **changes: Any) -> dict[str, Any]:
        """Return the address's values with some changed; without `after`, from the top."""
        new = replace(self, **{"after": "", **changes})
        return {
            name: value
            for name, value in (
                ("q", new.q),
                ("from", new.first and new.first.isoformat()),
                ("to", new.last and new.last.isoformat()),
                ("kind", list(new.kinds)),
                ("city", list(new.cities)),
                ("pay", new.pay),
                ("plays", show_ages(new.plays)),
                ("language", list(new.languages)),
                ("department", list(new.departments)),
                ("standby", "1" if new.pays_standby else ""),
                ("free", "1" if new.is_free else ""),
                ("after", new.after),
                ("saved", new.saved),
            )
            if value
        }


def read(args: MultiDict[str, str]) -> Search:
    """Read a search from an address; what makes no sense is left out."""
    kinds = tuple(kind for kind in RoleKind if kind in args.getlist("kind"))
    first, last = _date(args.get("from")), _date(args.get("to"))
    return Search(
        q=args.get("q", "").strip()[:LONGEST_TEXT],
        first=first,
        last=last,
        kinds=tuple(kind.value for kind in kinds),
        cities=tuple(args.getlist("city")[:20]),
        pay=_pay(args.get("pay", "")),
        plays=read_ages(args),
        languages=tuple(code for code in LANGUAGES if code in args.getlist("language")),
        departments=tuple(one for one in DEPARTMENTS if one and one in args.getlist("department")),
        pays_standby=args.get("standby") == "1",
        is_free=args.get("free") == "1",
        after=args.get("after", ""),
        saved=args.get("saved", "")[:LONGEST_TEXT],
    )


def of(kept: KeptSearch, saved: str) -> Search:
    """Return a search that was written down, as the page has it. saved: its public id."""
    filters = kept.filters
    pay = f"{filters.currency}:{filters.least.minor}" if filters.least else filters.currency
    return Search(
        q=filters.text,
        first=filters.first,
        last=filters.last,
        kinds=filters.kinds,
        cities=filters.cities,
        pay=pay,
        plays=filters.plays,
        languages=filters.languages,
        departments=filters.departments,
        pays_standby=filters.pays_standby,
        is_free=kept.is_free,
        after="",
        saved=saved,
    )


def fortnight(today: date) -> list[date]:
    """Return the dates of the strip."""
    return [today + timedelta(days=number) for number in range(FORTNIGHT)]


def pay_choices(facets: Facets) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (currency, [(value, words)]) for the choice of a currency and a least day rate."""
    return [
        (
            currency,
            [
                (currency, _("Any rate in %(currency)s", currency=currency)),
                *(
                    (f"{currency}:{least.minor}", _("%(rate)s or more", rate=_round(least)))
                    for least in _ladder(currency)
                ),
            ],
        )
        for currency in facets.currencies
    ]


def _ladder(currency: str) -> list[Money]:
    units = 10 ** EXPONENTS[currency]
    return [Money(step * units, currency) for step in STEPS.get(currency, USUAL_STEPS)]


def _round(amount: Money) -> str:
    return money(amount, cards=True)


def read_ages(args: MultiDict[str, str]) -> tuple[int, int] | None:
    """Read a playing age: "24-34", or two numbers of which one may be left out."""
    low, _dash, high = args.get("plays", "").partition("-")
    low, high = args.get("plays_from", low).strip(), args.get("plays_to", high).strip()
    if not all(re.fullmatch(r"[0-9]{0,3}", one) for one in (low, high)) or not (low or high):
        return None
    first, last = int(low or 0), int(high or OLDEST)
    return (first, last) if first <= last <= OLDEST else None


def show_ages(plays: tuple[int, int] | None) -> str:
    """Write a playing age as `read_ages` reads it."""
    return f"{plays[0]}-{plays[1]}" if plays else ""


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _pay(text: str) -> str:
    currency, _colon, minor = text.partition(":")
    if currency not in EXPONENTS or (minor and not (minor.isdecimal() and len(minor) < FORTNIGHT)):
        return ""
    return text.rstrip(":")
