"""Mail reaches a real mail server, in the reader's language, as one and the same message."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from marketplace.adapters.mail import Server, SmtpPost
from marketplace.adapters.sandbox.mail import OutboxPost
from marketplace.domain.notices.ports import Letter, MailRefusedError, MailUnsentError
from marketplace.domain.notices.queries import MailRow
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.web.letters import LetterWriter

SENDER = "Dayrate <no-reply@dayrate.test>"
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


class Letterbox:
    """A mail server's other half: keeps what comes, refuses some."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answers = {"gone@": "550 no such user", "full@": "452 mailbox full"}
        for start, answer in answers.items():
            if address.startswith(start):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = cast("bytes", envelope.content)
        self.received.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def post(letterbox: Letterbox) -> Iterator[SmtpPost]:
    port = free_port()
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield SmtpPost(f"smtp://127.0.0.1:{port}", SENDER)
    controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def a_mail(locale: str = "en", name: str = "Ava Lin") -> MailRow:
    return MailRow(
        id=1,
        public_id="k3m9pq7xw2rt",
        to_address="ava@example.test",
        locale=locale,
        kind="paid",
        subject=say("%(amount)s for %(name)s", amount=Money(28_000, "USD"), name=name),
        lines=(say("Sign in"), say("A line with %(name)s.", name=name)),
        button=say("Sign in"),
        path="/me/pay",
        calendar="",
        created_at=datetime(2026, 11, 22, 20, 0, tzinfo=UTC),
        sent_at=None,
    )


def a_letter(address: str = "ava@example.test", calendar: str = "") -> Letter:
    written_at = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    return Letter(
        "k3m9pq7xw2rt", address, "Paid", "You are paid.", "<p>Paid</p>", written_at, calendar
    )


def part(message: EmailMessage, kind: str) -> str:
    (found,) = [one for one in message.walk() if one.get_content_type() == kind]
    return str(found.get_content())


def test_a_letter_arrives_with_a_text_an_html_part_and_its_calendar(
    post: SmtpPost, letterbox: Letterbox
) -> None:
    post.send(a_letter(calendar=CALENDAR))

    (message,) = letterbox.received
    assert (message["To"], message["From"], message["Subject"]) == (
        "ava@example.test",
        SENDER,
        "Paid",
    )
    assert part(message, "text/plain").strip() == "You are paid."
    assert part(message, "text/html").strip() == "<p>Paid</p>"
    assert "BEGIN:VCALENDAR" in part(message, "text/calendar")


def test_a_letter_sent_twice_is_the_same_message(post: SmtpPost, letterbox: Letterbox) -> None:
    post.send(a_letter())
    post.send(a_letter())

    first, second = letterbox.received
    assert first["Message-ID"] == second["Message-ID"] == "<k3m9pq7xw2rt@dayrate.test>"
    assert first["Date"] == second["Date"] == "Sun, 22 Nov 2026 20:00:00 +0000"


def test_an_address_that_does_not_exist_is_refused_for_good(post: SmtpPost) -> None:
    with pytest.raises(MailRefusedError, match="550"):
        post.send(a_letter("gone@example.test"))


def test_a_full_mailbox_is_tried_again(post: SmtpPost) -> None:
    with pytest.raises(MailUnsentError, match="452"):
        post.send(a_letter("full@example.test"))


def test_a_mail_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(MailUnsentError, match="ConnectionRefusedError"):
        SmtpPost("smtp://127.0.0.1:1", SENDER).send(a_letter())


def test_a_password_is_never_sent_in_the_clear(post: SmtpPost) -> None:
    server = post._server  # noqa: SLF001 - the port of the running server
    url = f"smtp://me:secret@127.0.0.1:{server.port}"

    with pytest.raises(MailUnsentError, match="without TLS"):
        SmtpPost(url, SENDER).send(a_letter())


def test_an_address_cannot_smuggle_a_header(post: SmtpPost, letterbox: Letterbox) -> None:
    with pytest.raises(MailRefusedError):
        post.send(a_letter("ava@example.test\r\nBcc: everyone@example.test"))

    assert letterbox.received == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.test", Server("mail.test", 587, "", "", is_tls=False)),
        ("smtps://a%40b:p%2F@mail.test", Server("mail.test", 465, "a@b", "p/", is_tls=True)),
        ("smtp://mail.test:25", Server("mail.test", 25, "", "", is_tls=False)),
    ],
)
def test_a_server_is_read_from_its_address(url: str, server: Server) -> None:
    assert Server.from_url(url) == server


@pytest.mark.parametrize("url", ["mail.test", "http://mail.test", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        Server.from_url(url)


def test_a_letter_is_written_in_the_language_of_its_reader() -> None:
    write = LetterWriter("https://dayrate.test")

    english, chinese = write(a_mail("en")), write(a_mail("zh_Hans"))

    assert english.subject == "$280.00 for Ava Lin"
    assert chinese.subject == "US$280.00 for Ava Lin"
    assert '<html lang="zh-Hans">' in chinese.html
    assert "Sign in:\nhttps://dayrate.test/me/pay\n" in english.text
    assert 'href="https://dayrate.test/me/pay"' in english.html
    assert "登录" in chinese.text


def test_a_name_in_a_letter_is_text_never_markup() -> None:
    letter = LetterWriter("https://dayrate.test")(a_mail(name="<img src=x>"))

    assert "<img" not in letter.html
    assert "&lt;img src=x&gt;" in letter.html
    assert "A line with <img src=x>." in letter.text


def test_without_a_mail_server_letters_stay_in_the_outbox() -> None:
    letter = a_letter()

    OutboxPost().send(letter)

    assert letter.to_address == "ava@example.test"
