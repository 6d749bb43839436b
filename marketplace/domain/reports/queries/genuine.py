"""Whether a pay slip is genuine: what anybody may know who holds the paper."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace.domain.documents.rules import SlipDocument, code_of, fingerprint
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import document_owner
from marketplace.domain.people.ports import Vault


@dataclass(frozen=True, slots=True)
class Genuine:
    """A slip that was issued here: no name of a person, no amount.

    kind: original | correction | reversal; corrects: the number of the other slip, or "".
    reversed_by, replaced_by: the numbers of the slips that came after it, or "".
    is_whole: what is stored is still what was sealed.
    """

    number: str
    issuer: str
    issuer_second: str
    issued_on: date
    kind: str
    corrects: str
    reversed_by: str
    replaced_by: str
    digest: str
    is_whole: bool


def genuine(session: Session, number: str, code: str, vault: Vault) -> Genuine | None:
    """Return the slip of a number whose digest begins with the code; None when there is none.

    Numbers are a company's own: the code says whose. Every slip of the number is compared, in the
    same time whatever was typed.
    """
    typed = "".join(code.split()).casefold().encode()
    named = session.scalars(sa.select(PaySlip).where(PaySlip.number == number))
    found = [slip for slip in named if hmac.compare_digest(code_of(slip.digest).encode(), typed)]
    return _row(session, found[0], vault) if found else None


def _row(session: Session, slip: PaySlip, vault: Vault) -> Genuine:
    text = vault.open(slip.document_sealed, document_owner(slip.public_id))
    document = SlipDocument.from_json(text)
    later = _later(session, slip.id)
    return Genuine(
        number=slip.number,
        issuer=document.employer.name,
        issuer_second=document.employer.second_name,
        issued_on=slip.pay_date,
        kind=slip.kind,
        corrects=_number(session, slip.corrects_id),
        reversed_by=later.get("reversal", ""),
        replaced_by=later.get("correction", ""),
        digest=slip.digest,
        is_whole=fingerprint(document) == slip.digest,
    )


def _later(session: Session, slip_id: int) -> dict[str, str]:
    """Return the numbers of what came after a slip, by kind."""
    after = aliased(PaySlip)
    rows = session.execute(
        sa.select(after.kind, after.number).where(after.corrects_id == slip_id),
    )
    return {row.kind: row.number for row in rows}


def _number(session: Session, slip_id: int | None) -> str:
    if slip_id is None:
        return ""
    return session.scalars(sa.select(PaySlip.number).where(PaySlip.id == slip_id)).one()
