"""What the domain refuses, with a sentence for the person."""

from __future__ import annotations

from typing import ClassVar

from marketplace.kernel.sentences import Sentence


class DomainError(Exception):
    """A refusal. Carries the sentence shown to the person; nothing was changed."""

    http_status: ClassVar[int] = 409

    def __init__(self, message: Sentence) -> None:
        """Keep the sentence."""
        super().__init__(str(message))
        self.message = message


class NotAllowedError(DomainError):
    """A move the state machine does not have."""


class NotFoundError(DomainError):
    """Not there, or not yours: the two are never told apart."""

    http_status: ClassVar[int] = 404
