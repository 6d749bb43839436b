"""Keep which episodes each shoot day is booked to: the dimension of a journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.audit.services import Act, record
from marketplace.domain.productions.models import ShootDay
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say

LONGEST: Final = 40


class EpisodesError(DomainError):
    """Episodes that cannot be kept."""


@dataclass(frozen=True, slots=True)
class KeepEpisodes:
    """The episodes of shoot days, by the day's public id: "1–12"."""

    production_id: int
    company_id: int
    by_id: int
    episodes: Mapping[str, str]


def keep_episodes(session: Session, command: KeepEpisodes, *, clock: Clock) -> None:
    """Keep the episodes of days; also of days that are over, for books are kept later.

    Raises EpisodesError for a text that is too long.
    """
    ids = sa.select(ShootDay.id).where(
        ShootDay.production_id == command.production_id,
        ShootDay.public_id.in_(list(command.episodes)),
    )
    for day in lock(session, ShootDay, list(session.scalars(ids))):
        text = command.episodes[day.public_id].strip()
        if len(text) > LONGEST:
            raise EpisodesError(say("Write the episodes in %(most)s signs.", most=LONGEST))
        if text != day.episodes:
            act = Act(
                f"shoot_day:{day.public_id}",
                "episodes",
                {"episodes": day.episodes},
                {"episodes": text},
                company_id=command.company_id,
            )
            day.episodes = text
            record(session, act, actor_id=command.by_id, clock=clock)
    session.flush()
