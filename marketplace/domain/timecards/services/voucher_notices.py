"""Who is told what about an adjustment of paid hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company, User
from marketplace.domain.accounts.queries import readers
from marketplace.domain.accounts.rules import APPROVERS, PAYERS
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.domain.people.models import Person
from marketplace.domain.people.queries import reader_of
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import AdjustmentVoucher, TimeCard
from marketplace.kernel.clock import Clock
from marketplace.kernel.frozen import thaw
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class Subject:
    """What an adjustment is about, in words, and where its pages are."""

    name: str
    values: dict[str, object]
    own_path: str
    production_path: str
    company_path: str


def why_of(voucher: AdjustmentVoucher) -> Sentence:
    """Return why an adjustment is made: the production's words, or ours."""
    if voucher.reason or voucher.cause is None:
        return say("“%(text)s”", text=voucher.reason)
    cause: Sentence = thaw(voucher.cause)
    return cause


def tell_proposed(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Ask the person for their answer."""
    about = subject_of(session, voucher)
    message = Message(
        key=f"voucher:{voucher.id}:{voucher.version}",
        kind="hours",
        subject=say("Your paid hours of %(date)s are to be adjusted, %(title)s", **about.values),
        lines=(
            why_of(voucher),
            say("Agree or say what is wrong. Without an answer within 72 hours it stands."),
        ),
        button=say("See the adjustment"),
        path=about.own_path,
    )
    tell(session, reader_of(session, voucher.person_id), message, clock=clock)


def tell_answer(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Tell the production what the person says is wrong."""
    about = subject_of(session, voucher)
    subject = say(
        "%(name)s queries the adjustment of %(date)s, %(title)s",
        name=about.name,
        **about.values,
    )
    line = say("“%(text)s”", text=voucher.answer)
    _tell_makers(session, voucher, "queried", (subject, line), clock)


def tell_approvers(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Tell the production that an adjustment is agreed and waits for its approval."""
    about = subject_of(session, voucher)
    message = Message(
        key=f"voucher:{voucher.id}:{voucher.version}:agreed",
        kind="hours",
        subject=say(
            "The adjustment of %(name)s, %(date)s, waits for your approval",
            name=about.name,
            **about.values,
        ),
        lines=(
            say("Nobody answered within 72 hours, so it stands.")
            if voucher.is_auto_agreed
            else say("%(name)s has agreed.", name=about.name),
        ),
        button=say("Open the adjustment"),
        path=about.production_path,
    )
    for reader in readers(session, voucher.company_id, APPROVERS):
        tell(session, reader, message, clock=clock)


def tell_payroll(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Tell the accountants that an adjustment waits for them."""
    about = subject_of(session, voucher)
    message = Message(
        key=f"voucher:{voucher.id}:{voucher.version}:payroll",
        kind="hours",
        subject=say(
            "The adjustment of %(name)s, %(date)s, waits for the accountant",
            name=about.name,
            **about.values,
        ),
        lines=(why_of(voucher),),
        button=say("Open the adjustment"),
        path=about.company_path,
    )
    for reader in readers(session, voucher.company_id, PAYERS):
        tell(session, reader, message, clock=clock)


def tell_rejected(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Tell the production why an adjustment came back."""
    about = subject_of(session, voucher)
    subject = say(
        "The adjustment of %(name)s, %(date)s, was rejected", name=about.name, **about.values
    )
    line = say("“%(text)s”", text=voucher.answer)
    _tell_makers(session, voucher, "rejected", (subject, line), clock)


def tell_voided(session: Session, voucher: AdjustmentVoucher, *, clock: Clock) -> None:
    """Tell the person that nothing changes after all."""
    about = subject_of(session, voucher)
    message = Message(
        key=f"voucher:{voucher.id}:voided",
        kind="hours",
        subject=say("Your hours of %(date)s stay as they are, %(title)s", **about.values),
        lines=(say("The adjustment was given up: “%(text)s”", text=voucher.answer),),
        button=say("See the adjustment"),
        path=about.own_path,
    )
    tell(session, reader_of(session, voucher.person_id), message, clock=clock)


def subject_of(session: Session, voucher: AdjustmentVoucher) -> Subject:
    """Return what an adjustment is about."""
    name, on, title, show, company = session.execute(
        sa.select(
            Person.stage_name,
            ShootDay.shoot_date,
            Production.title,
            Production.public_id,
            Company.public_id,
        )
        .select_from(TimeCard)
        .join(Person, Person.id == TimeCard.person_id)
        .join(ShootDay, ShootDay.id == TimeCard.shoot_day_id)
        .join(Production, Production.id == TimeCard.production_id)
        .join(Company, Company.id == Production.company_id)
        .where(TimeCard.id == voucher.time_card_id),
    ).one()
    return Subject(
        name=name,
        values={"date": on, "title": title},
        own_path=f"/me/adjustments/{voucher.public_id}",
        production_path=f"/p/{show}/adjustments/{voucher.public_id}",
        company_path=f"/c/{company}/adjustments/{voucher.public_id}",
    )


def makers(session: Session, voucher: AdjustmentVoucher) -> Sequence[Reader]:
    """Return who made an adjustment; the producers for one the product made itself."""
    if voucher.made_by_id is None:
        return readers(session, voucher.company_id, APPROVERS)
    user = session.get_one(User, voucher.made_by_id)
    return [Reader(user.id, user.email, user.locale)]


def _tell_makers(
    session: Session,
    voucher: AdjustmentVoucher,
    what: str,
    words: tuple[Sentence, Sentence],
    clock: Clock,
) -> None:
    subject, line = words
    message = Message(
        key=f"voucher:{voucher.id}:{voucher.version}:{what}",
        kind="query",
        subject=subject,
        lines=(line,),
        button=say("Open the adjustment"),
        path=subject_of(session, voucher).production_path,
    )
    for reader in makers(session, voucher):
        tell(session, reader, message, clock=clock)
