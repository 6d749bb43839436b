"""Every address × method × kind of viewer: who gets in, who is sent away, who finds nothing.

The list of addresses is the app's own, so a new page is in here the moment it exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from flask import Flask, request
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.domain.accounts.rules import CompanyRole
from marketplace.web.access import Permission
from tests.support.listening import listening
from tests.support.pages import Page
from tests.support.site import Browser
from tests.support.world import OPENS_AT, DemoSite, Places, a_copy, copy_database, furnish

VISITOR: Final = "visitor"
ROLES: Final = tuple(str(role) for role in CompanyRole)
TALENT: Final = ("talent", "other_talent")
LIMITED: Final = ("limited", "elsewhere")
"""Accountants who may see one production alone: the show that is asked for, and another one."""

VIEWERS: Final = (VISITOR, *TALENT, *ROLES, *LIMITED, "stranger", "operator")

GETS_IN: Final[dict[Permission, set[str]]] = {
    Permission.SEE_COMPANY: {"owner", "producer", "casting", "ad", "accountant"},
    Permission.MANAGE_COMPANY: {"owner"},
    Permission.MANAGE_PRODUCTIONS: {"owner", "producer"},
    Permission.CAST: {"owner", "producer", "casting"},
    Permission.RUN_DAYS: {"owner", "producer", "ad"},
    Permission.APPROVE_HOURS: {"owner", "producer"},
    Permission.APPROVE_PAYROLL: {"owner", "accountant"},
    Permission.SEE_COST: {"owner", "producer", "accountant"},
    Permission.SEE_PAY: {"owner", "accountant"},
}
"""Who of a company opens what, said a second time on purpose: two places must change together."""

WITHOUT_ACCOUNT: Final = {
    "/",
    "/alerts/<token>",
    "/calculator",
    "/calendar/<token>.ics",
    "/forgot",
    "/healthz",
    "/hooks/stripe",
    "/hooks/stripe/connect",
    "/hooks/stripe/v2",
    "/join/<token>",
    "/join/<token>/sign-up",
    "/metrics",
    "/preferences",
    "/readyz",
    "/reset/<token>",
    "/roles",
    "/roles/<role>",
    "/sign-in",
    "/sign-up",
    "/sign-up/hire",
    "/speculation.json",
    "/verify",
    "/verify/<number>",
}
"""All that is open to everybody. A new line here is a decision."""

BY_SIGNATURE: Final = {"webhooks.connect", "webhooks.platform", "webhooks.v2"}
"""Forms that a machine sends, which signs them: they have no token, and take nothing unsigned."""

NAMES_ITS_SUBJECT: Final = {"inbox.show"}
"""Forms that say in their body what they are about; sent empty, it is not there."""

SEES_TALENT: Final = {"talent", "owner", "producer", "casting", "ad"}
"""Who sees the profile of somebody who is booked and lets no other production find them."""

OF_PROFILE: Final = {"cards.pdf", "cards.photo", "cards.show"}

TYPISTS: Final = (VISITOR, "talent", "accountant", "owner", "operator")
"""Who types nonsense: each form is for the first of them whom it is for."""

NONSENSE: Final = ("zzz", "-1", "9" * 30, "\u202e<b>\\ud800'--", "")
"""What no field asks for."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "X-Request-Id": "",
}


