"""Ask for the paper of a payment."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock


def ask_remittance(session: Session, slip_id: int, public_id: str, *, clock: Clock) -> None:
    """Ask for the remittance advice of a slip that was paid, once."""
    key = f"print_remittance:{public_id}"
    tasks.ask(session, "print_remittance", key, slip_id, run_at=clock.now())


def remittance_subject(public_id: str) -> str:
    """Return the subject under which the remittance advice of a slip is stored."""
    return f"remittance:{public_id}"
