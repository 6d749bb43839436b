"""Roles in a company, passwords, sessions, and how long to wait after wrong passwords."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from zxcvbn import zxcvbn

from marketplace.kernel.sentences import Sentence, say


class PaysBy(StrEnum):
    """How a company's people get their money: through us, or from the company's own bank."""

    PLATFORM = "platform"
    OWN_BANK = "own_bank"


class CompanyRole(StrEnum):
    """What a member of a production company does there."""

    OWNER = "owner"
    PRODUCER = "producer"
    CASTING = "casting"
    AD = "ad"
    ACCOUNTANT = "accountant"


APPROVERS: Final = (CompanyRole.OWNER, CompanyRole.PRODUCER)
"""Who looks after hours in a company."""

PAYERS: Final = (CompanyRole.OWNER, CompanyRole.ACCOUNTANT)
"""Who looks after payments in a company."""


ROLE_WORDS: Final[dict[CompanyRole, Sentence]] = {
    CompanyRole.OWNER: say("Owner"),
    CompanyRole.PRODUCER: say("Producer"),
    CompanyRole.CASTING: say("Casting"),
    CompanyRole.AD: say("Assistant director"),
    CompanyRole.ACCOUNTANT: say("Accountant"),
}
"""What people call the roles."""


# --- E-mail addresses ---------------------------------------------------------------------

LONGEST_EMAIL: Final = 254
_EMAIL: Final = re.compile(r"[!-?A-~]+@[0-9a-z-]+(\.[0-9a-z-]+)*\.[0-9a-z-]{2,}")


def tidy_email(text: str) -> str:
    """Return an address as it is stored and looked up: without spaces around it, lower case."""
    return text.strip().lower()


def is_email(text: str) -> bool:
    """Say whether a tidied text can be an address."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


# --- Passwords ----------------------------------------------------------------------------

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 200
MEASURED: Final = 72
"""The estimate reads no more characters than this."""
STRONG: Final = 3
SHORTEST_OWN_WORD: Final = 4

_REASONS: Final[dict[str, Sentence]] = {
    "dictionary": say("Common words, names and known passwords are tried first. Add more words."),
    "spatial": say("Rows of keys such as qwerty are tried first. Use a few unrelated words."),
    "repeat": say("Repeated letters or words are easy to guess. Use a few unrelated words."),
    "sequence": say("Sequences such as abcd or 1234 are easy to guess. Use unrelated words."),
    "date": say("Dates and years are easy to guess. Use a few unrelated words."),
}
_EASY: Final = say("This is easy to guess. Use a few unrelated words.")
_OWN: Final = say("Do not use your own name or e-mail address in the password.")


def password_problem(password: str, own_words: Sequence[str] = ()) -> Sentence | None:
    """Return why a password is not good enough, or None.

    own_words: name and e-mail address of the person; they may not carry the password.
    The estimate of how hard it is to guess is made offline.
    """
    if len(password) < SHORTEST_PASSWORD:
        return say("Use at least %(count)s characters.", count=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return say("Use at most %(count)s characters.", count=LONGEST_PASSWORD)
    own = _pieces(own_words)
    return _OWN if _is_mostly(password, own) else _guessable(password, own)


def _guessable(password: str, own: Sequence[str]) -> Sentence | None:
    found = zxcvbn(password[:MEASURED], user_inputs=own)
    if found["score"] >= STRONG:
        return None
    weakest = max(found["sequence"], key=lambda part: len(part["token"]))
    if weakest.get("dictionary_name") == "user_inputs":
        return _OWN
    return _REASONS.get(weakest["pattern"].replace("regex", "date"), _EASY)


def _pieces(own_words: Sequence[str]) -> list[str]:
    """Return words, their parts, and the parts run together; the longest first."""
    parts = [re.split(r"[\W_]+", word.casefold()) for word in own_words]
    pieces = {piece for split in parts for piece in [*split, "".join(split)]}
    return sorted((one for one in pieces if len(one) >= SHORTEST_OWN_WORD), key=len, reverse=True)


def _is_mostly(password: str, pieces: Sequence[str]) -> bool:
    """Say whether little is left of a password without these words."""
    whole = left = re.sub(r"[\W_]+", "", password.casefold())
    for piece in pieces:
        left = left.replace(piece, "")
    return left != whole and len(left) < SHORTEST_OWN_WORD


# --- Wrong passwords ----------------------------------------------------------------------

FREE_TRIES: Final = 10
"""Wrong passwords of one account before it has to wait."""
FREE_TRIES_OF_ADDRESS: Final = 50
"""Wrong passwords from one network address: a whole unit base shares one."""
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
MEMORY: Final = timedelta(hours=24)
"""How far back wrong passwords count."""


def next_try_at(failures: int, last_at: datetime, free: int) -> datetime:
    """Return when the next try is allowed: the wait doubles with each wrong password.

    failures: wrong passwords in a row; last_at: when the last one was.
    free: how many are free; at most LONGEST_WAIT is asked.
    """
    if failures < free:
        return last_at
    doublings = min(failures - free, 10)
    wait: timedelta = FIRST_WAIT * (1 << doublings)
    return last_at + min(LONGEST_WAIT, wait)


# --- Sessions and links -------------------------------------------------------------------

LONGEST_SESSION: Final = timedelta(days=90)
IDLE: Final = timedelta(days=30)
IDLE_IN_COMPANY: Final = timedelta(hours=12)
NOTED_EVERY: Final = timedelta(hours=1)
"""How often it is written down that a session is in use."""
RESET_FOR: Final = timedelta(minutes=30)
INVITED_FOR: Final = timedelta(days=14)
HANDLE: Final = 16
"""How many signs of a digest name a row in a form."""


def session_ends_at(created_at: datetime, now: datetime, *, is_in_company: bool) -> datetime:
    """Return when a session ends if it is not used again.

    is_in_company: members of a company see other people's pay, so a left laptop is closed sooner.
    """
    idle = IDLE_IN_COMPANY if is_in_company else IDLE
    return min(created_at + LONGEST_SESSION, now + idle)
