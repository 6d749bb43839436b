"""A pay slip taken apart: which words stand in which field, and the layout those fields make.

Words are cleaned, measured with the pinned fonts and broken into lines here, so that the layout
is a function of how many lines each field has. What fits no field is set loosely instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from marketplace.adapters.pdf.fonts import Faces
from marketplace.domain.documents.rules import ORIGINAL, LineKind, SlipDocument, SlipLine

POINTS_A_MM: Final = 72 / 25.4

GROUPS: Final[tuple[tuple[str, tuple[LineKind, ...], str, str], ...]] = (
    ("gross", ("earning", "penalty", "allowance"), "Gross pay", "应发合计"),
    ("withheld", ("withholding",), "Withheld", "代扣合计"),
    ("deductions", ("deduction",), "Other deductions", "其他扣款合计"),
    ("net", (), "Net pay", "实发金额"),
    ("memo", ("memo",), "Paid by the employer on top, not taken from you", "雇主另付，不从薪资扣除"),
)
"""Name, kinds of lines, and headings of each part of the table, total first."""

WORDS: Final = re.compile(r" |[\u2e80-\uffef][、。，；：！？）》】”’…]*|[^ \u2e80-\uffef]+")
"""What a line may be broken between: words, and single Chinese characters with what closes them."""

JOINERS: Final = "\u200c\u200d"


RIGHT: Final = re.compile(
    r"number|status|issued|net|pay_date|payment\..*|total\..*|ytd\..*|line\.\d+\.(amount|ytd)",
)
"""Fields the style sheet sets flush right."""


class NoFitError(Exception):
    """The words of a slip fit no plate: they are too wide, too many, or need shaping."""


@dataclass(frozen=True, slots=True)
class Field:
    """The words of one field and the room it has."""

    name: str
    text: str
    width_mm: float
    points: float = 8.5
    lines: int = 1
    weight: str = "text"


@dataclass(frozen=True, slots=True)
class Layout:
    """All that decides where things stand: slips of one layout differ in words alone."""

    paper: str
    currency: str
    rows: tuple[LineKind, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """The words of a slip by field and line, and their layout."""

    title: str
    layout: Layout
    lines: dict[str, tuple[str, ...]]


def clean(text: str) -> str:
    """Return a text as it is printed: composed, spaces single, nothing invisible."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(
        character
        for character in composed
        if character in JOINERS
        or character.isspace()
        or not unicodedata.category(character).startswith("C")
    )
    return " ".join(visible.split())


def is_right(name: str) -> bool:
    """Say whether a field ends at the right edge of its room."""
    return RIGHT.fullmatch(name) is not None


def loosely(document: SlipDocument) -> Composition:
    """Return the words unbroken, each field one line that the layout engine may wrap."""
    return _composition(
        document,
        {field.name: (field.text,) for field in fields(document) if field.text},
    )


def compose(document: SlipDocument, faces: Faces) -> Composition:
    """Return the words broken into lines.

    Raises NoFitError when a field has no room for its words.
    """
    return _composition(
        document,
        {field.name: broken(field, faces) for field in fields(document) if field.text},
    )


def broken(field: Field, faces: Faces) -> tuple[str, ...]:
    """Break the words of a field into lines that fit its width."""
    room = field.width_mm * POINTS_A_MM * 1000 / field.points
    if faces.width(field.text, field.weight) <= room:
        return (field.text,)
    lines = [""]
    for word in WORDS.findall(field.text):
        if faces.width(lines[-1] + word, field.weight) <= room:
            lines[-1] += word
        else:
            lines.append(word.strip())
    kept = tuple(line.strip() for line in lines if line.strip())
    if len(kept) > field.lines or any(faces.width(line, field.weight) > room for line in kept):
        raise NoFitError(field.name)
    return kept


def fields(document: SlipDocument) -> Iterator[Field]:
    """Yield every field of a slip with its cleaned words, empty ones too."""
    for field in _raw_fields(document):
        yield Field(
            field.name,
            clean(field.text),
            field.width_mm,
            field.points,
            field.lines,
            field.weight,
        )


def groups(rows: tuple[LineKind, ...]) -> list[dict[str, object]]:
    """Return the parts of the table that have lines: headings, and each line's place and kind.

    A part with a total is printed even when it has no line: nothing withheld is said, not hidden.
    """
    parts = [
        {
            "name": name,
            "english": english,
            "chinese": chinese,
            "rows": [(f"line.{place}", kind) for place, kind in enumerate(rows) if kind in kinds],
        }
        for name, kinds, english, chinese in GROUPS
    ]
    return [part for part in parts if part["rows"] or part["name"] != "memo"]


