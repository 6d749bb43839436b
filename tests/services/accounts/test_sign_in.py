"""Tries, sessions, and who has to wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import db
from marketplace.domain.accounts import queries
from marketplace.domain.accounts.models import LoginAttempt, LoginSession
from marketplace.domain.accounts.services import sign_in
from marketplace.domain.accounts.services.sign_in import OpenSession, TooManyTriesError, Try
from marketplace.kernel.clock import FixedClock
from tests.conftest import NOW
from tests.support.builders import a_company, a_member, a_user
from tests.support.databases import Database

AVA = Try("ava@example.test", "192.0.2.7")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def fail(session: Session, clock: FixedClock, times: int, tried: Try = AVA) -> None:
    for _ in range(times):
        sign_in.begin_try(session, tried, clock=clock)


def test_the_eleventh_try_has_to_wait_a_minute(session: Session, clock: FixedClock) -> None:
    fail(session, clock, 10)

    with pytest.raises(TooManyTriesError) as refusal:
        sign_in.begin_try(session, AVA, clock=clock)

    assert refusal.value.wait == timedelta(minutes=1)
    assert refusal.value.http_status == 429


def test_the_next_wrong_password_doubles_the_wait(session: Session, clock: FixedClock) -> None:
    fail(session, clock, 10)
    clock.at += timedelta(minutes=1)
    fail(session, clock, 1)

    with pytest.raises(TooManyTriesError) as refusal:
        sign_in.begin_try(session, AVA, clock=clock)

    assert refusal.value.wait == timedelta(minutes=2)


def test_a_refused_try_does_not_prolong_the_wait(session: Session, clock: FixedClock) -> None:
    fail(session, clock, 10)
    for _ in range(3):
        with pytest.raises(TooManyTriesError):
            sign_in.begin_try(session, AVA, clock=clock)
    clock.at += timedelta(minutes=1)

    assert sign_in.begin_try(session, AVA, clock=clock)


def test_the_right_password_starts_the_count_again(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    fail(session, clock, 9)
    attempt = sign_in.begin_try(session, AVA, clock=clock)
    sign_in.confirm_try(session, attempt, user.id)

    fail(session, clock, 9)

    assert sign_in.begin_try(session, AVA, clock=clock)


def test_wrong_passwords_are_forgotten_after_a_day(session: Session, clock: FixedClock) -> None:
    fail(session, clock, 10)
    clock.at += timedelta(hours=24)

    fail(session, clock, 10)

    with pytest.raises(TooManyTriesError):
        sign_in.begin_try(session, AVA, clock=clock)


def test_another_account_does_not_wait(session: Session, clock: FixedClock) -> None:
    fail(session, clock, 10)

    assert sign_in.begin_try(session, Try("mei@example.test", AVA.ip), clock=clock)


def test_one_address_trying_many_accounts_has_to_wait(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    for number in range(50):
        sign_in.begin_try(session, Try(f"user{number}@x.test", AVA.ip), clock=clock)
        if number == 20:  # the guesser's own account does not start the count again
            mine = sign_in.begin_try(session, Try(user.email, AVA.ip), clock=clock)
            sign_in.confirm_try(session, mine, user.id)

    with pytest.raises(TooManyTriesError):
        sign_in.begin_try(session, Try("another@x.test", AVA.ip), clock=clock)
    assert sign_in.begin_try(session, Try("another@x.test", "192.0.2.8"), clock=clock)


def test_the_count_is_shared_by_all_processes(database: Database, clock: FixedClock) -> None:
    for _ in range(10):
        with database.session() as session, db.transaction(session):
            sign_in.begin_try(session, AVA, clock=clock)

    with database.session() as session, pytest.raises(TooManyTriesError), db.transaction(session):
        sign_in.begin_try(session, AVA, clock=clock)


def opened(session: Session, user_id: int, clock: FixedClock, old_token: str = "") -> str:
    command = OpenSession(user_id, "192.0.2.7", "Safari, iPhone", old_token)
    return sign_in.open_session(session, command, clock=clock)


def test_a_session_signs_in_until_it_is_ended(session: Session, clock: FixedClock) -> None:
    user = a_user(session, "Ava Lin")
    token = opened(session, user.id, clock)
    found = queries.signed_in(session, token, clock.now())
    assert found
    assert found.display_name == "Ava Lin"

    sign_in.end_session(session, found.session_id)

    assert queries.signed_in(session, token, clock.now()) is None


def test_the_table_holds_no_token(session: Session, clock: FixedClock) -> None:
    token = opened(session, a_user(session).id, clock)

    (row,) = session.scalars(sa.select(LoginSession))

    assert token not in row.token_digest


def test_a_new_session_ends_the_browsers_old_one(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    old = opened(session, user.id, clock)

    new = opened(session, user.id, clock, old)

    assert queries.signed_in(session, old, clock.now()) is None
    assert queries.signed_in(session, new, clock.now())


def test_a_session_in_use_stays_and_an_idle_one_ends(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    used, idle = opened(session, user.id, clock), opened(session, user.id, clock)
    clock.at += timedelta(days=20)
    found = queries.signed_in(session, used, clock.now())
    assert found
    sign_in.note_use(session, found.session_id, clock=clock)
    clock.at += timedelta(days=20)

    assert queries.signed_in(session, used, clock.now())
    assert queries.signed_in(session, idle, clock.now()) is None


def test_a_company_session_ends_overnight(session: Session, clock: FixedClock) -> None:
    owner = a_member(session, a_company(session))
    token = opened(session, owner.id, clock)
    clock.at += timedelta(hours=12)

    assert queries.signed_in(session, token, clock.now()) is None


def test_a_request_that_outlives_its_session_does_not_revive_it(
    session: Session, clock: FixedClock
) -> None:
    owner = a_member(session, a_company(session))
    token = opened(session, owner.id, clock)
    found = queries.signed_in(session, token, clock.now())
    assert found
    clock.at += timedelta(hours=12)
    sign_in.note_use(session, found.session_id, clock=clock)

    assert queries.signed_in(session, token, clock.now()) is None


def test_noting_the_use_of_an_ended_session_changes_nothing(
    session: Session, clock: FixedClock
) -> None:
    sign_in.note_use(session, 4711, clock=clock)

    assert session.scalar(sa.select(sa.func.count(LoginSession.id))) == 0


def test_signing_out_everywhere_ends_only_ones_own(session: Session, clock: FixedClock) -> None:
    ava, mei = a_user(session, "Ava Lin"), a_user(session, "Mei Alvarez")
    tokens = [opened(session, ava.id, clock), opened(session, ava.id, clock)]
    other = opened(session, mei.id, clock)

    sign_in.end_sessions(session, ava.id, clock=clock)

    assert [queries.signed_in(session, token, clock.now()) for token in tokens] == [None, None]
    assert queries.signed_in(session, other, clock.now())


def test_a_named_session_is_ended_only_for_its_owner(session: Session, clock: FixedClock) -> None:
    ava, mei = a_user(session, "Ava Lin"), a_user(session, "Mei Alvarez")
    token = opened(session, ava.id, clock)
    (row,) = queries.sessions_of(session, ava.id, 0, clock.now())

    sign_in.end_session_named(session, mei.id, row.handle, clock=clock)
    sign_in.end_session_named(session, ava.id, "", clock=clock)
    assert queries.signed_in(session, token, clock.now())
    sign_in.end_session_named(session, ava.id, row.handle, clock=clock)

    assert queries.signed_in(session, token, clock.now()) is None


def test_old_tries_and_sessions_are_thrown_out(session: Session, clock: FixedClock) -> None:
    user = a_user(session, email=AVA.email)
    fail(session, clock, 3)
    opened(session, user.id, clock)
    clock.at += timedelta(days=91)

    opened(session, user.id, clock)

    assert session.scalar(sa.select(sa.func.count(LoginAttempt.id))) == 0
    assert session.scalar(sa.select(sa.func.count(LoginSession.id))) == 1


def test_a_closed_account_has_no_credentials(session: Session, clock: FixedClock) -> None:
    user = a_user(session, email="ava@example.test")
    assert queries.credentials(session, "Ava@Example.test")
    user.disabled_at = clock.now()
    session.flush()

    assert queries.credentials(session, "ava@example.test") is None
    assert queries.credentials(session, "nobody@example.test") is None
