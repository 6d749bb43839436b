"""The cancellation policy on the form of a production: a named one, or rules of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext
from wtforms import SelectChoice

from marketplace.domain.booking.queries.policies import policies
from marketplace.domain.booking.rules.cancelling import CUSTOM, WHOLE, PolicyError, read_policy
from marketplace.kernel.sentences import say
from marketplace.web.forms import options

NONE: Final = "none"
MOST_RULES: Final = 12
SENT_HOME: Final = "sent_home"

LINE: Final = re.compile(
    r"(?P<reason>[a-z_]+)"
    r"(?:\s+(?:(?P<hours>\d{1,3})\s*h|(?P<clock>\d{1,2}[:.]\d{2})))?"
    r"\s+(?P<percent>\d{1,3})\s*%?",
)
EXAMPLE: Final = "production 24h 50%\nproduction 12h 100%\nweather 17:30 50%\nsent_home 100%"


def policy_choices() -> list[SelectChoice]:
    """Return the policies a production may choose."""
    named: dict[str, Any] = {NONE: lazy_gettext("None: nothing is due before the call")}
    named |= {key: policy["title"] for key, policy in policies().items()}
    return options({**named, CUSTOM: lazy_gettext("Our own rules")})


def chosen_policy(choice: str, text: str) -> dict[str, Any] | None:
    """Return the policy as a production stores it; None for none.

    Raises PolicyError naming the line of our own rules that cannot be read.
    """
    if choice == NONE:
        return None
    if choice in policies():
        return policies()[choice]
    if choice != CUSTOM:
        raise PolicyError(say("Choose one of the policies of the list."))
    stored = _custom(text)
    read_policy(stored)
    return stored


def choice_of(stored: Mapping[str, Any] | None) -> str:
    """Return which choice of the form a stored policy is."""
    return NONE if stored is None else str(stored["id"])


def rules_text(stored: Mapping[str, Any] | None) -> str:
    """Write the rules of a stored policy as they are typed; those of a named one too."""
    if stored is None:
        return ""
    lines = [_line(row) for row in stored["rows"]]
    return "\n".join([*lines, f"{SENT_HOME} {stored.get('sent_home_percent', WHOLE)}%"])


def _line(row: Mapping[str, Any]) -> str:
    limit = f"{row['under_hours']}h" if row.get("under_hours") else row.get("day_before")
    return " ".join(filter(None, (row["reason"], limit, f"{row['percent']}%")))


def _custom(text: str) -> dict[str, Any]:
    lines = [line.strip().lower() for line in text.splitlines() if line.strip()]
    if not 0 < len(lines) <= MOST_RULES:
        raise PolicyError(say("Write from 1 to %(most)s rules, each on a line.", most=MOST_RULES))
    rows = []
    home = WHOLE
    for number, line in enumerate(lines, start=1):
        found = LINE.fullmatch(line)
        if found is None:
            raise PolicyError(
                say("Line %(number)s: write for example “production 24h 50%%”.", number=number),
            )
        if found["reason"] == SENT_HOME:
            home = int(found["percent"])
        else:
            rows.append(_row(found))
    return {
        "id": CUSTOM,
        "title": "",
        "version": "1",
        "rows": rows,
        "sent_home_percent": home,
        "is_verified": True,
    }


def _row(found: re.Match[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"reason": found["reason"], "percent": int(found["percent"])}
    if found["hours"]:
        row["under_hours"] = int(found["hours"])
    if found["clock"]:
        row["day_before"] = found["clock"].replace(".", ":")
    return row
