"""What people see when something breaks."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace import db
from tests.support.builders import a_user
from tests.support.site import Site


def test_a_page_that_is_not_there_says_so_with_a_reference(site: Site) -> None:
    page = site.browser().get("/no/such/page", status=404)
    assert page.headers["X-Request-Id"] in page.text


def test_a_broken_database_still_gives_a_page_without_a_trace(site: Site) -> None:
    with site.arrange() as session:
        user = a_user(session)
    browser = site.browser(user)
    with db.writing(), site.database.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE membership"))
    page = browser.get("/settings", status=500)
    assert "Traceback" not in page.text
    assert "membership" not in page.text
    assert page.headers["X-Request-Id"] in page.text
