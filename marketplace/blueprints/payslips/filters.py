"""Which slips the address of a page asks for, and how that reads in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.queries import ProductionChoice
from marketplace.domain.reports.rules import PayoutStatus, SlipFilters
from marketplace.web.presentation import day, span

LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address; what cannot be read does not filter."""

    text: str = ""
    production: str = ""
    run: str = ""
    worked_from: date | None = None
    worked_to: date | None = None
    status: PayoutStatus | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    scheme: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Asked:
        """Read an address or a form."""
        status = values.get("status", "")
        return cls(
            text=values.get("q", "").strip()[:LONGEST],
            production=values.get("production", "")[:LONGEST],
            run=values.get("run", "")[:LONGEST],
            worked_from=_date(values.get("from", "")),
            worked_to=_date(values.get("to", "")),
            status=PayoutStatus(status) if status in set(PayoutStatus) else None,
            paid_from=_date(values.get("paid_from", "")),
            paid_to=_date(values.get("paid_to", "")),
            scheme=values.get("scheme", "")[:LONGEST],
        )

    @property
    def args(self) -> dict[str, Any]:
        """The filters as an address carries them; those that filter nothing are left out."""
        found = {
            "q": self.text,
            "production": self.production,
            "run": self.run,
            "from": self.worked_from.isoformat() if self.worked_from else "",
            "to": self.worked_to.isoformat() if self.worked_to else "",
            "status": self.status or "",
            "paid_from": self.paid_from.isoformat() if self.paid_from else "",
            "paid_to": self.paid_to.isoformat() if self.paid_to else "",
            "scheme": self.scheme,
        }
        return {name: value for name, value in found.items() if value}

    def filters(
        self,
        vault: Vault,
        slips: Sequence[str] = (),
        *,
        within: frozenset[int] | None,
    ) -> SlipFilters:
        """Return what the database is asked; a text may be a whole legal name.

        within: the only productions the reader may see; None for all.
        """
        return SlipFilters(
            text=self.text,
            name_index=vault.index(self.text) if self.text else "",
            production=self.production,
            run=self.run,
            worked_from=self.worked_from,
            worked_to=self.worked_to,
            status=self.status,
            slips=tuple(slips),
            paid_from=self.paid_from,
            paid_to=self.paid_to,
            scheme=self.scheme,
            within=within,
        )

    def words(self, productions: Sequence[ProductionChoice]) -> str:
        """Say which days and productions are shown."""
        titles = {one.public_id: one.title for one in productions}
        return f"{self._period()} · {titles.get(self.production) or _('All productions')}"

    def _period(self) -> str:
        if self.worked_from and self.worked_to:
            return span(self.worked_from, self.worked_to, "dated")
        if self.worked_from:
            return str(_("From %(day)s", day=day(self.worked_from, "dated")))
        if self.worked_to:
            return str(_("Until %(day)s", day=day(self.worked_to, "dated")))
        return str(_("All dates"))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
