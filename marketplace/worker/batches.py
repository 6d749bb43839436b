"""Which kinds of work are done many together: the whole table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from marketplace.domain.payments.jobs import pay_cards
from marketplace.worker.work import Batch, Left, Works


def _pay_cards(works: Works) -> Left:
    return pay_cards(works.unit, works.subject_ids, till=works.outside.till)


BATCHES: Final[Mapping[str, Batch]] = MappingProxyType({"pay_card": Batch(500, _pay_cards)})
"""Kind of work → its handler of many. Each is in `HANDLERS` too, for what is done by itself.

A batch is one transaction, or one of each stage, so its size bounds memory and what a crash
repeats.
"""
