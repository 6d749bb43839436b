"""Which kinds of work are done many together: the whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.documents.jobs import IssuedSlip, print_slips
from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.payments.jobs import confirm_payouts, pay_cards, send_payouts
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.people.ports import Vault
from marketplace.worker.work import Batch, Left, Works


def _pay_cards(works: Works) -> Left:
    return pay_cards(works.unit, works.subject_ids, till=works.outside.till)


def _send_payouts(works: Works) -> Left:
    return send_payouts(works.unit, works.subject_ids, till=works.outside.till)


def _confirm_payouts(works: Works) -> Left:
    return confirm_payouts(works.unit, works.subject_ids, till=works.outside.till)


def _print_slips(works: Works) -> Left:
    outside = works.outside
    print_slips(
        works.unit,
        works.subject_ids,
        read=partial(_opened, outside.vault),
        printer=outside.printer,
        clock=outside.clock,
    )
    return {}


def _opened(vault: Vault, session: Session, slip_ids: Sequence[int]) -> list[IssuedSlip]:
    """Return issued slips with their sealed documents opened; one query."""
    columns = (PaySlip.public_id, PaySlip.number, PaySlip.document_sealed)
    rows = session.execute(sa.select(*columns).where(PaySlip.id.in_(slip_ids)).order_by(PaySlip.id))
    return [
        IssuedSlip(name, number, SlipDocument.from_json(vault.open(sealed, document_owner(name))))
        for name, number, sealed in rows
    ]


BATCHES: Final[Mapping[str, Batch]] = MappingProxyType(
    {
        "confirm_payout": Batch(200, _confirm_payouts),
        "pay_card": Batch(500, _pay_cards),
        "print_slip": Batch(100, _print_slips),
        "send_payout": Batch(200, _send_payouts),
    },
)
"""Kind of work → its handler of many. Each is in `HANDLERS` too, for what is done by itself.

A batch is one transaction, or one of each stage, so its size bounds memory and what a crash
repeats; payments leave within LATEST_CALL of being written down, whatever the allowed rate.
"""
