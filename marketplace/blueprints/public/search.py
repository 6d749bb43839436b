"""What somebody looks for: read from the address, written back into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from marketplace.domain.casting.queries.browse import LONGEST_TEXT, Facets, Filters
from marketplace.domain.casting.rules import RoleKind
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
    """A search as the page has it. pay: "" or "USD" or "USD:25000" (minor units)."""

    q: str
    first: date | None
    last: date | None
    kinds: tuple[str, ...]
    cities: tuple[str, ...]
    pay: str
    is_free: bool
    after: str

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
        )

    @property
    def active(self) -> int:
        """How many filters are set, the text and the dates of the strip aside."""
        return sum(map(bool, (self.kinds, self.cities, self.pay, self.is_free)))

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
                ("free", "1" if new.is_free else ""),
                ("after", new.after),
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
        is_free=args.get("free") == "1",
        after=args.get("after", ""),
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
