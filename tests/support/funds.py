"""Money in a production's fund, without the way it came."""

from __future__ import annotations

from itertools import count

from sqlalchemy.orm import Session

from marketplace.domain.ledger import rules as accounts
from marketplace.domain.ledger.services import Posting, post_all
from marketplace.domain.payments.models import Fund
from marketplace.domain.payments.services.funds import add, the_fund
from marketplace.domain.productions.models import Production
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.money import Money
from tests.support.builders import NOW

_numbers = count(1)


def a_fund(
    session: Session,
    production: Production,
    minor: int = 100_000_000,
    *,
    is_required: bool = False,
) -> Fund:
    """Put settled money into a production's fund; a million dollars pays any test."""
    fund = the_fund(session, production.id, production.currency)
    fund.is_required = fund.is_required or is_required
    add(fund, minor)
    posting = Posting(
        f"test funding {next(_numbers)}",
        accounts.holding("stripe"),
        accounts.fund(production.id),
        Money(minor, production.currency),
        production.company_id,
    )
    post_all(session, [posting], clock=FixedClock(NOW))
    session.flush()
    return fund
