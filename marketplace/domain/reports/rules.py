"""Filters of a list of slips, and names of files that are safe everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from marketplace.domain.payments.rules import PayoutState
from marketplace.kernel.money import Money

LONGEST_NAME: Final = 60


class PayoutStatus(StrEnum):
    """The states of a payment as an accountant filters by them."""

    PAID = "paid"
    ON_ITS_WAY = "on_its_way"
    WAITING = "waiting"
    NEEDS_YOU = "needs_you"


_S = PayoutState

STATES_OF: Final[dict[PayoutStatus, tuple[PayoutState, ...]]] = {
    PayoutStatus.PAID: (_S.PAID, _S.NOTHING_DUE),
    PayoutStatus.ON_ITS_WAY: (_S.SENDING, _S.SENT),
    PayoutStatus.WAITING: (_S.DUE,),
    PayoutStatus.NEEDS_YOU: (_S.HELD, _S.BLOCKED),
}
"""Every state of a payout has exactly one status."""


def status_of(state: PayoutState) -> PayoutStatus:
    """Return the status an accountant reads for a state."""
    return next(status for status, states in STATES_OF.items() if state in states)


@dataclass(frozen=True, slots=True)
class SlipFilters:
    """Which slips of a company are meant; empty fields do not filter.

    text: stage name, role or slip number; name_index: keyed fingerprint of an exact legal name.
    production, run: public ids. slips: public ids that were ticked; empty = all that match.
    """

    text: str = ""
    name_index: str = ""
    production: str = ""
    run: str = ""
    worked_from: date | None = None
    worked_to: date | None = None
    status: PayoutStatus | None = None
    slips: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the filters as they are kept with an export."""
        return {
            "text": self.text,
            "name_index": self.name_index,
            "production": self.production,
            "run": self.run,
            "worked_from": self.worked_from.isoformat() if self.worked_from else None,
            "worked_to": self.worked_to.isoformat() if self.worked_to else None,
            "status": self.status,
            "slips": list(self.slips),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> SlipFilters:
        """Return what `to_json` was called on."""
        return cls(
            text=kept["text"],
            name_index=kept["name_index"],
            production=kept["production"],
            run=kept["run"],
            worked_from=_date(kept["worked_from"]),
            worked_to=_date(kept["worked_to"]),
            status=PayoutStatus(kept["status"]) if kept["status"] else None,
            slips=tuple(kept["slips"]),
        )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What some slips of one currency add up to: gross = withheld + deducted + net."""

    slips: int
    gross: Money
    withheld: Money
    deducted: Money
    net: Money


def file_name(*parts: str, ending: str) -> str:
    """Return a file name of letters, digits and " ._-" in any script, safe on every system."""
    joined = unicodedata.normalize("NFKC", " ".join(part for part in parts if part))
    kept = "".join(sign if sign.isalnum() or sign in " ._-" else " " for sign in joined)
    tidy = re.sub(r"\.{2,}", ".", re.sub(r"\s+", " ", kept)).strip(" .")
    return f"{tidy[:LONGEST_NAME].strip(' .') or 'file'}.{ending}"
