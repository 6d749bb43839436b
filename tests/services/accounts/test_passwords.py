"""Changed and forgotten passwords."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts import queries
from marketplace.domain.accounts.models import LoginAttempt, LoginSession, PasswordReset, User
from marketplace.domain.accounts.services import passwords, sign_in
from marketplace.domain.accounts.services.passwords import (
    ChangePassword,
    LinkEndedError,
    ResetPassword,
)
from marketplace.domain.notices.models import Mail, Notice
from marketplace.kernel.clock import FixedClock
from tests.support.builders import a_user

NEW = "a new hash"


def opened(session: Session, user: User, clock: FixedClock) -> str:
    command = sign_in.OpenSession(user.id, "192.0.2.7", "Safari")
    return sign_in.open_session(session, command, clock=clock)


def link_for(session: Session, user: User, clock: FixedClock) -> str:
    passwords.ask_reset(session, user.email, clock=clock)
    newest = sa.select(Mail.path).order_by(Mail.id.desc())
    return (session.scalars(newest).first() or "").removeprefix("/reset/")


def test_a_changed_password_signs_the_other_browsers_out(
    session: Session, clock: FixedClock
) -> None:
    user = a_user(session)
    here, there = opened(session, user, clock), opened(session, user, clock)
    mine = queries.signed_in(session, here, clock.now())
    assert mine

    passwords.change(session, ChangePassword(user.id, mine.session_id, NEW), clock=clock)

    assert user.password_hash == NEW
    assert queries.signed_in(session, here, clock.now())
    assert queries.signed_in(session, there, clock.now()) is None
    assert session.scalars(sa.select(Notice.kind)).all() == ["password_changed"]


def test_a_link_sets_a_new_password_and_signs_out_everywhere(
    session: Session, clock: FixedClock
) -> None:
    user = a_user(session)
    opened(session, user, clock)
    token = link_for(session, user, clock)
    assert queries.reset_is_open(session, token, clock.now())
    assert queries.reset_owner(session, token) == (user.display_name, user.email)

    assert passwords.reset(session, ResetPassword(token, NEW), clock=clock) == user.id

    assert user.password_hash == NEW
    assert session.scalars(sa.select(LoginSession)).all() == []


def test_a_link_works_once(session: Session, clock: FixedClock) -> None:
    token = link_for(session, a_user(session), clock)
    passwords.reset(session, ResetPassword(token, NEW), clock=clock)

    with pytest.raises(LinkEndedError):
        passwords.reset(session, ResetPassword(token, "newer"), clock=clock)
    assert not queries.reset_is_open(session, token, clock.now())


def test_a_used_link_ends_the_other_links_too(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    first, second = link_for(session, user, clock), link_for(session, user, clock)
    passwords.reset(session, ResetPassword(second, NEW), clock=clock)

    with pytest.raises(LinkEndedError):
        passwords.reset(session, ResetPassword(first, "newer"), clock=clock)


def test_a_link_ends_after_thirty_minutes(session: Session, clock: FixedClock) -> None:
    token = link_for(session, a_user(session), clock)
    clock.at += timedelta(minutes=30)

    with pytest.raises(LinkEndedError):
        passwords.reset(session, ResetPassword(token, NEW), clock=clock)


def test_an_invented_link_does_nothing(session: Session, clock: FixedClock) -> None:
    a_user(session)

    with pytest.raises(LinkEndedError):
        passwords.reset(session, ResetPassword("invented", NEW), clock=clock)
    assert queries.reset_owner(session, "invented") == ("", "")


def test_an_unknown_address_is_sent_nothing(session: Session, clock: FixedClock) -> None:
    passwords.ask_reset(session, "nobody@example.test", clock=clock)

    assert session.scalars(sa.select(Mail)).all() == []


def test_nobodys_mail_is_filled_with_links(session: Session, clock: FixedClock) -> None:
    user = a_user(session)

    for _ in range(10):
        passwords.ask_reset(session, user.email.upper(), clock=clock)

    assert session.scalar(sa.select(sa.func.count(PasswordReset.id))) == 3


def test_a_link_never_stands_in_the_inbox(session: Session, clock: FixedClock) -> None:
    link_for(session, a_user(session), clock)

    assert session.scalars(sa.select(Notice)).all() == []


def test_a_reset_ends_the_wait_for_wrong_passwords(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    for _ in range(10):
        sign_in.begin_try(session, sign_in.Try(user.email, "192.0.2.7"), clock=clock)
    token = link_for(session, user, clock)

    passwords.reset(session, ResetPassword(token, NEW), clock=clock)

    assert session.scalars(sa.select(LoginAttempt)).all() == []
