"""Mail without the outside world: letters stay in the outbox, where the demo shows them."""

from __future__ import annotations

from marketplace.domain.notices.ports import Letter


class OutboxPost:
    """Takes every letter and carries none (port `Post`); the row in the outbox is the mail."""

    def send(self, letter: Letter) -> None:
        """Let the letter stay where it is: in the outbox."""
