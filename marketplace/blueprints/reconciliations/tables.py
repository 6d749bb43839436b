"""A comparison as a table."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from flask_babel import gettext as _

from marketplace.domain.payments.queries.reconciliations import DifferenceRow, ReportRow
from marketplace.domain.reports.rules import file_name
from marketplace.web.downloads import streamed
from marketplace.web.presentation import sentence
from marketplace.web.tables import Cell, csv_file


def table_of(report: ReportRow, rows: Sequence[DifferenceRow]) -> Response:
    """Answer with the differences of a comparison as CSV."""
    name = file_name(_("Comparison"), report.gateway, f"{report.asked_at:%Y-%m-%d}", ending="csv")
    return streamed(csv_file(_head(), map(_line, rows)), name, "text/csv; charset=utf-8")


def _head() -> list[str]:
    return [
        _("What differs"),
        _("Pay slip"),
        _("Payment"),
        _("Reference at the gateway"),
        _("Group"),
        _("Currency"),
        _("Our books"),
        _("Gateway"),
        _("Count"),
    ]


def _line(row: DifferenceRow) -> Sequence[Cell]:
    amount = row.ours or row.theirs
    return [
        sentence(row.words),
        row.slip_number,
        row.subject,
        row.gateway_ref,
        row.group,
        amount.currency if amount else "",
        row.ours,
        row.theirs,
        row.count,
    ]
