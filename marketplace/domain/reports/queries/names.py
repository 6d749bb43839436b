"""What is sealed on slips, opened for a page that may show it."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.payroll.rules.slips import document_owner, legal_name_owner
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.queries.slips import SlipDetail, SlipRow


def legal_name(row: SlipRow, vault: Vault) -> str:
    """Return the legal name on a slip."""
    return vault.open(row.legal_name_sealed, legal_name_owner(row.public_id))


def legal_names(rows: Iterable[SlipRow], vault: Vault) -> dict[int, str]:
    """Return the legal names on slips by slip id; whoever shows them records it."""
    return {row.id: legal_name(row, vault) for row in rows}


def document_of(detail: SlipDetail, vault: Vault) -> SlipDocument:
    """Return what a slip says, word for word as it was issued."""
    owner = document_owner(detail.row.public_id)
    return SlipDocument.from_json(vault.open(detail.document_sealed, owner))
