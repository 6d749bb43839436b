"""The test site itself: a health check, and a signed-in browser."""

from __future__ import annotations

from tests.support.builders import a_user
from tests.support.site import Site


def test_the_site_answers_with_strict_headers(site: Site) -> None:
    answer = site.browser().get("/healthz")
    assert answer.text == "ok"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_browser_is_signed_in_as_the_user_it_was_given(site: Site) -> None:
    with site.arrange() as session:
        user = a_user(session, "Mei Alvarez")
    browser = site.browser(user)
    with browser.client:
        browser.get("/healthz")
        from flask_login import current_user  # noqa: PLC0415 - needs the request

        assert current_user.display_name == "Mei Alvarez"
