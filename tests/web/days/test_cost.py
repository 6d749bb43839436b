"""The hot cost page and its table, and the price of a role's plan."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import pytest

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.casting.models import Role
from marketplace.domain.productions.models import Production, ShootDay
from tests.support import builders
from tests.support.site import Browser, Site


@dataclass
class Set:
    """A show with two days close together, a role, and one late card."""

    browser: Browser
    show: Production
    first: ShootDay
    second: ShootDay
    role: Role
    members: dict[CompanyRole, User]

    @property
    def url(self) -> str:
        return f"/p/{self.show.public_id}"

    def role_form(self, **changed: str) -> dict[str, str]:
        return {
            "name": "Claire Hart",
            "kind": "principal",
            "department": "",
            "rate": "650",
            "currency": "USD",
            "hours": "12",
            "apply_by": "2026-11-25T18:00",
            f"need_{self.first.public_id}": "2",
            f"need_{self.second.public_id}": "2",
            **changed,
        }


@pytest.fixture
def on_set(site: Site) -> Set:
    with site.arrange() as session:
        company = builders.a_company(session)
        members = {role: builders.a_member(session, company, role) for role in CompanyRole}
        show = builders.a_production(session, company)
        first = builders.a_shoot_day(session, show, "2026-11-30", call="14:00", wrap="26:30")
        second = builders.a_shoot_day(session, show, "2026-12-01", call="07:00", wrap="19:30")
        role = builders.a_role(session, show, [first, second], headcount=2, day_rate_minor=65_000)
        person = builders.a_person(session, "周敏")
        booking = builders.a_booking(session, role, person, first)
        builders.a_time_card(session, booking, hours=("14:00", "28:30"), meal=("20:30", "21:00"))
    owner = site.browser(members[CompanyRole.OWNER])
    return Set(owner, show, first, second, role, members)


def test_the_page_shows_plan_actual_and_why_somebody_is_above(on_set: Set) -> None:
    page = on_set.browser.get(f"{on_set.url}/days/{on_set.first.public_id}/cost").text

    assert "Hot cost, day" in page
    assert "Wrapped 2 h after plan" in page
    assert "Meal penalty: Meal due by" in page
    assert "1 of 2" in page


def test_the_table_says_what_the_page_says(on_set: Set) -> None:
    url = f"{on_set.url}/days/{on_set.first.public_id}/cost"
    page, answer = on_set.browser.get(url).text, on_set.browser.get(f"{url}.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.mimetype == "text/csv"
    assert [row["Role"] for row in rows] == ["Claire Hart", "All"]
    assert rows[0]["Currency"] == "USD"
    for column in ("Plan", "Actual", "Difference"):
        assert rows[0][column] == rows[1][column]
        assert f"{abs(float(rows[0][column])):,.2f}" in page
    assert "周敏 +$" in rows[0]["Above plan, and why"]


def test_owner_producer_and_accountant_see_the_cost_and_nobody_else(
    site: Site, on_set: Set
) -> None:
    url = f"{on_set.url}/days/{on_set.first.public_id}"
    allowed = {CompanyRole.OWNER, CompanyRole.PRODUCER, CompanyRole.ACCOUNTANT}

    for role, user in on_set.members.items():
        browser = site.browser(user)
        browser.get(f"{url}/cost", status=200 if role in allowed else 403)
        assert (f"{url}/cost" in browser.get(url).text) == (role in allowed)


def test_a_day_without_roles_says_so(site: Site, on_set: Set) -> None:
    with site.arrange() as session:
        empty = builders.a_shoot_day(session, on_set.show, "2026-12-05")

    page = on_set.browser.get(f"{on_set.url}/days/{empty.public_id}/cost").text

    assert "Nothing is planned on this day" in page


def test_a_day_of_another_show_has_no_cost_here(site: Site, on_set: Set) -> None:
    with site.arrange() as session:
        other = builders.a_shoot_day(session, builders.a_production(session))

    on_set.browser.get(f"{on_set.url}/days/{other.public_id}/cost", status=404)


def test_a_role_shows_the_price_of_its_plan_with_the_rest_it_takes(on_set: Set) -> None:
    page = on_set.browser.get(f"{on_set.url}/roles/{on_set.role.public_id}/edit").text

    assert "Price of the plan" in page
    assert "$2,600.00" in page  # 4 days of work at 650.00
    assert "4.5 hours of rest, 10 owed: 5.5 hours short." in page
    assert "Overtime and penalties" in page


def test_a_new_role_is_priced_as_typed_and_not_saved(on_set: Set) -> None:
    form = on_set.role_form(rate="1000", hours="10", name="Gaffer")

    page = on_set.browser.post(f"{on_set.url}/roles/new/price", form, status=200).text

    assert "$4,000.00" in page
    assert "2 h longer than the 10 h the rate covers" in page
    assert 'value="Gaffer"' in page
    assert "Gaffer" not in on_set.browser.get(f"{on_set.url}/roles").text


def test_a_changed_role_is_priced_as_typed_and_stays_as_it_was(on_set: Set) -> None:
    url = f"{on_set.url}/roles/{on_set.role.public_id}"

    page = on_set.browser.post(f"{url}/price", on_set.role_form(rate="500"), status=200).text

    assert "$2,000.00" in page
    assert 'value="650"' in on_set.browser.get(f"{url}/edit").text


@pytest.mark.parametrize("address", ["new/price", "{role}/price"])
def test_what_is_not_filled_in_has_no_price(on_set: Set, address: str) -> None:
    url = f"{on_set.url}/roles/{address.format(role=on_set.role.public_id)}"

    page = on_set.browser.post(url, on_set.role_form(hours=""), status=422).text

    assert "A day rate needs its hours" in page


def test_a_role_nobody_is_needed_for_has_no_price_yet(on_set: Set) -> None:
    form = on_set.role_form(
        **{f"need_{day.public_id}": "" for day in (on_set.first, on_set.second)}
    )

    page = on_set.browser.post(f"{on_set.url}/roles/new/price", form, status=200).text

    assert "Rate, hours and people for each day have a price" in page


@pytest.mark.parametrize("typed", ["zzz", "-1", "9" * 30, "\u202e<b>"])
def test_nonsense_in_any_field_of_a_price_breaks_nothing(on_set: Set, typed: str) -> None:
    form = dict.fromkeys(on_set.role_form(), typed)

    for address in ("new/price", f"{on_set.role.public_id}/price"):
        on_set.browser.post(f"{on_set.url}/roles/{address}", form, status=422)


def test_a_role_needs_no_name_to_have_a_price(on_set: Set) -> None:
    form = on_set.role_form(name="", apply_by="", rate="9" * 12, hours="0:30")

    page = on_set.browser.post(f"{on_set.url}/roles/new/price", form, status=200).text

    assert "Price of the plan" in page
    assert "There is" not in page