@dataclass
class Doors:
    """The site with a copy of the demo world, its places, and which view ran last."""

    site: DemoSite
    places: Places
    ran: list[str]

    def rules(self, method: str) -> list[Rule]:
        """Return the rules that answer a method, ours alone."""
        return [
            rule
            for rule in sorted(self.site.app.url_map.iter_rules(), key=lambda rule: rule.rule)
            if method in (rule.methods or ()) and rule.endpoint != "static"
        ]

    def permission(self, rule: Rule) -> Permission | None:
        """Return what a rule's view needs."""
        view = self.site.app.view_functions[rule.endpoint]
        found: Permission | None = getattr(view, "permission", None)
        return found

    def browser(self, viewer: str) -> Browser:
        """Return a viewer's browser."""
        return self.site.browser(None if viewer == VISITOR else self.places.users[viewer])

    def visitors(self, viewer: str) -> Callable[[], tuple[Browser, str]]:
        """Return what makes browsers of a viewer, all signed in by the same cookie, and its token.

        What is put back afterwards is the database as it is now.
        """
        first = self.browser(viewer)
        token = first.csrf_token()
        cookie = first.client.get_cookie("dayrate")
        assert cookie is not None
        keep(self)

        def again() -> tuple[Browser, str]:
            browser = Browser(self.site.app.test_client())
            browser.client.set_cookie("dayrate", cookie.value)
            return browser, token

        return again

    def address(self, rule: Rule) -> str:
        """Return a real address of a rule."""
        return self.places.address(self.site, rule)

    def asked(self, viewer: str, rule: Rule) -> str:
        """Return what must happen: "view", "sign in", "403" or "404"."""
        permission = self.permission(rule)
        if permission in GETS_IN:
            return self._of_member(viewer, rule, permission)
        if permission in {Permission.PUBLIC, Permission.DEMO}:
            return "view"
        if viewer == VISITOR:
            return "sign in"
        if permission is Permission.TALENT:
            return self._of_talent(viewer, rule)
        is_closed = permission is Permission.OPERATE and viewer != "operator"
        is_closed = is_closed or (rule.endpoint in OF_PROFILE and viewer not in SEES_TALENT)
        return "404" if is_closed or rule.endpoint in NAMES_ITS_SUBJECT else "view"

    def typist(self, rule: Rule) -> str:
        """Return who types into a form."""
        return next((one for one in TYPISTS if self.asked(one, rule) == "view"), "talent")

    def _of_member(self, viewer: str, rule: Rule, permission: Permission) -> str:
        if viewer in LIMITED:
            return self._of_limited(viewer, rule, permission)
        return self._of_company(viewer, permission)

    def _of_limited(self, viewer: str, rule: Rule, permission: Permission) -> str:
        """Say what somebody gets who may see one production: nothing of others, by any address."""
        is_of_show = rule.rule.startswith("/p/")
        opens = self.site.app.view_functions[rule.endpoint].__dict__.get("by_production")
        if not (is_of_show or opens) or "job" in rule.arguments:
            return "404"
        is_in_show = rule.arguments - {"company", "paper"}
        if viewer == "elsewhere" and (is_of_show or is_in_show):
            return "404"
        return "view" if "accountant" in GETS_IN[permission] else "403"

    @staticmethod
    def _of_company(viewer: str, permission: Permission) -> str:
        if viewer == VISITOR:
            return "sign in"
        if viewer not in ROLES:
            return "404"
        return "view" if viewer in GETS_IN[permission] else "403"

    @staticmethod
    def _of_talent(viewer: str, rule: Rule) -> str:
        is_own_thing = rule.rule.startswith("/me/") and rule.arguments - {"kind"}
        if viewer not in TALENT or (is_own_thing and viewer != "talent"):
            return "404"
        return "view"


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One furnished copy of the demo world for all tests of this file."""
    with a_copy(tmp_path_factory) as site:
        found = Doors(site, furnish(site), [])
        _note_views(site.app, found.ran)
        yield found


def _note_views(app: Flask, ran: list[str]) -> None:
    """Write down the endpoint of a request that came as far as its view."""

    def note() -> None:
        ran.append(request.endpoint or "")

    app.before_request_funcs.setdefault(None, []).append(note)


def keep(doors: Doors) -> None:
    """Keep a copy of the database as it is."""
    copy_database(doors.site.folder / "dayrate.db", doors.site.folder / "kept.db")


def put_back(doors: Doors) -> None:
    """Make the database what it was when it was kept, page by page, whoever has it open."""
    assert doors.site.outside.stage is not None
    copy_database(doors.site.folder / "kept.db", doors.site.folder / "dayrate.db")
    doors.site.clock.at = OPENS_AT
    doors.site.outside.stage.switches.switch_off()


def outcome(doors: Doors, rule: Rule, answer: TestResponse) -> str:
    """Say what an answer was, in the words of `Doors.asked`."""
    location = answer.headers.get("Location", "")
    if answer.status_code == 302 and location.startswith("/sign-in"):
        return "sign in"
    if answer.status_code in {403, 404}:
        return str(answer.status_code)
    if answer.status_code >= 500:
        return f"broken: {answer.status_code}"
    return "view" if doors.ran == [rule.endpoint] else f"no view: {answer.status_code}"


def header_faults(answer: TestResponse, *, is_personal: bool) -> list[str]:
    """Return what is wrong with the headers of an answer."""
    faults = [
        f"{name}: {answer.headers.get(name)}"
        for name, value in HEADERS.items()
        if not (answer.headers.get(name) or "").startswith(value) or not answer.headers.get(name)
    ]
    keeping = answer.headers.get("Cache-Control", "")
    is_page = answer.status_code == 200
    if is_page and is_personal and not ("private" in keeping or "no-store" in keeping):
        faults.append(f"Cache-Control: {keeping}")
    return faults


def test_every_address_says_who_may_open_it(doors: Doors) -> None:
    rules = doors.rules("GET") + doors.rules("POST")
    known = set(GETS_IN) | set(Permission)

    assert len(rules) > 100
    assert [rule.rule for rule in rules if doors.permission(rule) not in known] == []


def test_only_listed_addresses_are_open_without_an_account(doors: Doors) -> None:
    rules = doors.rules("GET") + doors.rules("POST")
    free = {rule.rule for rule in rules if doors.permission(rule) is Permission.PUBLIC}

    assert free == WITHOUT_ACCOUNT


def test_everything_of_a_company_needs_a_role_in_it(doors: Doors) -> None:
    rules = doors.rules("GET") + doors.rules("POST")
    inside = [rule for rule in rules if re.match(r"/[cp]/<", rule.rule)]

    assert len(inside) > 50
    assert [rule.rule for rule in inside if doors.permission(rule) not in GETS_IN] == []
    outside = [rule for rule in rules if rule not in inside]
    assert [rule.rule for rule in outside if doors.permission(rule) in GETS_IN] == []


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_page_opens_for_whom_it_is_for_and_for_nobody_else(doors: Doors, viewer: str) -> None:
    browser = doors.browser(viewer)
    wrong = []
    for rule in doors.rules("GET"):
        doors.ran.clear()
        answer = browser.client.get(doors.address(rule))
        found, wanted = outcome(doors, rule, answer), doors.asked(viewer, rule)
        if found != wanted:
            wrong.append(f"GET {rule.rule}: {found}, not {wanted}")
        is_personal = doors.permission(rule) not in {Permission.PUBLIC, Permission.DEMO}
        wrong += [
            f"GET {rule.rule}: {one}" for one in header_faults(answer, is_personal=is_personal)
        ]
        answer.close()

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_form_is_taken_from_whom_it_is_for_and_from_nobody_else(
    doors: Doors, viewer: str
) -> None:
    wrong = []
    again = doors.visitors(viewer)
    for rule in doors.rules("POST"):
        browser, token = again()
        data = {"csrf_token": token}
        doors.ran.clear()
        answer = browser.client.post(doors.address(rule), data=data)
        found, wanted = outcome(doors, rule, answer), doors.asked(viewer, rule)
        if found != wanted:
            wrong.append(f"POST {rule.rule}: {found}, not {wanted}")
        wrong += [f"POST {rule.rule}: {one}" for one in header_faults(answer, is_personal=False)]
        if doors.ran:
            put_back(doors)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("viewer", [VISITOR, "talent", "owner"])
def test_no_form_is_taken_without_its_token(doors: Doors, viewer: str) -> None:
    browser = doors.browser(viewer)
    doors.ran.clear()
    answers = {
        rule.rule: browser.client.post(doors.address(rule)).status_code
        for rule in doors.rules("POST")
    }

    assert set(answers.values()) == {400}, answers
    assert set(doors.ran) == BY_SIGNATURE


def test_nothing_with_an_id_is_there_for_another_company(doors: Doors) -> None:
    browser = doors.browser("stranger")
    free = (Permission.PUBLIC, Permission.SIGNED_IN, Permission.DEMO)
    token = browser.csrf_token()
    found = {}
    for method in ("GET", "POST"):
        for rule in doors.rules(method):
            if not rule.arguments or doors.permission(rule) in free:
                continue
            answer = browser.client.open(
                doors.address(rule), method=method, data={"csrf_token": token}
            )
            found[f"{method} {rule.rule}"] = answer.status_code

    assert len(found) > 60
    assert {address: code for address, code in found.items() if code != 404} == {}


@pytest.mark.parametrize("viewer", TYPISTS)
def test_nonsense_in_any_field_breaks_nothing(
    doors: Doors, viewer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    monkeypatch.setattr(doors.site.app, "request_class", listening(asked))
    again = doors.visitors(viewer)
    forms = fields_by_action(doors, again()[0])
    broken, typed_into = [], 0
    for rule in doors.rules("POST"):
        address, names = doors.address(rule), set(forms.get(doors.address(rule), ()))
        if doors.typist(rule) != viewer:
            continue
        for typed in NONSENSE:
            browser, token = again()
            asked.clear()
            data = dict.fromkeys(names, typed) | {"csrf_token": token}
            answer = browser.client.post(address, data=data)
            if answer.status_code >= 500:
                broken.append(f"POST {rule.rule}: {typed!r} in {sorted(names)}")
            if answer.status_code == 303:
                put_back(doors)
            names |= asked
        typed_into += len(names - {"csrf_token"}) > 0

    assert typed_into >= (2 if viewer == "operator" else 4)
    assert not broken, "\n".join(broken)


def fields_by_action(doors: Doors, browser: Browser) -> dict[str, set[str]]:
    """Return the names of the fields of every form a viewer sees, by where the form goes."""
    found: dict[str, set[str]] = {}
    for rule in doors.rules("GET"):
        answer = browser.client.get(doors.address(rule))
        if answer.status_code != 200 or answer.mimetype != "text/html":
            answer.close()
            continue
        for form in Page(answer.text).elements("form"):
            fields = found.setdefault(form.get("action", ""), set())
            fields.update(
                field.get("name", "")
                for field in form.iter()
                if field.tag in {"input", "select", "textarea", "button"} and field.get("name")
            )
    return found
