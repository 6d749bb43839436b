"""Ask for a comparison with every gateway there is."""

from __future__ import annotations

from marketplace.domain.payments.jobs.reconciling import watched
from marketplace.domain.payments.services.reconcile import ask_reconciliation
from marketplace.web.access import viewer
from marketplace.web.extensions import clock, outside, transaction


def ask_all() -> None:
    """Ask for one with each; what was asked for some minutes ago is good enough."""
    names = [gateway.name for gateway in watched(outside().till)]
    with transaction() as session:
        for name in names:
            ask_reconciliation(session, name, actor_id=viewer().user_id, clock=clock())
