"""The Flask extensions, the process's ports, and the web's transaction."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from flask import current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session

from marketplace import db as database
from marketplace.kernel.clock import Clock
from marketplace.outside import Outside
from marketplace.schema import metadata

db = SQLAlchemy(metadata=metadata)
migrate = Migrate()
csrf = CSRFProtect()
login_manager = LoginManager()
limiter = Limiter(
    get_remote_address,
    default_limits=["600 per minute"],
    default_limits_exempt_when=lambda: request.method in {"GET", "HEAD"},  # it starts a thread
    storage_uri="memory://",
)


def outside() -> Outside:
    """Return the ports of this process."""
    return cast("Outside", current_app.extensions["outside"])


def clock() -> Clock:
    """Return the clock of this process."""
    return outside().clock


def reading() -> Session:
    """Return the request's session for reading; a write through it is refused by the database."""
    return cast("Session", db.session())


def transaction() -> AbstractContextManager[Session]:
    """Open the one unit of work of a request: committed at the end, or nothing happened."""
    return database.transaction(reading())
