"""What the product asks of whoever writes and carries its mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.domain.notices.queries import MailRow
from marketplace.domain.tasks.rules import HopelessError
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say


class MailRefusedError(HopelessError):
    """The address or the message was refused for good; sending it again cannot help."""

    def __init__(self, reason: str) -> None:
        """Keep the mail server's own words."""
        super().__init__(say("The mail was refused: %(reason)s", reason=reason))


class MailUnsentError(DomainError):
    """The mail server could not take the message now; it may have, and is asked again."""

    def __init__(self, reason: str) -> None:
        """Keep what went wrong."""
        super().__init__(say("The mail was not sent: %(reason)s", reason=reason))


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail, written for its reader.

    public_id: names the message for ever, so that a second sending is the same message.
    calendar: an iCalendar text to attach, or "".
    stop_url: the page that ends mails of this kind without signing in, or "".
    """

    public_id: str
    to_address: str
    subject: str
    text: str
    html: str
    written_at: datetime
    calendar: str = ""
    stop_url: str = ""


class Compose(Protocol):
    """Writes a letter from the sentences of an outgoing mail, in its reader's language."""

    def __call__(self, mail: MailRow) -> Letter:
        """Return the letter."""
        ...


class Post(Protocol):
    """Carries letters."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over.

        Raises MailRefusedError or MailUnsentError.
        """
        ...
