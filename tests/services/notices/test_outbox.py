"""Mail leaves once; what cannot leave stays visible."""

from __future__ import annotations

import pytest

from marketplace.domain.notices import jobs, queries
from marketplace.domain.notices.ports import Letter, MailUnsentError
from marketplace.domain.notices.services import Message, Reader, tell
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.sentences import say
from marketplace.web.letters import LetterWriter
from tests.support.databases import Database
from tests.support.payday import Unit, unit_of


class Bag:
    """A post that keeps letters; `is_away` makes it fail first."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.letters: list[Letter] = []
        self.is_away = is_away

    def send(self, letter: Letter) -> None:
        if self.is_away:
            raise MailUnsentError("away")
        self.letters.append(letter)


@pytest.fixture
def unit(database: Database) -> Unit:
    return unit_of(database)


def told(unit: Unit, clock: FixedClock, key: str = "paid:1") -> int:
    message = Message(key, "paid", say("Paid"), (say("Sign in"),), say("Sign in"), "/me/pay")
    with unit() as session:
        tell(session, Reader(None, "ava@example.test", "en"), message, clock=clock)
        return queries.newest_mail(session)[0].id


def send(unit: Unit, mail_id: int, post: Bag, clock: FixedClock) -> None:
    jobs.send_mail(unit, mail_id, compose=LetterWriter("http://x.test"), post=post, clock=clock)


def test_a_mail_is_sent_once_however_often_its_work_is_done(unit: Unit, clock: FixedClock) -> None:
    post = Bag()
    mail_id = told(unit, clock)

    for _ in range(3):
        send(unit, mail_id, post, clock)

    assert [letter.to_address for letter in post.letters] == ["ava@example.test"]
    with unit() as session:
        mail = queries.mail(session, mail_id)
    assert mail is not None
    assert (mail.sent_at, mail.subject) == (clock.now(), say("Paid"))


def test_a_mail_that_could_not_leave_is_not_marked_as_sent(unit: Unit, clock: FixedClock) -> None:
    mail_id = told(unit, clock)

    with pytest.raises(MailUnsentError):
        send(unit, mail_id, Bag(is_away=True), clock)

    with unit() as session:
        mail = queries.mail(session, mail_id)
    assert mail is not None
    assert mail.sent_at is None


def test_work_about_a_mail_that_is_not_there_does_nothing(unit: Unit, clock: FixedClock) -> None:
    post = Bag()

    send(unit, 12_345, post, clock)

    assert post.letters == []


def test_the_outbox_is_read_newest_first_page_by_page(unit: Unit, clock: FixedClock) -> None:
    ids = [told(unit, clock, f"paid:{number}") for number in range(3)]

    with unit() as session:
        first = queries.newest_mail(session, limit=2)
        rest = queries.newest_mail(session, before=first[-1].id)
        named = queries.mail_named(session, first[0].public_id)
        others = queries.newest_mail(session, to_address="nobody@example.test")

    assert [mail.id for mail in first + rest] == ids[::-1]
    assert (named, others) == (first[0], [])
