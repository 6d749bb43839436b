"""What a call inside somebody's rest would cost, by the production's own agreement."""

from __future__ import annotations

from datetime import timedelta

from marketplace.domain.booking.queries.applicants import Place
from marketplace.domain.casting.queries.roles import RoleRow
from marketplace.domain.payroll.queries import load_agreement
from marketplace.domain.payroll.rules.penalties import rest_lines
from marketplace.domain.payroll.rules.rates import base
from marketplace.domain.payroll.rules.shapes import Deal, WorkedDay
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money


def short_rest_price(
    role: RoleRow, agreement_id: str, zone: str, place: Place, rest: timedelta
) -> Money | None:
    """Return the penalty of a call after so much rest; None where the agreement has none."""
    window = place.window
    deal = Deal(role.day_rate, role.guaranteed_minutes, agreement_id)
    try:
        agreement = load_agreement(agreement_id, window.shoot_date)
        day = WorkedDay(
            shoot_date=window.shoot_date,
            zone=zone,
            in_at=window.call_at,
            out_at=window.wrap_at,
            previous_wrap_at=window.call_at - rest,
        )
        lines = rest_lines(day, agreement, base(deal, agreement))
    except DomainError:
        return None
    return lines[0].amount if lines else None
