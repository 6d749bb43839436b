"""Companies, and who works for them as what. A company always has an owner."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts import rules
from marketplace.domain.accounts.models import Company, Invitation, Membership, User
from marketplace.domain.accounts.rules import ROLE_WORDS, CompanyRole
from marketplace.domain.accounts.services.limits import (
    limit,
    refuse_wrong_limit,
    seen,
    sorted_or_none,
    within,
)
from marketplace.domain.accounts.services.passwords import LinkEndedError
from marketplace.domain.accounts.services.sign_up import SignUp, sign_up
from marketplace.domain.audit.services import Act, record
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError, NotFoundError
from marketplace.kernel.ids import digest, secret_token
from marketplace.kernel.sentences import Sentence, say


class LastOwnerError(DomainError):
    """The company would be left without an owner."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(say("A company needs an owner. Make somebody else owner first."))


class AlreadyMemberError(DomainError):
    """The invited person works for the company already."""

    def __init__(self) -> None:
        """Say where they are."""
        super().__init__(say("This person is in your company already."))


class WrongAddressError(DomainError):
    """The invitation is for another address than the reader's."""

    def __init__(self, invited: str) -> None:
        """Name the address that was invited."""
        super().__init__(
            say(
                "This invitation is for %(email)s. Sign in with that address, "
                "or ask for an invitation to yours.",
                email=invited,
            ),
        )


@dataclass(frozen=True, slots=True)
class OpenCompany:
    """Somebody starts a company here and becomes its owner."""

    user_id: int
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class EditCompany:
    """What pay slips say about a company."""

    company_id: int
    by_id: int
    name: str
    legal_name: str
    address: str
    country: str
    payroll_contact: str = ""


@dataclass(frozen=True, slots=True)
class Invite:
    """A company asks somebody to join; productions: the only ones they may see, None for all."""

    company_id: int
    by_id: int
    email: str
    role: CompanyRole
    productions: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class ChangeMember:
    """An owner changes what somebody is in the company; role None ends it.

    productions: the only ones they may see; None for all. An owner sees all.
    """

    company_id: int
    by_id: int
    member: str
    role: CompanyRole | None
    productions: tuple[int, ...] | None = None


def open_company(session: Session, command: OpenCompany, *, clock: Clock) -> str:
    """Make a company with its first owner; returns its public id."""
    now = clock.now()
    company = Company(
        name=command.name.strip(),
        legal_name=command.name.strip(),
        country=command.country,
        created_at=now,
    )
    session.add(company)
    session.flush()
    _join(session, company.id, command.user_id, CompanyRole.OWNER, clock)
    _audit(session, company, command.user_id, "open", clock)
    return company.public_id


def sign_up_company(
    session: Session, person: SignUp, name: str, country: str, *, clock: Clock
) -> int | None:
    """Make an account that owns a new company; returns the user's id, None for a known address."""
    user_id = sign_up(session, person, clock=clock)
    if user_id is not None:
        open_company(session, OpenCompany(user_id, name, country), clock=clock)
    return user_id


def edit_company(session: Session, command: EditCompany, *, clock: Clock) -> None:
    """Change a company; pay slips already printed keep what they said."""
    company = lock_one(session, Company, command.company_id)
    names = ("name", "legal_name", "address", "country", "payroll_contact")
    before = {name: getattr(company, name) for name in names}
    after = {name: getattr(command, name).strip() for name in names}
    for name, value in after.items():
        setattr(company, name, value)
    changed = {name for name in names if before[name] != after[name]}
    act = Act(
        f"company:{company.public_id}",
        "edit",
        {name: before[name] for name in sorted(changed)},
        {name: after[name] for name in sorted(changed)},
        company_id=company.id,
    )
    record(session, act, actor_id=command.by_id, clock=clock)
    session.flush()


