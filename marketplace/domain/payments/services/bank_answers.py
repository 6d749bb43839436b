"""Keep what a bank answered, and take it over once, in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.audit.services import Act, record
from marketplace.domain.banking.rules.answers import Answer, AnswerTable, read
from marketplace.domain.banking.rules.numbers import BankError
from marketplace.domain.documents.queries import open_file, pieces
from marketplace.domain.documents.services import NewFile, store
from marketplace.domain.payments.models import BankAnswer
from marketplace.domain.payments.queries.bank_answers import Line, Verdict, lines_of
from marketplace.domain.payments.queries.bank_profiles import profile_of
from marketplace.domain.payments.services.bank_marks import Mark, MarkRows, mark_rows
from marketplace.domain.people.ports import Vault
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say

LONGEST_NAME = 120
SEALED = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """Somebody uploads what the bank answered about one currency."""

    company_id: int
    actor_id: int
    currency: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ApplyAnswer:
    """Somebody who has looked at an answer takes it over."""

    company_id: int
    answer_id: int
    actor_id: int


def keep_answer(session: Session, command: KeepAnswer, *, vault: Vault, clock: Clock) -> BankAnswer:
    """Keep an answer sealed; the same bytes again are the same answer, taken over or not.

    Raises BankError when it is no answer that can be read.
    """
    company = lock_one(session, Company, command.company_id)
    profile = profile_of(session, company.id, command.currency, vault)
    read(command.content, profile.answers if profile else AnswerTable(), command.currency)
    sha256 = hashlib.sha256(command.content).hexdigest()
    wanted = sa.select(BankAnswer).where(
        BankAnswer.company_id == company.id,
        BankAnswer.sha256 == sha256,
    )
    known = session.scalars(wanted).first()
    if known is not None:
        return known
    kept = BankAnswer(
        company_id=company.id,
        currency=command.currency,
        name=PurePath(command.name).name[-LONGEST_NAME:],
        sha256=sha256,
        uploaded_by_id=command.actor_id,
        uploaded_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    sealed = vault.seal(command.content.decode("latin-1"), _subject(kept))
    store(session, NewFile(_subject(kept), "answer.sealed", SEALED), [sealed], clock=clock)
    _log(session, kept, "upload", 0, clock)
    session.flush()
    return kept


def answer_lines(session: Session, company_id: int, answer_id: int, vault: Vault) -> list[Line]:
    """Return what an answer says beside our rows. Raises NotFoundError when it is not theirs."""
    kept = session.get(BankAnswer, answer_id)
    if kept is None or kept.company_id != company_id:
        raise NotFoundError(say("There is no such answer."))
    return lines_of(session, company_id, _said(session, kept, vault))


def apply_answer(session: Session, command: ApplyAnswer, *, vault: Vault, clock: Clock) -> int:
    """Take an answer over: what it says is paid is paid, what it says came back is held.

    Returns how many payments changed; a second time none does. Lines in doubt are left alone.
    """
    lines = answer_lines(session, command.company_id, command.answer_id, vault)
    kept = lock_one(session, BankAnswer, command.answer_id)
    if kept.applied_at is not None:
        return 0
    marks = {
        line.row.id: Mark(
            line.row.id,
            line.answer.fate,
            line.answer.on,
            line.answer.bank_reference,
            line.answer.code,
            line.answer.text,
        )
        for line in lines
        if line.row is not None and line.verdict in {Verdict.PAID, Verdict.RETURNED}
    }
    if not marks:
        raise BankError(say("Nothing in this answer changes a payment."))
    said = MarkRows(command.company_id, command.actor_id, list(marks.values()))
    changed = mark_rows(session, said, clock=clock)
    kept.applied_at, kept.applied_by_id = clock.now(), command.actor_id
    _log(session, kept, "apply", changed, clock)
    session.flush()
    return changed


def _said(session: Session, kept: BankAnswer, vault: Vault) -> list[Answer]:
    stored = open_file(session, _subject(kept))
    if stored is None:
        raise NotFoundError(say("There is no such answer."))
    sealed = b"".join(pieces(session, stored.id))
    content = vault.open(sealed, _subject(kept)).encode("latin-1")
    profile = profile_of(session, kept.company_id, kept.currency, vault)
    return read(content, profile.answers if profile else AnswerTable(), kept.currency)


def _subject(kept: BankAnswer) -> str:
    return f"bank_answer:{kept.public_id}"


def _log(session: Session, kept: BankAnswer, action: str, changed: int, clock: Clock) -> None:
    act = Act(
        _subject(kept),
        action,
        after={"name": kept.name, "sha256": kept.sha256, "changed": changed},
        company_id=kept.company_id,
    )
    actor_id = kept.uploaded_by_id if action == "upload" else kept.applied_by_id
    record(session, act, actor_id=actor_id, clock=clock)
