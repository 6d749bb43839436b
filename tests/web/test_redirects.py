"""Nobody is sent to another site, and every answer carries the headers that keep it safe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.app import create_app
from marketplace.web.redirects import safe_path
from tests.support.site import Browser, Site

ELSEWHERE = [
    None,
    "",
    "https://evil.test/roles",
    "//evil.test/roles",
    "http://localhost//evil.test",
    "/roles\\evil",
    "/ro les",
    "/roles\n/evil",
    "javascript:alert(1)",
    "roles",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_is_not_a_path_of_this_site_leads_home(site: Site, target: str | None) -> None:
    with site.app.test_request_context():
        assert safe_path(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/roles?q=night", "http://localhost/roles?q=night"])
def test_a_path_of_this_site_is_kept_with_its_query(site: Site, target: str) -> None:
    with site.app.test_request_context():
        assert safe_path(target) == "/roles?q=night"


def test_a_doubled_slash_leads_to_the_page_that_was_meant(site: Site) -> None:
    page = site.browser().get("/me//dates", status=308)

    assert page.location == "http://localhost/me/dates"


def test_browsers_stay_on_https_where_the_site_is(site: Site) -> None:
    assert "Strict-Transport-Security" not in site.browser().get("/roles").headers
    settings = replace(site.settings, base_url="https://dayrate.test")
    app = create_app(settings, replace(site.outside, settings=settings))

    page = Browser(app.test_client()).get("/roles", base_url="https://dayrate.test")

    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
