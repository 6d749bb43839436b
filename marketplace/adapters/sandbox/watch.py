"""What the embedded gateway shows of what it did, for the comparison with our books."""

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from marketplace.domain.payments.ports import Hint, Unknown
from marketplace.domain.payments.rules.events import BankPayout, Told
from marketplace.domain.payments.rules.matching import Theirs
from marketplace.kernel.money import Money

LISTED = """
SELECT transfer.*, coalesce((
  SELECT sum(payback.amount_minor) FROM payback WHERE payback.source = transfer.ref), 0) AS back
FROM transfer WHERE made_at >= ? ORDER BY id
"""

MOVED = """
SELECT currency, -sum(amount_minor) FROM transfer GROUP BY currency
UNION ALL
SELECT transfer.currency, sum(payback.amount_minor) FROM payback
JOIN transfer ON transfer.ref = payback.source GROUP BY transfer.currency
UNION ALL
SELECT payin.currency, -sum(payback.amount_minor) FROM payback
JOIN payin ON payin.ref = payback.source GROUP BY payin.currency
"""


class SandboxWatch:
    """The side of the sandbox that only shows (port `Watched`). It writes no letters."""

    @abstractmethod
    def _books(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the gateway's own store for one atomic piece of work."""
        ...

    @abstractmethod
    def _came_in(self, books: sqlite3.Connection) -> Sequence[Money]:
        """Return what productions have paid in, less what bringing it cost."""
        ...

    def event(
        self,
        source: str,  # noqa: ARG002 - no door takes anything
        body: bytes,  # noqa: ARG002 - as above
        headers: Mapping[str, str],  # noqa: ARG002 - as above
    ) -> Hint | None:
        """Take no letter: the sandbox writes none."""
        return None

    def statement(self, since: datetime) -> Sequence[Theirs] | Unknown:
        """Return every transfer made since an instant."""
        with self._books() as books:
            return [_theirs(row) for row in books.execute(LISTED, (since.isoformat(),))]

    def holdings(self) -> Mapping[str, int] | Unknown:
        """Return what came in less what left, by currency."""
        sums: Counter[str] = Counter()
        with self._books() as books:
            for currency, minor in books.execute(MOVED):
                sums[currency] += minor
            for amount in self._came_in(books):
                sums[amount.currency] += amount.minor
        return {currency: minor for currency, minor in sums.items() if minor}

    def happened(self, since: datetime) -> Sequence[Told] | Unknown:  # noqa: ARG002 - it tells nothing
        """Return nothing: the sandbox writes no letters, so none can be missed."""
        return ()

    def bank_payout(
        self,
        account: str,  # noqa: ARG002 - its payees have no accounts
        ref: str,  # noqa: ARG002 - as above
    ) -> BankPayout | Unknown | None:
        """Return nothing: money arrives at a bank at once with the payment."""
        return None


def _theirs(row: sqlite3.Row) -> Theirs:
    currency = row["currency"]
    return Theirs(
        ref=row["ref"],
        payout_id=row["payout_id"],
        group=row["grp"],
        amount=Money(row["amount_minor"], currency),
        taken_back=Money(row["back"], currency),
    )
