"""Who reads personal data here; every reading is noted."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.blueprints.payslips.listing import Reader
from marketplace.domain.reports.services import Reading, note_reading
from marketplace.web.access import the_company, viewer
from marketplace.web.extensions import clock, outside, transaction


def the_reader() -> Reader:
    """Return who reads this page."""
    return Reader(the_company().id, viewer().user_id, outside().vault, viewer().within)


def note(subject: str, action: str, slips: Sequence[str] = ()) -> None:
    """Note that the reader of this page sees, or takes away, personal data."""
    seen = Reading(the_company().id, viewer().user_id, subject, action, slips)
    with transaction() as session:
        note_reading(session, seen, clock=clock())
