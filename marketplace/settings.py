"""Everything that differs between installations, read once from the environment."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

INSTANCE: Final = Path(__file__).resolve().parent.parent / "instance"
KEY_BYTES: Final = 32
BASE_URL: Final = "http://127.0.0.1:5000"
MAIL_FROM: Final = "Dayrate <no-reply@dayrate.test>"
SHORTEST_SECRET: Final = 32
GATEWAY_RATE: Final = 15
HIGHEST_KEY: Final = 255
PHOTO_MEGABYTES: Final = 15
GATEWAYS: Final = ("sandbox", "stripe")
STRIPE_KEY: Final = re.compile(r"(sk|rk)_(test|live)_\w+")
ACCOUNTS_APIS: Final = ("v2", "v1")


class SettingsError(Exception):
    """Lists every variable that is missing or wrong, in one message."""


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """How to reach Stripe. base: another server that speaks its API, for tests; else empty.

    The three secrets sign what it sends to the endpoints of the platform, of connected accounts
    and of the second version. country: the platform's own. Keys never appear in a text of this.
    """

    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    connect_webhook_secret: str = field(repr=False)
    v2_webhook_secret: str = field(repr=False)
    accounts_api: str = "v2"
    base: str = ""
    country: str = "US"

    @property
    def is_live(self) -> bool:
        """Whether real money moves."""
        return "_live_" in self.api_key


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation.

    field_keys: number → 32 bytes, for legal names and bank details; the highest number seals.
    is_demo: the demo world: shown logins, a movable clock, the sandbox's switches, a mail page.
    photo_megabytes: the largest photo that may be uploaded.
    gateway_rate: calls a second one worker makes to the gateway; the sandbox has no limit.
    stripe: given when it is the gateway.
    metrics_token: opens /metrics; without one it opens on this machine alone.
    smtp_url: "smtp://user:password@host:587" or "" (mail stays in the outbox, shown in the demo).
    """

    database_url: str
    secret_key: str = field(repr=False)
    field_keys: Mapping[int, bytes] = field(repr=False)
    base_url: str = BASE_URL
    is_demo: bool = False
    smtp_url: str = field(default="", repr=False)
    mail_from: str = MAIL_FROM
    gateway: str = "sandbox"
    gateway_rate: int = GATEWAY_RATE
    stripe: StripeSettings | None = None
    photo_megabytes: int = PHOTO_MEGABYTES
    instance: Path = INSTANCE
    trusted_proxies: int = 0
    metrics_token: str = field(default="", repr=False)

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS; cookies are then Secure and `__Host-`."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment.

        Without DATABASE_URL this is the embedded default: SQLite and generated keys under
        `instance/`. With it, SECRET_KEY and FIELD_KEYS must be given.
        Raises SettingsError naming every problem.
        """
        instance = Path(environ.get("DAYRATE_INSTANCE") or INSTANCE)
        is_embedded = not environ.get("DATABASE_URL")
        given = {**(_generated(instance) if is_embedded else {}), **environ}
        required = ("SECRET_KEY", "FIELD_KEYS")
        problems = [f"{name} is missing" for name in required if not given.get(name)]
        if given.get("SECRET_KEY") and len(given["SECRET_KEY"]) < SHORTEST_SECRET:
            problems.append(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters")
        keys = _field_keys(given.get("FIELD_KEYS", ""), problems)
        gateway = given.get("GATEWAY", "sandbox")
        if gateway not in GATEWAYS:
            problems.append(f"GATEWAY {gateway!r} is not known: sandbox or stripe")
        stripe = _stripe(given, problems) if gateway == "stripe" else None
        rate = _whole(given, "GATEWAY_RATE", GATEWAY_RATE, problems)
        megabytes = _whole(given, "PHOTO_MEGABYTES", PHOTO_MEGABYTES, problems)
        if problems:
            raise SettingsError("Settings: " + "; ".join(problems) + ".")
        return cls(
            database_url=given.get("DATABASE_URL") or f"sqlite:///{instance / 'dayrate.db'}",
            secret_key=given["SECRET_KEY"],
            field_keys=keys,
            base_url=given.get("BASE_URL", BASE_URL).rstrip("/"),
            is_demo=given.get("DAYRATE_DEMO", "") == "1",
            smtp_url=given.get("SMTP_URL", ""),
            mail_from=given.get("MAIL_FROM", MAIL_FROM),
            gateway=gateway,
            gateway_rate=rate,
            photo_megabytes=megabytes,
            stripe=stripe,
            instance=instance,
            trusted_proxies=int(given.get("TRUSTED_PROXIES", "0")),
            metrics_token=given.get("METRICS_TOKEN", ""),
        )


def _whole(given: Mapping[str, str], name: str, usual: int, problems: list[str]) -> int:
    """Read a whole number above zero."""
    text = given.get(name, str(usual))
    if text.isdigit() and int(text) > 0:
        return int(text)
    problems.append(f"{name} must be a whole number above zero")
    return usual


def _stripe(given: Mapping[str, str], problems: list[str]) -> StripeSettings | None:
    """Read what Stripe needs; every problem is named, no key is ever repeated."""
    found = StripeSettings(
        api_key=given.get("STRIPE_API_KEY", ""),
        webhook_secret=given.get("STRIPE_WEBHOOK_SECRET", ""),
        connect_webhook_secret=given.get("STRIPE_CONNECT_WEBHOOK_SECRET", ""),
        v2_webhook_secret=given.get("STRIPE_V2_WEBHOOK_SECRET", ""),
        accounts_api=given.get("STRIPE_ACCOUNTS_API") or "v2",
        base=given.get("STRIPE_API_BASE", "").rstrip("/"),
        country=given.get("STRIPE_COUNTRY") or "US",
    )
    wanted = ["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET"]
    wanted += ["STRIPE_V2_WEBHOOK_SECRET"] if found.accounts_api != "v1" else []
    problems += [f"{name} is missing" for name in wanted if not given.get(name)]
    if found.accounts_api not in ACCOUNTS_APIS:
        problems.append("STRIPE_ACCOUNTS_API must be v2 or v1")
    if not re.fullmatch(r"[A-Z]{2}", found.country):
        problems.append("STRIPE_COUNTRY must be a country's two letters, such as US")
    if found.base and not re.match(r"https?://", found.base):
        problems.append("STRIPE_API_BASE must be an address")
    if found.api_key and not STRIPE_KEY.fullmatch(found.api_key):
        problems.append("STRIPE_API_KEY must be a secret or restricted key of Stripe")
    problems += _wrong_mode(given, found)
    return found


def _wrong_mode(given: Mapping[str, str], stripe: StripeSettings) -> list[str]:
    """Return why a key would move real money where none may move, or none where it must."""
    wants_live = given.get("STRIPE_LIVE", "") == "1"
    problems = []
    if stripe.is_live:
        tests = [name for name in ("DAYRATE_DEMO", "DAYRATE_TEST") if given.get(name, "") == "1"]
        tests += ["STRIPE_API_BASE"] if stripe.base else []
        problems += [f"STRIPE_API_KEY is a live key, and {name} is set" for name in tests]
        if not wants_live:
            problems.append("STRIPE_API_KEY is a live key; say STRIPE_LIVE=1 to move real money")
    elif stripe.api_key and wants_live:
        problems.append("STRIPE_API_KEY is a test key, and STRIPE_LIVE=1 wants real money")
    return problems


def _generated(instance: Path) -> dict[str, str]:
    """Return the embedded default's own keys, made at first use, readable by their owner."""
    path = instance / "keys.env"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"SECRET_KEY={secrets.token_urlsafe(48)}\nFIELD_KEYS=1:{key}\n")
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in lines}


def _field_keys(text: str, problems: list[str]) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for part in filter(None, text.split(",")):
        number, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not number.isdigit() or not 0 < int(number) <= HIGHEST_KEY or len(key) != KEY_BYTES:
            problems.append("FIELD_KEYS must be like 1:<base64 of 32 bytes>,2:<…>")
            return {}
        keys[int(number)] = key
    return keys
