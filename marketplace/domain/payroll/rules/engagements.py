"""Which withholding schemes fit how people are engaged, where, and who withholds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from marketplace.domain.payroll.rules.tables import CumulativeTable, Scheme
from marketplace.kernel.sentences import Sentence, say

PLATFORM: Final = "platform"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a production chose: engagement, country of the shoot, currency, who withholds."""

    engagement: str
    country: str
    currency: str
    agent: str


def why_not(scheme: Scheme, choice: Choice) -> Sentence | None:
    """Return why a scheme cannot be chosen with the rest of the terms, or None."""
    if scheme.currency != choice.currency:
        return say(
            "This scheme withholds %(one)s, the production pays in %(other)s.",
            one=scheme.currency,
            other=choice.currency,
        )
    if choice.engagement not in scheme.engagements:
        return say("This withholding is not for people engaged like this.")
    if scheme.countries is not None and choice.country not in scheme.countries:
        return say("This withholding is for work in another country.")
    if isinstance(scheme.table, CumulativeTable) and choice.agent != PLATFORM:
        return say("The cumulative method is for a platform that withholds; choose the platform.")
    return None


def fitting(schemes: Iterable[Scheme], engagement: str, country: str) -> list[str]:
    """Return the schemes, by id, that fit an engagement in a country, whoever withholds."""
    return sorted(
        scheme.id
        for scheme in schemes
        if why_not(scheme, Choice(engagement, country, scheme.currency, PLATFORM)) is None
    )
