"""Deal memos as papers: the terms both sides signed, as table and facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.booking.models import DealMemo, Offer
from marketplace.domain.booking.rules.cancelling import deal_words, read_policy
from marketplace.domain.casting.rules import Disclosure
from marketplace.domain.payroll.queries import agreements
from marketplace.domain.productions.rules import ENGAGEMENT_WORDS, Engagement
from marketplace.domain.reports.ports import Words
from marketplace.domain.reports.rules import Column, Kind, Paper, Row, Sheet
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import HOURS_A_DAY

TITLE: Final = say("Deal memo")
COLUMNS: Final = (
    Column(say("Date"), Kind.DATE),
    Column(say("Role")),
    Column(say("Call")),
    Column(say("Est. wrap")),
    Column(say("Rate per day"), Kind.MONEY),
    Column(say("Currency")),
    Column(say("Hours it covers")),
)
DISCLOSED: Final[dict[str, Sentence]] = {
    Disclosure.NIGHT: say("Night work"),
    Disclosure.SMOKE: say("Smoke"),
    Disclosure.WATER: say("Water"),
    Disclosure.STUNTS: say("Stunts"),
    Disclosure.INTIMACY: say("Intimacy"),
    Disclosure.NUDITY: say("Nudity"),
    Disclosure.ANIMALS: say("Animals"),
    Disclosure.OWN_WARDROBE: say("Own wardrobe"),
    Disclosure.MINORS: say("Children on set"),
}
PAID: Final[dict[str, Sentence]] = {
    PaysBy.PLATFORM: say("The money goes out the day after the hours are approved."),
    PaysBy.OWN_BANK: say("The company pays by bank transfer when the hours are approved."),
}
"""When the money goes out, by who pays."""


@dataclass(frozen=True, slots=True)
class BothWords:
    """Writes every cell in two languages, once where they are the same (port `Words`)."""

    first: Words
    second: Words
    lang: str = "en"

    def __call__(self, cell: object) -> str:
        """Write a cell of a paper."""
        one, two = self.first(cell), self.second(cell)
        return one if one == two else f"{one} / {two}"


@dataclass(frozen=True, slots=True)
class MemoRow:
    """One version of a memo in a list."""

    public_id: str
    version: int
    made_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Memo:
    """A memo with its paper, and every version of it, newest first."""

    public_id: str
    number: str
    version: int
    offer: str
    zone: str
    paper: Paper
    versions: list[MemoRow]

    @property
    def is_latest(self) -> bool:
        """Whether no later version stands in its place."""
        return self.versions[0].version == self.version


def memo_of_person(session: Session, person_id: int, public_id: str) -> Memo | None:
    """Return a memo of this person, or None."""
    return _memo(session, DealMemo.person_id == person_id, DealMemo.public_id == public_id)


def memo_of_production(session: Session, production_id: int, public_id: str) -> Memo | None:
    """Return a memo of this production, or None."""
    return _memo(session, DealMemo.production_id == production_id, DealMemo.public_id == public_id)


def memos_of_offers(session: Session, offers: list[str]) -> dict[str, str]:
    """Return the public id of the memo in force by the public id of its offer."""
    rows = session.execute(
        sa.select(Offer.public_id, DealMemo.public_id)
        .join(DealMemo, DealMemo.offer_id == Offer.id)
        .where(Offer.public_id.in_(offers))
        .order_by(DealMemo.version),
    )
    return {row[0]: row[1] for row in rows}


def memo_subject(public_id: str) -> str:
    """Return the subject under which the paper of a memo is stored."""
    return f"memo:{public_id}"


def memo_paper(memo: DealMemo) -> Paper:
    """Return the paper of a memo: a function of what was signed, and nothing else."""
    terms = memo.terms
    lines = [_line(one) for one in terms["days"]]
    totals = _totals(terms["days"])
    sheet = Sheet(TITLE, COLUMNS, lines, totals, _facts(memo, terms), _notes(terms))
    return Paper(TITLE, (sheet,), has_names=False)


def number_of(memo: DealMemo) -> str:
    """Return what a memo is called on paper."""
    return f"{memo.public_id}-{memo.version}"


def _memo(session: Session, *where: sa.ColumnElement[bool]) -> Memo | None:
    memo = session.scalars(sa.select(DealMemo).where(*where)).first()
    if memo is None:
        return None
    offer = session.get_one(Offer, memo.offer_id).public_id
    rows = session.execute(
        sa.select(DealMemo.public_id, DealMemo.version, DealMemo.made_at, DealMemo.digest)
        .where(DealMemo.offer_id == memo.offer_id)
        .order_by(DealMemo.version.desc()),
    )
    versions = [MemoRow(*row) for row in rows]
    zone = memo.terms["zone"]
    facts = memo.public_id, number_of(memo), memo.version, offer, zone
    return Memo(*facts, memo_paper(memo), versions)


def _facts(memo: DealMemo, terms: dict[str, Any]) -> tuple[tuple[Sentence, Any], ...]:
    agreement = agreements().get(terms["agreement"])
    rest = timedelta(minutes=terms["rest_minutes"])
    title = f"{terms['production']} ({terms['registration_number']})"
    return (
        (say("Company"), terms["company"]),
        (say("Production"), title if terms["registration_number"] else terms["production"]),
        (say("Place"), terms["place"]),
        (say("Name on the call sheet"), terms["name"]),
        (say("Role"), terms["role"]),
        (say("Engaged as"), ENGAGEMENT_WORDS[Engagement(terms["engagement"])]),
        (say("Agreement"), agreement.title if agreement else terms["agreement"]),
        (say("Rest before the next call"), say("%(hours)s", hours=rest)),
        (say("Pay date"), PAID[terms["pays_by"]]),
        (say("Sent by"), f"{terms['sent_by']}, {terms['sent_at'][:16].replace('T', ' ')} UTC"),
        (say("Signed by"), f"{memo.signed_name}, {memo.signed_at:%Y-%m-%d %H:%M} UTC"),
        (say("Signed from"), memo.signed_from or "–"),
        (say("Version"), memo.version),
        (say("Digest of the terms"), memo.digest),
    )


def _line(one: dict[str, Any]) -> Row:
    rate = Money(one["rate_minor"], one["currency"])
    hours = say("%(hours)s", hours=timedelta(minutes=one["minutes"]))
    on = date.fromisoformat(one["date"])
    return (on, one["role"], _wall(one["call"]), _wall(one["wrap"]), rate, one["currency"], hours)


def _wall(time: str) -> str | Sentence:
    """Write a time of the set as the wall shows it: "26:00" is 02:00 of the next day."""
    hours, minutes = time.split(":")
    later = int(hours) - HOURS_A_DAY
    return say("%(time)s next day", time=f"{later:02d}:{minutes}") if later >= 0 else time


def _totals(days: list[dict[str, Any]]) -> tuple[Row, ...]:
    sums: dict[str, int] = {}
    for one in days:
        sums[one["currency"]] = sums.get(one["currency"], 0) + one["rate_minor"]
    return tuple(
        (say("Before tax and overtime"), None, None, None, Money(minor, code), code, None)
        for code, minor in sorted(sums.items())
    )


def _notes(terms: dict[str, Any]) -> tuple[Sentence, ...]:
    policy = read_policy(terms["cancellation_policy"])
    called_off = deal_words(policy, terms["standby_percent"])
    note = (say("Note: %(note)s", note=terms["note"]),) if terms["note"] else ()
    disclosed = [DISCLOSED[word] for word in terms["disclosures"] if word in DISCLOSED]
    return (
        *(say("Agreed to: %(what)s", what=what) for what in disclosed),
        *(called_off or (say("Nothing was agreed about days that are called off."),)),
        say("Times are local to the set: %(zone)s.", zone=terms["zone"]),
        *note,
    )