def invite(session: Session, command: Invite, *, clock: Clock) -> str:
    """Ask somebody by mail to join; returns the secret token of the link.

    An earlier invitation of the same address ends. Raises AlreadyMemberError.
    """
    now = clock.now()
    email = rules.tidy_email(command.email)
    refuse_wrong_limit(command.role, command.productions)
    company = lock_one(session, Company, command.company_id)
    invited = session.scalars(sa.select(User).where(sa.func.lower(User.email) == email)).first()
    if invited is not None and _membership(session, company.id, invited.id) is not None:
        raise AlreadyMemberError
    session.execute(
        sa.update(Invitation)
        .where(Invitation.company_id == company.id, Invitation.email == email, _is_open())
        .values(cancelled_at=now),
    )
    token = secret_token()
    invitation = Invitation(
        company_id=company.id,
        email=email,
        role=command.role,
        productions=None if command.productions is None else list(command.productions),
        token_digest=digest(token),
        invited_by_id=command.by_id,
        created_at=now,
        expires_at=now + rules.INVITED_FOR,
    )
    session.add(invitation)
    session.flush()
    reader = Reader(None, email, "en")
    if invited is not None:
        reader = Reader(invited.id, email, invited.locale)
    words = _invitation_words(session, company, command, f"/join/{token}", invitation.id)
    tell(session, reader, words, clock=clock)
    _audit(session, company, command.by_id, "invite", clock, {"role": command.role})
    return token


def _invitation_words(
    session: Session, company: Company, command: Invite, path: str, number: int
) -> Message:
    by = session.get_one(User, command.by_id)
    return Message(
        key=f"invitation:{number}",
        kind="invitation",
        subject=say("%(company)s asks you to join at Dayrate", company=company.name),
        lines=(
            say(
                "%(name)s asks you to join %(company)s as: %(role)s.",
                name=by.display_name,
                company=company.name,
                role=ROLE_WORDS[command.role],
            ),
            say("The link works once, for %(days)s days.", days=rules.INVITED_FOR.days),
        ),
        button=say("Join %(company)s", company=company.name),
        path=path,
    )


def join(session: Session, user_id: int, token: str, *, clock: Clock) -> str:
    """Accept an invitation; returns the company's public id.

    Raises LinkEndedError, and WrongAddressError when it was sent to somebody else.
    """
    invitation = _open_invitation(session, token, clock)
    user = session.get_one(User, user_id)
    if user.email.lower() != invitation.email:
        raise WrongAddressError(invitation.email)
    company = lock_one(session, Company, invitation.company_id)
    if _membership(session, company.id, user.id) is None:
        joined = _join(session, company.id, user.id, CompanyRole(invitation.role), clock)
        limit(session, joined, invitation.productions)
    invitation.accepted_at = clock.now()
    invitation.accepted_by_id = user.id
    _audit(session, company, user.id, "join", clock, {"role": invitation.role})
    _tell_inviter(session, company, invitation, user, clock)
    return company.public_id


def sign_up_invited(session: Session, person: SignUp, token: str, *, clock: Clock) -> int | None:
    """Make an account for the invited address and join; None when the address is known.

    The link came by mail to that address. Raises LinkEndedError.
    """
    invitation = _open_invitation(session, token, clock)
    if rules.tidy_email(person.email) != invitation.email:
        raise WrongAddressError(invitation.email)
    user_id = sign_up(session, person, clock=clock)
    if user_id is not None:
        join(session, user_id, token, clock=clock)
    return user_id


def cancel_invitation(
    session: Session, company_id: int, handle: str, by_id: int, *, clock: Clock
) -> None:
    """Take an open invitation back, named by the start of its digest."""
    mine = Invitation.token_digest.startswith(handle, autoescape=True)
    found = session.scalars(
        sa.select(Invitation).where(Invitation.company_id == company_id, mine, _is_open())
    ).first()
    if found is None or len(handle) != rules.HANDLE:
        raise NotFoundError(say("This invitation has ended already."))
    found.cancelled_at = clock.now()
    company = session.get_one(Company, company_id)
    _audit(session, company, by_id, "cancel_invitation", clock, {"role": found.role})


