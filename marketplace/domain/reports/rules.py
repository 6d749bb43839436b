"""Filters of lists of slips, their totals, papers as sheets, and archives with safe names."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from marketplace.domain.payments.rules import PayoutState
from marketplace.kernel.errors import DomainError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

LONGEST_NAME: Final = 60
MOST_SLIPS: Final = 20_000
"""How many slips one archive holds at most."""

PDF: Final = "application/pdf"
ZIP: Final = "application/zip"

KEPT_FOR: Final = timedelta(days=7)
PATIENCE: Final = timedelta(hours=1)
"""How long an archive waits for papers that are still being printed."""

UNPRINTED: Final = "unprinted"
UNPRINTABLE: Final = "unprintable"
PROBLEMS: Final[dict[str, Sentence]] = {
    UNPRINTABLE: say("It holds letters that cannot be printed. Take it as a workbook instead."),
    UNPRINTED: say("Some of the pay slips could not be printed. Ask for them again later."),
}
"""Why an export failed, by code."""

ARCHIVE_MODE: Final = 0o100644 << 16
CHUNK: Final = 1024 * 1024


class ExportKind(StrEnum):
    """What an export holds: chosen slips, everything of a show, or one paper as a PDF."""

    SLIPS = "slips"
    SHOW = "show"
    PAPER = "paper"


class ExportError(DomainError):
    """An export that cannot be made."""


class PayoutStatus(StrEnum):
    """The states of a payment as an accountant filters by them."""

    PAID = "paid"
    ON_ITS_WAY = "on_its_way"
    WAITING = "waiting"
    NEEDS_YOU = "needs_you"
    NO_PAYMENT = "no_payment"


_S = PayoutState

STATES_OF: Final[dict[PayoutStatus, tuple[PayoutState, ...]]] = {
    PayoutStatus.PAID: (_S.PAID, _S.NOTHING_DUE),
    PayoutStatus.ON_ITS_WAY: (_S.SENDING, _S.SENT),
    PayoutStatus.WAITING: (_S.DUE,),
    PayoutStatus.NEEDS_YOU: (_S.HELD, _S.BLOCKED),
    PayoutStatus.NO_PAYMENT: (_S.CANCELLED,),
}
"""Every state of a payout has exactly one status; a slip without a payout has no payment."""


def status_of(state: PayoutState | None) -> PayoutStatus:
    """Return the status an accountant reads for a state; None: a reversal, which pays nobody."""
    if state is None:
        return PayoutStatus.NO_PAYMENT
    return next(status for status, states in STATES_OF.items() if state in states)


@dataclass(frozen=True, slots=True)
class SlipFilters:
    """Which slips of a company are meant; empty fields do not filter.

    text: stage name, role or slip number; name_index: keyed fingerprint of an exact legal name.
    production, run, payee: public ids. slips: public ids that were ticked; empty = all that match.
    paid_from, paid_to: the date of payment that the slip is taxed under; scheme: its tax rules.
    within: the ids of the productions the reader may see; None = all of the company.
    """

    text: str = ""
    name_index: str = ""
    production: str = ""
    run: str = ""
    worked_from: date | None = None
    worked_to: date | None = None
    status: PayoutStatus | None = None
    slips: tuple[str, ...] = ()
    paid_from: date | None = None
    paid_to: date | None = None
    scheme: str = ""
    payee: str = ""
    within: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What some slips of one currency add up to: gross = withheld + deducted + net."""

    slips: int
    gross: Money
    withheld: Money
    deducted: Money
    net: Money


