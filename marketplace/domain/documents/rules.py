"""The frozen shape of a pay slip: what is printed, word for word, and kept with the slip.

Every value is a display string: amounts, times and lengths were formatted before. The JSON of a
document is what is stored, and the same document always gives the same paper.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Literal, Self, get_args

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """One printed line, e.g. label "Overtime × 1.5", detail "2.0 h × $46.4286 × 1.5".

    label: English; label_second: the same in Chinese.
    rule: which clause made the line; cause: what happened, for penalties above all.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipDocument:
    """Everything a pay slip says.

    status: `ORIGINAL`, or worded: "correction of PS-2026-000017 · 更正".
    issued_at, pay_date, shoot_date, call, wrap, meals, worked_hours: already formatted.
    agreement, scheme: id and version, as "us_crew_12@2026-01-01".
    production_second, second names: the Chinese (or other) name, empty when there is none.
    notes: sentences printed at the foot, each a paragraph.
    data_digest: see `fingerprint`; set by `sealed`.
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

    def __post_init__(self) -> None:
        """Refuse a paper, language or kind of line nobody knows how to print."""
        if self.paper not in PAPERS or self.language not in LANGUAGES:
            raise SlipDocumentError(say("This pay slip names an unknown paper or language."))
        if any(line.kind not in LINE_KINDS for line in self.lines):
            raise SlipDocumentError(say("This pay slip holds a line of an unknown kind."))

    def to_json(self) -> str:
        """Return the canonical JSON: the same document is always the same text."""
        return json.dumps(
            asdict(self),
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


def _read(stored: dict[str, Any]) -> Texts:
    lines = [_texts(SlipLine, line) for line in stored["lines"]]
    return _texts(SlipDocument, stored) | {
        "employer": Party(**_texts(Party, stored["employer"])),
        "payee": Payee(**_texts(Payee, stored["payee"])),
        "lines": tuple(SlipLine(**line) for line in lines),
    }


def _texts(shape: type[Party | Payee | SlipLine | SlipDocument], stored: dict[str, Any]) -> Texts:
    """Return the texts and lists of texts of one stored object; unknown or missing keys raise."""
    if stored.keys() != {field.name for field in fields(shape)}:
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
