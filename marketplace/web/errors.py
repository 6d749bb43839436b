"""What a person sees when something is refused, missing or broken."""

from __future__ import annotations

import structlog
from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, NotFound

from marketplace.kernel.errors import DomainError
from marketplace.web.extensions import login_manager

log = structlog.get_logger()
PAGES = frozenset({400, 403, 404, 409, 413, 429, 500})


def install(app: Flask) -> None:
    """Show our own page for every error."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(Exception, _broken)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or InternalServerError.code
    if code < BadRequest.code:  # a redirect raised as an exception
        return error.get_response()
    page = code if code in PAGES else (400 if code < InternalServerError.code else 500)
    return render_template(f"errors/{page}.html", reference=g.get("request_id", "")), code


def _refusal(error: DomainError) -> ResponseReturnValue:
    page = "404" if error.http_status == NotFound.code else "409"
    return (
        render_template(
            f"errors/{page}.html",
            message=error.message,
            reference=g.get("request_id", ""),
        ),
        error.http_status,
    )


def _broken(error: Exception) -> ResponseReturnValue:
    log.error("request_failed", request_id=g.get("request_id", ""), exc_info=error)
    if isinstance(error, DBAPIError):  # who is signed in cannot be asked now
        g.viewer = None
        g._login_user = login_manager.anonymous_user()  # noqa: SLF001 - where flask-login keeps it
    return render_template("errors/500.html", reference=g.get("request_id", "")), 500
