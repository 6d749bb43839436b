"""The form of the chart of accounts."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.domain.ledger.rules import BY_DEPARTMENT, Purpose
from marketplace.domain.reports.services import KeepChart, NamedAccount


def to_command(company_id: int, by_id: int, values: Mapping[str, str]) -> KeepChart:
    """Return the accounts as they were typed: code.<purpose>.<department>, and the new one."""
    named = [
        NamedAccount(
            Purpose(purpose), department, code, values.get(f"name.{purpose}.{department}", "")
        )
        for field, code in values.items()
        for mark, purpose, department in [_parts(field)]
        if mark == "code" and purpose in set(Purpose)
    ]
    purpose, department = values.get("new_purpose", ""), values.get("new_department", "").strip()
    if department and purpose in set(BY_DEPARTMENT):
        new = Purpose(purpose), department, values.get("new_code", ""), values.get("new_name", "")
        named.append(NamedAccount(*new))
    return KeepChart(company_id, by_id, tuple(named))


def _parts(field: str) -> tuple[str, str, str]:
    mark, _dot, rest = field.partition(".")
    purpose, _dot, department = rest.partition(".")
    return mark, purpose, department