class Kind(StrEnum):
    """What a column of a sheet holds; ids and account numbers are text, never numbers."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet."""

    title: Sentence
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere on a page; subject: "slip:k3m9…"."""

    text: str
    subject: str


Cell = str | int | Fraction | Money | date | Sentence | Link | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a paper: the page, the CSV, the workbook and the PDF all show this one value.

    facts: what stands above it, as label and value; totals: its last lines, one for each currency.
    rows may be read once only, so that a long register is never whole in memory.
    """

    title: Sentence
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    totals: tuple[Row, ...] = ()
    facts: tuple[tuple[Sentence, Cell], ...] = ()
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What an accountant asks for: one sheet, or one for each form. problem: why it may not leave.

    names: whether legal names are on it, so that every look at it is written down.
    """

    title: Sentence
    sheets: tuple[Sheet, ...]
    problem: Sentence | None = None
    has_names: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """What a paper is about; empty fields do not narrow. first, last: dates of payment."""

    run: str = ""
    production: str = ""
    first: date | None = None
    last: date | None = None
    status: PayoutStatus | None = None
    year: int | None = None
    payee: str = ""
    slip: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Scope:
        """Read an address, or what was kept of one; what cannot be read does not narrow."""
        status, year = values.get("status", ""), values.get("year", "")
        return cls(
            run=values.get("run", "")[:LONGEST_NAME],
            production=values.get("production", "")[:LONGEST_NAME],
            first=_date(values.get("from", "")),
            last=_date(values.get("to", "")),
            status=PayoutStatus(status) if status in set(PayoutStatus) else None,
            year=int(year) if re.fullmatch(r"20\d\d", year, re.ASCII) else None,
            payee=values.get("payee", "")[:LONGEST_NAME],
            slip=values.get("slip", "")[:LONGEST_NAME],
        )

    @property
    def args(self) -> dict[str, str]:
        """The scope as an address carries it; what does not narrow is left out."""
        found = {
            "run": self.run,
            "production": self.production,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "status": self.status or "",
            "year": str(self.year) if self.year else "",
            "payee": self.payee,
            "slip": self.slip,
        }
        return {name: value for name, value in found.items() if value}

    def filters(self, within: frozenset[int] | None) -> SlipFilters:
        """Return which slips are meant; a year narrows further than a period."""
        whole = (date(self.year, 1, 1), date(self.year, 12, 31)) if self.year else None
        first, last = whole or (self.first, self.last)
        return SlipFilters(
            run=self.run,
            production=self.production,
            status=self.status,
            paid_from=first,
            paid_to=last,
            payee=self.payee,
            within=within,
        )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def file_name(*parts: str, ending: str) -> str:
    """Return a file name of letters, digits and " ._-" in any script, safe on every system."""
    joined = unicodedata.normalize("NFKC", " ".join(part for part in parts if part))
    kept = "".join(sign if _is_safe(sign) else " " for sign in joined)
    tidy = re.sub(r"\.{2,}", ".", re.sub(r"\s+", " ", kept)).strip(" .")
    return f"{tidy[:LONGEST_NAME].strip(' .') or 'file'}.{ending}"


def _is_safe(sign: str) -> bool:
    """Say whether a sign is a letter, a mark on one, a digit, or one of " ._-"."""
    return unicodedata.category(sign)[0] in "LMN" or sign in " ._-"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive."""

    name: str
    written_at: datetime
    content: bytes


def archive(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a ZIP in pieces: one for each entry in order, then the directory.

    The same entries always give the same bytes, so that a writer who was stopped can go on
    where it was. Only one entry is in memory.
    """
    window = _Window()
    with zipfile.ZipFile(window, "w", zipfile.ZIP_STORED) as file:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, entry.written_at.timetuple()[:6])
            info.external_attr = ARCHIVE_MODE
            file.writestr(info, entry.content)
            yield window.take()
    yield window.take()


def chunks(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Cut pieces into chunks of one size, each with how many pieces it completes so far."""
    waiting = bytearray()
    count = 0
    for count, piece in enumerate(pieces, 1):
        waiting += piece
        while len(waiting) >= CHUNK:
            yield count, bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield count, bytes(waiting)


class _Window(io.BytesIO):
    """A file that forgets what was taken, and still knows its place in the whole."""

    def __init__(self) -> None:
        super().__init__()
        self._gone = 0

    def tell(self) -> int:
        return self._gone + super().tell()

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        there = place - self._gone if whence == io.SEEK_SET else place
        return self._gone + super().seek(there, whence)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        content = self.getvalue()
        self._gone += len(content)
        super().seek(0)
        self.truncate()
        return content
