"""Avail checks: ask whether people could work some dates, answer, let the question expire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import AvailCheck, Booking
from marketplace.domain.booking.rules import BookingState, is_open_at
from marketplace.domain.booking.rules.refusals import (
    AvailabilityError,
    CheckAction,
    CheckState,
    check_after,
)
from marketplace.domain.booking.services import asking
from marketplace.domain.booking.services.reserving import Wanted, wanted
from marketplace.domain.casting.models import RoleDate
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class AskAvailability:
    """A production asks some people about some dates of a role, to be answered in time."""

    role_id: int
    production_id: int
    person_ids: Sequence[int]
    shoot_day_ids: Sequence[int]
    note: str
    expires_at: datetime
    by_id: int


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """A person says whether they could work one date; the whole day. note: with a yes."""

    check_id: int
    person_id: int
    is_available: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class AskedPeople:
    """How many dates were asked about, and how many were asked or booked already."""

    asked: int
    left: int


def ask(session: Session, command: AskAvailability, *, clock: Clock) -> AskedPeople:
    """Ask; who was asked for a date already, or has it, is not asked again.

    A question that ran out without an answer may be asked anew. Each person is told once.
    Raises AvailabilityError for a time that has passed, and a sentence when nothing was asked.
    """
    if not command.person_ids:
        raise AvailabilityError(say("Tick at least one person."))
    dates = wanted(session, command.role_id, command.production_id, command.shoot_day_ids)
    if not is_open_at(clock.now(), command.expires_at):
        raise AvailabilityError(say("The time to answer must be in the future."))
    if command.expires_at > dates[0].day.call_at:
        raise AvailabilityError(
            say("The answer is needed before the first call, on %(date)s.", date=_on(dates)),
        )
    asked = left = 0
    for person in lock(session, Person, list(command.person_ids)):
        checks = [_ask(session, command, person, one, clock=clock) for one in dates]
        made = [check for check in checks if check is not None]
        asked += len(made)
        left += len(checks) - len(made)
        _tell_asked(session, command, made, clock=clock)
    if not asked:
        raise AvailabilityError(say("All of them were asked for these dates already."))
    return AskedPeople(asked, left)


def answer(session: Session, command: AnswerCheck, *, clock: Clock) -> AvailCheck:
    """Answer an avail check, or change the answer; the same answer twice tells nobody twice.

    Raises AvailabilityError once the person is booked for the date, or its call has passed.
    """
    check = _locked(session, command.check_id)
    if check.person_id != command.person_id:
        raise NotFoundError(say("There is no such question."))
    note = command.note.strip() if command.is_available else ""
    action = _action(is_available=command.is_available, has_note=bool(note))
    new = check_after(CheckState(check.state), action)
    if check.state == new and check.answer_note == note:
        return check
    _refuse_settled(session, check, clock=clock)
    old = check.state
    check.state, check.answer_note, check.answered_at = new, note, clock.now()
    user_id = session.get_one(Person, check.person_id).user_id
    _record(session, check, action, old, actor_id=user_id, clock=clock)
    _tell_answer(session, check, clock=clock)
    return check


def expire(session: Session, check_id: int, *, clock: Clock) -> bool:
    """Note that nobody answered in time; False when there was an answer, or time is left."""
    check = _locked(session, check_id)
    if check.state != CheckState.ASKED or is_open_at(clock.now(), check.expires_at):
        return False
    check.state = check_after(CheckState.ASKED, CheckAction.EXPIRE)
    action = CheckAction.EXPIRE
    _record(session, check, action, CheckState.ASKED, actor_id=None, clock=clock)
    facts = asking.facts_of(session, check)
    subject = say("%(name)s did not say in time whether %(date)s is free", **facts.names)
    key = f"avail:{check.public_id}:expired:{check.expires_at:%Y%m%dT%H%M%S}"
    asking.tell_casting(session, facts, key, subject, clock=clock)
    return True


def _on(dates: Sequence[Wanted]) -> object:
    return dates[0].day.shoot_date


def _action(*, is_available: bool, has_note: bool) -> CheckAction:
    if not is_available:
        return CheckAction.SAY_NO
    return CheckAction.SAY_YES_WITH_NOTE if has_note else CheckAction.SAY_YES


def _locked(session: Session, check_id: int) -> AvailCheck:
    """Lock the person who is asked, then the question, re-read."""
    person_id = session.scalar(sa.select(AvailCheck.person_id).where(AvailCheck.id == check_id))
    if person_id is None:
        raise NotFoundError(say("There is no such question."))
    lock(session, Person, [person_id])
    return lock_one(session, AvailCheck, check_id)


def _ask(
    session: Session, command: AskAvailability, person: Person, one: Wanted, *, clock: Clock
) -> AvailCheck | None:
    """Ask one person about one date; None when they were asked, or have it, already."""
    mine = sa.select(AvailCheck).where(
        AvailCheck.person_id == person.id,
        AvailCheck.role_date_id == one.place.id,
    )
    check = session.scalars(mine).one_or_none()
    if _is_booked(session, person.id, one.place.id):
        return None
    if check is None:
        check = AvailCheck(
            role_date_id=one.place.id,
            production_id=command.production_id,
            person_id=person.id,
            note=command.note.strip(),
            expires_at=command.expires_at,
            asked_by_id=command.by_id,
            asked_at=clock.now(),
        )
        session.add(check)
        action, old = "ask", ""
    elif check.state == CheckState.NO_ANSWER:
        action, old = CheckAction.ASK_AGAIN, check.state
        check.state = check_after(CheckState.NO_ANSWER, CheckAction.ASK_AGAIN)
        check.note, check.expires_at = command.note.strip(), command.expires_at
        check.asked_by_id, check.asked_at = command.by_id, clock.now()
    else:
        return None
    session.flush()
    _record(session, check, action, old, actor_id=command.by_id, clock=clock)
    key = f"expire_avail_check:{check.id}:{check.expires_at:%Y%m%dT%H%M%S}"
    tasks.ask(session, "expire_avail_check", key, check.id, run_at=check.expires_at)
    return check


def _is_booked(session: Session, person_id: int, role_date_id: int) -> bool:
    found = sa.select(Booking.id).where(
        Booking.person_id == person_id,
        Booking.role_date_id == role_date_id,
        Booking.state == BookingState.CONFIRMED,
    )
    return session.scalars(found).first() is not None


def _refuse_settled(session: Session, check: AvailCheck, *, clock: Clock) -> None:
    day = session.scalars(
        sa.select(ShootDay)
        .join(RoleDate, RoleDate.shoot_day_id == ShootDay.id)
        .where(RoleDate.id == check.role_date_id),
    ).one()
    on = day.shoot_date
    if _is_booked(session, check.person_id, check.role_date_id):
        raise AvailabilityError(
            say("You are booked for %(date)s: give the date back under My dates.", date=on),
        )
    if day.call_at <= clock.now():
        raise AvailabilityError(say("The call on %(date)s has passed.", date=on))


def _record(
    session: Session,
    check: AvailCheck,
    action: str,
    old: str,
    *,
    actor_id: int | None,
    clock: Clock,
) -> None:
    act = audit.Act(
        f"avail_check:{check.public_id}",
        action,
        {"state": old} if old else {},
        {"state": str(check.state)},
        company_id=session.get_one(Production, check.production_id).company_id,
    )
    audit.record(session, act, actor_id=actor_id, clock=clock)


def _tell_asked(
    session: Session,
    command: AskAvailability,
    checks: Sequence[AvailCheck],
    *,
    clock: Clock,
) -> None:
    if not checks:
        return
    facts = asking.facts_of(session, checks[0])
    dates = [asking.facts_of(session, check).on for check in checks]
    lines: list[Sentence] = [say("%(date)s, the whole day.", date=on) for on in dates]
    if command.note.strip():
        lines.append(say("“%(text)s”", text=command.note.strip()))
    lines.append(
        say(
            "Answer by %(until_time)s, %(until_date)s. Nothing is booked by your answer.",
            **asking.until(command.expires_at, facts.zone),
        ),
    )
    subject = say("Are you free? %(role)s in %(title)s", **facts.names)
    key = f"avail:{checks[0].public_id}:asked:{clock.now():%Y%m%dT%H%M%S}"
    asking.tell_talent(session, facts, key, subject, lines, clock=clock)


def _tell_answer(session: Session, check: AvailCheck, *, clock: Clock) -> None:
    facts = asking.facts_of(session, check)
    lines: tuple[Sentence, ...] = ()
    if check.state == CheckState.UNAVAILABLE:
        subject = say("%(name)s is not available on %(date)s", **facts.names)
    else:
        subject = say("%(name)s is available on %(date)s", **facts.names)
    if check.answer_note:
        lines = (say("“%(text)s”", text=check.answer_note),)
    key = f"avail:{check.public_id}:answered:{clock.now():%Y%m%dT%H%M%S%f}"
    asking.tell_casting(session, facts, key, subject, lines, clock=clock)
