"""The accountant approves for payroll what the production approved, or sends it back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.accounts.models import User
from marketplace.domain.audit import services as audit
from marketplace.domain.notices import services as notices
from marketplace.domain.notices.services import Message, Reader
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import Action, CardState, after
from marketplace.domain.timecards.services.approvals import ask_if_over
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class ApprovePayroll:
    """An accountant approves cards of one shoot day, each in the version that was seen."""

    shoot_day_id: int
    production_id: int
    versions: dict[int, int]
    by_id: int


@dataclass(frozen=True, slots=True)
class SendBack:
    """An accountant sends one approved card back to the production; the reason is told."""

    card_id: int
    production_id: int
    version: int
    reason: str
    by_id: int


def approve_payroll(session: Session, command: ApprovePayroll, *, clock: Clock) -> list[TimeCard]:
    """Approve for payroll; cards approved before stay as they are. Returns the new ones.

    Raises NotAllowedError for a card the production has not approved, one that changed
    meanwhile, and the accountant's own.
    """
    day = lock_one(session, ShootDay, command.shoot_day_id)
    if day.production_id != command.production_id:
        raise NotFoundError(say("There is no such shoot day."))
    approved = []
    for card in lock(session, TimeCard, list(command.versions)):
        if card.shoot_day_id != day.id:
            raise NotAllowedError(say("This time card belongs to another day."))
        if card.state in (CardState.PAYROLL_APPROVED, CardState.LOCKED):
            continue
        _refuse(session, card, command.versions[card.id], command.by_id)
        _move(session, card, Action.APPROVE_PAYROLL, by_id=command.by_id, clock=clock)
        card.payroll_approved_at = clock.now()
        card.payroll_approved_by_id = command.by_id
        approved.append(card)
    session.flush()
    ask_if_over(session, day, approved, clock.now())
    return approved


def send_back(session: Session, command: SendBack, *, clock: Clock) -> TimeCard:
    """Take the production's signature from a card; who signed is told why. Twice is once.

    The person's answer stays. Raises NotAllowedError without a reason, for a card that is not
    waiting for the accountant, one that changed meanwhile, and the accountant's own.
    """
    card = lock_one(session, TimeCard, command.card_id)
    if card.production_id != command.production_id:
        raise NotFoundError(say("There is no such time card."))
    reason = command.reason.strip()
    if not reason:
        raise NotAllowedError(say("Say why it goes back; the production reads it."))
    if card.state != CardState.APPROVED and card.returned_reason == reason:
        return card
    _refuse(session, card, command.version, command.by_id)
    action = Action.SEND_BACK if card.agreed_at else Action.SEND_BACK_OPEN
    _move(session, card, action, by_id=command.by_id, why=reason, clock=clock)
    signed_by_id = card.approved_by_id
    card.approved_at = card.approved_by_id = None
    card.returned_reason = reason
    session.flush()
    if signed_by_id is not None:
        _tell(session, card, signed_by_id, clock)
    return card


def _refuse(session: Session, card: TimeCard, seen: int, by_id: int) -> None:
    if card.version != seen:
        raise NotAllowedError(say("Hours changed meanwhile; please look at the day again."))
    if session.get_one(Person, card.person_id).user_id == by_id:
        raise NotAllowedError(say("Nobody approves their own hours; ask another accountant."))


def _move(
    session: Session,
    card: TimeCard,
    action: Action,
    *,
    by_id: int,
    why: str = "",
    clock: Clock,
) -> None:
    before = card.state
    card.state = after(CardState(before), action)
    act = audit.Act(
        subject=f"time_card:{card.public_id}",
        action=action,
        before={"state": str(before)},
        after={"state": str(card.state), "version": card.version},
        reason=why,
    )
    audit.record(session, act, actor_id=by_id, clock=clock)


def _tell(session: Session, card: TimeCard, user_id: int, clock: Clock) -> None:
    user = session.get_one(User, user_id)
    person = session.get_one(Person, card.person_id)
    production = session.get_one(Production, card.production_id)
    day = session.get_one(ShootDay, card.shoot_day_id)
    at = clock.now()
    message = Message(
        key=f"sent_back:{card.id}:{card.version}:{at:%Y%m%dT%H%M%S}",
        kind="query",
        subject=say(
            "Sent back by the accountant: %(name)s, %(date)s, %(title)s",
            name=person.stage_name,
            date=day.shoot_date,
            title=production.title,
        ),
        lines=(say("“%(text)s”", text=card.returned_reason),),
        button=say("Open the time cards"),
        path=f"/p/{production.public_id}/days/{day.public_id}/time-cards",
    )
    notices.tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)
