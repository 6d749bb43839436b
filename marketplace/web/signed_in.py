"""Who is signed in: Flask-Login's user, loaded from a session row that the server can end."""

from __future__ import annotations

from flask import session as cookie
from flask_login import UserMixin, login_user, logout_user

from marketplace.domain.accounts import queries
from marketplace.domain.people.queries import person_of
from marketplace.web.extensions import clock, login_manager, reading


class SignedIn(UserMixin):
    """The person who reads the page. `get_id` is the session's secret token, never a number."""

    def __init__(self, token: str, row: queries.SignedInRow, person_id: int | None) -> None:
        """Keep what pages ask for."""
        self.token = token
        self.user_id = row.user_id
        self.session_id = row.session_id
        self.last_seen_at = row.last_seen_at
        self.person_id = person_id
        self.display_name = row.display_name
        self.email = row.email
        self.locale = row.locale
        self.theme = row.theme
        self.has_shortcut_keys = row.has_shortcut_keys
        self.company_id = row.company_id
        self.company_public_id = row.company_public_id
        self.company_name = row.company_name
        self.company_role = row.company_role
        self.unread = row.unread
        self.is_operator = row.is_operator

    def get_id(self) -> str:
        """Return the session token."""
        return self.token


@login_manager.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
def load(token: str) -> SignedIn | None:
    """Return the person behind a token, or None when the session has ended."""
    row = queries.signed_in(reading(), token, clock().now())
    return SignedIn(token, row, person_of(reading(), row.user_id)) if row else None


def sign_in(token: str) -> None:
    """Make a fresh browser session carry a token: nothing of the old one stays."""
    cookie.clear()
    cookie.permanent = True
    found = load(token)
    if found is not None:
        login_user(found)


def sign_out() -> None:
    """Forget the token in the browser; the row is ended by the caller."""
    logout_user()
    cookie.clear()
