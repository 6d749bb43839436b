"""Every paper an accountant asks for, by its word in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from marketplace.domain.reports.queries import journals, registersheets, remittances, taxes, years
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.rules import Paper

Make = Callable[[Session, Office], Paper]

PAPERS: Final[Mapping[str, Make]] = {
    "register": registersheets.register_paper,
    "journal": journals.journal_paper,
    "taxes": taxes.taxes_paper,
    "year-end": years.year_paper,
    "payee-year": years.summary_paper,
    "remittance": remittances.remittance_paper,
}


def paper(session: Session, name: str, office: Office) -> Paper:
    """Return a paper. name: one of PAPERS."""
    return PAPERS[name](session, office)
