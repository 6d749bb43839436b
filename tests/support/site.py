"""The site under test: a real app on a real database, and a browser that inspects every page."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace import db
from marketplace.adapters.passwords import Argon2Passwords
from marketplace.app import create_app, make_outside
from marketplace.domain.accounts.models import LoginSession, User
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.ids import digest, secret_token
from marketplace.settings import Settings
from marketplace.web.extensions import db as app_database
from tests.support.databases import Database
from tests.support.pages import assert_sound

FIELD_KEY = base64.b64decode("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")


def settings_for(database_url: str, folder: Path, *, is_demo: bool = False) -> Settings:
    """Return the settings of a test installation."""
    return Settings(
        database_url=database_url,
        secret_key="test " * 10,
        field_keys={1: FIELD_KEY},
        base_url="http://localhost",
        is_demo=is_demo,
        instance=folder,
    )


def cheap_passwords() -> Argon2Passwords:
    """Return the product's hashing with the least work it can do."""
    return Argon2Passwords(time_cost=1, memory_kib=8)


class SharedTemplates(BytecodeCache):
    """Compiled templates of this process: every site has its own Jinja, and none compiles twice.

    Jinja itself compares what is kept with the template's source.
    """

    def __init__(self) -> None:
        """Start with nothing compiled."""
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what an earlier site compiled."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what this site compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


class SharedRule(Rule):
    """A route whose address builder, a compiled function, is made once for all sites."""

    kept: ClassVar[dict[object, Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001,FBT002 - werkzeug's own
        key = (self.rule, repr(self.defaults), tuple(self._trace), append_unknown)
        if key not in self.kept:
            self.kept[key] = super()._compile_builder(append_unknown)
        return self.kept[key]


TEMPLATES = SharedTemplates()
PASSWORDS = cheap_passwords()
Flask.url_rule_class = SharedRule


class Browser:
    """One person's browser: every HTML page it is given is inspected."""

    def __init__(self, client: FlaskClient) -> None:
        """Start without cookies."""
        self.client = client

    def get(self, url: str, status: int = 200, **options: Any) -> TestResponse:
        """Open a page; fails unless it answers with `status` and is well made."""
        return self._checked(self.client.get(url, **options), status)

    def post(self, url: str, data: dict[str, Any], status: int = 303) -> TestResponse:
        """Send a form with its CSRF token; fails unless it answers with `status`."""
        body = {"csrf_token": self.csrf_token(), **data}
        return self._checked(self.client.post(url, data=body), status)

    def follow(self, url: str, data: dict[str, Any]) -> TestResponse:
        """Send a form and open the page it leads to."""
        return self.get(self.post(url, data).location)

    def csrf_token(self) -> str:
        """Return a token for this browser, as any page with a form carries it."""
        found = re.search(
            r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get("/sign-in").text
        )
        found = found or re.search(
            r'name="csrf_token"[^>]*value="([^"]+)"',
            self.client.get("/roles").text,
        )
        assert found, "no page carries a CSRF token"
        return found[1]

    @staticmethod
    def _checked(response: TestResponse, status: int) -> TestResponse:
        assert response.status_code == status, (
            f"{response.request.path} answered {response.status_code}, not {status}:\n"
            + response.text[:2000]
        )
        if response.mimetype == "text/html" and not 300 <= status < 400:
            assert_sound(response, response.request.path)
        return response


class Site:
    """An app on a database, with a clock that stands still."""

    def __init__(self, database: Database, folder: Path, clock: FixedClock) -> None:
        """Compose the app as the product does."""
        self.database = database
        self.clock = clock
        self.settings = settings_for(database.url, folder)
        self.outside = make_outside(self.settings, clock, PASSWORDS)
        self.app = create_app(self.settings, self.outside)
        self.app.jinja_env.bytecode_cache = TEMPLATES
        self.app.config["RATELIMIT_ENABLED"] = False

    def close(self) -> None:
        """Close the app's connections to its database."""
        with self.app.app_context():
            app_database.engine.dispose()

    @contextmanager
    def arrange(self) -> Iterator[Session]:
        """Open a session to build rows with; committed at the end."""
        with self.database.session() as session, db.transaction(session):
            session.expire_on_commit = False
            yield session

    @contextmanager
    def look(self) -> Iterator[Session]:
        """Open a session to read what is there."""
        with self.database.session() as session:
            yield session

    def browser(self, user: User | None = None) -> Browser:
        """Return a browser; signed in when a user is given."""
        client = self.app.test_client()
        if user is not None:
            token = secret_token()
            now = self.clock.now()
            with self.arrange() as session:
                session.add(
                    LoginSession(
                        token_digest=digest(token),
                        user_id=user.id,
                        created_at=now,
                        last_seen_at=now,
                        expires_at=now + timedelta(days=30),
                        ip="127.0.0.1",
                        browser="test",
                    ),
                )
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
                cookie["_fresh"] = True
        return Browser(client)
