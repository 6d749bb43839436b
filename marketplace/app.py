"""The composition root: settings become ports, extensions, blueprints and commands, once."""

from __future__ import annotations

import hashlib
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Flask, g, request
from flask_babel import Babel
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace import blueprints, cli, logs
from marketplace import db as database
from marketplace.adapters.calendar import write_calendar
from marketplace.adapters.mail import SmtpPost
from marketplace.adapters.pace import Pace, PacedCallers
from marketplace.adapters.passwords import Argon2Passwords
from marketplace.adapters.pdf.comp_cards import CompCardPrinter
from marketplace.adapters.pdf.sheets import PaperWriter
from marketplace.adapters.pdf.slips import PlateSlipPrinter
from marketplace.adapters.pictures import PillowPictures
from marketplace.adapters.sandbox.clock import ShiftedClock
from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.sandbox.mail import OutboxPost
from marketplace.adapters.schemas import check_message
from marketplace.adapters.stripe_gateway import PAGES, StripeGateway, connect
from marketplace.adapters.stripe_letters import StripeLetters
from marketplace.adapters.vault import AesVault
from marketplace.domain.accounts.ports import Passwords
from marketplace.domain.payments.ports import Gateway
from marketplace.kernel.clock import Clock, FixedClock, SystemClock
from marketplace.outside import Outside, Stage
from marketplace.settings import Settings
from marketplace.web import access, assets, errors, extensions, headers, presentation, signed_in
from marketplace.web.language import LANGUAGES, form_for, translate
from marketplace.web.letters import LetterWriter

LARGEST_REQUEST = 4 * 1024 * 1024
LONGEST_SESSION = 90 * 24 * 3600


def make_outside(
    settings: Settings,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
) -> Outside:
    """Choose the adapters for an installation; tests hand in their own clock and hashing."""
    shifted = ShiftedClock(settings.instance / "demo-clock")
    index_key = hashlib.sha256(settings.secret_key.encode() + b"|look-up").digest()
    now = clock or (shifted if settings.is_demo else SystemClock())
    sandbox = SandboxGateway(settings.instance / "gateway.db", now)
    mail_server = settings.smtp_url
    return Outside(
        settings=settings,
        clock=now,
        passwords=passwords or Argon2Passwords(),
        vault=AesVault(settings.field_keys, index_key),
        write=presentation.sentence,
        gateways=_gateways(settings, sandbox, now),
        compose=LetterWriter(settings.base_url),
        post=SmtpPost(mail_server, settings.mail_from) if mail_server else OutboxPost(),
        printer=PlateSlipPrinter(settings.base_url),
        calendar=write_calendar,
        check_message=check_message,
        sheets=PaperWriter(),
        pictures=PillowPictures(),
        cards=CompCardPrinter(),
        callers=PacedCallers(
            None if settings.gateway == "sandbox" else Pace(settings.gateway_rate)
        ),
        stage=Stage(now if isinstance(now, FixedClock) else shifted, sandbox)
        if settings.is_demo
        else None,
    )


def _gateways(
    settings: Settings,
    sandbox: SandboxGateway,
    clock: Clock,
) -> tuple[Gateway, ...]:
    """Return who carries money, in order of preference; only the demo has more than one."""
    if settings.stripe is None:
        return (sandbox,)
    given = settings.stripe
    client = connect(given.api_key, given.base)
    secrets = {
        "platform": given.webhook_secret,
        "connect": given.connect_webhook_secret,
        "v2": given.v2_webhook_secret,
    }
    stripe = StripeGateway(
        client,
        accounts_api=given.accounts_api,
        home=given.country,
        pages=(given.base,) if given.base else PAGES,
        letters=StripeLetters(client, secrets, clock, is_live=given.is_live),
    )
    return (stripe, sandbox) if settings.is_demo else (stripe,)


def create_app(settings: Settings, outside: Outside | None = None) -> Flask:
    """Return the site."""
    logs.configure()
    app = Flask(__name__)
    app.config.update(_config(settings))
    app.extensions["outside"] = outside or make_outside(settings)
    _extensions(app)
    presentation.register(app, app.extensions["outside"].clock)
    assets.register(app)
    headers.install(app)
    errors.install(app)
    access.install(app)
    app.context_processor(_words)
    for module in iter_modules(blueprints.__path__):
        views = import_module(f"{blueprints.__name__}.{module.name}.views")
        app.register_blueprint(views.bp)
    cli.install(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask says
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "__Host-dayrate" if settings.is_https else "dayrate",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "PERMANENT_SESSION_LIFETIME": LONGEST_SESSION,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "en",
        "RATELIMIT_ENABLED": not settings.is_demo,
    }


def _extensions(app: Flask) -> None:
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory="migrations")
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    extensions.login_manager.init_app(app)
    extensions.login_manager.unauthorized_handler(access.to_sign_in)
    extensions.login_manager.user_loader(signed_in.load)
    Babel(app, locale_selector=_locale)
    app.jinja_env.install_gettext_callables(translate, form_for, newstyle=True)  # type: ignore[attr-defined]  # of its i18n extension
    app.before_request(_theme)
    with app.app_context():
        database.prepare(extensions.db.engine)


def _locale() -> str:
    """Return the reader's language: a choice on this device, their profile, their browser."""
    chosen = request.cookies.get("lang")
    if chosen in LANGUAGES:
        return chosen
    if current_user.is_authenticated:
        return str(current_user.locale)
    best = request.accept_languages.best_match(["en", "zh"], "en")
    return "zh_Hans" if best == "zh" else "en"


def _theme() -> None:
    chosen = request.cookies.get("theme") or getattr(current_user, "theme", "")
    g.theme = chosen if chosen in ("light", "dark") else None


def _words() -> dict[str, Any]:
    return {
        "is_demo": extensions.outside().settings.is_demo,
        "unread_count": getattr(current_user, "unread", 0),
    }
