"""Reads for accountants: one page each, and one function for totals."""

from __future__ import annotations

from marketplace.domain.reports.queries.exports import (
    ExportRow,
    export,
    exports,
    running_exports,
)
from marketplace.domain.reports.queries.registers import (
    RegisterRow,
    RunRow,
    register,
    runs,
)
from marketplace.domain.reports.queries.slips import (
    DayBar,
    SlipDetail,
    SlipPage,
    SlipRow,
    by_shoot_day,
    slip_of_company,
    slip_of_person,
    slip_page,
    slips_of,
    totals,
    totals_by_status,
)

__all__ = [
    "DayBar",
    "ExportRow",
    "RegisterRow",
    "RunRow",
    "SlipDetail",
    "SlipPage",
    "SlipRow",
    "by_shoot_day",
    "export",
    "exports",
    "register",
    "running_exports",
    "runs",
    "slip_of_company",
    "slip_of_person",
    "slip_page",
    "slips_of",
    "totals",
    "totals_by_status",
]
