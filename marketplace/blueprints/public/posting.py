"""A role's page: how its overtime is paid, and the same facts for search engines."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from flask import url_for

from marketplace.domain.casting.queries.postings import Posting
from marketplace.domain.payroll.queries import agreements
from marketplace.domain.payroll.rules.terms import Agreement, Band
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import local

HOUR: Final = 60
ONE: Final = Fraction(1)


def overtime(role: Posting) -> list[Sentence]:
    """Return how hours beyond the usual are paid under the production's agreement."""
    found = agreements().get(role.agreement)
    if found is None:
        return []
    said = [_band(band) for band in found.bands if band.multiplier > ONE]
    if found.overtime is not None:
        said.append(_fixed(found, role))
    if found.golden is not None and found.golden.pays_day_rate:
        said.append(
            say(
                "More than %(hours)s from call: a full day's rate for each hour begun.",
                hours=_length(found.golden.after_h),
            ),
        )
    return said


def _band(band: Band) -> Sentence:
    if band.to_h is None:
        return say(
            "After %(from_h)s: %(times)s times the hourly rate.",
            from_h=_length(band.from_h),
            times=band.multiplier,
        )
    return say(
        "From %(from_h)s to %(to_h)s: %(times)s times the hourly rate.",
        from_h=_length(band.from_h),
        to_h=_length(band.to_h),
        times=band.multiplier,
    )


def _fixed(agreement: Agreement, role: Posting) -> Sentence:
    """Say what each piece of time beyond the covered hours is paid."""
    rule = agreement.overtime
    if rule is None or rule.amount is None:
        hours = Fraction(role.guaranteed_minutes, HOUR)
        amount = role.day_rate.times(1 / hours)
    else:
        amount = rule.amount
    return say(
        "After %(hours)s: %(rate)s for each hour.",
        hours=timedelta(minutes=role.guaranteed_minutes),
        rate=amount,
    )


def _length(hours: Fraction) -> timedelta:
    return timedelta(minutes=int(hours * HOUR))


def job_posting(role: Posting) -> dict[str, Any]:
    """Return schema.org's JobPosting of an open role: the facts that the page shows."""
    about = ". ".join(part.strip().rstrip(".") for part in (role.who, role.description) if part)
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": role.name,
        "description": f"{about}. {role.format}, {role.production}." if about else role.format,
        "identifier": {
            "@type": "PropertyValue",
            "name": role.production,
            "value": role.public_id,
        },
        "url": url_for("public.role", role=role.public_id, _external=True),
        "datePosted": local(role.published_at, role.zone).date().isoformat(),
        "validThrough": local(role.apply_by_at, role.zone).isoformat(),
        "employmentType": ["TEMPORARY", "PER_DIEM"],
        "hiringOrganization": {"@type": "Organization", "name": role.company},
        "directApply": True,
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": role.city,
                "addressCountry": role.country,
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": role.currency,
            "value": {
                "@type": "QuantitativeValue",
                "value": _major(role.day_rate),
                "unitText": "DAY",
            },
        },
    }


def _major(amount: Money) -> int | str:
    """Return an amount as schema.org wants a number: whole, or with its decimals as text."""
    whole = amount.decimal.to_integral_value()
    return int(whole) if whole == amount.decimal else f"{amount.decimal:f}"
