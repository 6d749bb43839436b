"""Every page of the demo world in a real browser, as each kind of reader sees it.

Set DAYRATE_PICTURES to a folder to keep a picture of every page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser

from marketplace.domain.accounts.rules import CompanyRole
from tests.support.browsing import LAPTOP, PHONE, Window, chromium, open_window, served
from tests.support.world import DemoSite, Places, a_copy, furnish

pytestmark = [pytest.mark.journey, pytest.mark.embedded]

MOST_REQUESTS: Final = 8
NARROW: Final = 320
EVERYTHING: Final = ("visitor", "talent", "owner")
"""Who looks at every page they may open; the others look at what is different for them."""

DIFFERENT: Final = {
    "other_talent": ("applications.index", "dates.index", "pay.index"),
    "casting": ("productions.board", "days.show", "roles.index"),
    "ad": ("companies.home", "days.show", "timecards.day"),
    "accountant": ("companies.home", "payroll.runs", "payslips.index", "papers.show"),
    "operator": (
        "events.index",
        "events.show",
        "operator.checks",
        "operator.index",
        "operator.payouts",
        "operator.work",
        "reconciliations.everything",
        "reconciliations.whole",
    ),
}
NOT_PAGES: Final = {
    "/calendar/<token>.ics",
    "/healthz",
    "/metrics",
    "/readyz",
    "/speculation.json",
    "/c/<company>/bank-files/<file>/content",
    "/c/<company>/exports/<job>/file",
    "/c/<company>/ledger.csv",
    "/c/<company>/ledger/accounts/<account>.csv",
    '/c/<company>/<any(register,journal,taxes,"year-end","payee-year",remittance):paper>.csv',
    '/c/<company>/<any(register,journal,taxes,"year-end","payee-year",remittance):paper>.xlsx',
    "/c/<company>/reconciliations/<report>.csv",
    "/c/<company>/slips.csv",
    "/c/<company>/slips.pdf",
    "/c/<company>/slips/<slip>.csv",
    "/c/<company>/slips/<slip>.pdf",
    "/me/memos/<memo>.pdf",
    "/me/pay/<slip>.pdf",
    "/people/<person>/comp-card.pdf",
    "/photos/<photo>/<any(large,thumb):size>.jpg",
    "/me/pay/<slip>/remittance.pdf",
    "/me/payouts/<payee>/again",
    "/operator/reconciliations/<report>.csv",
    "/p/<production>/days/<day>/cost.csv",
    "/p/<production>/memos/<memo>.pdf",
    "/p/<production>/people/for/<role>",
    "/static/<path:filename>",
}
"""What answers with a file, or leads on to a page."""

MORE: Final = {
    "visitor": ("/nothing-is-here", "/roles?q=gaffer", "/roles?q=zzz"),
    "talent": ("/roles?country=US",),
    "casting": ("/c/{company}/members",),
    "owner": (
        "/c/{company}/slips?q=Ava",
        "/c/{company}/slips?q=zzz",
        "/p/{production}/days/{day}/edit",
        "/c/{company}/journal",
        "/c/{company}/taxes",
        "/c/{company}/year-end",
    ),
    "accountant": ("/c/{company}/journal?from=2020-01-01", "/c/{company}/year-end"),
}
"""States of pages that have no address of their own in the list: nothing found, not allowed."""


@dataclass(frozen=True)
class Look:
    """How somebody looks at the site; share: every how many pages."""

    name: str
    locale: str
    theme: str
    size: tuple[int, int]
    share: int = 1


LOOKS: Final = (
    Look("en-light-1440", "en", "light", LAPTOP),
    Look("zh-dark-390", "zh_Hans", "dark", PHONE),
    Look("en-dark-1440", "en", "dark", LAPTOP, 5),
    Look("zh-light-390", "zh_Hans", "light", PHONE, 5),
)
LOOKING: Final = [
    pytest.param(viewer, look, id=f"{viewer}-{look.name}")
    for viewer in (*EVERYTHING, *DIFFERENT)
    for look in LOOKS
    if viewer in EVERYTHING or look.share == 1
]


@dataclass
class Tour:
    """A browser, the demo's site on the network, and what is where in it."""

    browser: Browser
    site: DemoSite
    places: Places
    address: str

    def window(self, viewer: str, look: Look) -> Window:
        """Open a window of a viewer, signed in, with a look."""
        locale = "zh-CN" if look.locale == "zh_Hans" else "en-US"
        window = open_window(self.browser, self.address, look.size, locale=locale)
        cookies = {"lang": look.locale, "theme": look.theme}
        if viewer != "visitor":
            signed_in = self.site.browser(self.places.users[viewer]).client.get_cookie("dayrate")
            assert signed_in is not None
            cookies["dayrate"] = signed_in.value
        for name, value in cookies.items():
            window.context.add_cookies([{"name": name, "value": value, "url": self.address}])
        return window

    def pages(self, viewer: str) -> list[tuple[str, str]]:
        """Return the endpoint and address of every HTML page that opens for a viewer."""
        browser = self.site.browser(self.places.users.get(viewer))
        found = []
        for rule in sorted(self.site.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if "GET" not in (rule.methods or ()) or rule.rule in NOT_PAGES:
                continue
            address = self.places.address(self.site, rule)
            answer = browser.client.get(address)
            if answer.status_code == 200:
                assert answer.mimetype == "text/html", f"{rule.rule} belongs into NOT_PAGES"
                found.append((rule.endpoint, address))
        return found

    def route(self, viewer: str) -> list[str]:
        """Return the addresses a viewer looks at."""
        addresses = [
            address
            for endpoint, address in self.pages(viewer)
            if viewer in EVERYTHING or endpoint in DIFFERENT[viewer]
        ]
        more = [pattern.format(**self.places.values) for pattern in MORE.get(viewer, ())]
        return addresses + more


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """One browser and one copy of the demo world for all looks."""
    with a_copy(tmp_path_factory) as site, chromium() as browser:
        places = furnish(site)
        with served(site.app) as address:
            yield Tour(browser, site, places, address)


def faults(window: Window, address: str) -> Iterator[str]:
    """Open a page and yield everything that is wrong with it."""
    window.requests.clear()
    window.complaints.clear()
    answer = window.page.goto(address, wait_until="load")
    assert answer is not None
    yield from (
        one
        for one in window.complaints
        if answer.ok or "Failed to load resource" not in one  # a 404 page is no surprise here
    )
    if answer.status >= 500:
        yield f"answered {answer.status}"
    asked = [request for request in window.requests if "/photos/" not in request]
    if len(asked) > MOST_REQUESTS:  # photos are lazy, and kept by the browser for a day
        yield f"{len(asked)} requests: {asked}"
    yield from axe_faults(window)


def axe_faults(window: Window) -> Iterator[str]:
    """Yield what the accessibility rules find, with the first places."""
    found: dict[str, Any] = Axe().run(window.page, options={"resultTypes": ["violations"]})
    for violation in found["violations"]:
        places = [node["html"][:160] for node in violation["nodes"][:3]]
        yield f"axe {violation['id']}: {violation['help']}: {places}"


def sideways(window: Window, width: int) -> Iterator[str]:
    """Yield a fault when the page is wider than a screen of this width."""
    height = (window.page.viewport_size or {"height": PHONE[1]})["height"]
    window.page.set_viewport_size({"width": width, "height": height})
    wide = window.page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"scrolls sideways at {width}: {wide} wide"


def keep_picture(window: Window, look: Look, viewer: str, address: str) -> None:
    """Keep a picture when somebody wants to look."""
    folder = os.environ.get("DAYRATE_PICTURES")
    if folder:
        name = re.sub(r"[^\w.-]+", "-", address).strip("-") or "home"
        path = Path(folder) / look.name / f"{viewer}-{name}.png"
        window.page.screenshot(path=path, full_page=True)


@pytest.mark.parametrize(("viewer", "look"), LOOKING)
def test_every_page_is_sound_for_everybody(tour: Tour, viewer: str, look: Look) -> None:
    window = tour.window(viewer, look)
    route = tour.route(viewer)
    wrong = []
    for address in route[:: look.share]:
        found = list(faults(window, address))
        keep_picture(window, look, viewer, address)
        width = window.page.viewport_size or {"width": look.size[0]}
        found += sideways(window, width["width"])
        if look.size == PHONE:
            found += sideways(window, NARROW)
            window.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        wrong += [f"{viewer} {address}: {fault}" for fault in found]
    window.context.close()

    assert len(route) >= len(DIFFERENT.get(viewer, range(10)))
    assert not wrong, "\n".join(wrong)


def test_no_page_is_left_out(tour: Tour) -> None:
    seen = {
        endpoint
        for viewer in (*EVERYTHING, "operator", *(str(role) for role in CompanyRole))
        for endpoint, _address in tour.pages(viewer)
    }
    all_pages = {
        rule.endpoint
        for rule in tour.site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.rule not in NOT_PAGES
    }

    assert all_pages - seen == set()