def change_member(session: Session, command: ChangeMember, *, clock: Clock) -> None:
    """Give a member another role, or end the membership. Raises LastOwnerError."""
    company = lock_one(session, Company, command.company_id)
    user = session.scalars(sa.select(User).where(User.public_id == command.member)).first()
    membership = _membership(session, company.id, user.id) if user else None
    if user is None or membership is None:
        raise NotFoundError(say("This person is not in your company."))
    refuse_wrong_limit(command.role, command.productions)
    before = membership.role
    limits = within(session, membership), sorted_or_none(command.productions)
    if before == command.role and limits[0] == limits[1]:
        return
    if before == CompanyRole.OWNER != command.role and _owners(session, company.id) == 1:
        raise LastOwnerError
    if command.role is None:
        membership.ended_at = clock.now()
    else:
        membership.role = command.role
        limit(session, membership, command.productions)
    action = "end_membership" if command.role is None else "change_role"
    record(
        session,
        Act(
            f"user:{user.public_id}",
            action,
            {"role": before, **seen(limits[0])},
            {"role": command.role, **seen(limits[1])},
            company_id=company.id,
        ),
        actor_id=command.by_id,
        clock=clock,
    )
    _tell_member(session, company, user, command.role, clock)
    session.flush()


def _is_open() -> sa.ColumnElement[bool]:
    return sa.and_(Invitation.accepted_at.is_(None), Invitation.cancelled_at.is_(None))


def _open_invitation(session: Session, token: str, clock: Clock) -> Invitation:
    named = sa.select(Invitation.id).where(Invitation.token_digest == digest(token))
    found = session.scalar(named)
    if found is None:
        raise LinkEndedError(_ended())
    invitation = lock_one(session, Invitation, found)
    is_done = invitation.accepted_at is not None or invitation.cancelled_at is not None
    if is_done or invitation.expires_at <= clock.now():
        raise LinkEndedError(_ended())
    return invitation


def _ended() -> Sentence:
    return say("This invitation has ended. Ask the company for a new one.")


def _membership(session: Session, company_id: int, user_id: int) -> Membership | None:
    return session.scalars(
        sa.select(Membership).where(
            Membership.company_id == company_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        ),
    ).first()


def _owners(session: Session, company_id: int) -> int:
    owners = sa.select(sa.func.count(Membership.id)).where(
        Membership.company_id == company_id,
        Membership.role == CompanyRole.OWNER,
        Membership.ended_at.is_(None),
    )
    return session.scalar(owners) or 0


def _join(
    session: Session, company_id: int, user_id: int, role: CompanyRole, clock: Clock
) -> Membership:
    """Make somebody a member; who comes back takes up the old row."""
    mine = sa.and_(Membership.company_id == company_id, Membership.user_id == user_id)
    earlier = session.scalars(sa.select(Membership).where(mine)).first()
    joined = earlier or Membership(
        company_id=company_id, user_id=user_id, role=role, created_at=clock.now()
    )
    joined.role, joined.ended_at = role, None
    session.add(joined)
    session.flush()
    return joined


def _tell_inviter(
    session: Session, company: Company, invitation: Invitation, user: User, clock: Clock
) -> None:
    by = session.get_one(User, invitation.invited_by_id)
    message = Message(
        key=f"joined:{invitation.id}",
        kind="joined",
        subject=say("%(name)s joined %(company)s", name=user.display_name, company=company.name),
        lines=(say("Role: %(role)s.", role=ROLE_WORDS[CompanyRole(invitation.role)]),),
        button=say("See who is in the company"),
        path=f"/c/{company.public_id}/members",
    )
    tell(session, Reader(by.id, by.email, by.locale), message, clock=clock)


def _tell_member(
    session: Session, company: Company, user: User, role: CompanyRole | None, clock: Clock
) -> None:
    subject = say("You are no longer a member of %(company)s", company=company.name)
    if role is not None:
        subject = say(
            "Your role at %(company)s is now: %(role)s",
            company=company.name,
            role=ROLE_WORDS[role],
        )
    message = Message(
        key=f"member:{company.id}:{clock.now().isoformat()}",
        kind="membership",
        subject=subject,
        lines=(say("An owner of the company changed this."),),
        button=say("Settings"),
        path="/settings",
    )
    tell(session, Reader(user.id, user.email, user.locale), message, clock=clock)


def _audit(
    session: Session,
    company: Company,
    by_id: int,
    action: str,
    clock: Clock,
    after: dict[str, object] | None = None,
) -> None:
    act = Act(f"company:{company.public_id}", action, after=after or {}, company_id=company.id)
    record(session, act, actor_id=by_id, clock=clock)
    session.flush()
