"""A pay slip taken apart: which words stand in which field, and the layout those fields make.

Words are cleaned, measured with the pinned fonts and broken into lines here, so that the layout
is a function of how many lines each field has. What fits no field is set loosely instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from marketplace.adapters.pdf.fonts import Faces
from marketplace.domain.documents.rules import ORIGINAL, LineKind, SlipDocument, SlipLine

POINTS_A_MM: Final = 72 / 25.4

GROUPS: Final[tuple[tuple[str, tuple[LineKind, ...], str, str], ...]] = (
    ("gross", ("earning", "penalty", "allowance"), "Gross pay", "应发合计"),
    ("withheld", ("withholding",), "Withheld", "代扣合计"),
    ("deductions", ("deduction",), "Other deductions", "其他扣款合计"),
    ("net", (), "Net pay", "实发金额"),
    (
        "memo",
        ("memo",),
        "Paid by the employer on top, not taken from you",
        "雇主另付，不从薪资扣除",
    ),
)
"""Name, kinds of lines, and headings of each part of the table, total first."""

WORDS: Final = re.compile(r" |[\u2e80-\uffef][、。，；：！？）》】”’…]*|[^ @\u2e80-\uffef]+@?|@")
"""What a line may be broken between: words, single Chinese characters with what closes them, and
behind the @ of a version or an address."""

JOINERS: Final = "\u200c\u200d"


RIGHT: Final = re.compile(
    r"number|status|issued|run|net|pay_date|payment\..*|total\..*|ytd\..*|line\.\d+\.(amount|ytd)",
)
"""Fields the style sheet sets flush right."""


class NoFitError(Exception):
    """The words of a slip fit no plate: they are too wide, too many, or need shaping."""


class Field(NamedTuple):
    """The words of one field, clean, and the room they have."""

    name: str
    text: str
    width_mm: float
    points: float
    lines: int
    weight: str


@dataclass(frozen=True, slots=True)
class Layout:
    """All that decides where things stand: slips of one layout differ in words alone."""

    paper: str
    currency: str
    rows: tuple[LineKind, ...]
    counts: tuple[tuple[str, int], ...]


class Group(NamedTuple):
    """One part of the table: its headings in both languages, and the places of its lines."""

    name: str
    english: str
    chinese: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """The words of a slip by field and line, and their layout."""

    title: str
    layout: Layout
    lines: dict[str, tuple[str, ...]]


def clean(text: str) -> str:
    """Return a text as it is printed: composed, spaces single, nothing invisible."""
    if not (text.isprintable() and unicodedata.is_normalized("NFC", text)):
        composed = unicodedata.normalize("NFC", text)
        text = "".join(character for character in composed if _is_visible(character))
    return " ".join(text.split())


def is_right(name: str) -> bool:
    """Say whether a field ends at the right edge of its room."""
    return RIGHT.fullmatch(name) is not None


def loosely(document: SlipDocument, words: Iterable[Field]) -> Composition:
    """Return the words unbroken, each field one line that the layout engine may wrap."""
    return _composition(document, {field.name: (field.text,) for field in words})


def compose(document: SlipDocument, words: Iterable[Field], faces: Faces) -> Composition:
    """Return the words broken into lines.

    Raises NoFitError when a field has no room for its words, or no plain way to print them.
    """
    try:
        return _composition(document, {field.name: broken(field, faces) for field in words})
    except KeyError as character:
        raise NoFitError(str(character)) from character


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


def fields(document: SlipDocument) -> list[Field]:
    """Return the fields of a slip that have words."""
    return [field for field in _fields(document) if field.text]


def groups(rows: tuple[LineKind, ...]) -> list[Group]:
    """Return the parts of the table: headings, and each line's place.

    A part with a total is printed even when it has no line: nothing withheld is said, not hidden.
    """
    parts = [
        Group(
            name,
            english,
            chinese,
            rows=tuple(f"line.{place}" for place, kind in enumerate(rows) if kind in kinds),
        )
        for name, kinds, english, chinese in GROUPS
    ]
    return [part for part in parts if part.rows or part.name != "memo"]


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


def _fields(document: SlipDocument) -> Iterator[Field]:
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
    yield _field("employer.name", employer.name, 106, 12.5)
    yield _field("employer.second", employer.second_name, 106, 9)
    yield _field("employer.address", ", ".join(employer.address_lines), 104, 6.8, lines=2)
    yield _field("number", document.number, 74, weight="bold")
    yield _field("status", status, 74, lines=2)
    yield _field("issued", _labelled("Issued 签发", document.issued_at), 74, 6.8)
    yield _field("run", _labelled("Pay run 批次", document.run), 74, 6.8)


def _hero(document: SlipDocument) -> Iterator[Field]:
    payee = document.payee
    stage = _labelled("Known as 艺名", payee.stage_name)
    method = _labelled("By 方式", document.payment_method)
    reference = _labelled("Reference 参考号", document.payment_reference)
    yield _field("payee.name", payee.legal_name, 100, 11.5)
    yield _field("payee.stage", stage, 100, 7.6)
    yield _field("payee.id", _labelled("ID 编号", payee.payee_id), 100, 6.8)
    yield _field("payee.address", ", ".join(payee.address_lines), 100, 6.8, lines=2)
    yield _field("net", document.net, 67, 19, weight="bold")
    yield _field("pay_date", _labelled("Pay date 发薪日", document.pay_date), 67, 6.8)
    yield _field("payment.method", method, 67, 6.8, lines=2)
    yield _field("payment.reference", reference, 67, 6.8)


def _facts(document: SlipDocument) -> Iterator[Field]:
    yield _field("production", document.production, 57, lines=2)
    yield _field("production.second", document.production_second, 57, 7.6, lines=2)
    yield _field("role", document.role, 57, lines=2)
    yield _field("engagement", document.engagement, 57, 7.6, lines=2)
    yield _field("registration", document.registration_number, 57, lines=2)
    yield _field("shoot.date", document.shoot_date, 57)
    yield _field("shoot.label", document.shoot_day_label, 57, 7.6, lines=2)
    yield _field("hours", " – ".join(filter(None, (document.call, document.wrap))), 57, lines=2)
    yield _field("zone", document.zone, 57, 7.6)
    yield _field("meals", document.meals, 57, lines=3)
    yield _field("worked", document.worked_hours, 57)
    yield _field("period", document.period, 57, lines=2)
    yield _field("cycle", document.cycle, 57, 7.6, lines=2)
    yield _field("agreement", document.agreement, 57, lines=2)
    yield _field("scheme", document.scheme, 57, 7.6, lines=2)
    for place, rate in enumerate(document.rates):
        yield _field(f"rates.{place}", rate, 57, 7.6 if place else 8.5, lines=2)
    yield _field("taxed", document.taxed_on, 57)
    yield _field("untaxed", _labelled("Not taxed 不计税", document.untaxed), 57, 7.6)
    yield _field("premium", document.premium, 57)


EXPLAINED: Final = {"detail": (8.5, 3), "cause": (6.8, 6), "mark": (6.8, 1), "rule": (6.8, 3)}
"""Size and most lines of each part of an explanation."""


def _line(place: str, line: SlipLine) -> Iterator[Field]:
    yield _field(f"{place}.label", line.label, 58, lines=2)
    yield _field(f"{place}.second", line.label_second, 58, 7.6, lines=2)
    for part in line.explained:
        points, most = EXPLAINED[part.name]
        yield _field(f"{place}.{part.name}", part.text, 63, points, lines=most)
    yield _field(f"{place}.amount", line.amount, 27)
    yield _field(f"{place}.ytd", line.ytd, 26, 7.6)


def _totals(document: SlipDocument) -> Iterator[Field]:
    yield _field("total.gross", document.gross, 28, weight="bold")
    yield _field("total.withheld", document.withheld, 28, weight="bold")
    yield _field("total.deductions", document.deductions, 28, weight="bold")
    yield _field("total.net", document.net, 34, 10.5, weight="bold")
    yield _field("ytd.gross", document.ytd_gross, 26, 7.6)
    yield _field("ytd.withheld", document.ytd_withheld, 26, 7.6)
    yield _field("ytd.deductions", document.ytd_deductions, 26, 7.6)
    yield _field("ytd.net", document.ytd_net, 26, 7.6)


def _foot(document: SlipDocument) -> Iterator[Field]:
    for place, note in enumerate(document.notes):
        yield _field(f"note.{place}", note, 182, 6.8, lines=4)
    yield _field("contact", _labelled("Questions 咨询", document.contact), 182, 6.8, lines=2)
    yield _field("dispute_by", _labelled("Dispute by 异议期限", document.dispute_by), 182, 6.8)
    digest = _labelled("SHA-256", document.data_digest)
    yield _field("digest", digest, 182, 6.2, weight="mono")
    yield _field("verify", _labelled("Verify 核验", document.verify_url), 182, 6.8, lines=2)


def _field(
    name: str,
    text: str,
    width_mm: float,
    points: float = 8.5,
    lines: int = 1,
    weight: str = "text",
) -> Field:
    return Field(name, clean(text), width_mm, points, lines, weight)


def _is_visible(character: str) -> bool:
    return (
        character in JOINERS
        or character.isspace()
        or not unicodedata.category(character).startswith("C")
    )


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""
