"""The headers of every answer, and the reference number of every request."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request

from marketplace.domain.payments.ports import PayeeDesk
from marketplace.kernel.ids import public_id
from marketplace.web.extensions import outside

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'"
)


def install(app: Flask) -> None:
    """Give every request a number and every answer its headers."""
    app.before_request(_number)
    app.after_request(_headers)


def let_forms_lead_to_gateway() -> None:
    """Let forms of this page lead on to the pages of the gateways; other pages stay shut."""
    gateways = outside().gateways
    g.form_hosts = [host for one in gateways if isinstance(one, PayeeDesk) for host in one.pages]


def _number() -> None:
    g.request_id = public_id()


def _headers(response: Response) -> Response:
    hosts = " ".join(["form-action 'self'", *g.get("form_hosts", ())])
    response.headers["Content-Security-Policy"] = CSP.replace("form-action 'self'", hosts)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if outside().settings.is_https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if request.method == "GET":
            response.headers["Speculation-Rules"] = '"/speculation.json"'
    return response
