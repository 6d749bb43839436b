"""A letter of a gateway and a comparison with it, for tests of every address."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.payments.rules.events import Channel, Told
from marketplace.domain.payments.services.letters import keep_letter
from marketplace.domain.payments.services.reconcile import ask_reconciliation
from marketplace.kernel.clock import Clock


def told(session: Session, by: User, clock: Clock) -> dict[str, str]:
    """Keep a letter and ask for a comparison; returns their names in addresses."""
    letter = Told("evt_1", "transfer.created", "", "tr_1", clock.now(), {"id": "evt_1"})
    keep_letter(session, "stripe", Channel.PLATFORM, letter, clock=clock)
    report = ask_reconciliation(session, "sandbox", actor_id=by.id, clock=clock)
    return {"event": "evt_1", "report": report}
