"""ACH credits for American banks: lines of 94 signs, in blocks of ten lines.

One batch for persons (PPD) and one for companies (CCD), each only when it has entries.
Layout: Nacha Operating Rules, appendix three, as reprinted by several banks' guides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from marketplace.domain.banking.rules.numbers import PREFIX, BankError, total_of
from marketplace.domain.banking.rules.orders import AccountKind, Batch, Credit, plain_ascii
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

WIDTH: Final = 94
LINES_A_BLOCK: Final = 10
FILE_RECORDS: Final = 2
BATCH_RECORDS: Final = 2
HASH_DIGITS: Final = 10
LONGEST_ACCOUNT: Final = 17
MOST_CENTS: Final = 10**10
TRACES: Final = 10_000
"""How many entries a file's trace numbers tell apart."""
CREDITS_ONLY: Final = "220"
PURPOSE: Final = "PAYROLL"
CODES: Final = {AccountKind.CHECKING: "22", AccountKind.SAVINGS: "32", AccountKind.COMPANY: "22"}


@dataclass(frozen=True, slots=True)
class FileTotals:
    """What the control records of a credit file must say."""

    entry_hash: str
    entry_count: int
    blocks: int
    lines: int
    credit: Money


def file_totals(
    routings: Sequence[str],
    amounts: Sequence[Money],
    batches: int = 1,
) -> FileTotals:
    """Return the totals of one file of credits, padded to whole blocks.

    Raises BankError when accounts and amounts do not pair up.
    """
    if len(routings) != len(amounts) or not amounts:
        raise BankError(say("Every entry of a bank file needs an account and an amount."))
    hashed = sum(int(routing[:PREFIX]) for routing in routings) % 10**HASH_DIGITS
    records = FILE_RECORDS + BATCH_RECORDS * batches + len(amounts)
    blocks = -(-records // LINES_A_BLOCK)
    return FileTotals(
        entry_hash=f"{hashed:0{HASH_DIGITS}d}",
        entry_count=len(amounts),
        blocks=blocks,
        lines=blocks * LINES_A_BLOCK,
        credit=total_of(amounts),
    )


def trace(number: int, position: int) -> int:
    """Return the last seven digits of a trace number: a thousand files apart, then anew."""
    return number % 1000 * TRACES + position


def write(batch: Batch) -> bytes:
    """Return the file. Raises BankError for what ACH cannot carry."""
    numbered = list(enumerate(batch.credits, 1))
    persons = [one for one in numbered if one[1].to.kind is not AccountKind.COMPANY]
    companies = [one for one in numbered if one[1].to.kind is AccountKind.COMPANY]
    groups = [(sec, found) for sec, found in (("PPD", persons), ("CCD", companies)) if found]
    lines = [_file_header(batch)]
    for place, (sec, found) in enumerate(groups, 1):
        lines += _batch_lines(batch, place, sec, found)
    totals = _totals([credit for _, credit in numbered], len(groups))
    lines.append(
        f"9{len(groups):06d}{totals.blocks:06d}{totals.entry_count:08d}{totals.entry_hash}"
        f"{0:012d}{totals.credit.minor:012d}{'':39}",
    )
    lines += ["9" * WIDTH] * (totals.lines - len(lines))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _file_header(batch: Batch) -> str:
    payer = batch.payer
    return (
        f"101 {payer.routing:9}{_company(batch)}{_moment(batch.made_at)}A094101"
        f"{_text(payer.bank, 23)}{_text(payer.name, 23)}{batch.number:8d}"
    )


def _batch_lines(
    batch: Batch,
    place: int,
    sec: str,
    entries: list[tuple[int, Credit]],
) -> Iterator[str]:
    name, company = _text(batch.payer.name, 16), _company(batch)
    bank = batch.payer.routing[:PREFIX]
    on = f"{batch.value_date:%y%m%d}"
    yield (f"5{CREDITS_ONLY}{name}{'':20}{company}{sec}{PURPOSE:10}{on}{on}   1{bank}{place:07d}")
    for position, credit in entries:
        yield _entry(credit, f"{bank}{trace(batch.number, position):07d}")
    totals = _totals([credit for _, credit in entries], 1)
    yield (
        f"8{CREDITS_ONLY}{totals.entry_count:06d}{totals.entry_hash}{0:012d}"
        f"{totals.credit.minor:012d}{company}{'':19}{'':6}{bank}{place:07d}"
    )


def _entry(credit: Credit, trace_number: str) -> str:
    to = credit.to
    if len(to.number) > LONGEST_ACCOUNT or credit.amount.minor >= MOST_CENTS:
        raise BankError(say("An ACH payment cannot hold this account number or amount."))
    return (
        f"6{CODES[to.kind]}{to.routing}{to.number:17}{credit.amount.minor:010d}"
        f"{credit.reference:15.15}{_text(to.name, 22)}  0{trace_number}"
    )


def _totals(entries: Sequence[Credit], batches: int) -> FileTotals:
    routings = [credit.to.routing for credit in entries]
    return file_totals(routings, [credit.amount for credit in entries], batches)


def _text(text: str, width: int) -> str:
    return f"{plain_ascii(text):{width}.{width}}"


def _company(batch: Batch) -> str:
    return f"{plain_ascii(batch.company_id):10.10}"


def _moment(at: datetime) -> str:
    return f"{at:%y%m%d%H%M}"
