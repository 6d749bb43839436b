"""Says that the worker lives, and calls operators when something is wrong."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
import structlog

from marketplace.domain.notices.models import Mail
from marketplace.domain.notices.rules import Trouble
from marketplace.domain.notices.services import ALARM
from marketplace.domain.reports.services.alarms import WORKER, sound_alarms
from marketplace.domain.tasks.services import Only, beat
from marketplace.outside import Outside
from marketplace.worker.drain import Crew

log = structlog.get_logger()

BEAT_SECONDS: Final = 15


class Watchman:
    """Looks now and then whether operators must be called."""

    def __init__(self, crew: Crew, outside: Outside) -> None:
        """Take a crew to write with and to send mail."""
        self._crew = crew
        self._outside = outside

    def beat(self) -> None:
        """Say that the worker lives."""
        with self._crew.unit() as session:
            beat(session, WORKER, machine=self._outside.machine)

    def look(self) -> list[Trouble]:
        """Raise alarms for new troubles and clear those that are over; returns the new ones."""
        with self._crew.unit() as session:
            found = sound_alarms(session, clock=self._outside.clock, machine=self._outside.machine)
        for trouble in found:
            log.error("alarm", kind=trouble.kind, subject=trouble.subject)
        return found

    def send_mails(self) -> int:
        """Send the mails to operators here and now, without a worker; returns how many."""
        mails = sa.select(Mail.id).where(Mail.kind == ALARM, Mail.sent_at.is_(None))
        sent = 0
        while done := self._crew.drain_only(Only("send_mail", mails)):
            sent += done
        return sent
