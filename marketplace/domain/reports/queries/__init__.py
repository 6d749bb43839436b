"""Reads for accountants: one page each, and one function for totals; and people's own pay."""

from __future__ import annotations

from marketplace.domain.reports.queries.exports import ExportRow, export, exports, recent_exports
from marketplace.domain.reports.queries.names import document_of, legal_name, legal_names
from marketplace.domain.reports.queries.own import Need, OwnPay, OwnRow, own_pay, own_row
from marketplace.domain.reports.queries.registers import (
    Columns,
    RegisterRow,
    RunChoice,
    RunRow,
    columns,
    register,
    run_choices,
    runs,
)
from marketplace.domain.reports.queries.slips import (
    ProductionChoice,
    SlipDetail,
    SlipPage,
    SlipRow,
    production_choices,
    slip_of_company,
    slip_of_person,
    slip_page,
    slips_of,
)
from marketplace.domain.reports.queries.totals import (
    DayBar,
    Waiting,
    add,
    by_shoot_day,
    next_arrival,
    totals,
    totals_by_status,
    waiting,
)

__all__ = [
    "Columns",
    "DayBar",
    "ExportRow",
    "Need",
    "OwnPay",
    "OwnRow",
    "ProductionChoice",
    "RegisterRow",
    "RunChoice",
    "RunRow",
    "SlipDetail",
    "SlipPage",
    "SlipRow",
    "Waiting",
    "add",
    "by_shoot_day",
    "columns",
    "document_of",
    "export",
    "exports",
    "legal_name",
    "legal_names",
    "next_arrival",
    "own_pay",
    "own_row",
    "production_choices",
    "recent_exports",
    "register",
    "run_choices",
    "runs",
    "slip_of_company",
    "slip_of_person",
    "slip_page",
    "slips_of",
    "totals",
    "totals_by_status",
    "waiting",
]
