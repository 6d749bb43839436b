"""Bumps and allowances of a day as people type them: on the time card and on an adjustment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from marketplace.domain.payroll.queries import agreements, load_allowances
from marketplace.domain.timecards.rules import HoursError, adjustment
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money, MoneyError, parse
from marketplace.kernel.sentences import Sentence, say
from marketplace.web.worked import extra_word

MOST_OF_A_BUMP: Final = 20
MOST_OF_AN_ALLOWANCE: Final = 999
FEES: Final = frozenset({"group_lead_fee", "per_diem_excess", "travel", "wardrobe"})
"""Allowances that are pay by their nature: no receipt makes them anything else."""

Recorded = Mapping[str, Any]


@dataclass(slots=True)
class Extra:
    """A bump (how often) or an allowance (how much, how many), as typed.

    is_repaid: the catalogue repays it, outside every tax; is_against_receipt: ticked by hand.
    """

    code: str
    label: Sentence
    typed: str
    unit: Money | None = None
    quantity: str = ""
    is_repaid: bool = False
    is_against_receipt: bool = False

    @property
    def name(self) -> str:
        """The name of its field; the others begin with it."""
        return f"extra-{self.code}"

    @property
    def is_counted(self) -> bool:
        """Whether it is typed as a count: its price is the agreement's."""
        return self.unit is not None

    @property
    def can_have_receipt(self) -> bool:
        """Whether a receipt decides if it is pay."""
        return not self.is_counted and not self.is_repaid and self.code not in FEES


def extras_of(agreement: str, on: date, recorded: Sequence[Recorded]) -> list[Extra]:
    """Return the bumps of an agreement, then the allowances of a date, with what is on record."""
    known = {one["code"]: one for one in recorded}
    terms = agreements().get(agreement)
    bumps = terms.bumps if terms else {}
    counted = [
        Extra(code, extra_word(code), str(known.get(code, {}).get("quantity") or ""), bump.amount)
        for code, bump in bumps.items()
    ]
    return counted + [
        _allowance(code, known.get(code, {}), is_repaid=not one.is_taxable)
        for code, one in load_allowances(on).rows.items()
        if code not in bumps
    ]


def take_extras(extras: Sequence[Extra], sent: Mapping[str, str], prefix: str = "") -> None:
    """Put what was sent into the extras of a form; prefix: of the fields of one row."""
    for extra in extras:
        name = prefix + extra.name
        extra.typed = sent.get(name, "").strip()
        extra.quantity = sent.get(f"{name}-quantity", "").strip()
        extra.is_against_receipt = extra.can_have_receipt and f"{name}-receipt" in sent


def read_extras(
    extras: Sequence[Extra], recorded: Sequence[Recorded], currency: str
) -> tuple[Recorded, ...]:
    """Return the extras as they are recorded: those on record in their order, then new ones.

    What the form does not show stays. Raises HoursError naming the field.
    """
    known = {one["code"]: one for one in recorded}
    typed = {extra.code: _read(extra, known.get(extra.code, {}), currency) for extra in extras}
    old = (typed.pop(one["code"]) if one["code"] in typed else one for one in recorded)
    return tuple(one for one in (*old, *typed.values()) if one is not None)


def _allowance(code: str, known: Recorded, *, is_repaid: bool) -> Extra:
    many = known.get("quantity", 1)
    amount = known.get("amount")
    return Extra(
        code,
        extra_word(code),
        str(thaw(amount).decimal) if amount else "",
        quantity=str(many) if many != 1 else "",
        is_repaid=is_repaid,
        is_against_receipt=bool(known.get("is_reimbursement")) and not is_repaid,
    )


def _read(extra: Extra, known: Recorded, currency: str) -> Recorded | None:
    if extra.is_counted:
        count = _count(extra.name, extra, extra.typed or "0", 0)
        return adjustment(extra.code, count) if count else None
    if not extra.typed:
        _refuse_amountless(extra)
        return None
    amount = _amount(extra, currency)
    if not amount.minor:
        return None
    quantity = _count(f"{extra.name}-quantity", extra, extra.quantity or "1", 1)
    told = {**known, "code": extra.code, "amount": freeze(amount), "quantity": quantity}
    if extra.can_have_receipt:
        told.pop("is_reimbursement", None)
    return told | ({"is_reimbursement": True} if extra.is_against_receipt else {})


def _refuse_amountless(extra: Extra) -> None:
    if extra.quantity or extra.is_against_receipt:
        raise HoursError(extra.name, say("%(what)s: enter the amount of one.", what=extra.label))


def _amount(extra: Extra, currency: str) -> Money:
    try:
        amount = parse(extra.typed, currency)
    except MoneyError as wrong:
        message = say("%(what)s: %(problem)s", what=extra.label, problem=wrong.message)
        raise HoursError(extra.name, message) from wrong
    if amount.minor < 0:
        raise HoursError(extra.name, say("%(what)s: enter an amount above zero.", what=extra.label))
    return amount


def _count(name: str, extra: Extra, typed: str, least: int) -> int:
    most = MOST_OF_A_BUMP if extra.is_counted else MOST_OF_AN_ALLOWANCE
    if not typed.isascii() or not typed.isdigit() or not least <= int(typed) <= most:
        told = {"what": extra.label, "least": least, "most": most}
        raise HoursError(name, say("%(what)s: enter how many, from %(least)s to %(most)s.", **told))
    return int(typed)