def _composition(document: SlipDocument, lines: dict[str, tuple[str, ...]]) -> Composition:
    return Composition(
        title=f"Pay slip {clean(document.number)}",
        layout=Layout(
            paper=document.paper,
            currency=clean(document.currency),
            rows=tuple(line.kind for line in document.lines),
            counts=tuple((name, len(words)) for name, words in lines.items()),
        ),
        lines=lines,
    )


def _raw_fields(document: SlipDocument) -> Iterator[Field]:
    yield from _head(document)
    yield from _hero(document)
    yield from _facts(document)
    for place, line in enumerate(document.lines):
        yield from _line(f"line.{place}", line)
    yield from _totals(document)
    yield from _foot(document)


def _head(document: SlipDocument) -> Iterator[Field]:
    employer = document.employer
    status = "" if document.status == ORIGINAL else document.status
    yield Field("employer.name", employer.name, 106, 12.5)
    yield Field("employer.second", employer.second_name, 106, 9)
    yield Field("employer.address", ", ".join(employer.address_lines), 104, 6.8, lines=2)
    yield Field("number", document.number, 74, weight="bold")
    yield Field("status", status, 74, lines=2)
    yield Field("issued", _labelled("Issued 签发", document.issued_at), 74, 6.8)


def _hero(document: SlipDocument) -> Iterator[Field]:
    payee = document.payee
    stage = _labelled("Known as 艺名", payee.stage_name)
    method = _labelled("By 方式", document.payment_method)
    reference = _labelled("Reference 参考号", document.payment_reference)
    yield Field("payee.name", payee.legal_name, 100, 11.5)
    yield Field("payee.stage", stage, 100, 7.6)
    yield Field("payee.id", _labelled("ID 编号", payee.payee_id), 100, 6.8)
    yield Field("payee.address", ", ".join(payee.address_lines), 100, 6.8, lines=2)
    yield Field("net", document.net, 67, 19, weight="bold")
    yield Field("pay_date", _labelled("Pay date 发薪日", document.pay_date), 67, 6.8)
    yield Field("payment.method", method, 67, 6.8, lines=2)
    yield Field("payment.reference", reference, 67, 6.8)


def _facts(document: SlipDocument) -> Iterator[Field]:
    yield Field("production", document.production, 57, lines=2)
    yield Field("production.second", document.production_second, 57, 7.6, lines=2)
    yield Field("role", document.role, 57, lines=2)
    yield Field("registration", document.registration_number, 57, lines=2)
    yield Field("shoot.date", document.shoot_date, 57)
    yield Field("shoot.label", document.shoot_day_label, 57, 7.6, lines=2)
    yield Field("hours", f"{document.call} – {document.wrap}", 57, lines=2)
    yield Field("zone", document.zone, 57, 7.6)
    yield Field("meals", document.meals, 57, lines=3)
    yield Field("worked", document.worked_hours, 57)
    yield Field("period", document.period, 57, lines=2)
    yield Field("agreement", document.agreement, 57, lines=2)
    yield Field("scheme", document.scheme, 57, 7.6, lines=2)


def _line(place: str, line: SlipLine) -> Iterator[Field]:
    yield Field(f"{place}.label", line.label, 58, lines=2)
    yield Field(f"{place}.second", line.label_second, 58, 7.6, lines=2)
    yield Field(f"{place}.detail", line.detail, 66, lines=3)
    yield Field(f"{place}.cause", line.cause, 66, 6.8, lines=4)
    yield Field(f"{place}.rule", line.rule, 66, 6.8, lines=3)
    yield Field(f"{place}.amount", line.amount, 27)
    yield Field(f"{place}.ytd", line.ytd, 24)


def _totals(document: SlipDocument) -> Iterator[Field]:
    yield Field("total.gross", document.gross, 28, weight="bold")
    yield Field("total.withheld", document.withheld, 28, weight="bold")
    yield Field("total.deductions", document.deductions, 28, weight="bold")
    yield Field("total.net", document.net, 34, 10.5, weight="bold")
    yield Field("ytd.gross", document.ytd_gross, 24)
    yield Field("ytd.withheld", document.ytd_withheld, 24)
    yield Field("ytd.net", document.ytd_net, 24)


def _foot(document: SlipDocument) -> Iterator[Field]:
    for place, note in enumerate(document.notes):
        yield Field(f"note.{place}", note, 182, 6.8, lines=4)
    yield Field("contact", _labelled("Questions 咨询", document.contact), 182, 6.8, lines=2)
    yield Field("dispute_by", _labelled("Dispute by 异议期限", document.dispute_by), 182, 6.8)
    digest = _labelled("SHA-256", document.data_digest)
    yield Field("digest", digest, 182, 6.2, weight="mono")
    yield Field("verify", _labelled("Verify 核验", document.verify_url), 182, 6.8, lines=2)


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""
