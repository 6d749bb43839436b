"""The frozen shape of a pay slip: what is printed, word for word, and kept with the slip.

Every value is a display string: amounts, times and lengths were formatted before. The JSON of a
document is what is stored, and the same document always gives the same paper.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, NamedTuple, Self, get_args
from urllib.parse import quote

from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import say

LineKind = Literal["earning", "penalty", "allowance", "withholding", "deduction", "memo"]
"""Where a line stands on the slip; `memo` lines (the employer's side) are in no total."""

Paper = Literal["A4", "Letter"]
Language = Literal["en+zh"]

LINE_KINDS: Final[tuple[LineKind, ...]] = get_args(LineKind)
PAPERS: Final[tuple[Paper, ...]] = get_args(Paper)
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

ORIGINAL: Final = "original"
"""The status of a slip that corrects nothing; any other status is worded on the paper."""


CODE_LENGTH: Final = 12
"""How many characters of the digest prove that somebody holds the paper: 48 bits."""

LATER: Final = {"later": True}
"""Marks a field that slips stored before it have not: left out of the JSON when it is empty."""

Texts = dict[str, Any]
"""The fields of one stored object: texts and tuples of texts."""


class SlipDocumentError(DomainError):
    """Stored data that is not a pay slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who pays: the legal employer, never the title of the show."""

    name: str
    second_name: str = ""
    address_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Who is paid. `payee_id` is an id of ours or the last four of a tax id, never more."""

    legal_name: str
    stage_name: str = ""
    payee_id: str = ""
    address_lines: tuple[str, ...] = ()


class Part(NamedTuple):
    """One part of the explanation of a line: detail, cause, mark or rule."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """One printed line, e.g. label "Overtime × 1.5", detail "2.0 h × $46.4286 × 1.5".

    label: English; label_second: the same in Chinese.
    rule: which clause made the line; cause: what happened, for penalties above all.
    mark: what kind of money it is: "Not taxed".
    amount, ytd: signed as printed; ytd may be empty.
    """

    kind: LineKind
    label: str
    label_second: str = ""
    detail: str = ""
    rule: str = ""
    cause: str = ""
    amount: str
    ytd: str = ""
    mark: str = field(default="", metadata=LATER)

    @property
    def explained(self) -> tuple[Part, ...]:
        """How the amount came about: the same words on page, paper and in tables."""
        parts = (
            Part("detail", self.detail),
            Part("cause", self.cause),
            Part("mark", self.mark),
            Part("rule", self.rule),
        )
        return tuple(part for part in parts if part.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipDocument:
    """Everything a pay slip says.

    status: `ORIGINAL`, or worded: "correction of PS-2026-000017 · 更正".
    issued_at, pay_date, shoot_date, call, wrap, meals, worked_hours: already formatted.
    agreement, scheme: id and version, as "us_crew_12@2026-01-01".
    production_second, second names: the Chinese (or other) name, empty when there is none.
    notes: sentences printed at the foot, each a paragraph.
    data_digest: see `fingerprint`; set by `sealed`.
    run: the number of the pay run; cycle: how often this work is paid.
    rates: hours at each hourly rate, as "2.5 h × 69.6429".
    taxed_on, untaxed: what of the gross is taxed and what is not; premium: what overtime pays
    above the straight rate.
    """

    number: str
    status: str = ORIGINAL
    language: Language = "en+zh"
    paper: Paper = "A4"
    currency: str
    pay_date: str
    issued_at: str
    employer: Party
    payee: Payee
    production: str
    production_second: str = ""
    registration_number: str = ""
    role: str
    shoot_date: str
    shoot_day_label: str = ""
    zone: str
    call: str
    wrap: str
    meals: str = ""
    worked_hours: str
    agreement: str
    scheme: str
    period: str
    lines: tuple[SlipLine, ...]
    gross: str
    withheld: str
    deductions: str
    net: str
    ytd_gross: str = ""
    ytd_withheld: str = ""
    ytd_net: str = ""
    payment_method: str = ""
    payment_reference: str = ""
    notes: tuple[str, ...] = ()
    contact: str = ""
    dispute_by: str = ""
    data_digest: str = ""
    verify_url: str = ""
    run: str = field(default="", metadata=LATER)
    engagement: str = field(default="", metadata=LATER)
    cycle: str = field(default="", metadata=LATER)
    rates: tuple[str, ...] = field(default=(), metadata=LATER)
    taxed_on: str = field(default="", metadata=LATER)
    untaxed: str = field(default="", metadata=LATER)
    premium: str = field(default="", metadata=LATER)
    ytd_deductions: str = field(default="", metadata=LATER)

    def __post_init__(self) -> None:
        """Refuse a paper, language or kind of line nobody knows how to print."""
        if self.paper not in PAPERS or self.language not in LANGUAGES:
            raise SlipDocumentError(say("This pay slip names an unknown paper or language."))
        if any(line.kind not in LINE_KINDS for line in self.lines):
            raise SlipDocumentError(say("This pay slip holds a line of an unknown kind."))

    def to_json(self) -> str:
        """Return the canonical JSON: the same document is always the same text.

        What was added to slips later is there only when it says something, so that the JSON and
        the digest of a slip stay what they were when it was issued.
        """
        stored: Texts = {
            "employer": _said(self.employer),
            "payee": _said(self.payee),
            "lines": [_said(line) for line in self.lines],
        }
        return json.dumps(
            _said(self) | stored,
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises SlipDocumentError when the text is not exactly one slip.
        """
        try:
            return cls(**_read(json.loads(text)))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise SlipDocumentError(say("The stored pay slip cannot be read.")) from error


def fingerprint(document: SlipDocument) -> str:
    """Return the SHA-256 of all the data, without the digest itself and the address built on it."""
    bare = replace(document, data_digest="", verify_url="")
    return hashlib.sha256(bare.to_json().encode()).hexdigest()


def sealed(document: SlipDocument, verify_url: str = "") -> SlipDocument:
    """Return the document with its digest on it; `{digest}` in the address becomes the digest."""
    digest = fingerprint(document)
    address = verify_url.replace("{digest}", digest)
    return replace(document, data_digest=digest, verify_url=address)


def code_of(digest: str) -> str:
    """Return the code that goes with the number of a slip to prove it genuine."""
    return digest[:CODE_LENGTH]


def addressed(document: SlipDocument, site: str) -> SlipDocument:
    """Return a sealed document with the address that proves it genuine.

    site: where this installation is reached; the address is no part of the digest.
    """
    if document.verify_url or not document.data_digest or not site:
        return document
    where = f"{site}/verify/{quote(document.number, safe='')}"
    return replace(document, verify_url=f"{where}?code={code_of(document.data_digest)}")


def _said(shape: Party | Payee | SlipLine | SlipDocument) -> Texts:
    """Return the fields of an object without those that came later and are empty."""
    always, later = NAMES[type(shape)]
    said = {name: getattr(shape, name) for name in always}
    return said | {name: value for name in later if (value := getattr(shape, name))}


NAMES: Final = {
    shape: (
        [one.name for one in fields(shape) if not one.metadata],
        [one.name for one in fields(shape) if one.metadata],
    )
    for shape in (Party, Payee, SlipLine, SlipDocument)
}
"""The names of the fields that are always stored, and of those that came later."""


def _read(stored: dict[str, Any]) -> Texts:
    lines = [_texts(SlipLine, line) for line in stored["lines"]]
    return _texts(SlipDocument, stored) | {
        "employer": Party(**_texts(Party, stored["employer"])),
        "payee": Payee(**_texts(Payee, stored["payee"])),
        "lines": tuple(SlipLine(**line) for line in lines),
    }


def _texts(shape: type[Party | Payee | SlipLine | SlipDocument], stored: dict[str, Any]) -> Texts:
    """Return the texts and lists of texts of one stored object; unknown or missing keys raise."""
    known = {one.name for one in fields(shape)}
    always = {one.name for one in fields(shape) if not one.metadata}
    if not always <= stored.keys() <= known:
        raise ValueError(shape.__name__)
    return {name: _text(value) for name, value in stored.items() if not _is_nested(name)}


def _is_nested(name: str) -> bool:
    return name in {"employer", "payee", "lines"}


def _text(value: object) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return tuple(value)
    raise TypeError(type(value).__name__)
