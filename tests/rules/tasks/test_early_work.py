"""Work that is early is no failure, and says when it can be done."""

from __future__ import annotations

from datetime import UTC, datetime

from marketplace.domain.tasks.rules import HopelessError, NotYetError
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say


def test_early_work_says_when_it_can_be_done() -> None:
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)

    early = NotYetError(at)

    assert early.run_at == at
    assert early.message.values == {"time": at}
    assert "2026-11-23" in str(early)


def test_hopeless_work_is_not_early_work() -> None:
    assert not issubclass(HopelessError, NotYetError)
    assert issubclass(HopelessError, DomainError)
    assert str(HopelessError(say("The file is gone."))) == "The file is gone."
