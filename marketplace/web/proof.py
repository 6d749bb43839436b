"""Prove with a password who somebody is: to sign in, and again before they change what matters."""

from __future__ import annotations

from flask_login import current_user

from marketplace.domain.accounts.queries import credentials
from marketplace.domain.accounts.services.sign_in import (
    Try,
    WrongPasswordError,
    begin_try,
    confirm_try,
)
from marketplace.web.browsers import address
from marketplace.web.extensions import clock, outside, reading, transaction


def prove(email: str, password: str) -> int:
    """Return the user's id when the password is right.

    The slow check runs between two short transactions, so that nobody waits for its lock.
    Raises WrongPasswordError, which never says what was wrong, and TooManyTriesError.
    """
    passwords = outside().passwords
    with transaction() as session:
        attempt = begin_try(session, Try(email, address()), clock=clock())
    found = credentials(reading(), email)
    is_right = passwords.verify(password, found.password_hash if found else None)
    if found is None or not is_right:
        raise WrongPasswordError
    is_old = passwords.needs_rehash(found.password_hash)
    new_hash = passwords.hash(password) if is_old else ""
    with transaction() as session:
        confirm_try(session, attempt, found.user_id, new_hash)
    return found.user_id


def prove_again(password: str) -> None:
    """Raise unless the signed-in reader knows their password; raises as `prove` does."""
    prove(current_user.email, password)
