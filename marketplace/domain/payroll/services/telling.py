"""Tell people about their slips."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.audit.services import Act, record
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.models import Person
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say

PRESS: Final = re.compile(r"[a-z0-9]{8,32}")


@dataclass(frozen=True, slots=True)
class EmailAgain:
    """Somebody of the company wants a slip mailed to its person again.

    press: one press of the button; the same press twice is one mail.
    """

    slip: str
    company_id: int
    user_id: int
    press: str


def email_again(session: Session, command: EmailAgain, *, clock: Clock) -> bool:
    """Mail a person where their slip is; nobody else, and once per press.

    Returns False, and does nothing, for a press that was seen before or is none.
    """
    found = session.execute(
        sa.select(PaySlip, User)
        .join(Person, Person.id == PaySlip.person_id)
        .join(User, User.id == Person.user_id)
        .where(PaySlip.public_id == command.slip, PaySlip.company_id == command.company_id),
    ).one()
    slip, user = found
    if not PRESS.fullmatch(command.press):
        return False
    message = Message(
        key=f"slip_again:{slip.id}:{command.press}",
        kind="slip",
        subject=say("Your pay slip %(number)s", number=slip.number),
        lines=(
            say(
                "For %(production)s on %(day)s. You can read and download it under My pay.",
                production=slip.production_title,
                day=slip.shoot_date,
            ),
        ),
        button=say("Open the pay slip"),
        path=f"/me/pay/{slip.public_id}",
    )
    is_told = tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)
    if is_told:
        act = Act(slip_subject(slip.public_id), "email_again", company_id=command.company_id)
        record(session, act, actor_id=command.user_id, clock=clock)
    return is_told
