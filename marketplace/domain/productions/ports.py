"""What a production asks of those who know about its people."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session


class IsEngaged(Protocol):
    """Says whether anybody has been asked to work a shoot day."""

    def __call__(self, session: Session, shoot_day_id: int, /) -> bool:
        """Return True once an offer or a booking for the day is open or agreed."""
        ...
