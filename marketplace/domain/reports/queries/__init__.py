"""Reads for accountants: one page each, and one function for totals; and people's own pay."""

from __future__ import annotations

from marketplace.domain.reports.queries.charts import ChartRow, chart_of, chart_rows
from marketplace.domain.reports.queries.exports import ExportRow, export, exports, recent_exports
from marketplace.domain.reports.queries.names import document_of, legal_name, legal_names
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.own import Need, OwnPay, OwnRow, own_pay, own_row
from marketplace.domain.reports.queries.papers import PAPERS, paper
from marketplace.domain.reports.queries.registers import (
    Columns,
    RegisterRow,
    RunChoice,
    RunRow,
    columns,
    company_runs,
    episodes_of,
    register,
    run_choices,
    runs,
)
from marketplace.domain.reports.queries.remittances import is_paid, own_remittance
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
from marketplace.domain.reports.queries.years import own_year, years_of

__all__ = [
    "PAPERS",
    "ChartRow",
    "Columns",
    "DayBar",
    "ExportRow",
    "Need",
    "Office",
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
    "chart_of",
    "chart_rows",
    "columns",
    "company_runs",
    "document_of",
    "episodes_of",
    "export",
    "exports",
    "is_paid",
    "legal_name",
    "legal_names",
    "next_arrival",
    "own_pay",
    "own_remittance",
    "own_row",
    "own_year",
    "paper",
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
    "years_of",
]
