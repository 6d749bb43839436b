"""A stored slip worked out again, from what was stored with it and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from marketplace.domain.documents.rules import SlipDocument
from marketplace.domain.payroll.rules.day import pay_day
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.frozen import from_json, text_of
from marketplace.domain.payroll.rules.lines import total
from marketplace.domain.payroll.rules.paper import Pen, printed_lines
from marketplace.domain.payroll.rules.reversals import KEPT, TAKEN, negated
from marketplace.domain.payroll.rules.shapes import Deal, PayError, PayLine, Payment, WorkedDay
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.domain.payroll.rules.tables import Scheme
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.domain.payroll.rules.withholding import withhold
from marketplace.kernel.sentences import say

REVERSAL: Final = "reversal"


@dataclass(frozen=True, slots=True)
class Books:
    """Every agreement by id, and the versions of every scheme by id."""

    agreements: Mapping[str, Agreement]
    schemes: Mapping[str, Sequence[Scheme]]

    def agreement(self, version: str) -> Agreement:
        """Return "us_film_crew_12@2024-08-01"; raises PayError when it is not here any more."""
        name, _, _ = version.partition("@")
        found = self.agreements.get(name)
        if found is None or found.row("").strip() != version:
            raise _gone(version)
        return found

    def scheme(self, version: str) -> Scheme:
        """Return "us_contractor@2026-01-01"; raises PayError when it is not here any more."""
        name, _, since = version.partition("@")
        for found in self.schemes.get(name, ()):
            if found.effective_from == date.fromisoformat(since):
                return found
        raise _gone(version)


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of a slip. reversed_lines: of the slip that a reversal takes back."""

    kind: str
    inputs: Mapping[str, Any]
    lines: tuple[PayLine, ...]
    reversed_lines: tuple[PayLine, ...] = ()


def lines_again(stored: Stored, books: Books) -> tuple[PayLine, ...]:
    """Return the lines of a slip, worked out from its inputs and the versions they name.

    What was kept back from a person who agreed is a fact of the slip, not a calculation.
    Raises PayError when a version is not here any more, or refuses the inputs today.
    """
    if stored.kind == REVERSAL:
        return tuple(negated(one) for one in stored.reversed_lines)
    inputs = stored.inputs
    deal, day = from_json(Deal, inputs["deal"]), from_json(WorkedDay, inputs["day"])
    agreement = books.agreement(inputs["agreement"])
    earnings = pay_day(deal, day, agreement)
    payment = from_json(Payment, inputs["payment"])
    withholdings = withhold(payment, books.scheme(inputs["scheme"]))
    kept = (one for one in stored.lines if one.code in KEPT)
    return (*earnings.lines, *withholdings, *commission_lines(deal, earnings, agreement), *kept)


def totals_again(lines: Sequence[PayLine], currency: str) -> Totals:
    """Return what lines add up to; memos count nowhere."""
    withheld, deducted = (
        total((one for one in lines if one.kind == kind), currency) for kind in TAKEN
    )
    earned = (one for one in lines if one.kind not in TAKEN)
    return Totals(total(earned, currency), withheld, deducted)


def first_difference(
    stored: Sequence[PayLine],
    found: Sequence[PayLine],
) -> tuple[int, PayLine | None, PayLine | None] | None:
    """Return the first line, counted from 1, that is not the same byte for byte."""
    pairs = zip_longest(stored, found)
    for place, (one, other) in enumerate(pairs, start=1):
        if one is None or other is None or text_of(one) != text_of(other):
            return place, one, other
    return None


def document_again(
    document: SlipDocument,
    lines: Sequence[PayLine],
    totals: Totals,
    pen: Pen,
) -> SlipDocument:
    """Return a stored paper with all that can be worked out put in anew.

    Names, dates, sums of the year and the Chinese words stay: they are not worked out.
    """
    printed = printed_lines(lines, pen)
    if len(printed) != len(document.lines):
        return replace(document, lines=printed)
    return replace(
        document,
        lines=tuple(
            replace(old, label=new.label, detail=new.detail, rule=new.rule, amount=new.amount)
            for old, new in zip(document.lines, printed, strict=True)
        ),
        gross=pen.amount(totals.gross),
        withheld=pen.taken(totals.withheld),
        deductions=pen.taken(totals.deducted),
        net=pen.amount(totals.net),
    )


def _gone(version: str) -> PayError:
    return PayError(say("The version %(version)s is not here any more.", version=version))
