"""What an error of Stripe means: definitely not done, or nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import stripe

from marketplace.domain.payments.ports import Refused, Unknown

SLOW_DOWN: Final = timedelta(seconds=2)
FIRST_SERVER_ERROR: Final = 500

EMPTY: Final = frozenset({"balance_insufficient"})
"""Refusals for which nothing is wrong with the payment itself: the platform has no money there."""


def meaning(problem: stripe.StripeError) -> Refused | Unknown:
    """Say what an error means for what was asked: definitely not done, or nobody knows."""
    status = problem.http_status
    code, text = _code(problem), problem.user_message or str(problem)
    if isinstance(problem, stripe.IdempotencyError):
        return Refused("idempotency_error", text)
    if isinstance(problem, stripe.RateLimitError):
        return Unknown(text, retry_after=SLOW_DOWN)
    if isinstance(problem, stripe.AuthenticationError):
        return Refused("wrong_key", text, stops_queue=True)
    if isinstance(problem, stripe.InvalidRequestError | stripe.PermissionError | stripe.CardError):
        return Refused(code or "refused", text, stops_queue=code in EMPTY)
    is_saved = status is not None and status >= FIRST_SERVER_ERROR and _is_replayed(problem.headers)
    return Unknown(text, is_saved=is_saved)


def unread(problem: Exception) -> Unknown:
    """Return what is known of an answer that could not be read: nothing."""
    return Unknown(f"The answer could not be read: {type(problem).__name__}.")


def _code(problem: stripe.StripeError) -> str:
    """Return Stripe's word for an error; plain errors carry it in the body only."""
    inner = problem.error
    return str(problem.code or (inner.code if inner is not None and "code" in inner else "") or "")


def _is_replayed(headers: Mapping[str, str] | None) -> bool:
    return (headers or {}).get("Idempotent-Replayed") == "true"
