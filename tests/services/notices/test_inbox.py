"""A person's inbox."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.notices import services
from marketplace.domain.notices.queries import INBOX_PAGE, inbox
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.sentences import say
from tests.support.builders import a_user


def told(session: Session, user: User, clock: FixedClock, times: int = 1) -> None:
    for number in range(times):
        message = services.Message(
            key=f"test:{number}",
            kind="test",
            subject=say("Message %(number)s", number=number),
            lines=(),
            button=say("Open"),
            path=f"/messages/{number}",
        )
        reader = services.Reader(user.id, user.email, user.locale)
        services.tell(session, reader, message, clock=clock)


def test_the_newest_message_is_first(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    told(session, user, clock, 3)

    page = inbox(session, user.id)

    assert [str(row.sentence) for row in page.rows] == ["Message 2", "Message 1", "Message 0"]
    assert page.older is None


def test_older_messages_follow_without_gap_or_double(session: Session, clock: FixedClock) -> None:
    user = a_user(session)
    told(session, user, clock, INBOX_PAGE + 2)

    first = inbox(session, user.id)
    second = inbox(session, user.id, first.older)

    assert len(first.rows) == INBOX_PAGE
    assert [str(row.sentence) for row in second.rows] == ["Message 1", "Message 0"]
    assert second.older is None


def test_opening_a_message_marks_it_read_and_says_where_to(
    session: Session, clock: FixedClock
) -> None:
    user = a_user(session)
    told(session, user, clock, 2)
    newest = inbox(session, user.id).rows[0]

    assert services.mark_read(session, user.id, newest.id, clock=clock) == "/messages/1"

    assert [row.is_read for row in inbox(session, user.id).rows] == [True, False]


def test_nobody_opens_somebody_elses_message(session: Session, clock: FixedClock) -> None:
    user, other = a_user(session), a_user(session)
    told(session, user, clock)
    (row,) = inbox(session, user.id).rows

    assert services.mark_read(session, other.id, row.id, clock=clock) is None

    assert not inbox(session, user.id).rows[0].is_read


def test_all_messages_of_one_person_are_marked_read(session: Session, clock: FixedClock) -> None:
    user, other = a_user(session), a_user(session)
    told(session, user, clock, 2)
    told(session, other, clock)

    services.mark_all_read(session, user.id, clock=clock)

    assert all(row.is_read for row in inbox(session, user.id).rows)
    assert not inbox(session, other.id).rows[0].is_read
