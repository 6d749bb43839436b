"""Mail over SMTP: a text and an HTML part, the calendar attached, an id that never changes."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from marketplace.domain.notices.ports import Letter, MailRefusedError, MailUnsentError

TIMEOUT_SECONDS: Final = 30
SUBMISSION_PORT: Final = 587
TLS_PORT: Final = 465
REFUSED_FOR_GOOD: Final = range(550, 555)


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server from its address: smtp:// (STARTTLS when offered) or smtps:// (TLS)."""

    host: str
    port: int
    user: str
    password: str
    is_tls: bool

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read "smtp://user:password@host:587"; raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL must be like smtp://user:password@host:587")
        is_tls = parts.scheme == "smtps"
        return cls(
            parts.hostname,
            parts.port or (TLS_PORT if is_tls else SUBMISSION_PORT),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            is_tls,
        )


class SmtpPost:
    """Hands letters to a mail server (port `Post`)."""

    def __init__(self, url: str, sender: str) -> None:
        """Keep the server and the sender ("Dayrate <no-reply@example.org>")."""
        self._server = Server.from_url(url)
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Send one letter."""
        message = write(letter, self._sender)
        with _failures(), self._open() as line:
            line.send_message(message, parseaddr(self._sender)[1], [letter.to_address])

    @contextmanager
    def _open(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        secure = ssl.create_default_context()
        if server.is_tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=secure
            )
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        with line:
            line.ehlo()
            if not server.is_tls and line.has_extn("starttls"):
                line.starttls(context=secure)
                line.ehlo()
            elif server.user and not server.is_tls:
                raise MailUnsentError("a password is never sent without TLS")
            if server.user:
                line.login(server.user, server.password)
            yield line


def write(letter: Letter, sender: str) -> EmailMessage:
    """Return the message of a letter; raises MailRefusedError when it cannot be addressed."""
    message = EmailMessage()
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    try:
        message["From"] = sender
        message["To"] = letter.to_address
        message["Subject"] = " ".join(letter.subject.split())
        message["Message-ID"] = f"<{letter.public_id}@{domain}>"
        message["Date"] = letter.written_at
        message["Auto-Submitted"] = "auto-generated"
        if letter.stop_url:
            message["List-Unsubscribe"] = f"<{letter.stop_url}>"
    except (ValueError, MessageError) as problem:
        raise MailRefusedError("the address cannot be written in a mail") from problem
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.calendar:
        message.add_attachment(letter.calendar, subtype="calendar", filename="shoot-day.ics")
    return message


@contextmanager
def _failures() -> Iterator[None]:
    """Turn the library's failures into ours: refused for good, or not sent now."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refusal:
        code, _ = next(iter(refusal.recipients.values()))
        _raise(code, "the address was refused", refusal)
    except smtplib.SMTPResponseException as refusal:
        _raise(refusal.smtp_code, "the mail server refused", refusal)
    except (OSError, smtplib.SMTPException) as problem:
        raise MailUnsentError(type(problem).__name__) from problem


def _raise(code: int, words: str, cause: Exception) -> None:
    kind = MailRefusedError if code in REFUSED_FOR_GOOD else MailUnsentError
    raise kind(f"{words} ({code})") from cause
