"""What the pages about bank files show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort

from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.banking.queries import bank_days
from marketplace.domain.banking.rules.orders import ENDINGS
from marketplace.domain.documents.queries import open_file, pieces
from marketplace.domain.payments.queries import bank_answers, bank_files, bank_profiles
from marketplace.domain.payments.queries.bank_answers import AnswerRow
from marketplace.domain.payments.queries.bank_files import DueRow, FileRow, HeldRow
from marketplace.domain.payments.queries.bank_profiles import ProfileRow
from marketplace.domain.payments.services.bank_files import content_of, file_subject, find_file
from marketplace.kernel.zones import local_date
from marketplace.web.access import the_company
from marketplace.web.extensions import clock, outside, reading


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything about a company's bank files on one page."""

    pays_by: PaysBy
    profiles: list[ProfileRow]
    due: list[DueRow]
    held: list[HeldRow]
    files: list[FileRow]
    answers: list[AnswerRow]

    @property
    def is_set_up(self) -> bool:
        """Whether the company pays by itself, or still has payments that wait for a file."""
        return self.pays_by is PaysBy.OWN_BANK or bool(self.due or self.files)

    def profile(self, currency: str) -> ProfileRow | None:
        """Return the account of a currency."""
        return next((one for one in self.profiles if one.currency == currency), None)


def overview() -> Overview:
    """Return the overview of this page's company."""
    session, company = reading(), the_company().id
    return Overview(
        pays_by=bank_profiles.pays_by(session, company),
        profiles=bank_profiles.profiles(session, company),
        due=bank_files.due(session, company),
        held=bank_files.held(session, company),
        files=bank_files.bank_files(session, company),
        answers=bank_answers.answers(session, company),
    )


def the_file(public_id: str) -> FileRow:
    """Return a file of this page's company; 404 when it is not theirs."""
    return bank_files.bank_file(reading(), the_company().id, public_id) or abort(404)


def the_answer(public_id: str) -> AnswerRow:
    """Return an answer of this page's company; 404 when it is not theirs."""
    return bank_answers.answer_row(reading(), the_company().id, public_id) or abort(404)


def today_of(currency: str) -> date:
    """Return the date at the banks of a currency."""
    return local_date(clock().now(), bank_days(currency).zone)


def content(public_id: str) -> tuple[bytes, str, str]:
    """Return the bytes of a file as the bank gets them, its name and its media type."""
    session, vault = reading(), outside().vault
    made = find_file(session, the_company().id, public_id)
    stored = open_file(session, file_subject(made.public_id)) or abort(404)
    sealed = b"".join(pieces(session, stored.id))
    row = the_file(public_id)
    ending, media_type = ENDINGS[row.format]
    name = f"{made.value_date:%Y%m%d}-{made.currency}-{made.number}.{ending}"
    return content_of(session, made.id, sealed, vault), name, media_type
